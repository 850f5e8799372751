internal import Bytes
internal import Tables

/// What a batch changes in the counts by what posts are about: gathered, then added to the rows
/// there are.
struct SubjectCounts {
  private struct Hour: Hashable {
    var brand: ByteKey
    var day: UInt32
    var hour: Int64
    var subject: ByteKey
  }

  private var changes: [Hour: (posts: Int64, complaints: Int64)] = [:]

  mutating func removeAll() { changes.removeAll(keepingCapacity: true) }

  /// Nothing is counted of a post without a subject.
  mutating func add(
    _ key: VerdictWriter.RowKey, _ subject: [UInt8]?, posts: Int64, complaints: Int64
  ) {
    guard let subject else { return }
    let hour = Hour(
      brand: ByteKey(key.brand), day: key.day, hour: key.hour, subject: ByteKey(subject))
    let before = changes[hour] ?? (0, 0)
    changes[hour] = (before.posts + posts, before.complaints + complaints)
  }

  /// Adds the changes to the rows, by reading them and writing the sums.
  func write(
    to transaction: any TableTransaction, _ tables: GrouseTables, _ values: inout BoundValues
  ) throws {
    for (hour, change) in changes where change != (0, 0) {
      values.removeAll()
      append(hour, &values)
      let row = try transaction.execute(tables.findSubjectCount, values).rows.first
      let posts = row?[0]?.bigEndianInteger() ?? 0
      let complaints = row?[1]?.bigEndianInteger() ?? 0
      values.removeAll()
      append(hour, &values)
      values.append(posts + change.posts)
      values.append(complaints + change.complaints)
      try transaction.execute(tables.insertSubjectCount, values)
    }
  }

  private func append(_ hour: Hour, _ values: inout BoundValues) {
    values.append(hour.brand.bytes)
    values.append(hour.day)
    values.append(hour.subject.bytes)
    values.append(hour.hour)
  }
}
