#if os(Linux)
  import Foundation
  import Machine
  import Testing

  @testable import Tables

  /// What the process holds while it reads on and on. It has one test, which runs in a process of
  /// its own: others would be counted too.
  @Suite struct `Memory of a scan` {
    /// Of `/proc/self/status`, in KiB.
    static func held(_ name: String) -> Int {
      let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
      return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }

    @Test func `a scan holds neither the rows nor the file`() async throws {
      await #expect(processExitsWith: .success) {
        let store = try TemporaryTables()
        try store.run("CREATE TABLE k.t (p int, c int, v text, PRIMARY KEY (p, c))")
        let tables = try store.tables
        let insert = try tables.prepare("INSERT INTO k.t (p, c, v) VALUES (?, ?, ?)")
        let text = String(repeating: "x", count: 400)
        for partition in 0..<100 {
          try tables.write { transaction throws(TableError) in
            var values = BoundValues()
            for number in 0..<1_000 {
              values.removeAll()
              values.append(Int32(partition))
              values.append(Int32(number))
              values.append(text)
              try transaction.execute(insert, values)
            }
          }
        }
        let scan = try tables.prepare("SELECT p, c, v FROM k.t")
        var own: [Int] = []
        var file: [Int] = []
        for _ in 0..<4 {
          var state: PagingState?
          var rows = 0
          var most = 0
          repeat {
            let page = try tables.execute(scan, BoundValues(), pageRows: 1_000, from: state)
            rows += page.rowCount
            state = page.next
            most = max(most, `Memory of a scan`.held("RssAnon:"))
            file.append(`Memory of a scan`.held("RssFile:"))
          } while state != nil
          guard rows == 100_000 else { throw TableError(.serverError, "\(rows) rows") }
          own.append(most)
        }
        let size = try LocalDisk().open(tables.path, .read).size() >> 10
        print("own", own, "file", file.min() ?? 0, file.max() ?? 0, "of", size)
        #expect(size > 40_000)
        // The first scan has made what is kept for the next ones.
        #expect(own[3] < own[0] + 4_096)
        // After as many rows as are in the table the pages have been let go of.
        #expect((file.min() ?? 0) + Int(size) / 2 < file.max() ?? 0)
      }
    }
  }
#endif
