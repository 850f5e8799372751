import ArgumentParser
import Bytes
import Records

/// Record batches on one core, in memory: written, read with their checksum, and the codecs.
struct RecordsBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "records")

  @Option(help: "Bytes of a batch.") var batchBytes = 64 << 10
  @Option(help: "Megabytes to put through each measurement.") var megabytes = 2_000

  func run() throws {
    for size in [100, 1_024] {
      let value = text(size)
      try encode(value)
      try decode(value)
    }
    for codec in Codec.allCases where codec != .none { try compress(text(1_024), codec) }
    for size in [32, 128, 1_024, 16_384, 1 << 20] { checksum(size) }
  }

  /// Records with a key of 8 bytes and no headers.
  private func fill(_ builder: inout RecordBatchBuilder, _ value: [UInt8]) throws {
    let key = [UInt8](repeating: 0x6B, count: 8)
    let enough = batchBytes  // an option's value is not fetched in no time
    builder.reset()
    try key.withUnsafeBytes { key in
      try value.withUnsafeBytes { value in
        while builder.size < enough {
          try builder.append(timestamp: 1_795_132_800_000, key: key, value: value)
        }
      }
    }
  }

  private func encode(_ value: [UInt8]) throws {
    var builder = RecordBatchBuilder(capacity: 2 * batchBytes)
    let batches = megabytes * 1_000_000 / batchBytes
    let cost = try Measure.time {
      for _ in 0..<batches {
        try fill(&builder, value)
        try builder.seal()
      }
    }
    report("write \(value.count) B", batches * Int(builder.count), batches * builder.size, cost)
  }

  private func decode(_ value: [UInt8]) throws {
    var builder = RecordBatchBuilder()
    try fill(&builder, value)
    var decoder = RecordDecoder()
    let batches = megabytes * 1_000_000 / batchBytes
    var sum = 0
    let cost = try builder.finish { batch in
      let batch = UnsafeRawBufferPointer(batch)
      return try Measure.time {
        for _ in 0..<batches {
          let header = try RecordBatchHeader(batch)
          try header.verify(batch)
          sum += try decoder.withRecords(of: batch, header) { records in
            var sum = 0
            while let record = try records.next() { sum += record.value?.count ?? 0 }
            return sum
          }
        }
      }
    }
    guard sum == batches * Int(builder.count) * value.count else {
      throw Benchmark.Wrong(what: "\(sum) bytes read")
    }
    report("read \(value.count) B", batches * Int(builder.count), batches * builder.size, cost)
  }

  private func compress(_ value: [UInt8], _ codec: Codec) throws {
    var builder = RecordBatchBuilder()
    try fill(&builder, value)
    var decoder = RecordDecoder()
    let batches = megabytes * 20_000 / batchBytes
    let size = batches * builder.size
    let written = try Measure.time {
      for _ in 0..<batches { try builder.seal(codec: codec) }
    }
    report("write \(codec)", batches * Int(builder.count), size, written)
    let read = try builder.withBatch { batch in
      let batch = UnsafeRawBufferPointer(batch)
      return try Measure.time {
        for _ in 0..<batches {
          try decoder.withRecords(of: batch) { while try $0.next() != nil {} }
        }
      }
    }
    report("read \(codec)", batches * Int(builder.count), size, read)
  }

  private func checksum(_ size: Int) {
    let bytes = text(size)
    let rounds = megabytes * 1_000_000 / size
    // Each sum starts from the last, so that none can be left out or run beside another.
    var sum: UInt32 = 0
    let cost = Measure.time {
      for _ in 0..<rounds { sum = CRC32C.checksum(bytes, seed: sum) }
    }
    report("CRC-32C \(size) B", rounds, rounds * size, cost)
  }

  /// Words in changing order, which compress as text does.
  private func text(_ size: Int) -> [UInt8] {
    let words = ["parcel ", "refund ", "still ", "waiting ", "for ", "my ", "order ", "thanks "]
    var state: UInt32 = 1
    var text = ""
    while text.utf8.count < size {
      state = state &* 1_664_525 &+ 1_013_904_223
      text += words[Int(state >> 29)] + String(state >> 24, radix: 36)
    }
    return Array(text.utf8.prefix(size))
  }

  private func report(_ name: String, _ count: Int, _ bytes: Int, _ cost: Measure) {
    let padded = name + String(repeating: " ", count: max(18 - name.count, 1))
    let rate = Double(count) / cost.processorSeconds / 1e6
    let throughput = Double(bytes) / cost.processorSeconds / 1e9
    print("\(padded)\(shown(rate, 2)) million/s  \(shown(throughput, 2)) GB/s of processor time")
  }
}
