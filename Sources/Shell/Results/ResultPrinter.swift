package import Tables

/// Prints results page by page as cqlsh does.
package struct ResultPrinter {
  /// How rows are laid out.
  package enum Layout: Sendable {
    case table
    /// `EXPAND ON`: a line a value.
    case expanded
    /// An object a row.
    case json
  }

  private let format: ValueFormat
  private let layout: Layout
  /// Whether someone reads along: then each page has its header.
  private let isInteractive: Bool
  private let write: (String) throws -> Void
  private var rows = 0
  private var pages = 0

  package init(
    _ format: ValueFormat, layout: Layout, isInteractive: Bool,
    write: @escaping (String) throws -> Void
  ) {
    self.format = format
    self.layout = layout
    self.isInteractive = isInteractive
    self.write = write
  }

  /// Prints a page. `table` tells the role of each column, where the rows are of one.
  package mutating func print(_ page: Page, of table: Table? = nil) throws {
    defer {
      rows += page.rows.count
      pages += 1
    }
    guard layout != .json else { return try printObjects(page) }
    if pages == 0 { try write("") }
    guard !page.rows.isEmpty || pages == 0 else { return }
    let names = page.columns.map { column in
      format.show(name: column.name, Self.colour(column.name, table))
    }
    guard !page.rows.isEmpty else { return try printTable(names, []) }
    let values = page.rows.map { row in
      zip(page.columns, row).map { format.show($1, $0.type) }
    }
    if layout == .expanded {
      try printExpanded(names, values)
    } else {
      try printTable(names, values)
    }
  }

  /// Says how many rows there were.
  package func finish() throws {
    guard layout != .json else { return }
    if !isInteractive { try write("") }
    try write("(\(rows) rows)")
  }

  private func printObjects(_ page: Page) throws {
    // SELECT JSON gives the object as text already.
    let isText = page.columns.map(\.name) == ["[json]"]
    for row in page.rows {
      if isText, let text = row[0] {
        try write(String(decoding: text, as: UTF8.self))
      } else {
        try write(page.json(row))
      }
    }
  }

  private func printTable(_ names: [ShownText], _ rows: [[ShownText]]) throws {
    var widths = names.map(\.width)
    for row in rows {
      for (index, value) in row.enumerated() { widths[index] = max(widths[index], value.width) }
    }
    if pages == 0 || isInteractive {
      let header = zip(names, widths).map { $0.text + Self.spaces($1 - $0.width) }
        .joined(separator: " | ")
      let shown = header.reversed().drop { $0 == " " }.reversed()
      try write(" " + String(shown))
      try write(
        "-" + widths.map { String(repeating: "-", count: $0) }.joined(separator: "-+-") + "-")
    }
    guard !rows.isEmpty else { return try write("") }
    for row in rows {
      let cells = zip(row, widths).map { Self.spaces($1 - $0.width) + $0.text }
      try write(" " + cells.joined(separator: " | "))
    }
    if isInteractive { try write("") }
  }

  private func printExpanded(_ names: [ShownText], _ rows: [[ShownText]]) throws {
    let nameWidth = names.map(\.width).max() ?? 0
    let valueWidth = rows.lazy.flatMap { $0.map(\.width) }.max() ?? 0
    for (number, row) in rows.enumerated() {
      try write("@ Row \(self.rows + number + 1)")
      try write(
        "-" + String(repeating: "-", count: nameWidth) + "-+-"
          + String(repeating: "-", count: valueWidth) + "-")
      for (name, value) in zip(names, row) {
        try write(" " + name.text + Self.spaces(nameWidth - name.width) + " | " + value.text)
      }
      try write("")
    }
  }

  private static func spaces(_ count: Int) -> String {
    String(repeating: " ", count: max(count, 0))
  }

  private static func colour(_ name: String, _ table: Table?) -> Colour {
    switch table?.columns.first(where: { $0.name == name })?.kind {
    case .partitionKey: .red
    case .clustering: .cyan
    case .static: .white
    default: .magenta
    }
  }
}
