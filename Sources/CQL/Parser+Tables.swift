// CREATE TABLE and ALTER TABLE.

extension CQLParser {
  mutating func createTable() throws(CQLSyntaxError) -> CreateTable {
    advance()
    let ifNotExists = try acceptIfNotExists()
    var table = CreateTable(
      name: try tableName(), ifNotExists: ifNotExists, columns: [], partitionKey: [],
      clusteringKey: [], clusteringOrder: [], options: [])
    table.primaryKeys = 0
    try expect(.leftParenthesis)
    try tableElement(of: &table)
    while accept(.comma) {
      // A comma too many is no error.
      if isName() || kind == .keyword(.primary) {
        try tableElement(of: &table)
      }
    }
    try expect(.rightParenthesis)
    if accept(.with) {
      repeat { try tableOption(of: &table) } while accept(.and)
    }
    return table
  }

  /// What follows ALTER.
  mutating func alterTable() throws(CQLSyntaxError) -> AlterTable {
    advance()
    let name = try tableName()
    return AlterTable(name: name, change: try tableChange())
  }

  private mutating func tableChange() throws(CQLSyntaxError) -> AlterTable.Change {
    switch kind {
    case .keyword(.add):
      advance()
      return .add(
        try oneOrSeveral { parser throws(CQLSyntaxError) in try parser.columnDefinition() })
    case .keyword(.drop):
      guard isName(after: 1) || kind(after: 1) == .symbol(.leftParenthesis) else {
        throw unexpected(after: 1)
      }
      advance()
      if kind == .keyword(.compact), kind(after: 1) == .keyword(.storage) {
        throw unsupported("DROP COMPACT STORAGE", at: token)
      }
      let columns = try oneOrSeveral { parser throws(CQLSyntaxError) in try parser.name() }
      guard accept(.using) else { return .drop(columns, timestamp: nil) }
      try expect(.timestamp)
      guard kind == .integer else { throw mismatch(expecting: "INTEGER") }
      guard let timestamp = Int64(text(token)) else {
        throw error("'\(text(token))' is no timestamp in microseconds")
      }
      advance()
      return .drop(columns, timestamp: timestamp)
    case .keyword(.rename):
      advance()
      return .rename(try renamings())
    case .keyword(.alter):
      advance()
      let column = try columnName()
      try expect(.type)
      return .type(column: column, try type())
    case .keyword(.with):
      advance()
      return .options(try options())
    default: throw unexpected()
    }
  }

  /// `a TO b AND c TO d`.
  mutating func renamings() throws(CQLSyntaxError) -> [Renaming] {
    var renamings: [Renaming] = []
    repeat {
      let name = try name()
      try expect(.to)
      renamings.append(Renaming(name, to: try self.name()))
    } while accept(.and)
    return renamings
  }

  /// `element` or `(element, element)`.
  private mutating func oneOrSeveral<Element>(
    _ element: (inout CQLParser) throws(CQLSyntaxError) -> Element
  ) throws(CQLSyntaxError) -> [Element] {
    guard accept(.leftParenthesis) else { return [try element(&self)] }
    let elements = try commaSeparated(element)
    try expect(.rightParenthesis)
    return elements
  }

  private mutating func columnDefinition() throws(CQLSyntaxError) -> CreateTable.Column {
    let name = try name()
    let type = try type()
    return CreateTable.Column(name: name, type: type, isStatic: accept(.static))
  }

  /// A column's definition or the PRIMARY KEY clause.
  private mutating func tableElement(of table: inout CreateTable) throws(CQLSyntaxError) {
    if kind == .keyword(.primary) {
      try primaryKey(of: &table)
      try expect(.leftParenthesis)
      if accept(.leftParenthesis) {
        table.partitionKey = try commaSeparated { parser throws(CQLSyntaxError) in
          try parser.name()
        }
        try expect(.rightParenthesis)
      } else {
        table.partitionKey = [try name()]
      }
      while accept(.comma) { table.clusteringKey.append(try name()) }
      try expect(.rightParenthesis)
      return
    }
    let column = try columnDefinition()
    table.columns.append(column)
    if kind == .keyword(.primary) {
      try primaryKey(of: &table)
      table.partitionKey = [column.name]
    }
  }

  private mutating func primaryKey(of table: inout CreateTable) throws(CQLSyntaxError) {
    // The last one stands; who carries the statement out refuses more than one.
    table.primaryKeys += 1
    table.clusteringKey = []
    try expect(.primary, .key)
  }

  private mutating func tableOption(of table: inout CreateTable) throws(CQLSyntaxError) {
    if kind == .keyword(.compact), kind(after: 1) == .keyword(.storage) {
      throw unsupported("COMPACT STORAGE", at: token)
    }
    guard kind == .keyword(.clustering), kind(after: 1) == .keyword(.order) else {
      try option(&table.options)
      return
    }
    try expect(.clustering, .order, .by)
    try expect(.leftParenthesis)
    table.clusteringOrder += try commaSeparated { parser throws(CQLSyntaxError) in
      let column = try parser.name()
      if parser.accept(.desc) { return Ordering(column: column, descending: true) }
      guard parser.accept(.asc) else { throw parser.unexpected() }
      return Ordering(column: column, descending: false)
    }
    try expect(.rightParenthesis)
  }
}
