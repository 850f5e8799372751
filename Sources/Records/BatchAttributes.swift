/// The bits of a batch's attributes (see FORMAT.md).
struct BatchAttributes: OptionSet {
  var rawValue: Int16

  static let codec = BatchAttributes(rawValue: 0x07)
  static let logAppendTime = BatchAttributes(rawValue: 0x08)
  static let transactional = BatchAttributes(rawValue: 0x10)
  static let control = BatchAttributes(rawValue: 0x20)
  static let deleteHorizon = BatchAttributes(rawValue: 0x40)
}
