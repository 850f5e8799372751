import ArgumentParser
import Bytes
import CTableFloor
import Machine
import Node
import SupportDesk
import Synchronization
import Tables

/// The tables alone, each figure beside what a C program reaches with LMDB alone and the same bytes
/// under the same keys, on the same disk in the same run. Runs take turns, and the best of each
/// side counts.
struct TablesBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "tables")

  @Option(help: "Rows like those of grouse.posts that are written; 0 leaves a part out.")
  var posts = 100_000
  @Option(help: "Rows of one transaction.") var batch = 4_000
  @Option(help: "Rows that each of 16 writers writes, each synced.") var writes = 1_000
  @Option(help: "Small rows that are scanned.") var small = 1_000_000
  @Option(help: "Rows of the table that is compared with one of 100,000; 0 leaves that out.")
  var large = 1_000_000
  @Option(help: "How often each side runs.") var rounds = 3
  @OptionGroup var places: Places

  func run() throws {
    let folder = try places.folder()
    defer { try? LocalDisk().remove(folder) }
    if posts > 0 { try writePosts(folder) }
    if small > 0 { try scanSmallRows(folder) }
    if writes > 0 { try writeTogether(folder, writers: 16, writes) }
    if large > 0 { try compareSizes(folder) }
  }

  /// Runs `body` in tables of their own.
  private func tables<Result>(
    _ folder: String, _ body: (Tables, _ path: String) throws -> Result
  ) throws -> Result {
    let path = Path.join(folder, "tables")
    defer { try? LocalDisk().remove(path) }
    let tables = try Tables(path)
    _ = try tables.execute(
      "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
    return try body(tables, path)
  }

  private func wrong(_ what: String) -> Benchmark.Wrong { Benchmark.Wrong(what: what) }

  // MARK: rows like the application's

  private func writePosts(_ folder: String) throws {
    var written = [Double.infinity, .infinity]
    var floor = Double.infinity
    var reads = Double.infinity
    var floorReads = Double.infinity
    let lookups = 300_000
    for _ in 0..<rounds {
      let path = Path.join(folder, "tables")
      let postRows = PostRows(posts)
      for (place, isTyped) in [false, true].enumerated() {
        try? LocalDisk().remove(path)
        let tables = try Tables(path)
        let insert = try postRows.prepare(tables, isTyped: isTyped)
        Measure.settle()
        let seconds = try Measure.time {
          for first in stride(from: 0, to: posts, by: batch) {
            try tables.write { transaction throws(TableError) in
              var values = BoundValues()
              for number in first..<min(first + batch, posts) {
                postRows.bind(number, &values)
                try transaction.execute(insert, values)
              }
            }
          }
        }.seconds
        written[place] = min(written[place], seconds)
      }
      Measure.settle()
      var entries = 0
      let bare = grouse_floor_put(
        Path.join(path, "data.mdb"), Path.join(folder, "bare.mdb"), "rows",
        max(posts / batch, 1), 1, &entries)
      guard bare > 0 else { throw wrong("LMDB refused the C program") }
      floor = min(floor, bare)
      reads = min(reads, try readPosts(path, postRows, lookups))
      let bareReads = grouse_floor_get(Path.join(path, "data.mdb"), "rows", 7_919, lookups)
      guard bareReads > 0 else { throw wrong("LMDB refused the C program") }
      floorReads = min(floorReads, bareReads)
      try LocalDisk().remove(path)
    }
    for (name, seconds) in zip(["prepared INSERT", "typed rows     "], written) {
      print(
        "\(name) \(shown(Double(posts) / seconds)) rows/s like grouse.posts, \(batch) a commit; "
          + "\(shown(floor / seconds, 2)) of C putting the same bytes in the order they come "
          + "(\(shown(Double(posts) / floor)) rows/s)")
    }
    print(
      "point read      \(shown(Double(lookups) / reads))/s by primary key, prepared; "
        + "\(shown(floorReads / reads, 2)) of C getting the same bytes "
        + "(\(shown(Double(lookups) / floorReads))/s)")
  }

  private func readPosts(_ path: String, _ rows: PostRows, _ lookups: Int) throws -> Double {
    let tables = try Tables(path)
    let find = try tables.prepare(
      "SELECT text, probability FROM grouse.posts "
        + "WHERE brand = ? AND day = ? AND created_at = ? AND id = ?")
    var values = BoundValues()
    var found = 0
    let cost = try Measure.time {
      var number = 0
      for _ in 0..<lookups {
        number = (number + 7_919) % posts
        rows.bindKey(number, &values)
        found += try tables.execute(find, values).rowCount
      }
    }
    guard found == lookups else { throw wrong("\(found) rows found of \(lookups)") }
    return cost.processorSeconds
  }

  // MARK: scanning

  private func scanSmallRows(_ folder: String) throws {
    // The C program opens the file when the tables have closed it.
    let path = Path.join(folder, "tables")
    defer { try? LocalDisk().remove(path) }
    let (best, peak, reads) = try { () throws -> (Double, Int, Double) in
      let tables = try Tables(path)
      _ = try tables.execute(
        "CREATE KEYSPACE k WITH replication = "
          + "{'class': 'SimpleStrategy', 'replication_factor': 1}")
      try fill(tables, "s", rows: small)
      let scan = try tables.prepare("SELECT p, c, v FROM k.s")
      var best = Double.infinity
      var peak = 0
      var reads = Double.infinity
      for _ in 0..<rounds {
        reads = min(reads, try read(tables, "s", of: small))
        let cost = try Measure.time {
          var state: PagingState?
          var count = 0
          repeat {
            let page = try tables.execute(scan, BoundValues(), from: state)
            count += page.rowCount
            state = page.next
            peak = max(peak, Measure.residentBytes.own)
          } while state != nil
          guard count == small else { throw wrong("\(count) rows scanned of \(small)") }
        }
        best = min(best, cost.processorSeconds)
      }
      return (best, peak, reads)
    }()
    var floor = Double.infinity
    for _ in 0..<rounds {
      var count = 0
      let bare = grouse_floor_decode(Path.join(path, "data.mdb"), 5_000, &count)
      guard bare > 0, count == small else { throw wrong("LMDB refused the C program") }
      floor = min(floor, bare)
    }
    print(
      "point read      \(shown(100_000 / reads))/s of \(shown(Double(small))) small rows by primary "
        + "key, prepared")
    print(
      "range scan      \(shown(Double(small) / best)) small rows/s decoded on one core, pages of "
        + "5,000; \(shown(floor / best, 2)) of C decoding the same bytes "
        + "(\(shown(Double(small) / floor)) rows/s); \(shown(Double(peak) / 1_048_576)) MiB of "
        + "its own at most")
  }

  /// Makes a table of small rows, a thousand a partition, each transaction its own partitions.
  private func fill(_ tables: Tables, _ name: String, rows: Int) throws {
    _ = try tables.execute("CREATE TABLE k.\(name) (p int, c int, v int, PRIMARY KEY (p, c))")
    let insert = try tables.prepare("INSERT INTO k.\(name) (p, c, v) VALUES (?, ?, ?)")
    for first in stride(from: 0, to: rows, by: 20_000) {
      try tables.write { transaction throws(TableError) in
        var values = BoundValues()
        for number in first..<min(first + 20_000, rows) {
          values.removeAll()
          values.append(Int32(number / 1_000))
          values.append(Int32(number % 1_000))
          values.append(Int32(number))
          try transaction.execute(insert, values)
        }
      }
    }
  }

  // MARK: group commit

  /// Each writer waits for its row to be on the disk before it writes the next one: all of them
  /// into one partition, as rows that are kept by time come, then each into its own.
  private func writeTogether(_ folder: String, writers: Int, _ count: Int) throws {
    for isScattered in [false, true] {
      var alone = Double.infinity
      var together = Double.infinity
      var floor = Double.infinity
      var groupFloor = Double.infinity
      for _ in 0..<rounds {
        alone = min(alone, try write(folder, writers: 1, count, isScattered))
        together = min(together, try write(folder, writers: writers, count, isScattered))
        let target = Path.join(folder, "bare.mdb")
        let bare = grouse_floor_commit(target, count, 1, isScattered ? 1 : 0)
        let group = grouse_floor_commit(target, count, Int32(writers), isScattered ? 1 : 0)
        guard bare > 0, group > 0 else { throw wrong("LMDB refused the C program") }
        floor = min(floor, bare)
        groupFloor = min(groupFloor, group)
      }
      let rate = Double(writers * count) / together
      print(
        "durable writers \(writers) writers \(shown(rate)) rows/s into "
          + "\(isScattered ? "\(writers) partitions" : "one partition"), each synced before it is "
          + "acknowledged; \(shown(rate * alone / Double(count), 1)) times one writer's "
          + "\(shown(Double(count) / alone)), which is \(shown(floor / alone, 2)) of one C "
          + "writer's \(shown(Double(count) / floor)); C putting \(writers) rows a commit is "
          + "\(shown(floor / groupFloor * Double(writers), 1)) times as fast as with one")
    }
  }

  private func write(
    _ folder: String, writers: Int, _ count: Int, _ isScattered: Bool
  ) throws -> Double {
    try tables(folder) { tables, _ in
      _ = try tables.execute("CREATE TABLE k.w (p int, c int, v text, PRIMARY KEY (p, c))")
      let insert = try tables.prepare("INSERT INTO k.w (p, c, v) VALUES (?, ?, ?)")
      let failure = Mutex<TableError?>(nil)
      let text = String(repeating: "x", count: 100)
      let cost = Measure.time {
        let workers = (0..<writers).map { writer in
          Worker {
            do throws(TableError) {
              var values = BoundValues()
              for number in 0..<count {
                values.removeAll()
                values.append(Int32(isScattered ? writer : 0))
                values.append(Int32(number * writers + writer))
                values.append(text)
                _ = try tables.execute(insert, values)
              }
            } catch { failure.withLock { $0 = error } }
          }
        }
        for worker in workers { worker.join() }
      }
      if let error = failure.withLock({ $0 }) { throw error }
      return cost.seconds
    }
  }

  // MARK: size

  private func compareSizes(_ folder: String) throws {
    try tables(folder) { tables, path in
      try fill(tables, "few", rows: 100_000)
      try fill(tables, "many", rows: large)
      let path = Path.join(path, "data.mdb")
      let few = 100_000
      let reads = try compare {
        (try read(tables, "few", of: few), try read(tables, "many", of: large))
      }
      let single = try compare {
        (
          try insert(tables, "few", of: few, each: 1),
          try insert(tables, "many", of: large, each: 1)
        )
      }
      let inserts = try compare {
        (
          try insert(tables, "few", of: few, each: 100),
          try insert(tables, "many", of: large, each: 100)
        )
      }
      print(
        "size            with \(shown(Double(large))) rows a point read takes \(shown(reads.ratio, 2)) "
          + "times as long as with 100,000, an insert \(shown(single.ratio, 2)) times alone and "
          + "\(shown(inserts.ratio, 2)) times as one of 100 scattered over the table in a commit")
      defer {
        // Last: LMDB wants a file opened once a process.
        let bare = compare {
          (grouse_floor_scatter(path, few, 100, 100), grouse_floor_scatter(path, large, 100, 100))
        }
        print(
          "                100 scattered puts a commit take C \(shown(bare.ratio, 2)) times as "
            + "long; the tables' rate is \(shown(bare.few / inserts.few, 2)) of C's with 100,000 "
            + "rows, \(shown(bare.many / inserts.many, 2)) with \(shown(Double(large)))")
      }
      let scan = try tables.prepare("SELECT p, c, v FROM k.many")
      var state: PagingState?
      let before = Measure.residentBytes
      var peak = (all: 0, own: 0)
      repeat {
        let page = try tables.execute(scan, BoundValues(), from: state)
        state = page.next
        let now = Measure.residentBytes
        peak = (max(peak.all, now.all), max(peak.own, now.own))
      } while state != nil
      let file = try LocalDisk().open(path, .read).size()
      print(
        "memory          \(mebibytes(peak.own)) MiB of its own at most while all of it is scanned, "
          + "\(mebibytes(before.own)) before; with the file's pages \(mebibytes(peak.all)), "
          + "\(mebibytes(before.all)) before, of its "
          + "\(mebibytes(Int(file)))")
    }
  }

  /// Seconds with few rows and with many.
  private struct Sizes {
    var few: Double
    var many: Double
    var ratio: Double { many / few }
  }

  /// Each size at its best.
  private func compare(_ body: () throws -> (few: Double, many: Double)) rethrows -> Sizes {
    var best = Sizes(few: .infinity, many: .infinity)
    for _ in 0..<rounds {
      let times = try body()
      best = Sizes(few: min(best.few, times.few), many: min(best.many, times.many))
    }
    return best
  }

  private func mebibytes(_ bytes: Int) -> String { shown(Double(bytes) / 1_048_576) }

  private func read(_ tables: Tables, _ name: String, of rows: Int) throws -> Double {
    let find = try tables.prepare("SELECT v FROM k.\(name) WHERE p = ? AND c = ?")
    var random = SeededRandom(seed: 7)
    var values = BoundValues()
    return try Measure.time {
      for _ in 0..<100_000 {
        let number = Int.random(in: 0..<rows, using: &random)
        values.removeAll()
        values.append(Int32(number / 1_000))
        values.append(Int32(number % 1_000))
        guard try tables.execute(find, values).rowCount == 1 else {
          throw wrong("no row \(number)")
        }
      }
    }.processorSeconds
  }

  /// Writes into partitions in no order, `each` rows a commit.
  private func insert(
    _ tables: Tables, _ name: String, of rows: Int, each: Int
  ) throws -> Double {
    let insert = try tables.prepare("INSERT INTO k.\(name) (p, c, v) VALUES (?, ?, 1)")
    var random = SeededRandom(seed: 8)
    return try Measure.time {
      for _ in 0..<100 {
        try tables.write { transaction throws(TableError) in
          var values = BoundValues()
          for _ in 0..<each {
            values.removeAll()
            values.append(Int32.random(in: 0..<Int32(rows / 1_000), using: &random))
            values.append(Int32.random(in: 1_000..<1_000_000, using: &random))
            try transaction.execute(insert, values)
          }
        }
      }
    }.seconds
  }
}

/// Rows like those that the application writes into `grouse.posts`, of one day, oldest first.
struct PostRows {
  private let text =
    Array(
      "@ASOS_HeresToHelp my parcel was due on Monday and the tracking has not moved since, order "
        .utf8) + Array("number in my messages, please have a look and tell me where it is".utf8)
  private let words = [0, 0, 0, 1, 0, 0, 0, 6] + Array("parcel".utf8)

  private static let columns = [
    "brand", "day", "created_at", "id", "uuid", "author_id", "screen_name", "text", "lang", "kind",
    "in_reply_to", "conversation_id", "prediction", "probability", "label", "model", "words",
    "topic", "partition", "offset",
  ]
  private let ids: [[UInt8]]
  private let names = (0..<1_000).map { Array("somebody_\($0)".utf8) }

  /// `count` rows, whose ids are made beforehand: the application finds them in a record.
  init(_ count: Int) { ids = (0..<count).map(Self.id) }

  /// Makes the application's tables and prepares an INSERT of all columns, from their names alone
  /// or in CQL.
  func prepare(_ tables: Tables, isTyped: Bool) throws -> PreparedStatement {
    for definition in GrouseTables.definitions() { _ = try tables.execute(definition) }
    if isTyped { return try tables.prepareInsert(into: "posts", of: "grouse", Self.columns) }
    return try tables.prepare(
      """
      INSERT INTO grouse.posts (\(Self.columns.joined(separator: ", ")))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
  }

  func bindKey(_ number: Int, _ values: inout BoundValues) {
    values.removeAll()
    values.append("asos")
    values.append(UInt32(1 << 31 + 20_777))
    values.append(1_795_132_800_000 + Int64(number))
    values.append(ids[number])
  }

  func bind(_ number: Int, _ values: inout BoundValues) {
    bindKey(number, &values)
    withUnsafeBytes(of: (UInt64(number).bigEndian, UInt64(number).bigEndian)) { values.append($0) }
    values.append("7700123456")
    values.append(names[number % 1_000])
    values.append(text)
    values.append("en")
    values.append("post")
    values.appendNull()
    values.append(ids[number])
    values.append(1.0)
    values.append(0.93)
    values.append("complaint")
    values.append("complaints@1")
    values.append(words)
    values.append("posts")
    values.append(Int32(0))
    values.append(Int64(number))
  }

  /// Nineteen digits that rise with time, as the X API gives them.
  private static func id(_ number: Int) -> [UInt8] {
    Array("\(1_990_000_000_000_000_000 + number)".utf8)
  }
}
