internal import Machine

extension DataType {
  /// The bytes that the text of a constant stands for, as in a statement: text without its quotes,
  /// a blob's digits without their `0x`.
  package func native(constant text: String) throws(TableError) -> [UInt8] {
    try encode(constant: text, clock: .system)
  }
}
