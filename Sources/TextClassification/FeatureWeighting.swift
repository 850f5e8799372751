#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Weights of buckets by how rare they are, and the buckets that the training texts fill.
struct FeatureWeighting {
  /// (ln((1 + n) / (1 + df)) + 1)^p for a bucket that df of n training texts fill, else 0:
  /// scikit-learn's smooth IDF, with rare features favoured a little more where p is above 1.
  private(set) var idf: [Float]
  /// Buckets met, those that most texts fill first: columns that are often used lie together, near
  /// the processor.
  private(set) var buckets: [UInt32]
  /// Column of a bucket, plus one; 0 for a bucket not met.
  private var columns: [UInt32]
  private let characterWeight: Double
  /// The norm of each block from which on it is made a vector of its length.
  private(set) var leastNorms = SIMD2<Double>()

  init(_ table: FeatureTable, rows: [Int], settings: FeatureSettings, rarityPower: Double) {
    let size = 1 << settings.bucketBits
    var frequency = [UInt32](repeating: 0, count: size)
    for row in rows {
      for feature in table.features(of: row) { frequency[feature.key.bucket] += 1 }
    }
    characterWeight = settings.characterWeight
    idf = [Float](repeating: 0, count: size)
    columns = [UInt32](repeating: 0, count: size)
    buckets = []
    for bucket in 0..<size where frequency[bucket] > 0 {
      // Both blocks may fill one bucket, so that it counts twice for a text.
      let texts = min(Int(frequency[bucket]), rows.count)
      let rarity = log(Double(1 + rows.count) / Double(1 + texts)) + 1
      idf[bucket] = Float(pow(rarity, rarityPower))
      buckets.append(UInt32(bucket))
    }
    buckets.sort {
      (frequency[Int($1)], $0) < (frequency[Int($0)], $1)
    }
    for (column, bucket) in buckets.enumerated() { columns[Int(bucket)] = UInt32(column + 1) }
    leastNorms = BlockScales.leastNorms(of: rows.map { table.squares(of: $0, idf: idf) })
  }

  /// The rows as sublinear TF-IDF values over the buckets met, each block a vector of its length.
  func matrix(_ table: FeatureTable, rows: [Int]) -> SparseRows<Float> {
    matrix(table, rows: rows, lengths: BlockScales.lengths(characterWeight))
  }

  /// The same with blocks of other lengths; one of length 0 has no values.
  func matrix(_ table: FeatureTable, rows: [Int], lengths: SIMD2<Double>) -> SparseRows<Float> {
    table.matrix(
      rows, idf: idf, columns: columns, columnCount: buckets.count, lengths: lengths,
      leastNorms: leastNorms)
  }

  /// The part of each row's features that fill no bucket met.
  func unseen(_ table: FeatureTable, rows: [Int]) -> [Double] {
    rows.map { row in
      let features = table.features(of: row)
      let count = features.count { columns[$0.key.bucket] == 0 }
      return Double(count) / Double(max(features.count, 1))
    }
  }
}

extension FeatureTable {
  /// Rows as sublinear TF-IDF values, each block a vector of its length, of the buckets that have a
  /// column: `columns` has a bucket's plus one, or 0.
  func matrix(
    _ rows: [Int], idf: [Float], columns: [UInt32], columnCount: Int, lengths: SIMD2<Double>,
    leastNorms: SIMD2<Double>
  ) -> SparseRows<Float> {
    let parts = Parts.map(rows.count) { part in
      var matrix = SparseRows<Float>()
      for row in rows[part] {
        let scales = BlockScales.scales(
          squares: squares(of: row, idf: idf), lengths: lengths, leastNorms: leastNorms)
        append(row, idf: idf, columns: columns, scales: scales, to: &matrix)
      }
      return matrix
    }
    var matrix = SparseRows<Float>()
    matrix.columnCount = columnCount
    matrix.reserve(parts.reduce(0) { $0 + $1.columns.count })
    for part in parts { matrix.append(part) }
    return matrix
  }

  /// The sum of each block's squared values in a row.
  fileprivate func squares(of row: Int, idf: [Float]) -> SIMD2<Double> {
    var squares = SIMD2<Double>()
    for feature in features(of: row) {
      let value = Self.value(feature, idf)
      squares[feature.key.block] += value * value
    }
    return squares
  }

  private static func value(_ feature: Feature, _ idf: [Float]) -> Double {
    Double(TermFrequency.sublinear(feature.count) * idf[feature.key.bucket])
  }

  private func append(
    _ row: Int, idf: [Float], columns: [UInt32], scales: SIMD2<Double>,
    to matrix: inout SparseRows<Float>
  ) {
    for feature in features(of: row)
    where columns[feature.key.bucket] > 0 && scales[feature.key.block] > 0 {
      matrix.columns.append(columns[feature.key.bucket] - 1)
      matrix.values.append(Float(Self.value(feature, idf) * scales[feature.key.block]))
    }
    matrix.endRow()
  }
}

/// Factors that make each block of a text's values a vector of a given length; a block with far
/// less in it than training texts have, a shorter one: a word or two tell less than a sentence.
enum BlockScales {
  /// The least norm beside the median of the training texts' norms.
  private static let leastPart = 0.5

  /// A unit vector of words, and the characters' beside it.
  @inline(__always) static func lengths(_ characterWeight: Double) -> SIMD2<Double> {
    SIMD2(1, characterWeight)
  }

  /// `squares` are the blocks' sums of squared values; an empty block's factor is 0.
  @inline(__always) static func scales(
    squares: SIMD2<Double>, lengths: SIMD2<Double>, leastNorms: SIMD2<Double>
  ) -> SIMD2<Double> {
    SIMD2(
      squares[0] > 0 ? lengths[0] / max(squares[0].squareRoot(), leastNorms[0]) : 0,
      squares[1] > 0 ? lengths[1] / max(squares[1].squareRoot(), leastNorms[1]) : 0)
  }

  /// The least norms by the sums of squared values of some texts; texts without a block say
  /// nothing of it.
  static func leastNorms(of squares: [SIMD2<Double>]) -> SIMD2<Double> {
    var least = SIMD2<Double>()
    for block in 0..<2 {
      let filled = squares.map { $0[block] }.filter { $0 > 0 }.sorted()
      guard !filled.isEmpty else { continue }
      least[block] = filled[filled.count / 2].squareRoot() * leastPart
    }
    return least
  }
}

/// How a feature's count becomes its value before the IDF.
enum TermFrequency {
  /// 1 + ln(count).
  @inline(__always) static func sublinear(_ count: UInt32) -> Float {
    count == 1 ? 1 : 1 + Float(log(Double(count)))
  }
}
