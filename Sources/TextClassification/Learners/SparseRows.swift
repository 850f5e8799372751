internal import Machine

/// Rows of a sparse matrix, one after another.
struct SparseRows<Value: BinaryFloatingPoint & Sendable>: Sendable {
  var columnCount = 0
  var starts: [Int] = [0]
  var columns: [UInt32] = []
  var values: [Value] = []

  var count: Int { starts.count - 1 }

  mutating func endRow() { starts.append(columns.count) }

  /// The rows in parts, for several processors to sum over: a number that two and four share
  /// without rest. They depend on the rows alone, and so do sums that are added in their order.
  var parts: [Range<Int>] { Parts.of(count, upTo: columns.count < 1 << 19 ? 1 : 4) }

  /// Makes room for so many values.
  mutating func reserve(_ count: Int) {
    columns.reserveCapacity(count)
    values.reserveCapacity(count)
  }

  /// Adds the rows of another matrix behind these.
  mutating func append(_ other: SparseRows) {
    let before = columns.count
    starts += other.starts.dropFirst().lazy.map { before + $0 }
    columns += other.columns
    values += other.values
  }

  /// Each column's mean.
  var means: [Double] {
    var means = [Double](repeating: 0, count: columnCount)
    for (column, value) in zip(columns, values) {
      means[Int(column)] += Double(value) / Double(count)
    }
    return means
  }

  /// A row's product with dense weights, which have a place for each column.
  func dot(_ row: Int, _ weights: [Double]) -> Double {
    var sum = 0.0
    for index in starts[row]..<starts[row + 1] {
      sum += Double(values[index]) * weights[Int(columns[index])]
    }
    return sum
  }
}

extension SparseRows where Value == Double {
  /// The vectors as rows; each column divided by its scale. A scale of 0 empties its column.
  init(_ vectors: [SparseVector], scales: [Double]? = nil) {
    columnCount = vectors.first?.size ?? 0
    let parts = Parts.map(vectors.count) { SparseRows(vectors[$0], scales) }
    reserve(parts.reduce(0) { $0 + $1.columns.count })
    for part in parts { append(part) }
  }

  private init(_ vectors: ArraySlice<SparseVector>, _ scales: [Double]?) {
    reserve(vectors.reduce(0) { $0 + $1.indices.count })
    for vector in vectors {
      for (index, value) in zip(vector.indices, vector.values) {
        let scale = scales.map { $0[Int(index)] } ?? 1
        guard scale != 0, value != 0 else { continue }
        columns.append(index)
        values.append(value / scale)
      }
      endRow()
    }
  }

  /// Each column's sample standard deviation, by n - 1, as SparkML's `Summarizer` gives it.
  static func deviations(of vectors: [SparseVector]) -> [Double] {
    let count = Double(vectors.count)
    let means = columnSums(of: vectors) { _, value in SIMD2(value, 0) }.map { $0[0] / count }
    let found = columnSums(of: vectors) { column, value in
      let distance = value - means[column]
      return SIMD2(distance * distance, 1)
    }
    guard count > 1 else { return [Double](repeating: 0, count: means.count) }
    return means.indices.map { column in
      let (squares, present) = (found[column][0], found[column][1])
      let mean = means[column]
      return ((squares + (count - present) * mean * mean) / (count - 1)).squareRoot()
    }
  }

  /// Of each column, the sum of what `term` makes of its values.
  private static func columnSums(
    of vectors: [SparseVector], _ term: @escaping @Sendable (Int, Double) -> SIMD2<Double>
  ) -> [SIMD2<Double>] {
    let size = vectors.first?.size ?? 0
    let ranges = Parts.of(vectors.count, upTo: min(max(vectors.count >> 14, 1), 4))
    let parts = Parallel.map(ranges.count) { number in
      var sums = [SIMD2<Double>](repeating: SIMD2(), count: size)
      for vector in vectors[ranges[number]] {
        for (index, value) in zip(vector.indices, vector.values) {
          sums[Int(index)] += term(Int(index), value)
        }
      }
      return sums
    }
    return parts.dropFirst().reduce(parts[0]) { sums, part in zip(sums, part).map { $0 + $1 } }
  }
}
