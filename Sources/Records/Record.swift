internal import Bytes

/// One record, borrowed from its batch's bytes: valid only inside the scope that owns them.
public struct Record {
  /// The record's place in its partition, from 0.
  public var offset: Int64
  /// Milliseconds since 1970.
  public var timestamp: Int64
  /// Nil where the record has none, which an empty key is not.
  public var key: UnsafeRawBufferPointer?
  /// Nil for a tombstone, which an empty value is not.
  public var value: UnsafeRawBufferPointer?
  /// The encoded headers, one behind the other; `headers()` reads them.
  public var headerBytes: UnsafeRawBufferPointer
  /// How many headers there are.
  public var headerCount: Int

  @inlinable
  init(
    offset: Int64, timestamp: Int64, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
    headerBytes: UnsafeRawBufferPointer, headerCount: Int
  ) {
    self.offset = offset
    self.timestamp = timestamp
    self.key = key
    self.value = value
    self.headerBytes = headerBytes
    self.headerCount = headerCount
  }

  /// Whether the headers can be read, without reading them into memory. Thrown: `malformed`.
  public func checkHeaders() throws(RecordError) {
    var reader = ByteReader(headerBytes)
    do throws(ByteError) {
      for _ in 0..<headerCount {
        _ = try reader.run(Int(clamping: try reader.zigzag()))
        let length = try reader.zigzag()
        if length >= 0 { _ = try reader.run(Int(clamping: length)) }
      }
    } catch {
      throw .malformed("a header: \(error)")
    }
    guard reader.remaining == 0 else {
      throw .malformed("\(reader.remaining) bytes follow a record's last header")
    }
  }

  /// All headers in order.
  public func headers() throws(RecordError) -> [RecordHeader] {
    var reader = ByteReader(headerBytes)
    var headers: [RecordHeader] = []
    do throws(ByteError) {
      for _ in 0..<headerCount {
        let name = try reader.run(Int(clamping: try reader.zigzag()))
        let length = try reader.zigzag()
        let value = length < 0 ? nil : try reader.run(Int(clamping: length))
        headers.append(
          RecordHeader(String(decoding: name, as: UTF8.self), value.map { [UInt8]($0) }))
      }
    } catch {
      throw .malformed("a header: \(error)")
    }
    return headers
  }
}

/// A record's header: a name and a value, which may be null.
public struct RecordHeader: Hashable, Sendable {
  /// The name; a record may have several headers of one name.
  public var name: String
  /// The value's bytes; nil is null.
  public var value: [UInt8]?

  /// A header whose value is bytes, or null.
  public init(_ name: String, _ value: [UInt8]?) {
    self.name = name
    self.value = value
  }

  /// A header whose value is the text's UTF-8.
  public init(_ name: String, _ value: String) { self.init(name, Array(value.utf8)) }
}
