/// Takes apart a value that is made of values, in the native protocol's encoding.
struct NativeValues {
  private var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  /// How many elements a collection has, which stands at its start.
  mutating func count() -> Int { min(Int(integer() ?? 0), rest.count) }

  /// The next value: nil for null, and behind the end.
  mutating func next() -> UnsafeRawBufferPointer? {
    guard let size = integer(), size >= 0, Int(size) <= rest.count else { return nil }
    defer { rest = UnsafeRawBufferPointer(rebasing: rest[Int(size)...]) }
    return UnsafeRawBufferPointer(rebasing: rest[..<Int(size)])
  }

  private mutating func integer() -> Int32? {
    guard rest.count >= 4 else { return nil }
    defer { rest = UnsafeRawBufferPointer(rebasing: rest[4...]) }
    return Int32(bigEndian: rest.loadUnaligned(as: Int32.self))
  }
}
