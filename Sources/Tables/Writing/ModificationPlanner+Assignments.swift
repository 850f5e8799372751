internal import CQL

// What an assignment of an UPDATE, or a target of a DELETE, does to its column.
extension ModificationPlanner {
  mutating func action(
    _ assignment: Assignment, _ column: Column
  ) throws(TableError) -> Modification.Operation.Action {
    switch assignment {
    case .set(_, let term):
      if column.type == .counter {
        throw .invalid(
          "Cannot set the value of counter column \(column.name) (counters can only be "
            + "incremented/decremented, not set)")
      }
      return .set(try operands.add(term, column.type, column: column.name))
    case .add(_, let term):
      let text = "\(column.name) = \(column.name) + \(term.cql)"
      if column.type == .counter {
        return .increment(
          try operands.add(term, .counter, column: column.name), isNegative: false)
      }
      try checkCollection(column, text)
      return .add(try operands.add(term, column.type, column: column.name))
    case .subtract(_, let term):
      let text = "\(column.name) = \(column.name) - \(term.cql)"
      if column.type == .counter {
        return .increment(try operands.add(term, .counter, column: column.name), isNegative: true)
      }
      try checkCollection(column, text)
      if case .map(let key, _) = column.type.whole {
        // The keys are written as a set; braces with nothing inside are one.
        return .remove(try operands.add(term, .set(key), column: column.name))
      }
      return .remove(try operands.add(term, column.type, column: column.name))
    case .prepend(_, let term):
      let text = "\(column.name) = \(term.cql) + \(column.name)"
      guard case .list = column.type.whole else {
        throw .invalid("Invalid operation (\(text)) for non list column \(column.name)")
      }
      guard case .multiCell = column.type else {
        throw .invalid("Invalid operation (\(text)) for frozen list column \(column.name)")
      }
      return .prepend(try operands.add(term, column.type, column: column.name))
    case .element(_, let key, let term):
      return try setElement(column, key, term)
    case .field(_, let field, let term):
      let number = try self.field(
        field, of: column, "\(column.name).\(field) = \(term.cql)")
      return .setField(
        number.place,
        try operands.add(term, number.type, column: "\(column.name).\(field)"))
    }
  }

  mutating func action(
    _ target: Delete.Target, _ column: Column
  ) throws(TableError) -> Modification.Operation.Action {
    switch target {
    case .column: return .delete
    case .element(_, let key):
      guard column.type.isMultiCellCollection else {
        if column.type.isFrozenCollection {
          throw .invalid("Invalid deletion operation for frozen collection column \(column.name)")
        }
        throw .invalid("Invalid deletion operation for non collection column \(column.name)")
      }
      switch column.type.whole {
      case .list:
        return .removeElement(
          key: try operands.add(key, .int, column: "idx(\(column.name))"))
      case .set(let type), .map(let type, _):
        return .removeElement(
          key: try operands.add(key, type, column: "key(\(column.name))"))
      default: throw .invalid("Invalid deletion operation for column \(column.name)")
      }
    case .field(_, let field):
      guard case .user(let type) = column.type.whole else {
        throw .invalid(
          "Invalid field deletion operation for non-UDT column \(column.name)")
      }
      guard case .multiCell = column.type else {
        throw .invalid(
          "Frozen UDT column \(column.name) does not support field deletions")
      }
      guard let place = type.fields.firstIndex(where: { $0.name == field }) else {
        throw .invalid("UDT column \(column.name) does not have a field named \(field)")
      }
      return .removeField(place)
    }
  }

  private func checkCollection(_ column: Column, _ text: String) throws(TableError) {
    switch column.type.whole {
    case .list, .set, .map:
      guard case .multiCell = column.type else {
        throw .invalid("Invalid operation (\(text)) for frozen collection column \(column.name)")
      }
    case .tuple, .user:
      throw .invalid("Invalid operation (\(text)) for tuple column \(column.name)")
    default:
      throw .invalid("Invalid operation (\(text)) for non counter column \(column.name)")
    }
  }

  private mutating func setElement(
    _ column: Column, _ key: Term, _ term: Term
  ) throws(TableError) -> Modification.Operation.Action {
    let text = "\(column.name)[\(key.cql)] = \(term.cql)"
    switch column.type.whole {
    case .list(let element):
      guard case .multiCell = column.type else {
        throw .invalid("Invalid operation (\(text)) for frozen collection column \(column.name)")
      }
      let place = try operands.add(key, .int, column: "idx(\(column.name))")
      return .setElement(
        key: place, try operands.add(term, element, column: "value(\(column.name))"))
    case .map(let keyType, let value):
      guard case .multiCell = column.type else {
        throw .invalid("Invalid operation (\(text)) for frozen collection column \(column.name)")
      }
      let key = try operands.add(key, keyType, column: "key(\(column.name))")
      return .setElement(
        key: key, try operands.add(term, value, column: "value(\(column.name))"))
    case .set: throw .invalid("Invalid operation (\(text)) for set column \(column.name)")
    default: throw .invalid("Invalid operation (\(text)) for non collection column \(column.name)")
    }
  }

  private func field(
    _ name: String, of column: Column, _ text: String
  ) throws(TableError) -> (place: Int, type: DataType) {
    guard case .user(let type) = column.type.whole else {
      throw .invalid("Invalid operation (\(text)) for non-UDT column \(column.name)")
    }
    guard case .multiCell = column.type else {
      throw .invalid("Invalid operation (\(text)) for frozen UDT column \(column.name)")
    }
    guard let place = type.fields.firstIndex(where: { $0.name == name }) else {
      throw .invalid("UDT column \(column.name) does not have a field named \(name)")
    }
    return (place, type.fields[place].type)
  }
}
