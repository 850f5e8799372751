internal import Terminal

/// Names in columns, read downwards, as wide as a terminal allows.
enum Columns {
  static func lines(_ names: [String], width: Int = 80) -> [String] {
    guard !names.isEmpty else { return ["<empty>"] }
    var best = [names.map { Shown.width($0) }.max() ?? 0]
    var height = names.count
    for rows in 1...names.count {
      let widths = stride(from: 0, to: names.count, by: rows).map { start in
        names[start..<min(start + rows, names.count)].map { Shown.width($0) }.max() ?? 0
      }
      if widths.reduce(0, +) + 2 * (widths.count - 1) <= width {
        (best, height) = (widths, rows)
        break
      }
    }
    return (0..<height).map { row in
      let cells = stride(from: row, to: names.count, by: height).map { names[$0] }
      return zip(cells, best).enumerated().map { index, cell in
        let isLast = index == cells.count - 1
        return cell.0 + (isLast ? "" : spaces(cell.1 - Shown.width(cell.0) + 2))
      }.joined()
    }
  }

  private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}
