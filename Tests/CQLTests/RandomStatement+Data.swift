import CQL

extension RandomStatement {
  mutating func using(ttl: Bool = true) -> Using {
    var using = Using()
    let timestampFirst = chance(2)
    if timestampFirst, chance(2) { using.timestamp = integer() }
    if ttl, chance(3) { using.ttl = integer() }
    if !timestampFirst, chance(3) { using.timestamp = integer() }
    return using
  }

  mutating func insert() -> Insert {
    Insert(
      table: tableName(), columns: names(1...4), values: some(1...4) { $0.term() },
      ifNotExists: chance(3), using: using())
  }

  mutating func update() -> Update {
    Update(
      table: tableName(), using: using(), assignments: some(1...4) { $0.assignment() },
      relations: relations(1...3), condition: condition())
  }

  mutating func assignment() -> Assignment {
    let column = name()
    switch below(6) {
    case 0: return .add(column: column, term())
    case 1: return .subtract(column: column, term())
    case 2: return .prepend(column: column, term())
    case 3: return .element(column: column, key: term(), term())
    case 4: return .field(column: column, field: name(), term())
    default: return .set(column: column, term())
    }
  }

  mutating func delete() -> Delete {
    let table = tableName()
    let targets: [Delete.Target] = some(0...3) { random in
      let column = random.name()
      switch random.below(3) {
      case 0: return .element(column: column, key: random.term())
      case 1: return .field(column: column, field: random.name())
      default: return .column(column)
      }
    }
    return Delete(
      table: table, targets: targets, using: using(ttl: false), relations: relations(1...3),
      condition: condition())
  }

  mutating func batch() -> Batch {
    Batch(
      kind: [.logged, .unlogged, .counter][below(3)], using: using(ttl: false),
      statements: some(0...4) { random in
        switch random.below(3) {
        case 0: .insert(random.insert())
        case 1: .update(random.update())
        default: .delete(random.delete())
        }
      })
  }

  mutating func select() -> Select {
    var select = Select(table: tableName())
    select.json = chance(4)
    select.distinct = chance(4)
    select.selectors = some(0...4) { random in
      Selector(expression: random.expression(), alias: random.chance(3) ? random.name() : nil)
    }
    select.relations = relations(0...4)
    select.groupBy = names(0...2)
    select.orderBy = orderings()
    if chance(4) { select.perPartitionLimit = integer() }
    if chance(3) { select.limit = integer() }
    select.allowFiltering = chance(3)
    return select
  }

  mutating func expression(_ depth: Int = 0) -> Selector.Expression {
    switch below(depth > 3 ? 2 : 6) {
    case 0: return .countRows
    case 2: return .cast(expression(depth + 1), type())
    case 3, 4:
      // `count(1)` is read as `count(*)`, so it is not made here.
      let keyspace = chance(3) ? name() : nil
      let name = name()
      return .function(
        keyspace: keyspace, name: name == "count" ? "max" : name,
        arguments: some(0...3) { $0.expression(depth + 1) })
    case 5:
      // A function that a selector begins with is an expression, not a term.
      let markersBefore = markers
      let term = term()
      guard case .function = term else { return .term(term) }
      markers = markersBefore
      return .column("c")
    default: return .column(name())
    }
  }

  mutating func relations(_ counts: ClosedRange<Int>) -> [Relation] {
    some(counts) { $0.relation() }
  }

  mutating func sign() -> Comparison {
    [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual][below(6)]
  }

  mutating func inTerm() -> Term { chance(3) ? marker() : .list(some(0...3) { $0.term() }) }

  mutating func relation() -> Relation {
    switch below(7) {
    case 0: .column(name(), .in, inTerm())
    case 1: .column(name(), chance(2) ? .contains : .containsKey, term())
    case 2: .columns(names(1...3), .in, inTerm())
    case 3: .columns(names(1...3), sign(), term())
    case 4: .token(names(1...3), sign(), term())
    default: conditionRelation()
    }
  }

  mutating func conditionRelation() -> Relation {
    switch below(4) {
    case 0: .element(column: name(), key: term(), sign(), term())
    case 1: .element(column: name(), key: term(), .in, inTerm())
    case 2: .column(name(), .in, inTerm())
    default: .column(name(), sign(), term())
    }
  }

  mutating func condition() -> Condition {
    switch below(4) {
    case 0: .exists
    case 1: .relations(some(1...3) { $0.conditionRelation() })
    default: .none
    }
  }
}
