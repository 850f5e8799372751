internal import Machine
internal import Tables
internal import Terminal

/// `COPY … FROM`: reads a file's rows into a table, in transactions of many rows.
struct CopyImport {
  private struct Row {
    var record: CopyRecord
    /// The file that it stands in.
    var file: String
    var values: [[UInt8]?]
  }

  private let task: CopyTask
  private let parser: FieldParser
  private let columns: [ResultColumn]
  /// For each field of a row, where its value is bound; nil: the field is passed over.
  private let places: [Int?]
  private let bound: [ResultColumn]
  private let sink: RowSink
  private var failures: CopyFailures
  private var imported = 0
  private var read = 0
  private var skipped = 0

  init(_ task: CopyTask, into writer: TableWriter) throws {
    self.task = task
    parser = FieldParser(format: task.options.fields)
    columns = try task.columns()
    let kept = columns.filter { !task.options.skippedColumns.contains($0.name) }
    guard !kept.isEmpty else { throw ShellError("No valid column specified") }
    let isCounter = kept.contains { $0.type == .counter }
    // An UPDATE binds what it sets before what it names the row by.
    let bound =
      isCounter
      ? kept.filter { $0.type == .counter } + kept.filter { $0.type != .counter } : kept
    self.bound = bound
    places = columns.map { column in bound.firstIndex(of: column) }
    sink = try RowSink(
      writer, isCounter ? Self.update(task, bound) : Self.insert(task, bound))
    failures = CopyFailures(task)
  }

  private static func insert(_ task: CopyTask, _ columns: [ResultColumn]) -> String {
    let names = columns.map { CQLName.quoted($0.name) }.joined(separator: ", ")
    let marks = columns.map { _ in "?" }.joined(separator: ", ")
    let using = task.options.ttl.map { " USING TTL \($0)" } ?? ""
    return "INSERT INTO \(task.table) (\(names)) VALUES (\(marks))" + using
  }

  private static func update(_ task: CopyTask, _ columns: [ResultColumn]) -> String {
    let counters = columns.filter { $0.type == .counter }.map { CQLName.quoted($0.name) }
    let keys = columns.filter { $0.type != .counter }.map { CQLName.quoted($0.name) }
    return "UPDATE \(task.table) SET "
      + counters.map { "\($0) = \($0) + ?" }.joined(separator: ", ") + " WHERE "
      + keys.map { "\($0) = ?" }.joined(separator: " AND ")
  }

  /// Reads the rows that each input has.
  mutating func run(_ inputs: [ScriptInput]) throws {
    try task.announce(bound)
    let bar = ProgressBar("Importing", unit: "rows", total: nil)
    defer { bar.clear() }
    for input in inputs where !hasEnough {
      // Typed or piped rows stand before other statements, and end at a dot.
      var reader = RecordReader(
        task.options.fields, endsAtDot: task.path == nil, source: input.bytes)
      defer { input.giveBack(reader.rest) }
      do { try read(&reader, input, bar) } catch let error as TableError {
        throw ShellError("\(ShellError(error)); \(imported) rows have been imported before")
      }
    }
    bar.clear()
    try task.conclude(imported, "imported from \(inputs.count) files", " (\(skipped) skipped)")
    try failures.conclude()
  }

  /// Bytes of values after which rows are written, however few they are.
  private static let commitBytes = 4 << 20

  private var hasEnough: Bool {
    failures.isExceeded || task.options.maxRows.map { read >= $0 } ?? false
  }

  private mutating func read(
    _ reader: inout RecordReader, _ input: ScriptInput, _ bar: ProgressBar
  ) throws {
    var header = task.options.hasHeader
    var rows: [Row] = []
    var bytes = 0
    let before = read
    let batch = min(task.options.batchRows ?? .max, task.options.chunkRows)
    while !hasEnough, !task.isStopped(), let record = try reader.next() {
      if header {
        header = false
        continue
      }
      if skipped < task.options.skippedRows {
        skipped += 1
        continue
      }
      read += 1
      if let row = convert(record, input.name) {
        rows.append(row)
        bytes += row.values.reduce(0) { $0 + ($1?.count ?? 0) }
      }
      if rows.count >= batch || bytes >= Self.commitBytes {
        try commit(rows)
        rows.removeAll(keepingCapacity: true)
        bytes = 0
        // How many rows there will be is told from how much of the file they took so far.
        let total = input.share.map { $0 > 0 ? before + Int(Double(read - before) / $0) : read }
        bar.update(read, total: total)
        keepPace()
      }
    }
    guard !task.isStopped() else { throw ShellError("interrupted after \(imported) rows") }
    try commit(rows)
  }

  /// Waits until so many rows may have been read by INGESTRATE.
  private func keepPace() {
    guard let rate = task.options.rowsPerSecond else { return }
    let early = Double(read) / Double(rate) - task.seconds
    // In short pieces, so that Ctrl-C is noticed.
    var left = Int(early * 1_000)
    while left > 0, !task.isStopped() {
      Signal().wait(since: 0, milliseconds: min(left, 100))
      left -= 100
    }
  }

  private mutating func convert(_ record: CopyRecord, _ file: String) -> Row? {
    var record = record
    record.number = read
    do throws(ShellError) {
      guard !record.isUnterminated else { throw ShellError("a quote is not closed") }
      guard record.fields.count == columns.count else {
        throw ShellError(
          "Invalid row length \(record.fields.count) should be \(columns.count)")
      }
      var values = [[UInt8]?](repeating: nil, count: bound.count)
      for (index, place) in places.enumerated() {
        guard let place else { continue }
        do throws(ShellError) {
          values[place] = try parser.parse(record.fields[index], columns[index].type)
          // A counter that the file has no number for is left as it is.
          if columns[index].type == .counter, values[place] == nil {
            values[place] = bigEndian(Int64(0))
          }
        } catch {
          throw ShellError("column \(columns[index].name): \(error)")
        }
      }
      return Row(record: record, file: file, values: values)
    } catch {
      failures.add(record, of: file, .parse, "\(error)")
      return nil
    }
  }

  /// Writes rows in one transaction; where that fails, each in one of its own, to find the bad one.
  private mutating func commit(_ rows: [Row]) throws {
    guard !rows.isEmpty else { return }
    do {
      try sink.write(rows.map(\.values))
      imported += rows.count
    } catch let error as TableError {
      // A full disk is no fault of a row's.
      if error.storage != nil { throw error }
      guard rows.count == 1 else {
        for row in rows where !failures.isExceeded { try commit([row]) }
        return
      }
      failures.add(rows[0].record, of: rows[0].file, .insert, error.message)
    }
  }
}
