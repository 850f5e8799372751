/// Dense vector arithmetic; vectors that meet have one length. The order of additions is fixed, so
/// results do not vary from run to run.
enum Vector {
  static func dot(_ left: [Double], _ right: [Double]) -> Double {
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        var sums = SIMD8<Double>()
        let whole = left.count & ~7
        var index = 0
        while index < whole {
          for lane in 0..<8 {
            sums[lane] += left[index + lane] * right[index + lane]
          }
          index += 8
        }
        var sum = sums.sum()
        while index < left.count {
          sum += left[index] * right[index]
          index += 1
        }
        return sum
      }
    }
  }

  /// `vector += factor * other`.
  static func add(_ factor: Double, times other: [Double], to vector: inout [Double]) {
    vector.withUnsafeMutableBufferPointer { vector in
      other.withUnsafeBufferPointer { other in
        for index in 0..<vector.count { vector[index] += factor * other[index] }
      }
    }
  }

  /// `vector = base + factor * other`.
  static func set(
    _ vector: inout [Double], to base: [Double], plus factor: Double, times other: [Double]
  ) {
    vector.withUnsafeMutableBufferPointer { vector in
      base.withUnsafeBufferPointer { base in
        other.withUnsafeBufferPointer { other in
          for index in 0..<vector.count { vector[index] = base[index] + factor * other[index] }
        }
      }
    }
  }

  /// Multiplies each number by another vector's.
  static func multiply(_ vector: inout [Double], by other: [Double]) {
    vector.withUnsafeMutableBufferPointer { vector in
      other.withUnsafeBufferPointer { other in
        for index in 0..<vector.count { vector[index] *= other[index] }
      }
    }
  }

  static func scale(_ vector: inout [Double], by factor: Double) {
    vector.withUnsafeMutableBufferPointer { vector in
      for index in 0..<vector.count { vector[index] *= factor }
    }
  }

  static func largestMagnitude(_ vector: [Double]) -> Double {
    vector.reduce(0) { max($0, $1.magnitude) }
  }
}
