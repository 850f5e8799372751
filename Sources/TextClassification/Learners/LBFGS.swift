/// Minimises a smooth convex function by limited-memory BFGS (Nocedal and Wright, Numerical
/// Optimization, algorithm 7.4) with a bisecting line search for the weak Wolfe conditions.
struct LBFGS {
  /// Pairs of steps and gradient changes that are remembered.
  var memory = 10
  /// Ends when no component of the gradient is larger than this.
  var tolerance = 1e-6
  var maximumIterations = 500
  /// Roughly the second derivative along each parameter, above 0, where that is known: steps are
  /// measured by it, so that parameters of very different weight are found in fewer iterations.
  var curvatures: [Double] = []
  /// Ends, too, when ten iterations together gain less than this part of the value.
  var leastGain = 0.0

  struct Result {
    var point: [Double]
    var value: Double
    var iterations: Int
    var converged: Bool
  }

  /// Starts at `start`; `function` returns the value at a point and writes the gradient.
  func minimise(
    from start: [Double],
    _ function: (_ point: [Double], _ gradient: inout [Double]) -> Double
  ) -> Result {
    var point = start
    var gradient = [Double](repeating: 0, count: start.count)
    var value = function(point, &gradient)
    var history = CurvatureHistory(limit: memory, curvatures: curvatures)
    var trial = point
    var trialGradient = gradient
    var values: [Double] = []
    for iteration in 0..<maximumIterations {
      values.append(value)
      if Vector.largestMagnitude(gradient) <= tolerance || hasStalled(values) {
        return Result(point: point, value: value, iterations: iteration, converged: true)
      }
      var direction = history.direction(for: gradient)
      var slope = Vector.dot(direction, gradient)
      if !(slope < 0) {
        history.removeAll()
        direction = history.direction(for: gradient)
        slope = Vector.dot(direction, gradient)
      }
      let first =
        history.isEmpty && curvatures.isEmpty
        ? min(1, 1 / Vector.dot(gradient, gradient).squareRoot()) : 1
      var search = WolfeSearch(step: first)
      var trialValue = value
      var found = false
      while !found, search.trials < WolfeSearch.maximumTrials {
        Vector.set(&trial, to: point, plus: search.step, times: direction)
        trialValue = function(trial, &trialGradient)
        found = search.judge(
          change: trialValue - value, rounding: 1e-14 * value.magnitude, slope: slope,
          newSlope: Vector.dot(direction, trialGradient))
      }
      guard trialValue < value || found else {
        // The line holds no lower point that doubles can tell: this is the minimum.
        return Result(point: point, value: value, iterations: iteration, converged: false)
      }
      history.add(from: point, to: trial, gradient: gradient, newGradient: trialGradient)
      swap(&point, &trial)
      swap(&gradient, &trialGradient)
      value = trialValue
    }
    return Result(
      point: point, value: value, iterations: maximumIterations,
      converged: Vector.largestMagnitude(gradient) <= tolerance)
  }

  private func hasStalled(_ values: [Double]) -> Bool {
    guard leastGain > 0, values.count > 10 else { return false }
    return values[values.count - 11] - values[values.count - 1]
      < leastGain * values[values.count - 1]
  }
}

/// The bracket of a step length that satisfies the weak Wolfe conditions.
private struct WolfeSearch {
  static let maximumTrials = 40
  var step: Double
  var trials = 0
  private var low = 0.0
  private var high = Double.infinity

  init(step: Double) { self.step = step }

  /// Takes what the trial at `step` gave; true when the step will do, else moves `step`. A change
  /// of the value within `rounding` tells nothing, so there the slopes decide (Hager and Zhang's
  /// approximate Wolfe conditions).
  mutating func judge(
    change: Double, rounding: Double, slope: Double, newSlope: Double
  ) -> Bool {
    trials += 1
    let isLower =
      change <= 1e-4 * step * slope || change <= rounding && newSlope <= (2e-4 - 1) * slope
    if !isLower {
      high = step
    } else if newSlope < 0.9 * slope {
      low = step
    } else {
      return true
    }
    step = high.isFinite ? (low + high) / 2 : low * 2
    return false
  }
}

/// The last steps and the gradient changes along them.
struct CurvatureHistory {
  private var steps: [[Double]] = []
  private var changes: [[Double]] = []
  private var curvatures: [Double] = []
  private let limit: Int
  /// Of each parameter, 1 over its curvature; empty where all count alike.
  private let scales: [Double]

  init(limit: Int, curvatures: [Double] = []) {
    self.limit = limit
    scales = curvatures.map { 1 / $0 }
  }

  var isEmpty: Bool { steps.isEmpty }

  mutating func removeAll() {
    steps.removeAll()
    changes.removeAll()
    curvatures.removeAll()
  }

  mutating func add(
    from point: [Double], to newPoint: [Double], gradient: [Double], newGradient: [Double]
  ) {
    var step = [Double]()
    var change = [Double]()
    if steps.count == limit {
      step = steps.removeFirst()
      change = changes.removeFirst()
      curvatures.removeFirst()
    } else {
      step = [Double](repeating: 0, count: point.count)
      change = step
    }
    Vector.set(&step, to: newPoint, plus: -1, times: point)
    Vector.set(&change, to: newGradient, plus: -1, times: gradient)
    let curvature = Vector.dot(step, change)
    guard curvature > 0 else { return }
    steps.append(step)
    changes.append(change)
    curvatures.append(curvature)
  }

  /// The two-loop recursion: minus the inverse Hessian's estimate times the gradient.
  func direction(for gradient: [Double]) -> [Double] {
    var direction = gradient.map { -$0 }
    guard let lastChange = changes.last, let lastCurvature = curvatures.last else {
      if !scales.isEmpty { Vector.multiply(&direction, by: scales) }
      return direction
    }
    var factors = [Double](repeating: 0, count: steps.count)
    for index in steps.indices.reversed() {
      factors[index] = Vector.dot(steps[index], direction) / curvatures[index]
      Vector.add(-factors[index], times: changes[index], to: &direction)
    }
    if scales.isEmpty {
      Vector.scale(&direction, by: lastCurvature / Vector.dot(lastChange, lastChange))
    } else {
      var scaled = lastChange
      Vector.multiply(&scaled, by: scales)
      Vector.multiply(&direction, by: scales)
      Vector.scale(&direction, by: lastCurvature / Vector.dot(lastChange, scaled))
    }
    for index in steps.indices {
      let factor = Vector.dot(changes[index], direction) / curvatures[index]
      Vector.add(factors[index] - factor, times: steps[index], to: &direction)
    }
    return direction
  }
}
