internal import CQL
internal import Machine

// INSERT JSON: the columns' values are parts of one text.
extension ModificationPlanner {
  mutating func plan(_ insert: InsertJSON) throws(TableError) -> Modification {
    guard !table.isCounter else {
      throw .invalid("INSERT statements are not allowed on counter tables, use UPDATE instead")
    }
    var values: [String: Operand] = [:]
    var operations: [Modification.Operation] = []
    for (column, operand) in try columns(of: insert) {
      guard let operand else { continue }
      values[column.name] = operand
      if !column.isPartOfKey {
        operations.append(.init(column: column, action: .set(operand)))
      }
    }
    for column in table.partitionKey + table.clusteringKey where values[column.name] == nil {
      values[column.name] = .null
    }
    return try plan(
      insert: values, operations, insert.using, insert.ifNotExists ? .notExists : .none)
  }

  /// The operand of each column; nil where the statement leaves the column as it is.
  private mutating func columns(
    of insert: InsertJSON
  ) throws(TableError) -> [(column: Column, operand: Operand?)] {
    let isUnset = insert.default == .unset
    switch insert.json {
    case .string(let text):
      let members = try JSONColumns(text, table)
      var found: [(column: Column, operand: Operand?)] = []
      for column in table.columns {
        guard let json = members.values[column.name] else {
          found.append((column, isUnset ? nil : .null))
          continue
        }
        guard let bytes = try members.encode(json, column, operands.clock) else {
          found.append((column, .null))
          continue
        }
        found.append((column, operands.add(bytes: bytes)))
      }
      return found
    case .marker(let index, _):
      _ = operands.marker(index, .text, "[json]")
      return table.columns.map { column in
        (
          column,
          operands.add(.json(marker: index, table: table, column: column, isUnset: isUnset))
        )
      }
    default: throw .invalid("INSERT JSON takes a string or a marker")
    }
  }
}

/// The members of the object that an INSERT JSON gives, by the names of their columns.
struct JSONColumns {
  private(set) var values: [String: JSONValue] = [:]

  init(_ text: String, _ table: Table) throws(TableError) {
    func refused(_ why: String) -> TableError {
      .invalid("Could not decode JSON string as a map: \(why). (String was: \(text))")
    }
    let members: [(name: String, value: JSONValue)]
    switch JSONValue(text) {
    case .object(let found): members = found
    case .null: throw .invalid("Got null for INSERT JSON values")
    case .array: throw refused("Cannot deserialize a map from an array")
    case .string: throw refused("Cannot deserialize a map from a string")
    case .number: throw refused("Cannot deserialize a map from a number")
    case .boolean: throw refused("Cannot deserialize a map from a boolean")
    case nil: throw refused(JSONValue.fault(in: text))
    }
    for (name, value) in members {
      // A name in quotes stands for itself, any other for its lower case.
      let isQuoted = name.count >= 2 && name.hasPrefix("\"") && name.hasSuffix("\"")
      let column = isQuoted ? String(name.dropFirst().dropLast()) : name.lowercased()
      values[column] = value
    }
    for name in values.keys.sorted() where table.column(name) == nil {
      throw .invalid("JSON values map contains unrecognized column: \(name)")
    }
  }

  func encode(
    _ json: JSONValue, _ column: Column, _ clock: Clock
  ) throws(TableError) -> [UInt8]? {
    do throws(TableError) { return try column.type.encode(json: json, clock: clock) } catch {
      throw .invalid("Error decoding JSON value for \(column.name): \(error.message)")
    }
  }
}
