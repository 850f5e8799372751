/// Metrics as Prometheus reads them (text format 0.0.4).
package struct MetricsPage {
  /// What a metric is.
  package enum Kind: String, Sendable {
    /// Only grows, until the process ends.
    case counter
    case gauge
    case histogram
  }

  private struct Family {
    var head: String
    var samples = ""
  }

  private var families: [String: Family] = [:]
  private var order: [String] = []

  package init() {}

  /// Adds one value. All values of a name have one kind and one help text, those of the first.
  package mutating func add(
    _ name: String, _ kind: Kind, _ help: String, _ value: Double,
    _ labels: [(name: String, value: String)] = []
  ) {
    add(name, kind, help, series: name, labels, value)
  }

  /// Adds a histogram: how many values were not above each bound, those above all last; their sum.
  package mutating func addHistogram(
    _ name: String, _ help: String, bounds: [Double], counts: [Int], sum: Double,
    _ labels: [(name: String, value: String)] = []
  ) {
    var below = 0
    for (index, count) in counts.enumerated() {
      below += count
      let bound = index < bounds.count ? Self.text(bounds[index]) : "+Inf"
      add(
        name, .histogram, help, series: name + "_bucket", labels + [("le", bound)], Double(below))
    }
    add(name, .histogram, help, series: name + "_sum", labels, sum)
    add(name, .histogram, help, series: name + "_count", labels, Double(below))
  }

  private mutating func add(
    _ name: String, _ kind: Kind, _ help: String, series: String,
    _ labels: [(name: String, value: String)], _ value: Double
  ) {
    if families[name] == nil {
      families[name] = Family(
        head: "# HELP \(name) \(Self.escape(help, quotes: false))\n"
          + "# TYPE \(name) \(kind.rawValue)\n")
      order.append(name)
    }
    let shown = labels.map { "\($0.name)=\"\(Self.escape($0.value, quotes: true))\"" }
    families[name]?.samples +=
      series + (shown.isEmpty ? "" : "{\(shown.joined(separator: ","))}")
      + " \(Self.text(value))\n"
  }

  /// The page.
  package var text: String {
    order.compactMap { families[$0] }.map { $0.head + $0.samples }.joined()
  }

  private static func text(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    if let whole = Int64(exactly: value) { return "\(whole)" }
    return "\(value)"
  }

  private static func escape(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}
