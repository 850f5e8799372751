internal import Bytes
internal import Tables

/// What a batch changes in the counts by minute: gathered, then added to the rows there are.
struct MinuteCounts {
  private struct Minute: Hashable {
    var brand: ByteKey
    var day: UInt32
    var minute: Int64
  }

  private var changes: [Minute: (posts: Int64, complaints: Int64)] = [:]
  /// The minute added to last: posts come by time, so it is mostly the same.
  private var last: (minute: Minute, posts: Int64, complaints: Int64)?

  mutating func removeAll() {
    changes.removeAll(keepingCapacity: true)
    last = nil
  }

  mutating func add(_ key: VerdictWriter.RowKey, posts: Int64, complaints: Int64) {
    let minute = key.minute
    if let held = last, held.minute.minute == minute, held.minute.brand.bytes == key.brand {
      last?.posts += posts
      last?.complaints += complaints
      return
    }
    settle()
    last = (Minute(brand: ByteKey(key.brand), day: key.day, minute: minute), posts, complaints)
  }

  private mutating func settle() {
    guard let held = last else { return }
    let before = changes[held.minute] ?? (0, 0)
    changes[held.minute] = (before.posts + held.posts, before.complaints + held.complaints)
    last = nil
  }

  /// Adds the changes to the rows, by reading them and writing the sums.
  mutating func write(
    to transaction: any TableTransaction, _ tables: GrouseTables, _ values: inout BoundValues
  ) throws {
    settle()
    for (minute, change) in changes where change != (0, 0) {
      values.removeAll()
      append(minute, &values)
      let row = try transaction.execute(tables.findCount, values).rows.first
      let posts = row?[0]?.bigEndianInteger() ?? 0
      let complaints = row?[1]?.bigEndianInteger() ?? 0
      values.removeAll()
      append(minute, &values)
      values.append(posts + change.posts)
      values.append(complaints + change.complaints)
      try transaction.execute(tables.insertCount, values)
    }
  }

  private func append(_ minute: Minute, _ values: inout BoundValues) {
    values.append(minute.brand.bytes)
    values.append(minute.day)
    values.append(minute.minute)
  }
}
