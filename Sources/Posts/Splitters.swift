/// What a splitter has found when it stops.
enum Split {
  /// All bytes are looked at and the record goes on.
  case more
  /// The record's bytes end here; the window's position is behind its separator.
  case record(end: Int)
  /// The byte before the position does not belong there.
  case malformed
}

/// Splits at line feeds.
enum LineSplitter {
  static func advance(_ window: inout ScanWindow) -> Split {
    let newline = Words.first(
      UInt8(ascii: "\n"), in: window.base, from: window.position, to: window.end)
    guard newline < window.end else {
      window.position = window.end
      return .more
    }
    window.position = newline + 1
    window.line += 1
    return .record(end: window.contentEnd(newline))
  }
}

/// Splits CSV into rows at the line feeds that are not in quotes, as `CSVRow` understands quotes.
struct RowSplitter {
  private enum State { case fieldStart, plain, quoted, quoteInQuotes }
  private var state = State.fieldStart

  /// Whether a quoted field is open.
  var isInQuotes: Bool { state == .quoted }

  mutating func advance(_ window: inout ScanWindow) -> Split {
    var position = window.position
    defer { window.position = position }
    while position < window.end {
      if state == .quoted {
        position = Words.endOfPlain(in: window.base, from: position, to: window.end)
        guard position < window.end else { break }
      }
      let byte = window.base[position]
      position += 1
      if byte == UInt8(ascii: "\n") { window.line += 1 }
      switch (state, byte) {
      case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuotes
      case (.quoted, _): break
      case (_, UInt8(ascii: "\n")):
        state = .fieldStart
        return .record(end: window.contentEnd(position - 1))
      case (_, UInt8(ascii: ",")): state = .fieldStart
      case (.fieldStart, UInt8(ascii: "\"")), (.quoteInQuotes, UInt8(ascii: "\"")): state = .quoted
      default: state = .plain
      }
    }
    return .more
  }
}

/// Splits whole JSON into values: the elements of arrays at the top level, and what else is there.
///
/// Counts brackets outside strings; whether a value is well-formed its parser will say.
struct DocumentSplitter {
  private enum State { case value, element, firstElement, separator, nested, string, escape, bare }
  private var state = State.value
  private var isInArray = false
  /// How many brackets are open in the present value.
  private var level = 0

  /// Whether a value or an array is open.
  var isUnfinished: Bool {
    switch state {
    case .value: false
    case .bare: isInArray
    case .element, .firstElement, .separator, .nested, .string, .escape: true
    }
  }

  mutating func advance(_ window: inout ScanWindow) -> Split {
    while window.position < window.end {
      if state == .string {
        window.position = Words.endOfPlain(
          in: window.base, from: window.position, to: window.end)
        guard window.position < window.end else { break }
      }
      let byte = window.base[window.position]
      if state == .bare, endsBare(byte) { return endValue(window.position) }
      window.position += 1
      if byte == UInt8(ascii: "\n") { window.line += 1 }
      switch state {
      case .nested:
        if closes(byte) { return endValue(window.position) }
      case .string:
        if byte == UInt8(ascii: "\\") {
          state = .escape
        } else if byte == UInt8(ascii: "\"") {
          if level == 0 { return endValue(window.position) }
          state = .nested
        }
      case .escape: state = .string
      case .bare: break
      case .value, .element, .firstElement, .separator:
        if !between(byte, &window) { return .malformed }
      }
    }
    return .more
  }

  private mutating func endValue(_ position: Int) -> Split {
    state = isInArray ? .separator : .value
    return .record(end: position)
  }

  private func endsBare(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"),
      UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\""):
      true
    default: false
    }
  }

  /// Inside an array or object; true where it ends.
  private mutating func closes(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""): state = .string
    case UInt8(ascii: "{"), UInt8(ascii: "["): level += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"): level -= 1
    default: break
    }
    return level == 0
  }

  /// Between values; false where `byte` cannot stand.
  private mutating func between(_ byte: UInt8, _ window: inout ScanWindow) -> Bool {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D:
      window.startRecord()
      return true
    case UInt8(ascii: "["):
      guard state == .value else { return beginValue(byte, &window) }
      isInArray = true
      state = .firstElement
      window.startRecord()
      return true
    case UInt8(ascii: "]"):
      guard state == .firstElement || state == .separator else { return false }
      isInArray = false
      state = .value
      window.startRecord()
      return true
    case UInt8(ascii: ","):
      guard state == .separator else { return false }
      state = .element
      window.startRecord()
      return true
    case UInt8(ascii: "}"): return false
    default: return beginValue(byte, &window)
    }
  }

  private mutating func beginValue(_ byte: UInt8, _ window: inout ScanWindow) -> Bool {
    guard state != .separator else {
      // A comma is missing: say so, then take what comes as the next element.
      window.position -= 1
      state = .element
      return false
    }
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      level = 1
      state = .nested
    case UInt8(ascii: "\""):
      level = 0
      state = .string
    default: state = .bare
    }
    return true
  }
}
