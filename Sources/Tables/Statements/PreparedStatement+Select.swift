internal import Bytes
internal import Machine

extension PreparedStatement {
  /// Reads a page of a SELECT. `transaction` lets its argument read in a transaction, of which a
  /// long reading needs several, and returns what that returns.
  func select(
    _ values: borrowing BoundValues, _ clock: Clock, _ request: PageRequest,
    in transaction: ((Databases) throws(TableError) -> Bool) throws(TableError) -> Bool
  ) throws(TableError) -> Page {
    guard case .select(let selection) = plan else { throw .invalid("The statement is no SELECT") }
    try check(values)
    guard takesSets else {
      return try page(selection, values, clock, request, transaction)
    }
    return try page(selection, try sorted(values), clock, request, transaction)
  }

  private func page(
    _ selection: Shared<Selection>, _ values: borrowing BoundValues, _ clock: Clock,
    _ request: PageRequest,
    _ transaction: ((Databases) throws(TableError) -> Bool) throws(TableError) -> Bool
  ) throws(TableError) -> Page {
    let ranges = values.ranges
    return try values.bytes.withBytes { bound throws(TableError) in
      let none = UnsafeRawBufferPointer(start: nil, count: 0)
      let operands = Operands(constants: none, bound: bound, ranges: ranges)
      let run = try SelectionRun(
        selection, Evaluation(operands: operands, clock: clock),
        request,
        now: clock.microseconds / 1_000_000)
      while !(try transaction(run.advance)) {}
      return try run.page()
    }
  }
}
