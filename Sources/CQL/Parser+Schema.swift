// Statements about keyspaces, types and indexes, and DROP.

extension CQLParser {
  mutating func create() throws(CQLSyntaxError) -> Statement {
    guard isSchemaElement(after: 1) || kind(after: 1) == .keyword(.or) else {
      throw unexpected(after: 1)
    }
    let first = advance()
    switch kind {
    case .keyword(.keyspace), .keyword(.schema): return .createKeyspace(try createKeyspace())
    case .keyword(.table), .keyword(.columnfamily): return .createTable(try createTable())
    case .keyword(.type): return .createType(try createType())
    case .keyword(.index), .keyword(.custom): return .createIndex(try createIndex())
    case .keyword(.or):
      try expect(.or, .replace)
      guard kind == .keyword(.function) || kind == .keyword(.aggregate) else { throw unexpected() }
      return try unsupportedStatement(from: first)
    default: return try unsupportedStatement(from: first)
    }
  }

  mutating func alter() throws(CQLSyntaxError) -> Statement {
    guard isSchemaElement(after: 1) else { throw unexpected(after: 1) }
    let first = advance()
    switch kind {
    case .keyword(.keyspace), .keyword(.schema):
      advance()
      let name = try name(of: "keyspace")
      try expect(.with)
      return .alterKeyspace(AlterKeyspace(name: name, options: try options()))
    case .keyword(.table), .keyword(.columnfamily): return .alterTable(try alterTable())
    case .keyword(.type): return .alterType(try alterType())
    default: return try unsupportedStatement(from: first)
    }
  }

  mutating func drop() throws(CQLSyntaxError) -> Statement {
    guard isSchemaElement(after: 1) else { throw unexpected(after: 1) }
    let first = advance()
    let dropped: Drop.Kind
    switch kind {
    case .keyword(.keyspace), .keyword(.schema): dropped = .keyspace
    case .keyword(.table), .keyword(.columnfamily): dropped = .table
    case .keyword(.index): dropped = .index
    case .keyword(.type): dropped = .type
    default: return try unsupportedStatement(from: first)
    }
    advance()
    let ifExists = accept(.if)
    if ifExists { try expect(.exists) }
    let name: TableName
    switch dropped {
    case .keyspace: name = TableName(table: try self.name(of: "keyspace"))
    case .table: name = try tableName()
    case .index: name = try tableName(of: "index")
    case .type:
      let type = try userTypeName()
      name = TableName(keyspace: type.keyspace, table: type.name)
    }
    return .drop(Drop(kind: dropped, name: name, ifExists: ifExists))
  }

  /// Whether a kind of what CREATE, ALTER and DROP are about stands there.
  private func isSchemaElement(after distance: Int) -> Bool {
    guard case .keyword(let keyword) = kind(after: distance) else { return false }
    return [
      .keyspace, .schema, .table, .columnfamily, .type, .index, .custom, .materialized, .function,
      .aggregate, .trigger, .role, .user,
    ].contains(keyword)
  }

  mutating func truncate() throws(CQLSyntaxError) -> TableName {
    try expect(.truncate)
    if !accept(.table) { _ = accept(.columnfamily) }
    return try tableName()
  }

  private mutating func createKeyspace() throws(CQLSyntaxError) -> CreateKeyspace {
    advance()
    let ifNotExists = try acceptIfNotExists()
    let name = try name(of: "keyspace")
    try expect(.with)
    return CreateKeyspace(name: name, ifNotExists: ifNotExists, options: try options())
  }

  private mutating func createType() throws(CQLSyntaxError) -> CreateType {
    advance()
    let ifNotExists = try acceptIfNotExists()
    let name = try userTypeName()
    try expect(.leftParenthesis)
    var fields = [try field()]
    while accept(.comma) {
      // A comma too many is no error.
      if isName() { fields.append(try field()) }
    }
    try expect(.rightParenthesis)
    return CreateType(name: name, ifNotExists: ifNotExists, fields: fields)
  }

  private mutating func field() throws(CQLSyntaxError) -> Field {
    let name = try name()
    return Field(name: name, type: try type())
  }

  private mutating func alterType() throws(CQLSyntaxError) -> AlterType {
    advance()
    let name = try userTypeName()
    switch kind {
    case .keyword(.add):
      advance()
      return AlterType(name: name, change: .add(try field()))
    case .keyword(.rename):
      advance()
      return AlterType(name: name, change: .rename(try renamings()))
    case .keyword(.alter):
      advance()
      let field = try self.name()
      try expect(.type)
      return AlterType(name: name, change: .type(field: field, try type()))
    default: throw unexpected()
    }
  }

  private mutating func createIndex() throws(CQLSyntaxError) -> CreateIndex {
    let isCustom = accept(.custom)
    try expect(.index)
    let ifNotExists = try acceptIfNotExists()
    let name = kind == .keyword(.on) ? nil : try name(of: "index")
    try expect(.on)
    let table = try tableName()
    try expect(.leftParenthesis)
    var index = CreateIndex(
      name: name, ifNotExists: ifNotExists, table: table,
      targets: try commaSeparated(until: .rightParenthesis, if: beginsIndexTarget) {
        parser throws(CQLSyntaxError) in try parser.indexTarget()
      }, isCustom: isCustom)
    if accept(.using) {
      guard kind == .string || kind == .dollarString else {
        throw mismatch(expecting: "STRING_LITERAL")
      }
      index.indexClass = string(advance())
    }
    if accept(.with) { index.options = try options() }
    return index
  }

  private var beginsIndexTarget: Bool {
    isName() || kind == .emptyQuotedName || kind == .keyword(.entries) || kind == .keyword(.full)
  }

  private mutating func indexTarget() throws(CQLSyntaxError) -> CreateIndex.Target {
    guard case .keyword(let keyword) = kind, kind(after: 1) == .symbol(.leftParenthesis),
      [.values, .keys, .entries, .full].contains(keyword)
    else { return .column(try columnName()) }
    advance()
    try expect(.leftParenthesis)
    let column = try columnName()
    try expect(.rightParenthesis)
    switch keyword {
    case .keys: return .keys(column)
    case .entries: return .entries(column)
    case .full: return .full(column)
    default: return .values(column)
    }
  }
}
