import Bytes
import Records
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The records of GoldenBatches, by the rule in Tools/golden/make-record-batches.
private func goldenRecords(large: Bool) -> [Plain] {
  var records = (0..<12).map { i in
    let keys: [[UInt8]?] = [nil, [], Array("key-\(i)".utf8)]
    let text = String(repeating: "value \(i) ", count: i)
    return Plain(
      timestamp: 1_700_000_000_000 + 7 * Int64(i) - (i == 5 ? 100 : 0),
      key: keys[i % 3], value: i % 4 == 3 ? nil : Array(text.utf8),
      headers: i % 5 == 1
        ? [RecordHeader("trace", "\(i)"), RecordHeader("empty", []), RecordHeader("né", nil)]
        : [])
  }
  if large {
    records.append(
      Plain(
        timestamp: 1_700_000_001_000, key: Array("large".utf8),
        value: Array(String(repeating: "grouse ", count: 10_000).utf8)))
  }
  return records
}

private func bytes(_ hex: String) -> [UInt8] {
  let digits = hex.utf8.filter { $0 != UInt8(ascii: "\n") }
    .map { $0 > UInt8(ascii: "9") ? $0 - UInt8(ascii: "a") + 10 : $0 - UInt8(ascii: "0") }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

@Suite struct GoldenTests {
  @Test(arguments: GoldenBatches.all)
  func `batches of another implementation hold the records they were made of`(
    name: String, hex: String
  ) throws {
    let found = try read(bytes(hex))
    #expect(name.hasPrefix(found.header.codec.description))
    #expect(found.records == goldenRecords(large: found.header.codec != .none))
    #expect(found.offsets == found.offsets.indices.map { Int64($0) })
  }

  @Test func `a producer's numbers are read, and its count goes on at 0`() throws {
    let (_, hex) = try #require(GoldenBatches.all.first { $0.name.hasSuffix("transactional") })
    let header = try read(bytes(hex)).header
    #expect(header.isTransactional && !header.isControl && !header.hasDeleteHorizon)
    #expect(header.producerID == 4_711 && header.producerEpoch == 3)
    // 2^31 - 8 and 11 more: seven reach 2^31 - 1, the eighth is 0.
    #expect(header.baseSequence == 2_147_483_640 && header.lastSequence == 3)
  }

  @Test func `snappy's frame has a block for each 32 KiB of records, as Java's has`() throws {
    let records = [Plain(timestamp: 0, key: nil, value: [UInt8](repeating: 7, count: 100_000))]
    let plain = try batch(records).count - RecordBatchHeader.size
    let ours = try batch(records, codec: .snappy)
    var sizes: [Int] = []
    try ours.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes, offset: RecordBatchHeader.size + 16)
      while reader.remaining > 0 {
        var block = ByteReader(try reader.run(Int(try reader.integer(Int32.self))))
        // A bare block starts with the length of what it holds.
        sizes.append(Int(try block.varint()))
      }
    }
    #expect(sizes == [32_768, 32_768, 32_768, plain - 98_304])
  }

  @Test(arguments: Codec.allCases)
  func `our uncompressed bytes are the other's, and ours are read by it`(codec: Codec) throws {
    let records = goldenRecords(large: codec != .none)
    let ours = try batch(records, codec: codec)
    #expect(try read(ours).records == records)
    if codec == .none { #expect(GoldenBatches.all.first.map { bytes($0.hex) } == ours) }
    // For Tools/golden/make-record-batches --read, which says whether kafka-python reads them.
    guard getenv("GROUSE_PRINT_BATCHES") != nil else { return }
    print("batch " + ours.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
  }
}
