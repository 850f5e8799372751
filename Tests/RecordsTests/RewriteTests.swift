import Bytes
import Machine
import Records
import TestSupport
import Testing

/// Batches that are changed, replaced or written by the log itself.
@Suite struct RewriteTests {
  private let codecs = Codec.allCases

  private func randomRecords(_ random: inout SeededRandom, most: Int = 20) -> [Plain] {
    (0..<Int.random(in: 1...most, using: &random)).map { _ in Plain.random(&random, largest: 900) }
  }

  private func changed(
    _ bytes: [UInt8], _ change: (UnsafeMutableRawBufferPointer) -> Void
  ) -> [UInt8] {
    var bytes = bytes
    bytes.withUnsafeMutableBytes(change)
    return bytes
  }

  @Test(arguments: Codec.allCases)
  func `offset, epoch and time are set in place`(codec: Codec) throws {
    var random = Seed.random()
    let records = randomRecords(&random)
    let sound = try batch(records, codec: codec)
    let placed = changed(sound) {
      RecordBatchHeader.setBaseOffset(1_000, in: $0)
      RecordBatchHeader.setLeaderEpoch(7, in: $0)
    }
    var found = try read(placed)
    #expect(found.records == records && found.header.leaderEpoch == 7)
    #expect(found.offsets == records.indices.map { 1_000 + Int64($0) })
    #expect(placed[16...] == sound[16...])
    found = try read(changed(placed) { RecordBatchHeader.setAppendTime(99, in: $0) })
    #expect(found.header.hasLogAppendTime && found.header.codec == codec)
    #expect(found.records.allSatisfy { $0.timestamp == 99 })
    #expect(found.records.map(\.value) == records.map(\.value))
  }

  @Test func `a batch recompressed holds what it held`() throws {
    var random = Seed.random()
    var decoder = RecordDecoder()
    for from in codecs {
      for to in codecs {
        let records = randomRecords(&random)
        let producer = BatchProducer(id: 5, epoch: 2, sequence: 9, isTransactional: true)
        let sound = changed(try batch(records, codec: from, producer: producer)) {
          RecordBatchHeader.setBaseOffset(12, in: $0)
          RecordBatchHeader.setAppendTime(77, in: $0)
        }
        var output = ByteBuffer()
        output.append(1)
        try sound.withUnsafeBytes { try decoder.recompress($0, to: to, into: &output) }
        let found = try read(Array(output.toArray().dropFirst()))
        let before = try read(sound)
        #expect(found.records == before.records && found.offsets == before.offsets)
        #expect(found.header.codec == to && found.header.producer == producer)
        #expect(found.header.hasLogAppendTime && found.header.maxTimestamp == 77)
        if to == .none {
          let plain = changed(try batch(records, producer: producer)) {
            RecordBatchHeader.setBaseOffset(12, in: $0)
            RecordBatchHeader.setAppendTime(77, in: $0)
          }
          #expect(Array(output.toArray().dropFirst()) == plain)
        }
      }
    }
  }

  @Test(arguments: Codec.allCases)
  func `a batch that takes another's place keeps its offsets, range and producer`(
    codec: Codec
  ) throws {
    var random = Seed.random()
    var builder = RecordBatchBuilder()
    var decoder = RecordDecoder()
    for round in 0..<40 {
      let producer = BatchProducer(id: 8, epoch: 1, sequence: 3, isTransactional: round % 2 == 0)
      let hasAppendTime = round % 5 == 0
      let horizon: Int64? = round % 3 == 0 ? 5_000 : nil
      let sound = changed(
        try batch(randomRecords(&random), codec: codec, producer: producer)
      ) {
        RecordBatchHeader.setBaseOffset(500, in: $0)
        RecordBatchHeader.setLeaderEpoch(4, in: $0)
        if hasAppendTime { RecordBatchHeader.setAppendTime(66, in: $0) }
      }
      let before = try read(sound)
      let kept = Set(before.offsets.filter { _ in Int.random(in: 0..<3, using: &random) == 0 })
      builder.reset(replacing: before.header, deleteHorizon: horizon)
      try sound.withUnsafeBytes { bytes in
        try decoder.withRecords(of: bytes) { records in
          while let record = try records.next() {
            if kept.contains(record.offset) { try builder.append(record) }
          }
        }
      }
      try builder.seal(codec: codec)
      let after = try read(builder.withBatch { [UInt8]($0) })
      #expect(after.offsets == kept.sorted())
      #expect(
        after.records == zip(before.offsets, before.records).filter { kept.contains($0.0) }.map(\.1)
      )
      #expect(after.header.baseOffset == 500 && after.header.leaderEpoch == 4)
      #expect(after.header.lastOffset == before.header.lastOffset)
      #expect(after.header.lastSequence == before.header.lastSequence)
      #expect(after.header.producer == producer)
      #expect(after.header.hasDeleteHorizon == (horizon != nil))
      #expect(after.header.baseTimestamp == horizon ?? before.header.baseTimestamp)
      let latest = after.records.map(\.timestamp).max()
      #expect(after.header.maxTimestamp == latest ?? before.header.maxTimestamp)
      #expect(after.header.codec == (kept.isEmpty ? .none : codec))
    }
  }

  @Test func `records outside the range, or out of order, are not taken`() throws {
    let records = (0..<3).map { Plain(timestamp: $0, key: nil, value: [1]) }
    let sound = try batch(records)
    let header = try read(sound).header
    var narrow = header
    narrow.lastOffsetDelta = 1
    var builder = RecordBatchBuilder()
    builder.reset(replacing: narrow)
    var decoder = RecordDecoder()
    try sound.withUnsafeBytes { bytes in
      try decoder.withRecords(of: bytes) { records in
        let first = try #require(try records.next())
        try builder.append(first)
        #expect(throws: RecordError.self) { try builder.append(first) }
        try builder.append(try #require(try records.next()))
        let third = try #require(try records.next())
        #expect(throws: RecordError.self) { try builder.append(third) }
      }
    }
    #expect(builder.count == 2)
  }

  @Test func `a batch may be sealed again, otherwise or with more records`() throws {
    let one = Plain(timestamp: 1, key: nil, value: [1])
    let two = Plain(timestamp: 2, key: nil, value: [2])
    var builder = RecordBatchBuilder()
    #expect(try read(try batch([one], codec: .zstd, in: &builder)).records == [one])
    try builder.seal()
    #expect(builder.withBatch { [UInt8]($0) } == encode([one]))
    try two.value?.withUnsafeBytes { try builder.append(timestamp: 2, key: nil, value: $0) }
    try builder.seal(codec: .lz4)
    #expect(try read(builder.withBatch { [UInt8]($0) }).records == [one, two])
    #expect(builder.finish { [UInt8]($0) } == encode([one, two]))
  }

  @Test func `headers already encoded are written as they are`() throws {
    var random = Seed.random()
    let records = randomRecords(&random, most: 40)
    let sound = try batch(records)
    var builder = RecordBatchBuilder()
    var decoder = RecordDecoder()
    try sound.withUnsafeBytes { bytes in
      try decoder.withRecords(of: bytes) { records in
        while let record = try records.next() {
          try builder.append(
            timestamp: record.timestamp, key: record.key, value: record.value,
            headerBytes: record.headerBytes, headerCount: record.headerCount)
        }
      }
    }
    #expect(builder.finish { [UInt8]($0) } == sound)
  }

  @Test(arguments: [true, false])
  func `a transaction's end is one record of a control batch`(commit: Bool) throws {
    let marker = RecordBatchBuilder.endMarker(
      commit: commit, coordinatorEpoch: 0x0102_0304,
      producer: BatchProducer(id: 9, epoch: 2, sequence: 50), timestamp: 1_234)
    let found = try read(marker)
    #expect(found.header.isControl && found.header.isTransactional)
    #expect(
      found.header.producer
        == BatchProducer(id: 9, epoch: 2, sequence: -1, isTransactional: true))
    let value: [UInt8] = [0, 0, 1, 2, 3, 4]
    #expect(
      found.records == [
        Plain(timestamp: 1_234, key: [0, 0, 0, commit ? 1 : 0], value: value)
      ])
    #expect(found.header.lastSequence == -1 && found.header.maxTimestamp == 1_234)
  }

  @Test func `a run of batches of all codecs is read from an offset on, without markers`() throws {
    var random = Seed.random()
    var bytes: [UInt8] = []
    var values: [[UInt8]?] = []
    var next: Int64 = 0
    for codec in codecs + codecs.reversed() {
      let records = randomRecords(&random)
      bytes += changed(try batch(records, codec: codec)) {
        RecordBatchHeader.setBaseOffset(next, in: $0)
      }
      next += Int64(records.count)
      bytes += changed(
        RecordBatchBuilder.endMarker(
          commit: true, coordinatorEpoch: 0, producer: .none, timestamp: 0)
      ) { RecordBatchHeader.setBaseOffset(next, in: $0) }
      next += 1
      values += records.map(\.value) + [nil]
    }
    let start = Int64.random(in: 0..<next, using: &random)
    var found: [Int64: [UInt8]?] = [:]
    let end = try bytes.withUnsafeBytes { bytes in
      try RecordBatches.forEach(bytes, from: start) { record in
        found.updateValue(record.value.map { [UInt8]($0) }, forKey: record.offset)
      }
    }
    #expect(end == next)
    #expect(found.keys.allSatisfy { $0 >= start } && found.count >= Int(next - start) - 10)
    #expect(found.allSatisfy { values[Int($0.key)] == $0.value })
  }
}
