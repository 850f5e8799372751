#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What `SoftmaxObjective` minimises, for many sparse columns and few classes: a column's weights
/// lie side by side in single precision, so that a value of a row is one cache line and not one for
/// each class. The parameters are each column's weights, class after class, then the intercepts,
/// which are not penalised.
struct TopicObjective {
  let rows: SparseRows<Float>
  /// Each row's class.
  let labels: [Int]
  let classCount: Int
  /// One weight a row; they sum to 1.
  let rowWeights: [Double]
  let penalty: Double

  var parameterCount: Int { (rows.columnCount + 1) * classCount }

  /// The value at a point; writes the gradient.
  func callAsFunction(_ parameters: [Double], _ gradient: inout [Double]) -> Double {
    let width = TopicModel.groups(classCount) * TopicGroup.scalarCount
    let weights = Self.grouped(parameters, classCount)
    var slopes = [Float](repeating: 0, count: weights.count)
    var scores = [Float](repeating: 0, count: width)
    let loss = addLoss(weights, &slopes, &scores, width)
    let biases = rows.columnCount * classCount
    var squares = 0.0
    parameters.withUnsafeBufferPointer { parameters in
      gradient.withUnsafeMutableBufferPointer { gradient in
        slopes.withUnsafeBufferPointer { slopes in
          for column in 0...rows.columnCount {
            let (place, padded) = (column * classCount, column * width)
            for label in 0..<classCount {
              gradient[place + label] = Double(slopes[padded + label])
            }
          }
        }
        for index in 0..<biases {
          squares += parameters[index] * parameters[index]
          gradient[index] += penalty * parameters[index]
        }
      }
    }
    return penalty / 2 * squares + loss
  }

  /// The classes' numbers of each column, filled up with zeros to whole groups.
  static func grouped(_ numbers: [Double], _ classCount: Int) -> [Float] {
    let width = TopicModel.groups(classCount) * TopicGroup.scalarCount
    let columns = numbers.count / classCount
    var grouped = [Float](repeating: 0, count: columns * width)
    grouped.withUnsafeMutableBufferPointer { grouped in
      numbers.withUnsafeBufferPointer { numbers in
        for column in 0..<columns {
          for label in 0..<classCount {
            grouped[column * width + label] = Float(numbers[column * classCount + label])
          }
        }
      }
    }
    return grouped
  }

  /// The weighted mean of the rows' losses; adds its slopes. The last column holds the intercepts.
  ///
  /// Number by number and not by `SIMD16`: the compiler makes the same of it, and where it does not
  /// optimise, as for tests, vectors take a hundred times as long.
  private func addLoss(
    _ weights: UnsafePointer<Float>, _ slopes: UnsafeMutablePointer<Float>,
    _ scores: UnsafeMutablePointer<Float>, _ width: Int
  ) -> Double {
    let probabilities = UnsafeMutableBufferPointer<Double>.allocate(capacity: classCount)
    defer { probabilities.deallocate() }
    return rows.columns.withUnsafeBufferPointer { columns in
      rows.values.withUnsafeBufferPointer { values in
        let bias = rows.columnCount * width
        var sum = 0.0
        for row in 0..<rows.count {
          let (start, end) = (rows.starts[row], rows.starts[row + 1])
          scores.update(from: weights + bias, count: width)
          var index = start
          while index < end {
            Self.add(values[index], weights + Int(columns[index]) * width, to: scores, width)
            index += 1
          }
          for label in 0..<classCount { probabilities[label] = Double(scores[label]) }
          let own = probabilities[labels[row]]
          let total = Softmax.replaceByProbabilities(probabilities)
          sum += rowWeights[row] * (total - own)
          probabilities[labels[row]] -= 1
          for label in 0..<classCount {
            scores[label] = Float(probabilities[label] * rowWeights[row])
          }
          Self.add(1, scores, to: slopes + bias, width)
          index = start
          while index < end {
            Self.add(values[index], scores, to: slopes + Int(columns[index]) * width, width)
            index += 1
          }
        }
        return sum
      }
    }
  }

  @inline(__always)
  private static func add(
    _ factor: Float, _ numbers: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>,
    _ width: Int
  ) {
    var lane = 0
    while lane < width {
      sums[lane] += factor * numbers[lane]
      lane += 1
    }
  }
}

extension Softmax {
  /// Replaces scores by probabilities; returns the logarithm of the sum of the scores' powers.
  static func replaceByProbabilities(_ scores: UnsafeMutableBufferPointer<Double>) -> Double {
    var highest = -Double.infinity
    for score in scores { highest = max(highest, score) }
    var sum = 0.0
    for index in scores.indices {
      scores[index] = exp(scores[index] - highest)
      sum += scores[index]
    }
    for index in scores.indices { scores[index] /= sum }
    return highest + log(sum)
  }
}
