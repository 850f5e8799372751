internal import Tables
package import TextClassification

/// How a model scored what the query read in an hour of the clock: a row of `scores_by_hour`.
package struct HourlyScores: Sendable {
  /// What the rows of a model are read with, the latest hours first.
  package static let select = """
    SELECT bins, looked, unseen FROM grouse.scores_by_hour WHERE model = ? LIMIT
    """

  private let model: [UInt8]
  private let training: ScoreDistribution?

  init(model: String, training: ScoreDistribution?) {
    self.model = Array(model.utf8)
    self.training = training
  }

  /// Adds a batch's counts to the row of the hour in which it is written.
  func add(
    _ tally: ScoreTally, at milliseconds: Int64, to transaction: any TableTransaction,
    _ tables: GrouseTables, _ values: inout BoundValues
  ) throws {
    guard tally.count > 0 else { return }
    let hour = milliseconds - milliseconds % 3_600_000
    values.removeAll()
    values.append(model)
    values.append(hour)
    var sum =
      try transaction.execute(tables.findScores, values).rows.first
      .flatMap { Self.tally($0) } ?? ScoreTally()
    sum += tally
    values.removeAll()
    values.append(model)
    values.append(hour)
    values.append(Int64(sum.count))
    values.append(Self.list(sum.bins))
    values.append(Int64(sum.looked))
    values.append(sum.unseen)
    if let training {
      values.append(sum.distribution.stabilityIndex(against: training))
    } else {
      values.appendNull()
    }
    try transaction.execute(tables.insertScores, values)
  }

  /// What a row holds in the columns bins, looked and unseen; nil where that is no tally.
  package static func tally(_ row: [[UInt8]?]) -> ScoreTally? {
    guard row.count == 3, let list = row[0], let looked = row[1], let unseen = row[2],
      list.count == 4 + 10 * 12, looked.count == 8, unseen.count == 8
    else { return nil }
    let bins = (0..<10).map { bin in
      Int(Array(list[(8 + bin * 12)..<(16 + bin * 12)]).bigEndianInteger())
    }
    guard bins.allSatisfy({ $0 >= 0 && $0 < 1 << 53 }) else { return nil }
    return ScoreTally(
      bins: bins, looked: Int(looked.bigEndianInteger()),
      unseen: Double(bitPattern: UInt64(bitPattern: unseen.bigEndianInteger())))
  }

  /// A `list<bigint>` in native encoding.
  private static func list(_ numbers: [Int]) -> [UInt8] {
    var bytes: [UInt8] = []
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.bigEndian) { bytes += $0 }
    }
    append(Int32(numbers.count))
    for number in numbers {
      append(Int32(8))
      append(Int64(number))
    }
    return bytes
  }
}
