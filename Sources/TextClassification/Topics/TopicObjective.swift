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
    let groups = TopicModel.groups(classCount)
    let weights = Self.grouped(parameters, classCount)
    var slopes = [TopicGroup](repeating: .zero, count: weights.count)
    var scores = [Double](repeating: 0, count: groups * TopicGroup.scalarCount)
    let loss = weights.withUnsafeBufferPointer { weights in
      slopes.withUnsafeMutableBufferPointer { slopes in
        scores.withUnsafeMutableBufferPointer { addLoss(weights, slopes, $0, groups) }
      }
    }
    let biases = rows.columnCount * classCount
    var squares = 0.0
    parameters.withUnsafeBufferPointer { parameters in
      gradient.withUnsafeMutableBufferPointer { gradient in
        slopes.withUnsafeBytes { slopes in
          let slopes = slopes.bindMemory(to: Float.self)
          for column in 0...rows.columnCount {
            let place = column * classCount
            let padded = column * groups * TopicGroup.scalarCount
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

  /// The classes' numbers of each column in groups of 16, the last filled up with zeros.
  static func grouped(_ numbers: [Double], _ classCount: Int) -> [TopicGroup] {
    let groups = TopicModel.groups(classCount)
    let columns = numbers.count / classCount
    var grouped = [TopicGroup](repeating: .zero, count: columns * groups)
    grouped.withUnsafeMutableBytes { raw in
      let floats = raw.bindMemory(to: Float.self)
      for column in 0..<columns {
        let padded = column * groups * TopicGroup.scalarCount
        for label in 0..<classCount {
          floats[padded + label] = Float(numbers[column * classCount + label])
        }
      }
    }
    return grouped
  }

  /// The weighted mean of the rows' losses; adds its slopes. The last column holds the intercepts.
  private func addLoss(
    _ weights: UnsafeBufferPointer<TopicGroup>, _ slopes: UnsafeMutableBufferPointer<TopicGroup>,
    _ scores: UnsafeMutableBufferPointer<Double>, _ groups: Int
  ) -> Double {
    rows.columns.withUnsafeBufferPointer { columns in
      rows.values.withUnsafeBufferPointer { values in
        let bias = rows.columnCount * groups
        let lanes = TopicGroup.scalarCount
        var sum = 0.0
        for row in 0..<rows.count {
          let range = rows.starts[row]..<rows.starts[row + 1]
          for group in 0..<groups {
            var score = weights[bias + group]
            for index in range {
              score += values[index] * weights[Int(columns[index]) * groups + group]
            }
            for lane in 0..<lanes { scores[group * lanes + lane] = Double(score[lane]) }
          }
          let own = scores[labels[row]]
          let total = Softmax.replaceByProbabilities(.init(rebasing: scores[..<classCount]))
          sum += rowWeights[row] * (total - own)
          scores[labels[row]] -= 1
          for group in 0..<groups {
            var residual = TopicGroup.zero
            for lane in 0..<lanes where group * lanes + lane < classCount {
              residual[lane] = Float(scores[group * lanes + lane] * rowWeights[row])
            }
            slopes[bias + group] += residual
            for index in range {
              slopes[Int(columns[index]) * groups + group] += values[index] * residual
            }
          }
        }
        return sum
      }
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
