internal import ArgumentParser
internal import Bytes
internal import Machine
internal import Records
internal import Terminal

/// How `consume` prints records.
enum RecordOutput {
  /// The value alone; on a terminal without what could move the cursor.
  case value
  case json
  case pattern(RecordPattern)

  func print(_ record: Record, _ place: TopicPartition) throws {
    switch self {
    case .value:
      if let value = record.value {
        // A record must not move the cursor; to a file or a pipe its bytes go as they are.
        if StandardOutput.isTerminal {
          return try StandardOutput.line(Shown.plain(String(decoding: value, as: UTF8.self)))
        }
        try StandardOutput.write(value)
      }
      try StandardOutput.write([UInt8(ascii: "\n")])
    case .json: try StandardOutput.line(Self.json(record, place))
    case .pattern(let pattern): try StandardOutput.write(pattern.text(record, place))
    }
  }

  private static func json(_ record: Record, _ place: TopicPartition) throws -> String {
    var line = JSONLine()
    line.add("topic", place.topic)
    line.add("partition", place.partition)
    line.add("offset", record.offset)
    line.add("timestamp", RecordTime.format(record.timestamp))
    add("key", record.key, to: &line)
    if record.headerCount > 0 {
      add(try record.headers(), to: &line)
    }
    add("value", record.value, to: &line)
    return line.text
  }

  /// An object of names and values where one can hold them; else, where a name is there twice or a
  /// value is no text, a list of objects.
  private static func add(_ headers: [RecordHeader], to line: inout JSONLine) {
    let isPlain =
      Set(headers.map(\.name)).count == headers.count
      && headers.allSatisfy {
        $0.value.map { String(validating: $0, as: UTF8.self) != nil } ?? true
      }
    if isPlain {
      var object = JSONLine()
      for header in headers {
        add(header.name, header.value, to: &object)
      }
      return line.add("headers", raw: object.text)
    }
    line.add(
      "headers",
      headers.map { header in
        var object = JSONLine()
        object.add("name", header.name)
        add("value", header.value, to: &object)
        return object
      })
  }

  /// Bytes as text where they are text, else in base 64 under another name.
  private static func add(
    _ name: String, _ bytes: (some Collection<UInt8>)?, to line: inout JSONLine
  ) {
    guard let bytes else { return line.add(name, raw: "null") }
    if let text = String(validating: bytes, as: UTF8.self) {
      line.add(name, text)
    } else {
      line.add(name + "_base64", Base64.encode(bytes))
    }
  }
}

/// A pattern in the manner of kcat's `-f`: `%t` topic, `%p` partition, `%o` offset, `%k` key, `%K`
/// its length, `%s` value, `%S` its length, `%T` time in milliseconds, `%h` headers, `%%`; `\n`,
/// `\r`, `\t`, `\\`, `\0` and `\xHH`.
struct RecordPattern {
  private enum Piece {
    case bytes([UInt8])
    case topic, partition, offset, key, keyLength, value, valueLength, time, headers
  }

  private var pieces: [Piece] = []

  /// Thrown: `ValidationError` naming what is not understood.
  init(_ text: String) throws {
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "%"): pieces.append(try Self.token(&rest, text))
      case UInt8(ascii: "\\"): pieces.append(.bytes([try Self.escape(&rest, text)]))
      default: pieces.append(.bytes([byte]))
      }
    }
  }

  private static func token(_ rest: inout ArraySlice<UInt8>, _ text: String) throws -> Piece {
    switch rest.popFirst() {
    case UInt8(ascii: "t"): return .topic
    case UInt8(ascii: "p"): return .partition
    case UInt8(ascii: "o"): return .offset
    case UInt8(ascii: "k"): return .key
    case UInt8(ascii: "K"): return .keyLength
    case UInt8(ascii: "s"): return .value
    case UInt8(ascii: "S"): return .valueLength
    case UInt8(ascii: "T"): return .time
    case UInt8(ascii: "h"): return .headers
    case UInt8(ascii: "%"): return .bytes([UInt8(ascii: "%")])
    case let other:
      let letter = other.map { String(decoding: [$0], as: UTF8.self) } ?? ""
      throw ValidationError(
        "-o \(text): %\(letter) is unknown; there are %t %p %o %k %K %s %S %T %h and %%")
    }
  }

  private static func escape(_ rest: inout ArraySlice<UInt8>, _ text: String) throws -> UInt8 {
    switch rest.popFirst() {
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "0"): return 0
    case UInt8(ascii: "\\"): return UInt8(ascii: "\\")
    case UInt8(ascii: "x"):
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      rest = rest.dropFirst(2)
      if digits.utf8.count == 2, let byte = UInt8(digits, radix: 16) { return byte }
      throw ValidationError("-o \(text): \\x needs two hex digits")
    default: throw ValidationError("-o \(text): there are \\n \\r \\t \\0 \\\\ and \\xHH")
    }
  }

  /// The record as the pattern says; lengths of what is null are -1.
  func text(_ record: Record, _ place: TopicPartition) throws -> [UInt8] {
    var out: [UInt8] = []
    for piece in pieces {
      switch piece {
      case .bytes(let bytes): out += bytes
      case .topic: out += place.topic.utf8
      case .partition: out += "\(place.partition)".utf8
      case .offset: out += "\(record.offset)".utf8
      case .key: if let key = record.key { out += key }
      case .keyLength: out += "\(record.key?.count ?? -1)".utf8
      case .value: if let value = record.value { out += value }
      case .valueLength: out += "\(record.value?.count ?? -1)".utf8
      case .time: out += "\(record.timestamp)".utf8
      case .headers:
        for (number, header) in try record.headers().enumerated() {
          if number > 0 { out.append(UInt8(ascii: ",")) }
          out += header.name.utf8
          out.append(UInt8(ascii: "="))
          out += header.value ?? Array("NULL".utf8)
        }
      }
    }
    return out
  }
}
