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

  @Test func `the gradient agrees with finite differences`() {
    var random = TestRandom()
    for _ in 0..<50 {
      let objective = problem(&random)
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
