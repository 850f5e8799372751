internal import CQL

/// The keyspaces that the server has of its own, and what clients may not do to them
/// (`SchemaConstants`, `ClientState`, `AlterSchemaStatement`).
enum SystemKeyspace {
  /// Written by the server alone.
  static let local: Set<String> = ["system", "system_schema"]
  /// Written by clients too, defined by the server.
  static let replicated: Set<String> = ["system_auth", "system_distributed", "system_traces"]
  static let virtual: Set<String> = ["system_views", "system_virtual_schema"]

  static func contains(_ name: String) -> Bool {
    let name = name.lowercased()
    return local.contains(name) || replicated.contains(name) || virtual.contains(name)
  }

  /// What a statement about definitions does, and to what.
  enum Access: String {
    case create = "CREATE"
    case alter = "ALTER"
    case drop = "DROP"
  }

  /// Thrown: where a keyspace's definitions, or those of what is in it, are not the client's.
  /// `table` is the one in question, if it is about one.
  static func check(
    _ access: Access, _ keyspace: String, table: String? = nil
  ) throws(TableError) {
    let name = keyspace.lowercased()
    if local.contains(name) { throw notModifiable(keyspace) }
    if virtual.contains(name) {
      throw .invalid("Virtual keyspace '\(keyspace)' is not user-modifiable")
    }
    guard replicated.contains(name) else { return }
    if access == .alter, table == nil { return }
    let resource = table.map { "<table \(keyspace).\($0)>" } ?? "<keyspace \(keyspace)>"
    throw TableError(.unauthorized, "Cannot \(access.rawValue) \(resource)")
  }

  /// Thrown: where a client's statement would write rows that are the server's.
  static func checkWrites(_ statement: Statement, current: String?) throws(TableError) {
    let name: TableName
    var what = "Modification"
    switch statement {
    case .insert(let insert): name = insert.table
    case .insertJSON(let insert): name = insert.table
    case .update(let update): name = update.table
    case .delete(let delete): name = delete.table
    case .truncate(let table):
      name = table
      what = "Truncation"
    case .batch(let batch):
      for statement in batch.statements { try checkWrites(statement, current: current) }
      return
    default: return
    }
    guard let keyspace = name.keyspace ?? current else { return }
    if local.contains(keyspace) { throw notModifiable(keyspace) }
    if virtual.contains(keyspace) {
      throw .invalid("\(what) is not supported by table \(keyspace).\(name.table)")
    }
  }

  private static func notModifiable(_ keyspace: String) -> TableError {
    TableError(.unauthorized, "\(keyspace) keyspace is not user-modifiable.")
  }
}
