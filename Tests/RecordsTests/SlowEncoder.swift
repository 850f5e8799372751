import Bytes
import Records

/// An uncompressed batch as FORMAT.md draws it, written as plainly as can be, to compare with.
func encode(_ records: [Plain], producer: BatchProducer = .none) -> [UInt8] {
  func integer(_ value: Int64, _ size: Int) -> [UInt8] {
    (0..<size).reversed().map { UInt8(truncatingIfNeeded: value >> Int64(8 * $0)) }
  }
  func varint(_ value: Int64) -> [UInt8] {
    var rest = value < 0 ? ~(UInt64(bitPattern: value) << 1) : UInt64(bitPattern: value) << 1
    var bytes: [UInt8] = []
    repeat {
      bytes.append(UInt8(rest % 128) + (rest >= 128 ? 128 : 0))
      rest /= 128
    } while rest > 0
    return bytes
  }
  func run(_ bytes: [UInt8]?) -> [UInt8] {
    guard let bytes else { return varint(-1) }
    return varint(Int64(bytes.count)) + bytes
  }
  let base = records.first?.timestamp ?? 0
  var section: [UInt8] = []
  for (offset, record) in records.enumerated() {
    let body =
      [0] + varint(record.timestamp &- base) + varint(Int64(offset)) + run(record.key)
      + run(record.value) + varint(Int64(record.headers.count))
      + record.headers.flatMap { run(Array($0.name.utf8)) + run($0.value) }
    section += varint(Int64(body.count)) + body
  }
  let summed =
    integer(producer.isTransactional ? 0x10 : 0, 2)
    + integer(Int64(max(records.count - 1, 0)), 4) + integer(base, 8)
    + integer(records.map(\.timestamp).max() ?? 0, 8) + integer(producer.id, 8)
    + integer(Int64(producer.epoch), 2) + integer(Int64(producer.sequence), 4)
    + integer(Int64(records.count), 4) + section
  return integer(0, 8) + integer(Int64(summed.count + 9), 4) + integer(0, 4) + [2]
    + integer(Int64(CRC32C.checksumByTable(summed)), 4) + summed
}

extension RecordBatchHeader {
  /// The producer that the fields name.
  var producer: BatchProducer {
    BatchProducer(
      id: producerID, epoch: producerEpoch, sequence: baseSequence,
      isTransactional: isTransactional)
  }
}
