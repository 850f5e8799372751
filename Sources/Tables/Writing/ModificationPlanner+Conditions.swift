internal import CQL

// IF.
extension ModificationPlanner {
  mutating func condition(
    _ condition: CQL.Condition, _ using: Using
  ) throws(TableError) -> ModificationCondition {
    switch condition {
    case .none: return .none
    case .exists: return .exists
    case .relations(let relations):
      if using.timestamp != nil {
        throw .invalid("Cannot provide custom timestamp for conditional updates")
      }
      var found: [ColumnCondition] = []
      for relation in relations { found.append(try self.condition(relation)) }
      return .columns(found)
    }
  }

  private mutating func condition(_ relation: Relation) throws(TableError) -> ColumnCondition {
    var found: ColumnCondition
    let term: Term
    var type: DataType
    var name: String
    switch relation {
    case .column(let column, let comparison, let value):
      found = ColumnCondition(
        column: try self.column(column), part: .whole, comparison: comparison, operands: [])
      (term, type, name) = (value, found.column.type, column)
    case .element(let column, let key, let comparison, let value):
      found = ColumnCondition(
        column: try self.column(column), part: .whole, comparison: comparison, operands: [])
      name = "value(\(column))"
      term = value
      switch found.column.type.whole {
      case .list(let element):
        found.part = .element(try operands.add(key, .int, column: "idx(\(column))"))
        type = element
      case .map(let keyType, let element):
        found.part = .element(try operands.add(key, keyType, column: "key(\(column))"))
        type = element
      case .set: throw .invalid("Invalid element access syntax for set column \(column)")
      default:
        throw .invalid("Invalid element access syntax for non-collection column \(column)")
      }
    case .field(let column, let field, let comparison, let value):
      found = ColumnCondition(
        column: try self.column(column), part: .whole, comparison: comparison, operands: [])
      guard case .user(let user) = found.column.type.whole else {
        throw .invalid("Invalid field access syntax for non-UDT column \(column)")
      }
      guard let place = user.fields.firstIndex(where: { $0.name == field }) else {
        throw .invalid("Unknown field \(field) for column \(column)")
      }
      found.part = .field(place)
      (term, type, name) = (value, user.fields[place].type, "\(column).\(field)")
    default: throw .invalid("Only conditions on columns are supported")
    }
    try check(found.comparison, type)
    if found.comparison == .in {
      if case .marker(let index, _) = term {
        found.list = operands.marker(index, .list(type.whole), "in(\(name))")
      } else {
        found.operands = try operands.add(list: term, type, column: name)
      }
    } else {
      found.operands = [try operands.add(term, type, column: name)]
    }
    return found
  }

  private func column(_ name: String) throws(TableError) -> Column {
    let column = try table.required(name)
    guard !column.isPartOfKey else {
      throw .invalid("PRIMARY KEY column '\(name)' cannot have IF conditions")
    }
    return column
  }

  private func check(_ comparison: Comparison, _ type: DataType) throws(TableError) {
    switch comparison {
    case .contains, .containsKey, .like:
      throw .unsupported("A condition with \(comparison.rawValue)")
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      if type.containsDuration {
        throw .invalid("Slice conditions are not supported on \(type.durationHolder)")
      }
    case .equal, .notEqual, .in: break
    }
  }
}
