/// Rows of a sparse matrix, one after another.
struct SparseRows<Value: BinaryFloatingPoint & Sendable>: Sendable {
  var columnCount = 0
  var starts: [Int] = [0]
  var columns: [UInt32] = []
  var values: [Value] = []

  var count: Int { starts.count - 1 }

  mutating func endRow() { starts.append(columns.count) }

  /// The rows in parts, for several processors to sum over. They depend on the rows alone, and so
  /// do sums that are added in their order.
  var parts: [Range<Int>] { Parts.of(count, upTo: min(max(columns.count >> 19, 1), 4)) }

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
    let size = vectors.first?.size ?? 0
    var sums = [Double](repeating: 0, count: size)
    var squares = sums
    for vector in vectors {
      for (index, value) in zip(vector.indices, vector.values) { sums[Int(index)] += value }
    }
    let count = Double(vectors.count)
    var present = [Double](repeating: 0, count: size)
    for vector in vectors {
      for (index, value) in zip(vector.indices, vector.values) {
        let distance = value - sums[Int(index)] / count
        squares[Int(index)] += distance * distance
        present[Int(index)] += 1
      }
    }
    guard count > 1 else { return [Double](repeating: 0, count: size) }
    return (0..<size).map { column in
      let mean = sums[column] / count
      return ((squares[column] + (count - present[column]) * mean * mean) / (count - 1))
        .squareRoot()
    }
  }
}
