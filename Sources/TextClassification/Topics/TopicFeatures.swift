/// The columns that topics are learnt over: the buckets that several of the training texts fill.
struct TopicFeatures {
  /// Texts that must fill a bucket: one alone teaches little about topics, and most have but one.
  static let leastTexts = 2

  /// Each column's bucket, ascending.
  let buckets: [UInt32]
  private let idf: [Float]
  /// Column of a bucket, plus one; 0 for one without.
  private let columns: [UInt32]
  private let characterWeight: Double
  private let leastNorms: SIMD2<Double>

  /// `rows` are the training texts; `idf` has a place for each bucket, and `leastNorms` are those
  /// of the weighting that it is of.
  init(
    _ table: FeatureTable, rows: [Int], idf: [Float], leastNorms: SIMD2<Double>,
    settings: FeatureSettings
  ) {
    var frequency = [UInt32](repeating: 0, count: idf.count)
    for row in rows {
      for feature in table.features(of: row) { frequency[feature.key.bucket] += 1 }
    }
    var buckets: [UInt32] = []
    var columns = [UInt32](repeating: 0, count: idf.count)
    for bucket in idf.indices where frequency[bucket] >= Self.leastTexts && idf[bucket] > 0 {
      buckets.append(UInt32(truncatingIfNeeded: bucket))
      columns[bucket] = UInt32(truncatingIfNeeded: buckets.count)
    }
    self.buckets = buckets
    self.columns = columns
    self.idf = idf
    self.leastNorms = leastNorms
    characterWeight = settings.characterWeight
  }

  /// The rows as the classifier weighs them, without the buckets that have no column.
  func matrix(_ table: FeatureTable, rows: [Int]) -> SparseRows<Float> {
    table.matrix(
      rows, idf: idf, columns: columns, columnCount: buckets.count,
      lengths: BlockScales.lengths(characterWeight), leastNorms: leastNorms)
  }
}
