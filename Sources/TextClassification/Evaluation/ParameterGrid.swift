#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Training options and the values to try for each, as SparkML's `ParamGridBuilder` collects them:
///
///     var grid = ParameterGrid()
///     grid.add(ParameterChoice.regularisation, [0.03, 0.1, 0.3])
///     grid.add(ParameterChoice.wordNgrams, [1...2, 1...3])
public struct ParameterGrid: Sendable, CustomStringConvertible {
  /// What is tried for one option.
  private enum Axis: Sendable {
    case values([ParameterChoice])
    case range(ClosedRange<Double>, @Sendable (Double) -> ParameterChoice)

    var name: String {
      switch self {
      case .values(let values): values.first?.name ?? ""
      case .range(let range, let make): make(range.lowerBound).name
      }
    }
  }

  private var axes: [Axis] = []

  /// The options with their values, as `init(_:)` reads them, with blanks between.
  public var description: String {
    axes.map { axis in
      switch axis {
      case .values(let values): "\(axis.name)=\(values.map(\.value).joined(separator: ","))"
      case .range(let range, _): "\(axis.name)=\(range.lowerBound)..\(range.upperBound)"
      }
    }.joined(separator: " ")
  }

  /// No options: the one point is the trainer's own.
  public init() {}

  /// Adds an option's values; those that stand there already for the same option go.
  public mutating func add<Value>(_ option: (Value) -> ParameterChoice, _ values: [Value]) {
    add(.values(values.map(option)))
  }

  /// Adds an option whose values are drawn from a range: evenly, or evenly on a logarithmic scale
  /// where the range is above 0 and its end at least ten times its start. For random searches only.
  public mutating func add(
    _ option: @escaping @Sendable (Double) -> ParameterChoice, within range: ClosedRange<Double>
  ) {
    add(.range(range, option))
  }

  private mutating func add(_ axis: Axis) {
    axes.removeAll { $0.name == axis.name }
    axes.append(axis)
  }

  /// Reads options as commands are given them: `regularisation=0.1,1,10`, or for a range
  /// `regularisation=0.01..1`. An option may stand there once.
  public init(_ texts: [String]) throws(TrainingError) {
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw .invalidOption(
          "\"\(text)\" is no option with values; give one such as regularisation=0.1,1,10")
      }
      let kind = try ParameterChoice.Kind.named(parts[0])
      guard !axes.contains(where: { $0.name == kind.name }) else {
        throw .invalidOption("\(kind.name) is given twice; name all its values at once")
      }
      try axes.append(Self.axis(kind, parts[1]))
    }
  }

  private static func axis(
    _ kind: ParameterChoice.Kind, _ text: String
  ) throws(TrainingError) -> Axis {
    if let dots = text.firstRange(of: "..") {
      let bounds = (Double(text[..<dots.lowerBound]), Double(text[dots.upperBound...]))
      guard let make = kind.number, let least = bounds.0, let most = bounds.1, least < most else {
        throw .invalidOption("\"\(text)\" is no range of \(kind.name); give \(kind.expected)")
      }
      return .range(least...most, make)
    }
    var values: [ParameterChoice] = []
    for value in text.split(separator: ",", omittingEmptySubsequences: false) {
      values.append(try ParameterChoice(name: kind.name, value: String(value)))
    }
    return .values(values)
  }

  /// Every combination of the values, the first option's changing slowest.
  public func points() throws(TrainingError) -> [[ParameterChoice]] {
    var points: [[ParameterChoice]] = [[]]
    for axis in axes {
      guard case .values(let values) = axis else {
        throw .invalidOption(
          "\(axis.name) has a range, from which only a random search can draw; give values")
      }
      guard points.count * values.count <= Limits.searchPoints.upperBound else {
        throw .invalidOption(
          "the grid has more than \(Limits.searchPoints.upperBound) points; try a random search")
      }
      points = points.flatMap { point in values.map { point + [$0] } }
    }
    return points
  }

  /// `count` different points, drawn by `seed`; all of them where there are no more.
  public func points(drawing count: Int, seed: UInt64) throws(TrainingError) -> [[ParameterChoice]]
  {
    guard Limits.searchPoints.contains(count) else {
      throw .invalidOption("\(count) points are not within \(Limits.searchPoints)")
    }
    if combinations <= count { return try points() }
    var random = SeededRandom(seed: seed)
    var points: [[ParameterChoice]] = []
    // Points that were drawn already are drawn again, which a small grid may need often.
    for _ in 0..<100 * count where points.count < count {
      let point = axes.map { draw($0, &random) }
      if !points.contains(point) { points.append(point) }
    }
    return points
  }

  /// How many points there are; `Int.max` where an option has a range, or there are too many.
  private var combinations: Int {
    axes.reduce(1) { count, axis in
      guard case .values(let values) = axis else { return .max }
      let (product, overflow) = count.multipliedReportingOverflow(by: values.count)
      return overflow ? .max : product
    }
  }

  private func draw(_ axis: Axis, _ random: inout SeededRandom) -> ParameterChoice {
    switch axis {
    case .values(let values): return values[Int(random.next() % UInt64(values.count))]
    case .range(let range, let make):
      let part = Double(random.next() >> 11) / Double(1 << 53)
      let (least, most) = (range.lowerBound, range.upperBound)
      let isWide = least > 0 && most >= 10 * least
      let value = isWide ? least * pow(most / least, part) : least + (most - least) * part
      return make(min(max(Self.rounded(value), least), most))
    }
  }

  /// To three digits: more would only be harder to read.
  private static func rounded(_ value: Double) -> Double {
    guard value != 0 else { return 0 }
    let unit = pow(10, 2 - floor(log10(abs(value))))
    return (value * unit).rounded() / unit
  }
}
