internal import Bytes
internal import Machine
internal import Records

/// A `.snapshot` file: a partition's producers as of the offset in its name (see FORMAT.md).
enum ProducerSnapshot {
  static let suffix = ".snapshot"
  private static let version: Int16 = 1
  private static let headerSize = 10
  private static let entrySize = 46

  /// Writes the snapshot as of `offset`; durable, whole or not there.
  static func write(
    _ states: ProducerStates, at offset: Int64, in files: SegmentFiles
  ) throws(IOFailure) {
    try files.disk.replace(files.path(offset, suffix), with: encode(states))
  }

  /// The latest snapshot that can be read and is not later than `end`, and its offset. Later ones
  /// tell of records that are gone; they are removed where `removing`.
  static func latest(
    before end: Int64, in files: SegmentFiles, removing: Bool
  ) throws(IOFailure) -> (states: ProducerStates, offset: Int64)? {
    for offset in try files.baseOffsets(withSuffix: suffix).reversed() {
      let path = files.path(offset, suffix)
      if offset <= end,
        let states = decode(try files.disk.readAll(path, limit: Limits.textFileBytes))
      {
        return (states, offset)
      }
      if removing { try files.disk.remove(path) }
    }
    return nil
  }

  /// Removes the snapshots that no start will read: all but those of the segments' beginnings and
  /// the latest.
  static func prune(_ segments: [Int64], in files: SegmentFiles) throws(IOFailure) {
    let offsets = try files.baseOffsets(withSuffix: suffix)
    for offset in offsets.dropLast() where !segments.contains(offset) {
      try files.disk.remove(files.path(offset, suffix))
    }
  }

  static func encode(_ states: ProducerStates) -> [UInt8] {
    var body = ByteBuffer(capacity: 64)
    let producers = states.producers.sorted { $0.key < $1.key }
    body.append(bigEndian: Int32(clamping: producers.count))
    for (identifier, producer) in producers {
      let last = producer.batches.last
      body.append(bigEndian: identifier)
      body.append(bigEndian: producer.epoch)
      body.append(bigEndian: last?.lastSequence ?? -1)
      body.append(bigEndian: last?.lastOffset ?? -1)
      body.append(bigEndian: last?.offsetDelta ?? 0)
      body.append(bigEndian: producer.lastTimestamp)
      body.append(bigEndian: producer.coordinatorEpoch)
      body.append(bigEndian: producer.transactionStart ?? -1)
    }
    var bytes = ByteBuffer(capacity: body.count + 6)
    bytes.append(bigEndian: version)
    bytes.append(bigEndian: body.withBytes { CRC32C.checksum($0) })
    body.withBytes { bytes.append($0) }
    return bytes.toArray()
  }

  /// The producers that a file tells of; nil where it is not whole.
  static func decode(_ bytes: [UInt8]) -> ProducerStates? {
    bytes.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      guard bytes.count >= headerSize, (try? reader.integer(Int16.self)) == version,
        let checksum = try? reader.integer(UInt32.self),
        CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[6...])) == checksum,
        let count = try? reader.integer(Int32.self), count >= 0,
        reader.remaining == Int(count) * entrySize
      else { return nil }
      var producers: [Int64: ProducerStates.Producer] = [:]
      while reader.remaining > 0 {
        guard let entry = try? decodeEntry(&reader) else { return nil }
        producers[entry.0] = entry.1
      }
      return ProducerStates(producers)
    }
  }

  private static func decodeEntry(
    _ reader: inout ByteReader
  ) throws(ByteError) -> (Int64, ProducerStates.Producer) {
    let identifier: Int64 = try reader.integer()
    var producer = ProducerStates.Producer(epoch: try reader.integer())
    let sequence: Int32 = try reader.integer()
    let offset: Int64 = try reader.integer()
    let delta: Int32 = try reader.integer()
    producer.lastTimestamp = try reader.integer()
    producer.coordinatorEpoch = try reader.integer()
    let start: Int64 = try reader.integer()
    if sequence >= 0, offset >= 0, delta >= 0 {
      producer.batches = [
        .init(
          lastSequence: sequence, lastOffset: offset, offsetDelta: delta,
          timestamp: producer.lastTimestamp)
      ]
    }
    producer.transactionStart = start >= 0 ? start : nil
    return (identifier, producer)
  }
}
