internal import Bytes
internal import Terminal

/// A table in cqlsh's manner: a header, a rule, right-aligned numbers.
struct TextTable {
  var headers: [String]
  var isNumeric: [Bool]
  var rows: [[String]] = []

  init(_ headers: [String], numeric: [Bool]? = nil) {
    self.headers = headers
    isNumeric = numeric ?? headers.map { _ in false }
  }

  /// The lines of the table.
  func lines() -> [String] {
    var widths = headers.map { Shown.width($0) }
    for row in rows {
      for (index, cell) in row.enumerated() where index < widths.count {
        widths[index] = max(widths[index], Shown.width(cell))
      }
    }
    func line(_ cells: [String], _ style: (String) -> String = { $0 }) -> String {
      let parts = zip(cells.indices, cells).map { index, cell in
        let space = String(repeating: " ", count: widths[index] - Shown.width(cell))
        return " " + (isNumeric[index] ? space + style(cell) : style(cell) + space) + " "
      }
      let line = parts.joined(separator: "|")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    let rule = widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "+")
    return [line(headers) { Style.bold($0) }, rule] + rows.map { line($0) }
  }

  func print() throws {
    for line in lines() { try StandardOutput.line(line) }
  }
}

/// A small chart of numbers in a row, one character each (Tufte's sparkline).
enum Sparkline {
  private static let bars: [Character] = Array(" ▁▂▃▄▅▆▇█")

  /// The values as bars, the highest full.
  static func draw(_ values: [Double], highest: Double? = nil) -> String {
    let top = highest ?? values.max() ?? 0
    guard top > 0 else { return String(repeating: " ", count: values.count) }
    return String(
      values.map { value in
        let step = Int((value / top * 8).rounded(.up))
        return bars[min(max(step, 0), 8)]
      })
  }
}

/// A JSON object in one line, its fields in the order given.
struct JSONLine {
  private var fields: [String] = []

  init() {}

  /// Adds a field whose value is JSON already.
  mutating func add(_ name: String, raw: String) {
    fields.append(JSONString.quote(name) + ": " + raw)
  }

  mutating func add(_ name: String, _ value: String) { add(name, raw: JSONString.quote(value)) }
  mutating func add(_ name: String, _ value: Int) { add(name, raw: "\(value)") }
  mutating func add(_ name: String, _ value: Int64) { add(name, raw: "\(value)") }

  /// A number; `null` where it is none, as JSON has no word for that.
  mutating func add(_ name: String, _ value: Double) {
    add(name, raw: value.isFinite ? "\(value)" : "null")
  }

  mutating func add(_ name: String, _ values: [JSONLine]) {
    add(name, raw: "[" + values.map(\.text).joined(separator: ", ") + "]")
  }

  var text: String { "{" + fields.joined(separator: ", ") + "}" }
}
