internal import Bytes
package import Machine

/// Numbers of the topic file; MODEL-FORMAT.md draws it.
private enum TopicFormat {
  static let magic: [UInt8] = Array("GRTT".utf8)
  static let version: UInt16 = 2
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
    let padding = ModelFormat.padding(behind: TopicFormat.headerBytes + body.count)
    for _ in 0..<padding { body.append(UInt8(0)) }
    FileTable(intercepts).append(to: &body)
    index.append(to: &body)
    weights.append(to: &body)
    let length = TopicFormat.headerBytes + body.count + TopicFormat.checksumBytes
    var output = ByteBuffer(capacity: length)
    output.append(TopicFormat.magic)
    output.append(littleEndian: TopicFormat.version)
    output.append(UInt8(truncatingIfNeeded: bucketBits))
    output.append(UInt8(0))
    output.append(littleEndian: UInt64(length))
    output.append(littleEndian: UInt64(exampleCount))
    output.append(littleEndian: UInt32(truncatingIfNeeded: weights.count / groupCount))
    output.append(littleEndian: UInt16(truncatingIfNeeded: names.count))
    output.append(littleEndian: UInt16(0))
    body.withBytes { output.append($0) }
    let checksum = output.withBytes { CRC32C.checksum($0) }
    output.append(littleEndian: checksum)
    return output.toArray()
  }

  /// Reads a model from the bytes that `encode()` gave.
  public init(decoding bytes: [UInt8]) throws(ModelFormatError) {
    let result: Result<TopicModel, ModelFormatError> = bytes.withUnsafeBytes { bytes in
      Result { () throws(ModelFormatError) in try TopicModel(bytes, of: nil) }
    }
    self = try result.get()
  }

  /// Reads a model whose weights stay in the mapped file that they are in, where its version allows
  /// that.
  package init(decoding file: MappedFile) throws(ModelFormatError) {
    try self.init(file.bytes, of: file)
  }

  private init(
    _ bytes: UnsafeRawBufferPointer, of file: MappedFile?
  ) throws(ModelFormatError) {
    try TopicReader.check(bytes)
    var reader = TopicReader(reader: ByteReader(bytes, offset: 16))
    self = try reader.model(bucketBits: Int(bytes[6]), file)
  }
}

extension TopicModel {
  /// What the tables of a file with so many entries must not hold; nil where they are well.
  fileprivate func problem(_ entryCount: Int) -> String? {
    var next: UInt32 = 0
    let isIndexed = index.withUnsafeBufferPointer { index in
      for entry in index {
        guard entry.first == next, entry.reserved == 0 else { return false }
        next += UInt32(truncatingIfNeeded: entry.present.nonzeroBitCount)
      }
      return next == entryCount
    }
    if !isIndexed { return "index" }
    // The highest exponent is that of infinity and of what is no number.
    let exponent = SIMD16<UInt32>(repeating: Float.infinity.bitPattern)
    func areFinite(_ groups: UnsafeBufferPointer<TopicGroup>) -> Bool {
      var faults = SIMDMask<SIMD16<Int32>>(repeating: false)
      for group in groups {
        faults .|= unsafeBitCast(group, to: SIMD16<UInt32>.self) & exponent .== exponent
      }
      return !any(faults)
    }
    let isWell =
      weights.withUnsafeBufferPointer(areFinite)
      && intercepts.withUnsafeBufferPointer(areFinite)
    return isWell ? nil : "weight"
  }
}

/// Takes a topic file apart, field by field.
private struct TopicReader {
  var reader: ByteReader

  /// Magic, version, length, checksum and the fields before the length.
  static func check(_ bytes: UnsafeRawBufferPointer) throws(ModelFormatError) {
    try ModelFormat.checkFrame(
      bytes, magic: TopicFormat.magic, versions: 1...TopicFormat.version,
      least: TopicFormat.headerBytes + TopicFormat.checksumBytes)
    guard Limits.bucketBits.contains(Int(bytes[6])), bytes[7] == 0 else {
      throw .invalidField("number of buckets")
    }
  }

  /// The model; its weights stay in `file`, where that is given.
  mutating func model(
    bucketBits: Int, _ file: MappedFile?
  ) throws(ModelFormatError) -> TopicModel {
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
    guard bucketCount <= 1 << bucketBits else { throw .invalidField("number of entries") }
    let isOld = reader.bytes[4] == 1
    if !isOld {
      let groupCount = TopicModel.groups(topicCount)
      let padding = ModelFormat.padding(behind: reader.offset)
      let lengths = (
        index: MemoryLayout<TopicIndex>.stride << (bucketBits - 6),
        group: MemoryLayout<TopicGroup>.stride * groupCount
      )
      guard
        reader.remaining == padding + lengths.group * (1 + bucketCount) + lengths.index
          + TopicFormat.checksumBytes,
        let zeros = try? reader.run(padding), zeros.allSatisfy({ $0 == 0 }),
        let intercepts = try? reader.run(lengths.group),
        let index = try? reader.run(lengths.index),
        let weights = try? reader.run(lengths.group * bucketCount)
      else { throw .invalidField("tables' length") }
      let model = TopicModel(
        names: names, exampleCount: exampleCount, bucketBits: bucketBits,
        intercepts: FileTable(intercepts, of: nil).withUnsafeBufferPointer { Array($0) },
        index: FileTable(index, of: file), weights: FileTable(weights, of: file))
      if let problem = model.problem(bucketCount) { throw .invalidField(problem) }
      return model
    }
    let rest = reader.remaining - TopicFormat.checksumBytes
    guard rest == 4 * topicCount + bucketCount * 4 * (1 + topicCount) else {
      throw .invalidField("number of entries")
    }
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
