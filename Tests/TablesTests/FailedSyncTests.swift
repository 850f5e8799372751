#if os(Linux)
  import LMDB
  import Machine
  import Synchronization
  import Testing

  @testable import Tables

  /// A disk that fails while a commit is written. LMDB gives the commit up before its root is
  /// written where the data cannot be synced, and does not know what the disk holds where the root
  /// cannot be: then even reading is over until the tables are opened anew.
  @Suite struct `Failing disks under tables` {
    private func store() throws -> TemporaryTables {
      let store = try TemporaryTables()
      try store.run(
        "CREATE TABLE k.t (a int PRIMARY KEY, v int)", "CREATE INDEX ON k.t (v)",
        "INSERT INTO k.t (a, v) VALUES (1, 1)")
      return store
    }

    @Test(arguments: RefusedCall.allCases)
    func `a commit that fails is answered so, and writing is over`(call: RefusedCall) throws {
      let store = try store()
      let failure = try failure(of: call, store)
      #expect(failure?.storage != nil && failure?.message.contains("the disk fails") == true)
      for _ in 0..<2 {
        #expect(try store.refusal("INSERT INTO k.t (a, v) VALUES (3, 3)") == failure)
      }
      switch call {
      case .dataSync: #expect(try store.rows("SELECT a FROM k.t") == ["{\"a\": 1}"])
      case .rootWrite: #expect(try store.refusal("SELECT a FROM k.t")?.storage != nil)
      }
      store.close()
      let found = try store.rows("SELECT a FROM k.t")
      #expect(found == ["{\"a\": 1}"] || call == .rootWrite && found.count == 2)
      try store.run("INSERT INTO k.t (a, v) VALUES (4, 4)")
      #expect(try store.rows("SELECT a FROM k.t WHERE v = 4") == ["{\"a\": 4}"])
      let faults = try TablesCheck(try store.tables).faults
      #expect(faults == [])
    }

    /// Lets a write meet the failure; returns its error.
    private func failure(of call: RefusedCall, _ store: TemporaryTables) throws -> TableError? {
      let tables = try store.tables
      let insert = try tables.prepare("INSERT INTO k.t (a, v) VALUES (2, 2)")
      var isRefused = false
      var failure: TableError?
      do throws(TableError) {
        try tables.write { transaction throws(TableError) in
          // The filter is that of the thread that writes, and goes with it.
          isRefused = call.begin()
          try transaction.execute(insert, BoundValues())
        }
      } catch { failure = error }
      try #require(isRefused)
      return failure
    }

    @Test(arguments: RefusedCall.allCases)
    func `what was acknowledged to many writers is there`(call: RefusedCall) throws {
      let store = try store()
      let acknowledged = try write(store, meeting: call)
      store.close()
      let page = try store.tables.execute("SELECT a FROM k.t")
      let found = Set(page.rows.compactMap { $0[0].map { Int(Int32(bigEndian: $0.int32)) } })
      #expect(acknowledged.isSubset(of: found))
      let faults = try TablesCheck(try store.tables).faults
      #expect(faults == [])
    }

    /// Has eight threads write until all of them meet the failure; returns what was acknowledged.
    private func write(_ store: TemporaryTables, meeting call: RefusedCall) throws -> Set<Int> {
      let tables = try store.tables
      let insert = try tables.prepare("INSERT INTO k.t (a, v) VALUES (?, ?)")
      let acknowledged = Mutex<Set<Int>>([1])
      let refused = Atomic(0)
      let workers = (0..<8).map { writer in
        Worker {
          for number in 0..<200 {
            do throws(TableError) {
              try tables.write { transaction throws(TableError) in
                if writer == 0, number == 100 { _ = call.begin() }
                var values = BoundValues()
                values.append(Int32(1_000 * writer + number + 10))
                values.append(Int32(number))
                try transaction.execute(insert, values)
              }
              _ = acknowledged.withLock { $0.insert(1_000 * writer + number + 10) }
            } catch {
              refused.add(1, ordering: .relaxed)
            }
          }
        }
      }
      for worker in workers { worker.join() }
      let refusals = refused.load(ordering: .relaxed)
      #expect(refusals >= 100)
      return acknowledged.withLock { $0 }
    }
  }

  extension [UInt8] {
    fileprivate var int32: Int32 { withUnsafeBytes { $0.loadUnaligned(as: Int32.self) } }
  }
#endif
