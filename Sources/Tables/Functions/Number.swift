/// A number of any of CQL's types, with Java's conversions between them.
enum Number {
  case integer(Int64)
  case float(Float)
  case double(Double)
  case varint(BigInteger)
  case decimal(BigDecimal)

  /// Nil for bytes that are no value of the type, such as an empty one.
  init?(_ bytes: UnsafeRawBufferPointer, _ type: DataType) {
    func load<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer? {
      guard bytes.count == MemoryLayout<Integer>.size else { return nil }
      return Integer(bigEndian: bytes.loadUnaligned(as: type))
    }
    var found: Number?
    switch type {
    case .tinyint: found = load(Int8.self).map { .integer(Int64($0)) }
    case .smallint: found = load(Int16.self).map { .integer(Int64($0)) }
    case .int: found = load(Int32.self).map { .integer(Int64($0)) }
    case .bigint, .counter, .timestamp: found = load(Int64.self).map { .integer($0) }
    case .float: found = load(UInt32.self).map { .float(Float(bitPattern: $0)) }
    case .double: found = load(UInt64.self).map { .double(Double(bitPattern: $0)) }
    case .varint where !bytes.isEmpty: found = .varint(BigInteger(twosComplement: bytes))
    case .decimal: found = BigDecimal(native: bytes).map { .decimal($0) }
    default: break
    }
    guard let found else { return nil }
    self = found
  }

  /// The whole part in 64 bits: a floating point number stops at the ends of the range, of larger
  /// whole numbers the lowest bits remain.
  var int64: Int64 {
    switch self {
    case .integer(let value): value
    case .float(let value): Number.narrow(Double(value))
    case .double(let value): Number.narrow(value)
    case .varint(let value): value.truncated
    case .decimal(let value): value.whole?.truncated ?? 0
    }
  }

  private static func narrow(_ value: Double) -> Int64 {
    if value.isNaN { return 0 }
    return Int64(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
  }

  var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .float(let value): Double(value)
    case .double(let value): value
    case .varint(let value): value.double
    case .decimal(let value): value.double
    }
  }

  var float: Float {
    switch self {
    case .integer(let value): Float(value)
    case .float(let value): value
    case .double(let value): Float(value)
    case .varint(let value): Float("\(value)") ?? .nan
    case .decimal(let value): Float("\(value)") ?? .nan
    }
  }

  var bigInteger: BigInteger? {
    switch self {
    case .integer(let value): BigInteger(value)
    case .float, .double: BigInteger(int64)
    case .varint(let value): value
    case .decimal(let value): value.whole
    }
  }

  /// Nil for NaN and the infinities.
  var bigDecimal: BigDecimal? {
    switch self {
    case .integer(let value): BigDecimal(BigInteger(value))
    case .float(let value): BigDecimal(Double(value))
    case .double(let value): BigDecimal(value)
    case .varint(let value): BigDecimal(value)
    case .decimal(let value): value
    }
  }

  /// The number in a type's encoding; nil where the type has no such number.
  func native(_ type: DataType) -> [UInt8]? {
    switch type {
    case .tinyint: bigEndian(Int8(truncatingIfNeeded: narrowed))
    case .smallint: bigEndian(Int16(truncatingIfNeeded: narrowed))
    case .int: bigEndian(Int32(truncatingIfNeeded: narrowed))
    case .bigint, .counter, .timestamp: bigEndian(int64)
    case .float: bigEndian(float.bitPattern)
    case .double: bigEndian(double.bitPattern)
    case .varint: bigInteger?.twosComplement
    case .decimal: bigDecimal?.native
    default: nil
    }
  }

  /// Java brings a floating point number into 32 bits before it takes fewer.
  private var narrowed: Int64 {
    switch self {
    case .float, .double: Int64(Int32(clamping: int64))
    default: int64
    }
  }

  /// As Java writes the number.
  var text: String {
    switch self {
    case .integer(let value): "\(value)"
    case .float(let value): JavaNumber.text(value)
    case .double(let value): JavaNumber.text(value)
    case .varint(let value): "\(value)"
    case .decimal(let value): "\(value)"
    }
  }
}

extension [UInt8] {
  /// The number that native bytes are.
  func number(_ type: DataType) -> Number? { withUnsafeBytes { Number($0, type) } }
}
