import Bytes

/// Numbers of the topic file; MODEL-FORMAT.md draws it.
private enum TopicFormat {
  static let magic: [UInt8] = Array("GRTT".utf8)
  static let version: UInt16 = 1
  static let headerBytes = 32
  static let checksumBytes = 4
}

extension TopicModel {
  /// The model as bytes, the same for the same model.
  public func encode() -> [UInt8] {
    var body = ByteBuffer(capacity: 1 << 16)
    for name in names {
      let bytes = Array(name.utf8)
      body.append(littleEndian: UInt16(truncatingIfNeeded: bytes.count))
      body.append(bytes)
    }
    append(intercepts[...], to: &body)
    for (place, bucket) in buckets.enumerated() {
      body.append(littleEndian: bucket)
      append(weights[place * groupCount..<(place + 1) * groupCount], to: &body)
    }
    let length = TopicFormat.headerBytes + body.count + TopicFormat.checksumBytes
    var output = ByteBuffer(capacity: length)
    output.append(TopicFormat.magic)
    output.append(littleEndian: TopicFormat.version)
    output.append(UInt8(truncatingIfNeeded: bucketBits))
    output.append(UInt8(0))
    output.append(littleEndian: UInt64(length))
    output.append(littleEndian: UInt64(exampleCount))
    output.append(littleEndian: UInt32(truncatingIfNeeded: buckets.count))
    output.append(littleEndian: UInt16(truncatingIfNeeded: names.count))
    output.append(littleEndian: UInt16(0))
    body.withBytes { output.append($0) }
    let checksum = output.withBytes { CRC32C.checksum($0) }
    output.append(littleEndian: checksum)
    return output.toArray()
  }

  private func append(_ groups: ArraySlice<TopicGroup>, to output: inout ByteBuffer) {
    var topic = 0
    for group in groups {
      for lane in 0..<TopicGroup.scalarCount where topic < names.count {
        output.append(littleEndian: group[lane].bitPattern)
        topic += 1
      }
    }
  }

  /// Reads a model from the bytes that `encode()` gave.
  public init(decoding bytes: [UInt8]) throws(ModelFormatError) {
    let result: Result<TopicModel, ModelFormatError> = bytes.withUnsafeBytes { bytes in
      do throws(ModelFormatError) {
        try TopicReader.check(bytes)
        var reader = TopicReader(reader: ByteReader(bytes, offset: 16))
        return .success(try reader.model(bucketBits: Int(bytes[6])))
      } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }
}

/// Takes a topic file apart, field by field.
private struct TopicReader {
  var reader: ByteReader

  /// Magic, version, length, checksum and the fields before the length.
  static func check(_ bytes: UnsafeRawBufferPointer) throws(ModelFormatError) {
    try ModelFormat.checkFrame(
      bytes, magic: TopicFormat.magic, version: TopicFormat.version,
      least: TopicFormat.headerBytes + TopicFormat.checksumBytes)
    guard Limits.bucketBits.contains(Int(bytes[6])), bytes[7] == 0 else {
      throw .invalidField("number of buckets")
    }
  }

  mutating func model(bucketBits: Int) throws(ModelFormatError) -> TopicModel {
    guard let exampleCount = Int(exactly: try integer() as UInt64) else {
      throw .invalidField("number of examples")
    }
    let bucketCount = Int(try integer() as UInt32)
    let topicCount = Int(try integer() as UInt16)
    guard try integer() as UInt16 == 0, Limits.topics.contains(topicCount) else {
      throw .invalidField("number of topics")
    }
    var names: [String] = []
    for _ in 0..<topicCount { names.append(try name()) }
    guard Set(names).count == topicCount else { throw .invalidField("topic") }
    let rest = reader.remaining - TopicFormat.checksumBytes
    guard bucketCount <= 1 << bucketBits,
      rest == 4 * topicCount + bucketCount * 4 * (1 + topicCount)
    else { throw .invalidField("number of entries") }
    var intercepts: [TopicGroup] = []
    try readGroups(topicCount, into: &intercepts)
    var buckets: [UInt32] = []
    var weights: [TopicGroup] = []
    buckets.reserveCapacity(bucketCount)
    weights.reserveCapacity(bucketCount * intercepts.count)
    for _ in 0..<bucketCount {
      let bucket: UInt32 = try integer()
      guard bucket < 1 << bucketBits, buckets.last.map({ $0 < bucket }) ?? true else {
        throw .invalidField("bucket")
      }
      buckets.append(bucket)
      try readGroups(topicCount, into: &weights)
    }
    return TopicModel(
      names: names, exampleCount: exampleCount, bucketBits: bucketBits, intercepts: intercepts,
      buckets: buckets, weights: weights)
  }

  private mutating func name() throws(ModelFormatError) -> String {
    let length = Int(try integer() as UInt16)
    guard length <= Limits.labelBytes, let run = try? reader.run(length),
      let name = String(validating: run, as: UTF8.self)
    else { throw .invalidField("topic") }
    return name
  }

  private mutating func readGroups(
    _ topicCount: Int, into groups: inout [TopicGroup]
  ) throws(ModelFormatError) {
    for first in stride(from: 0, to: topicCount, by: TopicGroup.scalarCount) {
      var group = TopicGroup.zero
      for lane in 0..<min(TopicGroup.scalarCount, topicCount - first) {
        let number = Float(bitPattern: try integer())
        guard number.isFinite else { throw .invalidField("weight") }
        group[lane] = number
      }
      groups.append(group)
    }
  }

  private mutating func integer<Integer: FixedWidthInteger>() throws(ModelFormatError) -> Integer {
    do {
      return try reader.integer(Integer.self).byteSwapped
    } catch {
      throw .invalidField("length")
    }
  }
}
