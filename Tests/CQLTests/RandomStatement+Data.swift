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
      table: tableName(), columns: columns(1...4), values: some(1...4) { $0.term() },
      ifNotExists: chance(3), using: using())
  }

  mutating func insertJSON() -> InsertJSON {
    InsertJSON(
      table: tableName(), json: chance(2) ? marker() : .string(text()),
      default: chance(2) ? .null : .unset, ifNotExists: chance(3), using: using())
  }

  mutating func update() -> Update {
    let table = tableName()
    let using = using()
    var assigned: Set<String> = []
    var assignments: [Assignment] = []
    repeat {
      let column = column()
      if assigned.insert(column).inserted { assignments.append(assignment(to: column)) }
    } while chance(2)
    if chance(4) {
      assignments.append(.element(column: "two", key: term(), term()))
      assignments.append(.element(column: "two", key: term(), term()))
    }
    return Update(
      table: table, using: using, assignments: assignments, relations: relations(1...3),
      condition: condition())
  }

  private mutating func assignment(to column: String) -> Assignment {
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
    let targets: [Delete.Target] = some(0...3) { random in
      let column = random.column()
      switch random.below(3) {
      case 0: return .element(column: column, key: random.term())
      case 1: return .field(column: column, field: random.name())
      default: return .column(column)
      }
    }
    return Delete(
      table: tableName(), targets: targets, using: using(ttl: false), relations: relations(1...3),
      condition: condition())
  }

  mutating func batch() -> Batch {
    Batch(
      kind: [.logged, .unlogged, .counter][below(3)], using: using(ttl: false),
      statements: some(0...4) { random in
        switch random.below(4) {
        case 0: .insert(random.insert())
        case 1: .insertJSON(random.insertJSON())
        case 2: .update(random.update())
        default: .delete(random.delete())
        }
      })
  }

  mutating func select() -> Select {
    var select = Select(table: tableName())
    select.json = chance(4)
    select.distinct = chance(4)
    select.selectors = some(0...4) { random in
      Selector(
        expression: random.expression(), alias: random.chance(3) ? random.name() : nil)
    }
    select.relations = relations(0...4)
    select.groupBy = columns(0...2)
    select.orderBy = orderings()
    if chance(4) { select.perPartitionLimit = integer() }
    if chance(3) { select.limit = integer() }
    select.allowFiltering = chance(3)
    return select
  }

  mutating func orderings() -> [Ordering] {
    some(0...2) { Ordering(column: $0.column(), descending: $0.chance(2)) }
  }

  mutating func relations(_ counts: ClosedRange<Int>) -> [Relation] {
    some(counts) { $0.relation() }
  }

  mutating func sign() -> Comparison {
    [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual][below(6)]
  }

  mutating func inTerm() -> Term { chance(3) ? marker() : .list(some(0...3) { $0.term() }) }

  mutating func tuple() -> Term { .tuple(some(1...3) { $0.term() }) }

  mutating func tuples() -> Term {
    switch below(4) {
    case 0: marker()
    case 1: .list(some(1...3) { $0.marker() })
    default: .list(some(0...3) { $0.tuple() })
    }
  }

  mutating func relation() -> Relation {
    switch below(11) {
    case 0: .column(column(), .in, inTerm())
    case 1: .column(column(), chance(2) ? .contains : .containsKey, term())
    case 2: .columns(columns(1...3), .in, tuples())
    case 3: .columns(columns(1...3), sign(), chance(4) ? marker() : tuple())
    case 4: .token(columns(1...3), sign(), term())
    case 5: .column(column(), .like, term())
    case 6: .isNotNull(column: column())
    case 7: .indexExpression(index: name(), term())
    case 8: .element(column: column(), key: term(), sign(), term())
    default: .column(column(), sign(), term())
    }
  }

  mutating func conditionRelation() -> Relation {
    switch below(6) {
    case 0: .element(column: column(), key: term(), sign(), term())
    case 1: .element(column: column(), key: term(), .in, inTerm())
    case 2: .field(column: column(), field: name(), sign(), term())
    case 3: .field(column: column(), field: name(), .in, inTerm())
    case 4: .column(column(), .in, inTerm())
    default: .column(column(), sign(), term())
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
