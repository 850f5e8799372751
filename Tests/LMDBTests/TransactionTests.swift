import Foundation
import Machine
import Testing

@testable import LMDB

@Suite struct `Transactions and readers` {
  @Test func `a nested transaction that fails leaves no trace and the others stand`() throws {
    var random = SeededRandom(seed: .random(in: 0...(.max)))
    print("seed: \(random)")
    let store = try TemporaryEnvironment()
    var model: [[UInt8]: [UInt8]] = [:]
    for _ in 0..<40 {
      try store.write { transaction throws(LMDBError) in
        for _ in 0..<Int.random(in: 1...20, using: &random) {
          var changed = model
          let fails = Bool.random(using: &random)
          do {
            try transaction.nested(mapping: { $0 as any Error }) { inner in
              let database = try inner.database("a")
              for _ in 0..<Int.random(in: 0...30, using: &random) {
                let key = [UInt8.random(in: 0...200, using: &random)]
                if Int.random(in: 0..<3, using: &random) == 0 {
                  let wasThere = changed.removeValue(forKey: key) != nil
                  #expect(try database.remove(key) == wasThere)
                } else {
                  let size = Int.random(in: 0...6_000, using: &random)
                  let byte = UInt8.random(in: 0...255, using: &random)
                  changed[key] = [UInt8](repeating: byte, count: size)
                  try database.put(key, changed[key] ?? [])
                }
              }
              #expect(try database.all() == changed)
              if fails { throw Refused() }
            }
          } catch { #expect(fails && error is Refused) }
          if !fails { model = changed }
        }
        #expect(try transaction.database("a").all() == model)
      }
      #expect(try store.all() == model)
    }
  }

  @Test func `a second open of a file in one process is refused, and a later one is not`() throws {
    let store = try TemporaryEnvironment()
    let path = store.directory + "/data.mdb"
    let link = store.directory + "/link.mdb"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    for path in [path, link, store.directory + "/./data.mdb"] {
      for isReadOnly in [false, true] {
        let error = #expect(throws: LMDBError.self) {
          try Environment(path, databases: ["a"], options: .init(isReadOnly: isReadOnly))
        }
        #expect(error?.description.contains("this process has it open already") == true)
      }
    }
    try store.write { transaction throws(LMDBError) in
      try transaction.database("a").put([1], [1])
    }
    try store.reopen()
    #expect(try store.all() == [[1]: [1]])
  }

  @Test func `more readers at once than there may be are a clear error`() throws {
    let store = try TemporaryEnvironment()
    func read(_ depth: Int) throws(LMDBError) -> Int {
      do throws(LMDBError) {
        return try store.read { _ throws(LMDBError) in try read(depth + 1) }
      } catch {
        #expect(error.description.contains("1000 are reading at once, which is the limit"))
        return depth
      }
    }
    #expect(try read(0) == 1_000)
    #expect(try read(0) == 1_000)
  }

  @Test func `commits whose root waits for a sync are there after an orderly end`() throws {
    let store = try TemporaryEnvironment(syncsRoot: false)
    for key in 0..<20 {
      try store.write { transaction throws(LMDBError) in
        try transaction.database("a").put([UInt8(key)], [1])
      }
      if key % 3 == 0 { try store.environment.sync() }
    }
    try store.reopen()
    #expect(try store.all().count == 20)
  }
}
