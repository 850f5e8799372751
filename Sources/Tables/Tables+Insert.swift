internal import CQL

extension Tables {
  /// Prepares an INSERT of values for `columns`, bound in their order, without CQL: for rows that
  /// the program itself writes in `write { … }`.
  package func prepareInsert(
    into table: String, of keyspace: String, _ columns: [String]
  ) throws(TableError) -> PreparedStatement {
    let insert = Statement.insert(
      Insert(
        table: TableName(keyspace: keyspace, table: table), columns: columns,
        values: columns.indices.map { .marker(index: $0, name: nil) }, ifNotExists: false,
        using: Using()))
    try SystemKeyspace.checkWrites(insert, current: nil)
    return try PreparedStatement(insert, schema, nil, clock)
  }
}
