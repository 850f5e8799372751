public import Bytes

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
  /// The encoded headers; read them with `header(named:)` or `headers()`.
  @usableFromInline var headerBytes: UnsafeRawBufferPointer
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

/// Walks through the records of one uncompressed batch, front to back.
public struct RecordIterator {
  @usableFromInline let header: RecordBatchHeader
  @usableFromInline var reader: ByteReader
  @usableFromInline var left: Int32

  /// Starts at the first record of `batch`, whose header is `header`.
  public init(_ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer) throws(RecordError) {
    guard batch.count >= header.totalSize else { throw .incomplete }
    let codecs = ["none", "gzip", "snappy", "lz4", "zstd"]
    let codec = Int(header.attributes & 7)
    guard codec == 0 else {
      throw .unsupportedCodec(codec < codecs.count ? codecs[codec] : "codec \(codec)")
    }
    self.header = header
    reader = ByteReader(
      UnsafeRawBufferPointer(rebasing: batch[..<header.totalSize]), offset: RecordBatchHeader.size)
    left = header.count
  }

  /// The next record; nil after the last. Every offset lies within the header's range.
  @inlinable
  public mutating func next() throws(RecordError) -> Record? {
    guard left > 0 else {
      guard reader.remaining == 0 else {
        throw .malformed("\(reader.remaining) bytes follow its last record")
      }
      return nil
    }
    left -= 1
    do throws(ByteError) {
      let length = try reader.zigzag()
      guard length >= 0, length <= Int64(reader.remaining) else {
        throw ByteError.truncated(offset: reader.offset)
      }
      let end = reader.offset + Int(length)
      _ = try reader.integer(UInt8.self)
      let timeDelta = try reader.zigzag()
      let timestamp =
        header.hasLogAppendTime ? header.maxTimestamp : header.baseTimestamp &+ timeDelta
      let offsetDelta = try reader.zigzag()
      let keyLength = try reader.zigzag()
      let key = keyLength < 0 ? nil : try reader.run(Int(clamping: keyLength))
      let valueLength = try reader.zigzag()
      let value = valueLength < 0 ? nil : try reader.run(Int(clamping: valueLength))
      let headers = try reader.zigzag()
      guard end >= reader.offset, headers >= 0, headers <= Int64(Limits.headers),
        offsetDelta >= 0, offsetDelta <= Int64(header.lastOffsetDelta)
      else {
        throw ByteError.truncated(offset: reader.offset)
      }
      let headerBytes = UnsafeRawBufferPointer(rebasing: reader.bytes[reader.offset..<end])
      reader.offset = end
      return Record(
        offset: header.baseOffset + offsetDelta, timestamp: timestamp, key: key, value: value,
        headerBytes: headerBytes, headerCount: Int(headers))
    } catch {
      throw .malformed("a record ends outside its batch (\(error))")
    }
  }
}
