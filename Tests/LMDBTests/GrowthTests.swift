import Foundation
import Machine
import Synchronization
import Testing

@testable import LMDB

@Suite struct `The map's growth` {
  private static let value = [UInt8](repeating: 7, count: 4_000)

  private func fill(
    _ store: TemporaryEnvironment, _ keys: Range<Int>
  ) throws(LMDBError) -> Int {
    var runs = 0
    try store.write { transaction throws(LMDBError) in
      runs += 1
      let database = try transaction.database("a")
      for key in keys { try database.put([UInt8(key >> 8), UInt8(key & 255)], Self.value) }
    }
    return runs
  }

  @Test func `a transaction larger than the map is run again in a larger one`() throws {
    let store = try TemporaryEnvironment(mapSize: 256 << 10)
    #expect(try fill(store, 0..<2_000) > 1)
    #expect(try store.all().count == 2_000)
    #expect(store.environment.sizes.map > 8 << 20)
  }

  @Test func `between transactions the map grows before it is full`() throws {
    let store = try TemporaryEnvironment(mapSize: 256 << 10)
    for key in 0..<2_000 { #expect(try fill(store, key..<(key + 1)) == 1) }
    #expect(try store.all().count == 2_000)
  }

  @Test func `a full map that the writer passes over is not passed over`() throws {
    let store = try TemporaryEnvironment(mapSize: 256 << 10)
    var runs = 0
    try store.write { transaction throws(LMDBError) in
      runs += 1
      for number in 0..<255 {
        try? transaction.nested(mapping: { $0 }) { inner throws(LMDBError) in
          try inner.database("a").put([UInt8(number)], Self.value)
        }
      }
      if transaction.hasMetMapEnd { throw LMDBError(operation: "go on", path: "", code: 0) }
    }
    #expect(runs > 1)
    #expect(try store.all().count == 255)
  }

  @Test func `readers go on while the map moves`() throws {
    let store = try TemporaryEnvironment(mapSize: 256 << 10)
    let isDone = Atomic(false)
    let failures = Mutex<[String]>([])
    let environment = store.environment
    let readers = (0..<3).map { _ in
      Worker {
        while !isDone.load(ordering: .acquiring) {
          do throws(LMDBError) {
            try environment.read(mapping: { $0 }) { transaction throws(LMDBError) in
              let database = try transaction.database("a")
              let found = try database.all()
              let isWhole =
                try found.count == database.count() && found.values.allSatisfy { $0 == Self.value }
              if !isWhole { failures.withLock { $0.append("\(found.count)") } }
            }
          } catch { failures.withLock { $0.append("\(error)") } }
        }
      }
    }
    for key in stride(from: 0, to: 4_000, by: 20) { _ = try fill(store, key..<(key + 20)) }
    isDone.store(true, ordering: .releasing)
    for reader in readers { reader.join() }
    #expect(failures.withLock { $0 } == [])
    #expect(try store.all().count == 4_000)
  }

  #if os(Linux)
    /// Puts so many keys of so many bytes into the file named.
    private static let writer = """
      #include <lmdb.h>
      #include <stdlib.h>
      int main(int count, char **arguments) {
        MDB_env *environment;
        MDB_txn *transaction;
        MDB_dbi database;
        if (mdb_env_create(&environment) || mdb_env_set_mapsize(environment, 1ul << 30)
            || mdb_env_set_maxdbs(environment, 2)
            || mdb_env_open(environment, arguments[1], MDB_NOSUBDIR, 0600)) return 1;
        if (mdb_txn_begin(environment, 0, 0, &transaction)) return 2;
        if (mdb_dbi_open(transaction, "a", 0, &database)) return 3;
        for (int number = 0; number < atoi(arguments[2]); number++) {
          MDB_val key = {sizeof number, &number}, value = {4000, malloc(4000)};
          if (mdb_put(transaction, database, &key, &value, 0)) return 4;
        }
        if (mdb_txn_commit(transaction)) return 5;
        mdb_env_close(environment);
        return 0;
      }
      """

    private func run(_ program: String, _ arguments: [String]) throws -> Int32 {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = arguments
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/cc")))
    func `a file that another process has made larger is read on`() throws {
      let store = try TemporaryEnvironment(mapSize: 256 << 10)
      let source = store.directory + "/writer.c"
      try Data(Self.writer.utf8).write(to: URL(fileURLWithPath: source))
      let program = store.directory + "/writer"
      try #require(try run("/usr/bin/cc", ["-o", program, source, "-llmdb"]) == 0)
      for count in [10, 1_000, 5_000] {
        #expect(try run(program, [store.directory + "/data.mdb", "\(count)"]) == 0)
        #expect(try store.all().count == count)
      }
      // And written on.
      _ = try fill(store, 0..<100)
      #expect(try store.all().count == 5_100)
    }

    @Test func `less address space than is usual is enough`() throws {
      var limit = rlimit()
      let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
      try #require(getrlimit(resource, &limit) == 0)
      let statistics = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
      let used = (Int(statistics.split(separator: " ")[0]) ?? 0) * Int(getpagesize())
      // Of the whole process, but with room to spare for the tests beside.
      var lower = limit
      lower.rlim_cur = rlim_t(used + 48 << 30)
      try #require(setrlimit(resource, &lower) == 0)
      defer { _ = setrlimit(resource, &limit) }
      let store = try TemporaryEnvironment()
      #expect(store.environment.sizes.map < 64 << 30)
      _ = try fill(store, 0..<100)
      #expect(try store.all().count == 100)
    }
  #endif
}
