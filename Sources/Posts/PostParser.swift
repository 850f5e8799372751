/// How a record is written.
package enum RecordFormat: Sendable {
  /// One JSON text of any of the known shapes.
  case json
  /// One CSV row under this header.
  case csv(CSVHeader)
  /// The text of one post and nothing else.
  case text
}

/// What a record was.
package enum RecordKind: Equatable, Sendable {
  /// A record with this many posts, which are now in the batch.
  case posts(Int)
  /// A record that is known not to hold posts.
  case control(ControlKind)
}

/// The records of a stream that are not posts.
package enum ControlKind: Equatable, Sendable, CaseIterable {
  /// A blank line, sent so that a quiet connection stays open.
  case keepAlive
  /// A post was deleted.
  case delete
  /// Posts were left out because the rules match too many.
  case limit
  /// The stream warns, for example of a slow reader.
  case warning
  /// The stream will be closed.
  case disconnect
  /// Locations of a user are to be removed.
  case scrubGeo
  /// A post is withheld in some countries.
  case statusWithheld
  /// A user is withheld in some countries.
  case userWithheld
  /// Another notice of the compliance stream: drop, undrop, edit.
  case compliance
  /// An error, as an object in the stream or as the whole answer.
  case errors
  /// A page of results with no results.
  case emptyPage
}

/// Reads posts out of records of any known format.
///
/// Keeps scratch memory between records, so that a record costs no allocation. Not thread-safe;
/// owned by one task at a time.
package struct PostParser: ~Copyable, Sendable {
  private var fields = CapturedFields()
  private var row = CSVRow()

  package init() {}

  /// Appends the posts of one record to `batch` and says what the record was.
  ///
  /// All or nothing: when it throws, the batch is as before.
  package mutating func parse(
    _ record: UnsafeRawBufferPointer, as format: RecordFormat, into batch: inout PostBatch
  ) throws(PostError) -> RecordKind {
    guard record.count <= Limits.recordBytes else {
      throw PostError(.recordTooLong, at: Limits.recordBytes)
    }
    // Half of what a range can hold: a page of retweets of one long original stores it many times,
    // but no more than `pagePosts` times `textBytes`.
    guard batch.byteCount + record.count <= Limits.batchBytes else {
      throw PostError(.batchFull)
    }
    let mark = batch.mark
    do throws(PostError) {
      switch format {
      case .json: return try parseJSON(record, into: &batch)
      case .csv(let header): return try parseRow(record, header, into: &batch)
      case .text: return try parseText(record, into: &batch)
      }
    } catch {
      batch.rollBack(to: mark)
      throw error
    }
  }

  private mutating func parseText(
    _ record: UnsafeRawBufferPointer, into batch: inout PostBatch
  ) throws(PostError) -> RecordKind {
    try UTF8Check.validate(record)
    guard let base = record.baseAddress else { throw PostError(.blankText) }
    fields.begin()
    fields[0, .text] = RawField(start: 0, count: Int32(record.count), kind: .text)
    try fields.appendPost(row: 0, of: base.assumingMemoryBound(to: UInt8.self), to: &batch)
    return .posts(1)
  }

  private mutating func parseRow(
    _ record: UnsafeRawBufferPointer, _ header: CSVHeader, into batch: inout PostBatch
  ) throws(PostError) -> RecordKind {
    try row.read(record)
    guard row.count == header.count else {
      throw PostError(.columnCount(expected: header.count, found: row.count))
    }
    fields.begin()
    for (name, column) in header.roles { fields[0, name] = row.field(column) }
    guard let base = row.base else { throw PostError(.noText) }
    try fields.appendPost(row: 0, of: base, to: &batch)
    return .posts(1)
  }

  private mutating func parseJSON(
    _ record: UnsafeRawBufferPointer, into batch: inout PostBatch
  ) throws(PostError) -> RecordKind {
    guard var json = JSONScanner(record), !json.isAtEnd() else { return .control(.keepAlive) }
    let kind: RecordKind
    if try json.enterObject() {
      try fields.readRecord(&json)
      kind = try settle(json.base, into: &batch)
    } else if try json.enterArray() {
      kind = try parseArray(&json, into: &batch)
    } else {
      _ = try json.readValue()
      throw PostError(.notAnObject)
    }
    guard json.isAtEnd() else { throw PostError(.trailingBytes, at: json.position) }
    return kind
  }

  private mutating func parseArray(
    _ json: inout JSONScanner, into batch: inout PostBatch
  ) throws(PostError) -> RecordKind {
    var total = 0
    while try json.nextElement() {
      guard try json.enterObject() else { throw PostError(.notAnObject, at: json.position) }
      try fields.readRecord(&json)
      if case .posts(let count) = try settle(json.base, into: &batch) { total += count }
    }
    return total == 0 ? .control(.emptyPage) : .posts(total)
  }

  /// Decides what the object read last is, and appends its posts.
  private func settle(
    _ source: UnsafePointer<UInt8>, into batch: inout PostBatch
  ) throws(PostError) -> RecordKind {
    if fields.hasText(0), fields[0, .delete].kind != .container {
      try fields.appendPost(row: 0, of: source, to: &batch)
      return .posts(1)
    }
    if fields.rowCount > 1 {
      if !fields.isPage, let kind = fields.controlKind(1) {
        if kind == .delete { try fields.appendRemoval(row: 1, of: source, to: &batch) }
        return .control(kind)
      }
      for row in 1..<fields.rowCount { try fields.appendPost(row: row, of: source, to: &batch) }
      return .posts(fields.rowCount - 1)
    }
    guard let kind = fields.controlKind(0) else { throw PostError(.noText) }
    if kind == .delete { try fields.appendRemoval(row: 0, of: source, to: &batch) }
    return .control(kind)
  }
}

/// Telling non-posts.
extension CapturedFields {
  /// What a row without a text is known to be.
  func controlKind(_ row: Int) -> ControlKind? {
    guard !hasText(row) else { return nil }
    func has(_ name: FieldName) -> Bool { self[row, name].isPresent }
    if has(.delete) { return .delete }
    if has(.limit) { return .limit }
    if has(.warning) { return .warning }
    if has(.disconnect) { return .disconnect }
    if has(.scrubGeo) { return .scrubGeo }
    if has(.statusWithheld) { return .statusWithheld }
    if has(.userWithheld) { return .userWithheld }
    if has(.drop) || has(.undrop) || has(.tweetEdit) { return .compliance }
    if self[row, .account].kind == .container { return .compliance }
    if has(.errors) || (has(.title) && (has(.detail) || has(.type))) { return .errors }
    if row == 0, isPage || has(.meta) { return .emptyPage }
    if row > 0, has(.withheld), !has(.id) { return .statusWithheld }
    return nil
  }
}
