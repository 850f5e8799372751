import Foundation
import Testing

@testable import TextClassification

@Suite struct OptimisationTests {
  private func problem(_ random: inout TestRandom) -> LinearObjective<LogisticLoss, Float> {
    var rows = SparseRows<Float>()
    rows.columnCount = random.int(1..<8)
    let count = random.int(4..<30)
    for _ in 0..<count {
      for column in 0..<rows.columnCount where random.int(0..<2) == 0 {
        rows.columns.append(UInt32(column))
        rows.values.append(Float(random.double(-2...2)))
      }
      rows.endRow()
    }
    let labels = (0..<count).map { $0 < 2 ? $0 == 0 : random.int(0..<2) == 0 }
    return LinearObjective(
      rows: rows, isPositive: labels,
      rowWeights: ClassWeights.balanced.rowWeights(labels.map { $0 ? 1 : 0 }, classCount: 2),
      penalty: random.double(0.1...1))
  }

  @Test(arguments: [false, true])
  func `the gradient agrees with finite differences`(isCentred: Bool) {
    var random = TestRandom()
    for _ in 0..<50 {
      var objective = problem(&random)
      if isCentred { objective.centers = objective.rows.means }
      var point = (0...objective.rows.columnCount).map { _ in random.double(-3...3) }
      var gradient = [Double](repeating: .nan, count: point.count)
      var unused = gradient
      _ = objective(point, &gradient)
      for index in point.indices {
        let middle = point[index]
        point[index] = middle + 1e-5
        let above = objective(point, &unused)
        point[index] = middle - 1e-5
        let below = objective(point, &unused)
        point[index] = middle
        let difference = abs((above - below) / 2e-5 - gradient[index])
        #expect(difference < 1e-7, "seed \(random.seed)")
      }
    }
  }

  @Test func `L-BFGS finds the minimum that slow gradient descent finds`() {
    var random = TestRandom()
    for _ in 0..<10 {
      let objective = problem(&random)
      let start = [Double](repeating: 0, count: objective.rows.columnCount + 1)
      let found = LBFGS(tolerance: 1e-9).minimise(from: start, objective.callAsFunction)
      var point = start
      var gradient = start
      for _ in 0..<20_000 {
        _ = objective(point, &gradient)
        if Vector.largestMagnitude(gradient) < 1e-9 { break }
        for index in point.indices { point[index] -= 0.1 * gradient[index] }
      }
      for index in point.indices {
        let distance = abs(point[index] - found.point[index])
        #expect(distance < 1e-5, "seed \(random.seed)")
      }
      #expect(found.converged, "seed \(random.seed)")
    }
  }

  @Test func `L-BFGS solves an ill-conditioned quadratic`() {
    let scales = (0..<40).map { pow(10, Double($0) / 20) }
    let result = LBFGS(tolerance: 1e-8).minimise(from: [Double](repeating: 1, count: 40)) {
      point, gradient in
      var value = 0.0
      for index in point.indices {
        let distance = point[index] - Double(index)
        gradient[index] = scales[index] * distance
        value += 0.5 * scales[index] * distance * distance
      }
      return value
    }
    #expect(result.converged)
    let distances = result.point.enumerated().map { abs($1 - Double($0)) }
    #expect(distances.allSatisfy { $0 < 1e-6 })
  }

  @Test func `known curvatures lead to the same minimum in fewer steps`() {
    var random = TestRandom()
    for _ in 0..<10 {
      let objective = problem(&random)
      let start = [Double](repeating: 0, count: objective.rows.columnCount + 1)
      var search = LBFGS(tolerance: 1e-9)
      let plain = search.minimise(from: start, objective.callAsFunction)
      search.curvatures = objective.curvatures
      let found = search.minimise(from: start, objective.callAsFunction)
      #expect(found.converged, "seed \(random.seed)")
      for (left, right) in zip(found.point, plain.point) {
        #expect(abs(left - right) < 1e-5, "seed \(random.seed)")
      }
    }
    let scales = (0..<40).map { pow(10, Double($0) / 5) }
    var search = LBFGS(tolerance: 1e-8)
    search.curvatures = scales
    let found = search.minimise(from: [Double](repeating: 1, count: 40)) { point, gradient in
      var value = 0.0
      for index in point.indices {
        gradient[index] = scales[index] * point[index]
        value += scales[index] * point[index] * point[index] / 2
      }
      return value
    }
    #expect(found.iterations == 1)
  }

  @Test func `curvatures are those of the loss at 0`() {
    var random = TestRandom()
    let objective = problem(&random)
    let count = objective.rows.columnCount + 1
    var gradient = [Double](repeating: 0, count: count)
    for (index, curvature) in objective.curvatures.enumerated() {
      var point = [Double](repeating: 0, count: count)
      point[index] = 1e-5
      _ = objective(point, &gradient)
      let above = gradient[index]
      point[index] = -1e-5
      _ = objective(point, &gradient)
      #expect(abs((above - gradient[index]) / 2e-5 - curvature) < 1e-6, "seed \(random.seed)")
    }
  }

  @Test func `the search ends when little is gained`() {
    let scales = (0..<40).map { pow(10, Double($0) / 10) }
    func iterations(_ search: LBFGS) -> (Int, value: Double) {
      let found = search.minimise(from: [Double](repeating: 1, count: 40)) { point, gradient in
        var value = 100.0
        for index in point.indices {
          gradient[index] = scales[index] * point[index]
          value += scales[index] * point[index] * point[index] / 2
        }
        return value
      }
      return (found.iterations, found.value)
    }
    var search = LBFGS(tolerance: 1e-8)
    let whole = iterations(search)
    search.leastGain = 1e-2
    let short = iterations(search)
    #expect(short.0 < whole.0 && short.0 > 10)
    #expect(short.value < 1.02 * whole.value)
  }

  @Test func `rows summed in parts are the sum of all`() {
    var random = TestRandom()
    let whole = manyRows(140_000, &random)
    #expect(whole.rows.parts.count == 4)
    let quarters = whole.rows.parts.map { part in
      var rows = SparseRows<Float>()
      rows.columnCount = whole.rows.columnCount
      for row in part {
        let values = whole.rows.starts[row]..<whole.rows.starts[row + 1]
        rows.columns += whole.rows.columns[values]
        rows.values += whole.rows.values[values]
        rows.endRow()
      }
      return LinearObjective<LogisticLoss, Float>(
        rows: rows, isPositive: Array(whole.isPositive[part]),
        rowWeights: Array(whole.rowWeights[part]), penalty: 0)
    }
    let point = (0...whole.rows.columnCount).map { _ in random.double(-1...1) }
    var gradient = point
    let value = whole(point, &gradient)
    var sum = 0.0
    var sums = [Double](repeating: 0, count: point.count)
    for quarter in quarters {
      #expect(quarter.rows.parts.count == 1)
      var own = point
      sum += quarter(point, &own)
      Vector.add(1, times: own, to: &sums)
    }
    #expect(abs(value - sum) < 1e-12, "seed \(random.seed)")
    for (left, right) in zip(gradient, sums) {
      #expect(abs(left - right) < 1e-12, "seed \(random.seed)")
    }
  }

  /// Rows of eight values, without a penalty.
  private func manyRows(
    _ count: Int, _ random: inout TestRandom
  ) -> LinearObjective<LogisticLoss, Float> {
    var rows = SparseRows<Float>()
    rows.columnCount = 16
    let kinds = (0..<64).map { _ in (0..<8).map { _ in Float(random.double(-1...1)) } }
    for row in 0..<count {
      rows.columns += (0..<8).map { UInt32((row &* 7 + $0) % 16) }
      rows.values += kinds[row % 64]
      rows.endRow()
    }
    return LinearObjective(
      rows: rows, isPositive: (0..<count).map { $0 % 3 == 0 },
      rowWeights: [Double](repeating: 1 / Double(count), count: count), penalty: 0)
  }

  @Test func `balanced weights give both classes one half`() {
    let weights = ClassWeights.balanced.rowWeights([1, 0, 0, 0], classCount: 2)
    let sixth = 0.5 / 3
    #expect(weights == [0.5, sixth, sixth, sixth])
    #expect(ClassWeights.uniform.rowWeights([1, 0], classCount: 2) == [0.5, 0.5])
  }

  @Test func `the logistic function and its loss hold at the ends`() {
    #expect(Logistic.probability(0) == 0.5)
    #expect(Logistic.probability(1e4) == 1 && Logistic.probability(-1e4) == 0)
    #expect(Logistic.loss(-1e4) == 1e4 && Logistic.loss(1e4) == 0)
    for logit in stride(from: -30.0, through: 30, by: 0.7) {
      let probability = Logistic.probability(logit)
      let sum = probability + Logistic.probability(-logit)
      #expect(abs(sum - 1) < 1e-15)
      let loss = -log(probability)
      #expect(abs(Logistic.loss(logit) - loss) < 1e-12)
    }
  }
}
