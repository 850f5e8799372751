internal import Machine

/// What a linear model of two classes minimises: the weighted mean of each row's loss plus
/// `penalty / 2` times the squared length of the weights. The last parameter is the intercept,
/// which is not penalised.
struct LinearObjective<Loss: MarginLoss, Value: BinaryFloatingPoint & Sendable>: Sendable {
  let rows: SparseRows<Value>
  let isPositive: [Bool]
  /// One weight a row; they sum to 1.
  let rowWeights: [Double]
  let penalty: Double
  /// Added to each row's score, as another model gives it; none where it is empty.
  var offsets: [Double] = []
  /// Subtracted from each column's values; nothing where it is empty. The intercept is then that of
  /// rows whose columns have means of about 0, and found in fewer steps.
  var centers: [Double] = []
  /// Without an intercept, it stays 0.
  var hasIntercept = true

  /// The value at a point; writes the gradient.
  func callAsFunction(_ parameters: [Double], _ gradient: inout [Double]) -> Double {
    let bias = rows.columnCount
    var value = 0.0
    gradient.withUnsafeMutableBufferPointer { gradient in
      for column in 0..<bias {
        value += parameters[column] * parameters[column]
        gradient[column] = penalty * parameters[column]
      }
      gradient[bias] = 0
    }
    value *= penalty / 2
    let base = intercept(parameters)
    let parts = rows.parts
    if parts.count == 1 {
      value += addLoss(of: parts[0], parameters, base, to: &gradient)
    } else {
      let found = Parallel.map(parts.count) { number in
        var slopes = [Double](repeating: 0, count: parameters.count)
        return (addLoss(of: parts[number], parameters, base, to: &slopes), slopes)
      }
      for (loss, slopes) in found {
        value += loss
        Vector.add(1, times: slopes, to: &gradient)
      }
    }
    if !centers.isEmpty { Vector.add(-gradient[bias], times: centers + [0], to: &gradient) }
    if !hasIntercept { gradient[bias] = 0 }
    return value
  }

  /// The intercept at a point for rows as they are, not centred.
  func intercept(_ parameters: [Double]) -> Double {
    var intercept = parameters[rows.columnCount]
    for (column, center) in centers.enumerated() { intercept -= parameters[column] * center }
    return intercept
  }

  private func addLoss(
    of part: Range<Int>, _ parameters: [Double], _ base: Double, to gradient: inout [Double]
  ) -> Double {
    let bias = rows.columnCount
    return rows.columns.withUnsafeBufferPointer { columns in
      rows.values.withUnsafeBufferPointer { values in
        gradient.withUnsafeMutableBufferPointer { gradient in
          parameters.withUnsafeBufferPointer { parameters in
            var sum = LossSum()
            for row in part {
              let range = rows.starts[row]..<rows.starts[row + 1]
              var score = base + (offsets.isEmpty ? 0 : offsets[row])
              for index in range {
                score += Double(values[index]) * parameters[Int(columns[index])]
              }
              let (loss, factor, slope) = Loss.value(isPositive[row] ? score : -score)
              sum.add(loss, factor: factor, weight: rowWeights[row])
              let residual = rowWeights[row] * (isPositive[row] ? slope : -slope)
              if residual == 0 { continue }
              for index in range {
                gradient[Int(columns[index])] += residual * Double(values[index])
              }
              gradient[bias] += residual
            }
            return sum.value
          }
        }
      }
    }
  }
}

extension LinearObjective where Loss == LogisticLoss {
  /// The second derivative along each parameter where all are 0.
  var curvatures: [Double] {
    var curvatures = [Double](repeating: penalty, count: rows.columnCount + 1)
    curvatures[rows.columnCount] = rowWeights.reduce(0, +) / 4
    for row in 0..<rows.count {
      for index in rows.starts[row]..<rows.starts[row + 1] {
        let value = Double(rows.values[index])
        curvatures[Int(rows.columns[index])] += rowWeights[row] / 4 * value * value
      }
    }
    return curvatures
  }
}
