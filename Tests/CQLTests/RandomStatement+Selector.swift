import CQL

extension RandomStatement {
  mutating func expression(_ depth: Int = 0) -> Selector.Expression {
    guard chance(5) else { return operand(depth) }
    if chance(2) { return product(depth) }
    let first = product(depth)
    return .arithmetic(
      first, some(1...3) { Operation($0.chance(2) ? .add : .subtract, $0.product(depth)) })
  }

  private mutating func product(_ depth: Int) -> Selector.Expression {
    let first = operand(depth)
    guard chance(3) else { return first }
    return .arithmetic(
      first,
      some(1...3) {
        let signs: [ArithmeticOperator] = [.multiply, .divide, .remainder]
        return Operation(signs[$0.below(3)], $0.operand(depth))
      })
  }

  private mutating func operand(_ depth: Int) -> Selector.Expression {
    if chance(10) { return .negation(operand(depth + 1)) }
    let whole = simple(depth)
    guard chance(4) else { return whole }
    switch whole {
    // What stands before a dot and is a number would take the dot.
    case .term, .typeHint: return whole
    default: return .part(of: whole, some(1...3) { $0.part() })
    }
  }

  private mutating func part() -> Selector.Part {
    switch below(5) {
    case 0: return .element(term())
    case 1: return .slice(from: term(), to: nil)
    case 2: return .slice(from: nil, to: term())
    case 3: return .slice(from: term(), to: term())
    default: return .field(name())
    }
  }

  private mutating func simple(_ depth: Int) -> Selector.Expression {
    switch below(depth > 2 ? 8 : 15) {
    case 0: return .countRows
    case 1: return .writetime(column: column())
    case 2: return .ttl(column: column())
    case 3: return .term(constant())
    case 4: return .term(chance(3) ? .null : marker())
    case 8: return .cast(expression(depth + 1), nativeType())
    case 9: return .typeHint(type(), simple(depth + 1))
    case 10: return .list(some(0...3) { $0.expression(depth + 1) })
    case 11: return .set(some(1...3) { $0.expression(depth + 1) })
    case 12:
      return .map(
        some(0...3) {
          Selector.Entry(key: $0.expression(depth + 1), value: $0.expression(depth + 1))
        })
    case 13:
      // One name between parentheses may be a type.
      if chance(3) { return .tuple([.negation(operand(depth + 1))]) }
      return .tuple(some(2...3) { $0.expression(depth + 1) })
    case 14:
      let keyspace = chance(3) ? name() : nil
      let name = name()
      // A count of one constant is `countRows`.
      return .function(
        keyspace: keyspace, name: name == "count" ? "max" : name,
        arguments: some(0...3) { $0.expression(depth + 1) })
    default: return .column(name())
    }
  }
}
