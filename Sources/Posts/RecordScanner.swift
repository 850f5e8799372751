/// A record of a file that could not be cut out.
package struct ScanFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  package enum Reason: Equatable, Sendable {
    /// The record is longer than the scanner's limit.
    case tooLong
    /// A JSON document has something else where a comma, a bracket or a value must be.
    case malformed
    /// The file ends inside a JSON value, a JSON array or a quoted CSV field.
    case unfinished
  }

  /// What is wrong.
  package let reason: Reason
  /// The line where the record starts, from 1.
  package let line: Int
  /// The record's length in bytes, as far as it was there.
  package let length: Int

  package init(_ reason: Reason, line: Int, length: Int) {
    self.reason = reason
    self.line = line
    self.length = length
  }

  package var description: String {
    switch reason {
    case .tooLong:
      "the record at line \(line) is too long: \(length) bytes of the \(Limits.recordBytes) allowed"
    case .malformed: "malformed JSON at line \(line): a comma or bracket is missing or too many"
    case .unfinished: "the file ends within what starts at line \(line) (\(length) bytes)"
    }
  }
}

/// One thing that a `RecordScanner` finds; its bytes are valid until the scanner is next used.
package enum ScannedItem {
  /// The header row of a CSV file, before its records.
  case header(UnsafeRawBufferPointer)
  /// One record, without its line break, and the line where it starts, from 1.
  case record(UnsafeRawBufferPointer, line: Int)
  /// A record that is left out. Scanning goes on behind it.
  case failure(ScanFailure)
}

/// Splits a file into records, fed chunk by chunk, in memory bounded by the longest record allowed.
///
/// Feed a chunk, call `next` until nil, feed the next; at the end call `finish` and drain once
/// more. How the file is cut into chunks does not matter. Not thread-safe; owned by one task at a
/// time.
package struct RecordScanner: ~Copyable {
  private let format: FileFormat
  private let maxRecordBytes: Int
  private var window = ScanWindow()
  private var rows = RowSplitter()
  private var document = DocumentSplitter()
  private var isAtStart = true
  private var isFinished = false
  private var isHeaderDue: Bool
  /// How many bytes of the present record are thrown away because it is too long.
  private var dropped = 0

  package init(format: FileFormat, maxRecordBytes: Int = Limits.recordBytes) {
    self.format = format
    self.maxRecordBytes = max(maxRecordBytes, 1)
    isHeaderDue = format == .csv
  }

  deinit { window.deallocate() }

  /// Takes in the file's next bytes.
  package mutating func feed(_ chunk: UnsafeRawBufferPointer) { window.append(chunk) }

  /// Says that the file has ended.
  package mutating func finish() { isFinished = true }

  /// The next record, header or failure; nil when more bytes are needed or, after `finish`, at the
  /// end.
  package mutating func next() -> ScannedItem? {
    guard skipByteOrderMark() else { return nil }
    while true {
      let split =
        switch format {
        case .jsonLines, .text: LineSplitter.advance(&window)
        case .csv, .sentiment140: rows.advance(&window)
        case .jsonDocument: document.advance(&window)
        }
      switch split {
      case .record(let end):
        if let item = item(endingAt: end) { return item }
      case .malformed:
        let failure = ScanFailure(
          .malformed, line: window.line, length: window.position - window.start)
        window.startRecord()
        return .failure(failure)
      case .more:
        dropExcess()
        return isFinished ? last() : nil
      }
    }
  }

  /// Whether the start of the file has been looked at.
  private mutating func skipByteOrderMark() -> Bool {
    guard isAtStart else { return true }
    guard window.end >= 3 || isFinished else { return false }
    isAtStart = false
    if window.end >= 3, window.base[0] == 0xEF, window.base[1] == 0xBB, window.base[2] == 0xBF {
      window.position = 3
      window.startRecord()
    }
    return true
  }

  /// What stands between the record's start and `end`; nil where that is nothing.
  private mutating func item(endingAt end: Int) -> ScannedItem? {
    let line = window.startLine
    let length = end - window.start + dropped
    let bytes = UnsafeRawBufferPointer(start: window.base + window.start, count: end - window.start)
    let blanks =
      format == .csv || format == .sentiment140
      ? 0 : bytes.prefix { $0 == 0x20 || $0 == 0x09 }.count
    let isBlank = dropped == 0 && blanks == bytes.count
    dropped = 0
    window.startRecord()
    guard !isBlank else { return nil }
    let isHeader = isHeaderDue
    isHeaderDue = false
    guard length <= maxRecordBytes else {
      return .failure(ScanFailure(.tooLong, line: line, length: length))
    }
    return isHeader ? .header(bytes) : .record(bytes, line: line)
  }

  /// Throws away what is known to belong to a record that is too long. The last byte stays, as it
  /// may be half of a line break.
  private mutating func dropExcess() {
    guard window.position - window.start > maxRecordBytes + 1 else { return }
    dropped += window.position - 1 - window.start
    window.start = window.position - 1
  }

  /// The record that the end of the file ends.
  private mutating func last() -> ScannedItem? {
    let isUnfinished =
      switch format {
      case .jsonLines, .text: false
      case .csv, .sentiment140: rows.isInQuotes
      case .jsonDocument: document.isUnfinished
      }
    if isUnfinished {
      let line = window.startLine
      let length = window.end - window.start + dropped
      window.position = window.end
      window.startRecord()
      rows = RowSplitter()
      document = DocumentSplitter()
      dropped = 0
      let reason: ScanFailure.Reason = length > maxRecordBytes ? .tooLong : .unfinished
      return .failure(ScanFailure(reason, line: line, length: length))
    }
    guard window.start < window.end else { return nil }
    window.position = window.end
    return item(endingAt: window.contentEnd(window.end))
  }
}

/// The part of a file that is in memory, and how far it has been looked at.
struct ScanWindow {
  private(set) var base = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 16)
  private var capacity = 1 << 16
  /// Where the present record starts.
  var start = 0
  /// What has been looked at.
  var position = 0
  /// Where the bytes end.
  private(set) var end = 0
  /// The line that `position` is on, from 1.
  var line = 1
  /// The line that `start` is on.
  private(set) var startLine = 1

  func deallocate() { base.deallocate() }

  /// Begins the next record at `position`.
  @inline(__always)
  mutating func startRecord() {
    start = position
    startLine = line
  }

  mutating func append(_ chunk: UnsafeRawBufferPointer) {
    guard let source = chunk.baseAddress else { return }
    let kept = end - start
    if end + chunk.count > capacity {
      let larger = max(capacity, kept + chunk.count)
      let fresh =
        larger > capacity
        ? UnsafeMutablePointer<UInt8>.allocate(capacity: larger * 2) : base
      fresh.update(from: base + start, count: kept)
      if larger > capacity {
        base.deallocate()
        base = fresh
        capacity = larger * 2
      }
      position -= start
      start = 0
      end = kept
    }
    UnsafeMutableRawPointer(base + end).copyMemory(from: source, byteCount: chunk.count)
    end += chunk.count
  }

  /// `newline`, or one less where a carriage return stands before it.
  @inline(__always)
  func contentEnd(_ newline: Int) -> Int {
    newline > start && base[newline - 1] == UInt8(ascii: "\r") ? newline - 1 : newline
  }
}
