/// What counters have become whose rows may still wait to be put.
struct CounterValues {
  private struct Place: Hashable {
    var key: [UInt8]
    var column: UInt32
  }

  private var values: [Place: Int64] = [:]

  /// The value of a column in the row, or partition record, of a key.
  subscript(key: [UInt8], column: UInt32) -> Int64? {
    get { values[Place(key: key, column: column)] }
    set { values[Place(key: key, column: column)] = newValue }
  }

  mutating func removeAll() {
    if !values.isEmpty { values.removeAll(keepingCapacity: true) }
  }
}
