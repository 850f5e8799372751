import Foundation
import Machine
import Testing

@testable import LMDB

struct Refused: Error, Equatable {}

/// An environment in a folder of its own, removed afterwards.
final class TemporaryEnvironment {
  let directory: String
  private var opened: Environment?
  private let options: Environment.Options

  init(mapSize: Int? = nil, syncsRoot: Bool = true) throws {
    directory = "/tmp/grouse-lmdb-\(UUID().uuidString)"
    try LocalDisk().createDirectory(directory)
    options = .init(syncsRoot: syncsRoot, mapSize: mapSize)
    try reopen()
  }

  var environment: Environment {
    guard let opened else { preconditionFailure("the environment could not be opened again") }
    return opened
  }

  /// Closes the file and opens it again.
  func reopen() throws {
    opened = nil
    opened = try Environment(directory + "/data.mdb", databases: ["a", "b"], options: options)
  }

  deinit { try? LocalDisk().remove(directory) }

  func write<Result>(
    _ body: (borrowing Transaction) throws(LMDBError) -> Result
  ) throws(LMDBError) -> Result {
    try environment.write(mapping: { $0 }, body)
  }

  func read<Result>(
    _ body: (borrowing Transaction) throws(LMDBError) -> Result
  ) throws(LMDBError) -> Result {
    try environment.read(mapping: { $0 }, body)
  }

  func all() throws(LMDBError) -> [[UInt8]: [UInt8]] {
    try read { transaction throws(LMDBError) in try transaction.database("a").all() }
  }
}

extension Database {
  func put(_ key: [UInt8], _ value: [UInt8]) throws(LMDBError) {
    try put(key.span.bytes, value.span.bytes)
  }

  fileprivate func put(_ key: RawSpan, _ value: RawSpan) throws(LMDBError) {
    try key.withUnsafeBytes { key throws(LMDBError) in
      try value.withUnsafeBytes { value throws(LMDBError) in try put(key, value) }
    }
  }

  fileprivate func insert(_ key: [UInt8], _ value: [UInt8]) throws(LMDBError) -> [UInt8]? {
    try key.span.bytes.withUnsafeBytes { key throws(LMDBError) in
      try value.span.bytes.withUnsafeBytes { value throws(LMDBError) in
        try insert(key, value).map { [UInt8]($0) }
      }
    }
  }

  func remove(_ key: [UInt8]) throws(LMDBError) -> Bool {
    try key.span.bytes.withUnsafeBytes { key throws(LMDBError) in try remove(key) }
  }

  func get(_ key: [UInt8]) throws(LMDBError) -> [UInt8]? {
    try key.span.bytes.withUnsafeBytes { key throws(LMDBError) in
      try get(key).map { [UInt8]($0) }
    }
  }

  func all() throws(LMDBError) -> [[UInt8]: [UInt8]] {
    var found: [[UInt8]: [UInt8]] = [:]
    let cursor = try cursor()
    var entry = try cursor.first()
    while let next = entry {
      found[[UInt8](next.key)] = [UInt8](next.value)
      entry = try cursor.next()
    }
    return found
  }
}

@Suite struct EnvironmentTests {
  /// A generator whose seed is printed and can be given by GROUSE_TEST_SEED.
  private func random() -> SeededRandom {
    let given = ProcessInfo.processInfo.environment["GROUSE_TEST_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: 0...(.max))
    print("GROUSE_TEST_SEED=\(seed)")
    return SeededRandom(seed: seed)
  }

  private func bytes(_ lengths: ClosedRange<Int>, _ random: inout SeededRandom) -> [UInt8] {
    let alphabet: [UInt8] = [0, 1, 0x61, 0x62, 0xFE, 0xFF]
    return (0..<Int.random(in: lengths, using: &random)).map { _ in
      alphabet.randomElement(using: &random) ?? 0
    }
  }

  @Test func `transactions do what a sorted dictionary does`() throws {
    var random = random()
    let store = try TemporaryEnvironment()
    var model: [[UInt8]: [UInt8]] = [:]
    for _ in 0..<60 {
      let before = model
      let isAborted = Int.random(in: 0..<4, using: &random) == 0
      do {
        let unchanged: (LMDBError) -> any Error = { $0 }
        try store.environment.write(mapping: unchanged) { transaction in
          let database = try transaction.database("a")
          for _ in 0..<Int.random(in: 1...40, using: &random) {
            let key = bytes(1...4, &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
              #expect(try database.remove(key) == (model.removeValue(forKey: key) != nil))
            case 1:
              let value = bytes(0...9, &random)
              #expect(try database.insert(key, value) == model[key])
              if model[key] == nil { model[key] = value }
            default:
              let value = bytes(0...3_000, &random)
              try database.put(key, value)
              model[key] = value
            }
            #expect(try database.get(key) == model[key])
          }
          #expect(try database.count() == model.count)
          if isAborted { throw Refused() }
        }
        #expect(!isAborted)
      } catch is Refused { model = before }
      try walk(store, model, &random)
    }
  }

  /// Compares walks in both directions, from random places, with the model's.
  private func walk(
    _ store: TemporaryEnvironment, _ model: [[UInt8]: [UInt8]], _ random: inout SeededRandom
  ) throws {
    let keys = model.keys.sorted { $0.lexicographicallyPrecedes($1) }
    let start = bytes(1...4, &random)
    try store.read { transaction throws(LMDBError) in
      let cursor = try transaction.database("a").cursor()
      var forward: [[UInt8]] = []
      var entry = try start.span.bytes.withUnsafeBytes { start throws(LMDBError) in
        try cursor.seek(start)
      }
      while let next = entry {
        forward.append([UInt8](next.key))
        #expect(model[[UInt8](next.key)] == [UInt8](next.value))
        entry = try cursor.next()
      }
      #expect(forward == keys.filter { !$0.lexicographicallyPrecedes(start) })
      var backward: [[UInt8]] = []
      entry = try start.span.bytes.withUnsafeBytes { start throws(LMDBError) in
        try cursor.seek(before: start)
      }
      while let next = entry {
        backward.append([UInt8](next.key))
        entry = try cursor.previous()
      }
      #expect(backward == keys.reversed().filter { $0.lexicographicallyPrecedes(start) })
      #expect(try transaction.database("b").count() == 0)
    }
  }

  @Test func `readers keep the state they began with`() throws {
    let store = try TemporaryEnvironment()
    try store.write { transaction throws(LMDBError) in
      try transaction.database("a").put([1], [1])
    }
    try store.read { old throws(LMDBError) in
      // Another thread, as a transaction in another may wait for itself.
      let environment = store.environment
      Worker {
        do throws(LMDBError) {
          try environment.write(mapping: { $0 }) { transaction throws(LMDBError) in
            try transaction.database("a").put([1], [2])
            try transaction.database("a").put([2], [2])
          }
          let new = try environment.read(mapping: { $0 }) { new throws(LMDBError) in
            try new.database("a").all()
          }
          #expect(new == [[1]: [2], [2]: [2]])
        } catch { Issue.record("\(error)") }
      }.join()
      #expect(try old.database("a").all() == [[1]: [1]])
    }
  }

  @Test func `keys that LMDB cannot hold are errors`() throws {
    let store = try TemporaryEnvironment()
    #expect(store.environment.maxKeySize == 511)
    for key in [[], [UInt8](repeating: 1, count: 512)] {
      #expect(throws: LMDBError.self) {
        try store.write { transaction throws(LMDBError) in
          try transaction.database("a").put(key, [1])
        }
      }
    }
    try store.write { transaction throws(LMDBError) in
      try transaction.database("a").put([UInt8](repeating: 1, count: 511), [])
    }
    #expect(try store.all().count == 1)
  }

  @Test func `a file that is no LMDB file, and a missing one for reading, are errors`() throws {
    let store = try TemporaryEnvironment()
    let path = store.directory + "/other.mdb"
    #expect(throws: LMDBError.self) {
      try Environment(path, databases: ["a"], options: .init(isReadOnly: true))
    }
    try Data(repeating: 0x41, count: 20_000).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: LMDBError.self) { try Environment(path, databases: ["a"]) }
    #expect(error?.isCorrupt == true)
    #expect(error?.description.contains(path) == true)
    #expect(throws: LMDBError.self) {
      try store.read { transaction throws(LMDBError) in _ = try transaction.database("none") }
    }
  }

  #if os(Linux)
    @Test(.enabled(if: geteuid() == 0, "needs the right to act as another user"))
    func `a reader without the right to lock is told which file it needs`() throws {
      let store = try TemporaryEnvironment()
      let path = store.directory + "/own.mdb"
      _ = try Environment(path, databases: ["a"])
      #expect(chmod(store.directory, 0o755) == 0 && chmod(path, 0o644) == 0)
      // For this thread alone, which is why it is not among what Swift imports.
      typealias SetUser = @convention(c) (uid_t) -> Int32
      let setUser = unsafeBitCast(try #require(dlsym(nil, "setfsuid")), to: SetUser.self)
      _ = setUser(65_534)
      defer { _ = setUser(0) }
      let error = #expect(throws: LMDBError.self) {
        try Environment(path, databases: ["a"], options: .init(isReadOnly: true))
      }
      #expect(error?.description.hasPrefix("cannot open \(path)-lock: Permission denied; ") == true)
    }
  #endif
}
