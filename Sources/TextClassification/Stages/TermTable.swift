internal import Bytes

/// Terms by number, and numbers by a term's UTF-8 bytes: an open-addressing table over bytes that
/// lie one after another, so that a term is found without making anything.
struct TermTable: Sendable {
  private var bytes: [UInt8] = []
  /// Where each term's bytes end.
  private var ends: [Int] = []
  private var hashes: [UInt32] = []
  /// A term's number plus one, 0 for none; a power of two, at most half full.
  private var slots = [UInt32](repeating: 0, count: 64)

  init() {}

  /// The terms numbered in their order; of equal ones the first is found.
  init(_ terms: some Sequence<String>) {
    for term in terms { term.withUTF8Bytes { _ = add($0) } }
  }

  var count: Int { ends.count }

  /// The term of a number below `count`.
  func term(_ number: Int) -> String {
    withBytes(of: number) { String(decoding: $0, as: UTF8.self) }
  }

  /// Calls `body` with the bytes of a term.
  func withBytes<Result>(of number: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let start = number == 0 ? 0 : ends[number - 1]
    return bytes.withUnsafeBytes {
      body(UnsafeRawBufferPointer(rebasing: $0[start..<ends[number]]))
    }
  }

  /// A term's number, nil for one that has none.
  func number(of term: UnsafeRawBufferPointer) -> Int? {
    let hash = Murmur.hash3x32(term)
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if hashes[number] == hash, withBytes(of: number, { $0.elementsEqual(term) }) { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// A term's number, nil for one that has none.
  func number(of term: String) -> Int? { term.withUTF8Bytes { number(of: $0) } }

  /// A term's number; the next for one that has none.
  mutating func find(_ term: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(truncatingIfNeeded: number(of: term) ?? add(term))
  }

  /// Gives a term the next number, and returns it.
  mutating func add(_ term: UnsafeRawBufferPointer) -> Int {
    bytes += term
    ends.append(bytes.count)
    hashes.append(Murmur.hash3x32(term))
    if 2 * count > slots.count {
      slots = [UInt32](repeating: 0, count: 2 * slots.count)
      for number in 0..<count { place(number) }
    } else {
      place(count - 1)
    }
    return count - 1
  }

  /// A term that has a slot already is found there first.
  private mutating func place(_ number: Int) {
    var slot = Int(hashes[number]) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = UInt32(truncatingIfNeeded: number + 1)
  }
}
