internal import Records

/// The last offset of each key in a stretch of the log, in memory of a fixed size.
///
/// Keys are held as 128-bit hashes: two SipHashes with keys of this process, so that nobody can
/// choose record keys that collide (Kafka uses MD5 for the same end).
struct KeyOffsets {
  private struct Slot {
    var high: UInt64 = 0
    var low: UInt64 = 0
    /// -1: free.
    var offset: Int64 = -1
  }

  private var slots: [Slot]
  private(set) var count = 0
  /// Offsets before this one were put in.
  var end: Int64

  /// Room for as many keys as fit into `bytes`.
  init(bytes: Int, from start: Int64) {
    let capacity = max(bytes, Limits.smallestDedupeBytes) / MemoryLayout<Slot>.stride
    slots = Array(repeating: Slot(), count: capacity)
    end = start
  }

  /// Notes a key's offset; of several the largest one counts. False where there is no room for one
  /// more key: past nine tenths, look-ups become slow.
  mutating func put(_ key: UnsafeRawBufferPointer, _ offset: Int64) -> Bool {
    let (high, low) = Self.hash(key)
    let place = place(high, low)
    if slots[place].offset < 0 {
      guard count < slots.count * 9 / 10 else { return false }
      count += 1
    }
    slots[place] = Slot(high: high, low: low, offset: max(slots[place].offset, offset))
    return true
  }

  /// The last offset of a key; nil where it was not met.
  func offset(of key: UnsafeRawBufferPointer) -> Int64? {
    let (high, low) = Self.hash(key)
    let found = slots[place(high, low)].offset
    return found < 0 ? nil : found
  }

  /// Where a key stands, or the free place where it would.
  private func place(_ high: UInt64, _ low: UInt64) -> Int {
    var place = Int(high % UInt64(slots.count))
    while slots[place].offset >= 0, slots[place].high != high || slots[place].low != low {
      place = place + 1 == slots.count ? 0 : place + 1
    }
    return place
  }

  private static func hash(_ key: UnsafeRawBufferPointer) -> (UInt64, UInt64) {
    func half(_ salt: UInt8) -> UInt64 {
      var hasher = Hasher()
      hasher.combine(salt)
      hasher.combine(bytes: key)
      return UInt64(bitPattern: Int64(hasher.finalize()))
    }
    return (half(0), half(1))
  }
}
