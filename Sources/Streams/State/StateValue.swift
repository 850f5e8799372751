package import Bytes

/// A value that a query can keep in its state: a key, an aggregate, a row that waits to be joined.
///
/// Equal values have equal bytes, and bytes are read back by the type that wrote them.
package protocol StateValue: Sendable {
  /// Appends the value's bytes.
  func encode(into buffer: inout ByteBuffer)
  /// Reads what `encode` has written; throws `ByteError` where it is something else.
  init(from reader: inout ByteReader) throws(ByteError)
}

extension StateValue {
  /// The value's bytes alone.
  func encoded() -> [UInt8] {
    var buffer = ByteBuffer(capacity: 32)
    encode(into: &buffer)
    return buffer.toArray()
  }

  /// A value from bytes that hold it and nothing else.
  static func decoded(_ bytes: [UInt8]) throws(StreamError) -> Self {
    var left = 0
    let value: Self
    do {
      value = try bytes.withUnsafeBytes { bytes in
        var reader = ByteReader(bytes)
        defer { left = reader.remaining }
        return try Self(from: &reader)
      }
    } catch { throw .damagedState("a \(Self.self) cannot be read: \(error)") }
    guard left == 0 else { throw .damagedState("\(left) bytes stand behind a \(Self.self)") }
    return value
  }
}

extension FixedWidthInteger where Self: StateValue {
  package func encode(into buffer: inout ByteBuffer) { buffer.append(bigEndian: self) }
  package init(from reader: inout ByteReader) throws(ByteError) { self = try reader.integer() }
}

extension Int: StateValue {}
extension Int64: StateValue {}
extension Int32: StateValue {}
extension UInt64: StateValue {}
extension UInt8: StateValue {}

extension Double: StateValue {
  package func encode(into buffer: inout ByteBuffer) { bitPattern.encode(into: &buffer) }
  package init(from reader: inout ByteReader) throws(ByteError) {
    self = Double(bitPattern: try UInt64(from: &reader))
  }
}

extension Bool: StateValue {
  package func encode(into buffer: inout ByteBuffer) { buffer.append(self ? 1 : 0) }
  package init(from reader: inout ByteReader) throws(ByteError) {
    self = try UInt8(from: &reader) != 0
  }
}

extension String: StateValue {
  package func encode(into buffer: inout ByteBuffer) {
    buffer.append(varint: UInt64(utf8.count))
    buffer.append(utf8: self)
  }

  package init(from reader: inout ByteReader) throws(ByteError) {
    let count = try reader.varint()
    guard count <= UInt64(reader.remaining) else { throw .truncated(offset: reader.offset) }
    self = String(decoding: try reader.run(Int(count)), as: UTF8.self)
  }
}

extension Array: StateValue where Element: StateValue {
  package func encode(into buffer: inout ByteBuffer) {
    buffer.append(varint: UInt64(count))
    for element in self { element.encode(into: &buffer) }
  }

  package init(from reader: inout ByteReader) throws(ByteError) {
    let count = try reader.varint()
    // Each element has a byte at least, so that a damaged count asks for no memory.
    guard count <= UInt64(reader.remaining) else { throw .truncated(offset: reader.offset) }
    self = []
    reserveCapacity(Int(count))
    for _ in 0..<count { append(try Element(from: &reader)) }
  }
}

extension Optional: StateValue where Wrapped: StateValue {
  package func encode(into buffer: inout ByteBuffer) {
    buffer.append(self == nil ? 0 : 1)
    self?.encode(into: &buffer)
  }

  package init(from reader: inout ByteReader) throws(ByteError) {
    self = try Bool(from: &reader) ? try Wrapped(from: &reader) : nil
  }
}
