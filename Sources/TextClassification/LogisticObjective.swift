#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Rows of a sparse matrix, one after another.
struct SparseRows {
  var columnCount = 0
  var starts: [Int] = [0]
  var columns: [UInt32] = []
  var values: [Float] = []

  var count: Int { starts.count - 1 }

  mutating func endRow() { starts.append(columns.count) }
}

/// L2-penalised logistic loss: the weighted mean of each row's log-loss plus
/// `penalty / 2` times the squared length of the weights. The last parameter is the intercept,
/// which is not penalised.
struct LogisticObjective {
  let rows: SparseRows
  let isPositive: [Bool]
  /// One weight a row; they sum to 1.
  let rowWeights: [Double]
  let penalty: Double

  func callAsFunction(_ parameters: [Double], _ gradient: inout [Double]) -> Double {
    let bias = rows.columnCount
    var value = 0.0
    parameters.withUnsafeBufferPointer { parameters in
      gradient.withUnsafeMutableBufferPointer { gradient in
        for column in 0..<bias {
          value += parameters[column] * parameters[column]
          gradient[column] = penalty * parameters[column]
        }
        gradient[bias] = 0
        value *= penalty / 2
        value += addLoss(parameters, gradient, bias)
      }
    }
    return value
  }

  private func addLoss(
    _ parameters: UnsafeBufferPointer<Double>, _ gradient: UnsafeMutableBufferPointer<Double>,
    _ bias: Int
  ) -> Double {
    rows.columns.withUnsafeBufferPointer { columns in
      rows.values.withUnsafeBufferPointer { values in
        var loss = 0.0
        for row in 0..<rows.count {
          let range = rows.starts[row]..<rows.starts[row + 1]
          var logit = parameters[bias]
          for index in range { logit += Double(values[index]) * parameters[Int(columns[index])] }
          let margin = isPositive[row] ? logit : -logit
          loss += rowWeights[row] * Logistic.loss(margin)
          let slope = rowWeights[row] * Logistic.probability(-margin)
          let residual = isPositive[row] ? -slope : slope
          for index in range { gradient[Int(columns[index])] += residual * Double(values[index]) }
          gradient[bias] += residual
        }
        return loss
      }
    }
  }
}

/// The logistic function and its loss, without overflow for any argument.
enum Logistic {
  /// 1 / (1 + e^-logit).
  @inline(__always) static func probability(_ logit: Double) -> Double {
    if logit >= 0 { return 1 / (1 + exp(-logit)) }
    let power = exp(logit)
    return power / (1 + power)
  }

  /// ln(1 + e^-margin).
  static func loss(_ margin: Double) -> Double {
    margin >= 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin
  }
}
