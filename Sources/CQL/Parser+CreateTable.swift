extension CQLParser {
  mutating func createTable() throws(CQLSyntaxError) -> CreateTable {
    advance()
    let ifNotExists = try acceptIfNotExists()
    let first = token
    var table = CreateTable(
      name: try tableName(), ifNotExists: ifNotExists, columns: [], partitionKey: [],
      clusteringKey: [], clusteringOrder: [], options: [])
    try expect(.leftParenthesis)
    repeat {
      try tableElement(of: &table)
    } while accept(.comma)
    try expect(.rightParenthesis)
    guard !table.partitionKey.isEmpty else {
      throw error(at: first, "No PRIMARY KEY specifed (exactly one required)")
    }
    if accept(.with) {
      repeat { try tableOption(of: &table) } while accept(.and)
    }
    return table
  }

  /// A column's definition or the PRIMARY KEY clause.
  private mutating func tableElement(of table: inout CreateTable) throws(CQLSyntaxError) {
    if kind == .keyword(.primary) {
      try primaryKey(of: &table)
      try expect(.leftParenthesis)
      if kind == .symbol(.leftParenthesis) {
        table.partitionKey = try parenthesizedNames()
      } else {
        table.partitionKey = [try name()]
      }
      while accept(.comma) { table.clusteringKey.append(try name()) }
      try expect(.rightParenthesis)
      return
    }
    let name = try name()
    let type = try type()
    table.columns.append(
      CreateTable.Column(name: name, type: type, isStatic: accept(.static)))
    if kind == .keyword(.primary) {
      try primaryKey(of: &table)
      table.partitionKey = [name]
    }
  }

  private mutating func primaryKey(of table: inout CreateTable) throws(CQLSyntaxError) {
    guard table.partitionKey.isEmpty else {
      throw error("Multiple PRIMARY KEYs specifed (exactly one required)")
    }
    try expect(.primary, .key)
  }

  private mutating func tableOption(of table: inout CreateTable) throws(CQLSyntaxError) {
    if kind == .keyword(.compact), kind(after: 1) == .keyword(.storage) {
      throw unsupported("COMPACT STORAGE", at: token)
    }
    guard kind == .keyword(.clustering), kind(after: 1) == .keyword(.order) else {
      table.options.append(try option())
      return
    }
    try expect(.clustering, .order, .by)
    try expect(.leftParenthesis)
    table.clusteringOrder += try commaSeparated { parser throws(CQLSyntaxError) in
      try parser.ordering()
    }
    try expect(.rightParenthesis)
  }
}
