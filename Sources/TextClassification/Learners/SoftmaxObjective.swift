#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What multinomial logistic regression minimises: the weighted mean of each row's cross-entropy
/// plus `penalty / 2` times the squared length of the weights. The parameters are each class's
/// weights, class after class, then the classes' intercepts, which are not penalised.
struct SoftmaxObjective<Value: BinaryFloatingPoint & Sendable>: Sendable {
  let rows: SparseRows<Value>
  /// Each row's class.
  let labels: [Int]
  let classCount: Int
  /// One weight a row; they sum to 1.
  let rowWeights: [Double]
  let penalty: Double
  var hasIntercept = true

  var parameterCount: Int { (rows.columnCount + 1) * classCount }

  /// The value at a point; writes the gradient.
  func callAsFunction(_ parameters: [Double], _ gradient: inout [Double]) -> Double {
    let columnCount = rows.columnCount
    let biases = columnCount * classCount
    var value = 0.0
    for index in 0..<biases {
      value += parameters[index] * parameters[index]
      gradient[index] = penalty * parameters[index]
    }
    for index in biases..<parameters.count { gradient[index] = 0 }
    value *= penalty / 2
    var scores = [Double](repeating: 0, count: classCount)
    for row in 0..<rows.count {
      let range = rows.starts[row]..<rows.starts[row + 1]
      for label in 0..<classCount {
        var score = parameters[biases + label]
        for index in range {
          score +=
            Double(rows.values[index])
            * parameters[label * columnCount + Int(rows.columns[index])]
        }
        scores[label] = score
      }
      let own = scores[labels[row]]
      let total = Softmax.replaceByProbabilities(&scores)
      value += rowWeights[row] * (total - own)
      for label in 0..<classCount {
        let residual = rowWeights[row] * (scores[label] - (label == labels[row] ? 1 : 0))
        for index in range {
          gradient[label * columnCount + Int(rows.columns[index])] +=
            residual * Double(rows.values[index])
        }
        if hasIntercept { gradient[biases + label] += residual }
      }
    }
    return value
  }
}

/// Probabilities of several classes from their scores.
enum Softmax {
  /// Replaces scores by probabilities; returns the logarithm of the sum of the scores' powers.
  static func replaceByProbabilities(_ scores: inout [Double]) -> Double {
    let highest = scores.max() ?? 0
    var sum = 0.0
    for index in scores.indices {
      scores[index] = exp(scores[index] - highest)
      sum += scores[index]
    }
    for index in scores.indices { scores[index] /= sum }
    return highest + log(sum)
  }

  static func probabilities(_ scores: [Double]) -> [Double] {
    var scores = scores
    _ = replaceByProbabilities(&scores)
    return scores
  }
}
