/// Counts the partitions and rows that a statement's INs name together, before they are made.
struct KeyProduct {
  private var count = 1

  /// Counts a list of so many alternatives. Thrown: there are too many by now.
  mutating func multiply(by alternatives: Int) throws(TableError) {
    let product = count.multipliedReportingOverflow(by: alternatives)
    guard !product.overflow, product.partialValue <= Limits.keysNamed else {
      throw .invalid(
        "The cartesian product of the IN restrictions produces more than \(Limits.keysNamed) values"
      )
    }
    count = product.partialValue
  }
}
