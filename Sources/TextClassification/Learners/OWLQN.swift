/// Minimises a smooth convex function plus a weighted sum of its parameters' magnitudes, by
/// orthant-wise limited-memory quasi-Newton (Andrew and Gao, Scalable Training of L1-Regularized
/// Log-Linear Models, 2007).
struct OWLQN {
  /// Pairs of steps and gradient changes that are remembered.
  var memory = 10
  /// Ends when no component of the pseudo-gradient is larger than this.
  var tolerance = 1e-6
  var maximumIterations = 500

  /// `penalties` has one weight, not below 0, for each parameter. Starts at `start`; `function`
  /// returns the smooth part at a point and writes its gradient.
  func minimise(
    from start: [Double], penalties: [Double],
    _ function: (_ point: [Double], _ gradient: inout [Double]) -> Double
  ) -> LBFGS.Result {
    var point = start
    var gradient = [Double](repeating: 0, count: start.count)
    var value = function(point, &gradient) + Self.magnitude(point, penalties)
    var history = CurvatureHistory(limit: memory)
    var trial = point
    var trialGradient = gradient
    for iteration in 0..<maximumIterations {
      let pseudo = Self.pseudoGradient(point, gradient, penalties)
      if Vector.largestMagnitude(pseudo) <= tolerance {
        return .init(point: point, value: value, iterations: iteration, converged: true)
      }
      var direction = history.direction(for: pseudo)
      // A step stays in the orthant of steepest descent.
      for index in direction.indices
      where penalties[index] > 0 && direction[index] * pseudo[index] >= 0 {
        direction[index] = 0
      }
      if !(Vector.dot(direction, pseudo) < 0) {
        history.removeAll()
        direction = pseudo.map { -$0 }
      }
      var step = history.isEmpty ? min(1, 1 / Vector.dot(pseudo, pseudo).squareRoot()) : 1
      var found = false
      for _ in 0..<Self.maximumTrials {
        for index in trial.indices {
          trial[index] = Self.projected(
            point[index] + step * direction[index], point[index], pseudo[index], penalties[index])
        }
        let trialValue =
          function(trial, &trialGradient) + Self.magnitude(trial, penalties)
        var expected = 0.0
        for index in trial.indices { expected += pseudo[index] * (trial[index] - point[index]) }
        if trialValue <= value + 1e-4 * expected, trialValue < value {
          found = true
          value = trialValue
          break
        }
        step /= 2
      }
      guard found else {
        // The line holds no lower point that doubles can tell: this is the minimum.
        return .init(point: point, value: value, iterations: iteration, converged: false)
      }
      history.add(from: point, to: trial, gradient: gradient, newGradient: trialGradient)
      swap(&point, &trial)
      swap(&gradient, &trialGradient)
    }
    return .init(point: point, value: value, iterations: maximumIterations, converged: false)
  }

  private static let maximumTrials = 50

  private static func magnitude(_ point: [Double], _ penalties: [Double]) -> Double {
    zip(point, penalties).reduce(0) { $0 + $1.1 * $1.0.magnitude }
  }

  /// The steepest direction in which the whole function has a derivative; minus it is descent.
  private static func pseudoGradient(
    _ point: [Double], _ gradient: [Double], _ penalties: [Double]
  ) -> [Double] {
    point.indices.map { index in
      let (slope, penalty) = (gradient[index], penalties[index])
      if point[index] > 0 { return slope + penalty }
      if point[index] < 0 { return slope - penalty }
      if slope + penalty < 0 { return slope + penalty }
      if slope - penalty > 0 { return slope - penalty }
      return 0
    }
  }

  /// A step that would leave the orthant ends at 0.
  private static func projected(
    _ moved: Double, _ from: Double, _ pseudo: Double, _ penalty: Double
  ) -> Double {
    guard penalty > 0 else { return moved }
    let orthant = from != 0 ? from : -pseudo
    return moved * orthant > 0 ? moved : 0
  }
}
