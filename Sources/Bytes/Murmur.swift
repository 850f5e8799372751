/// Austin Appleby's Murmur hashes, in the three variants that Kafka, Cassandra and feature hashing
/// use.
public enum Murmur {
  /// MurmurHash3 x86 32-bit of `bytes`: SparkML's HashingTF and our feature hashing.
  public static func hash3x32(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
    var hash = seed
    let blocks = bytes.count / 4
    for block in 0..<blocks {
      let word = UInt32(
        littleEndian: bytes.loadUnaligned(fromByteOffset: block * 4, as: UInt32.self))
      hash ^= mix32(word)
      hash = rotate(hash, 13) &* 5 &+ 0xE654_6B64
    }
    var tail: UInt32 = 0
    for index in stride(from: bytes.count - 1, through: blocks * 4, by: -1) {
      tail = tail << 8 | UInt32(bytes[index])
    }
    if bytes.count & 3 != 0 { hash ^= mix32(tail) }
    hash ^= UInt32(truncatingIfNeeded: bytes.count)
    hash = (hash ^ (hash >> 16)) &* 0x85EB_CA6B
    hash = (hash ^ (hash >> 13)) &* 0xC2B2_AE35
    return hash ^ (hash >> 16)
  }

  /// Cassandra's Murmur3 x64 128-bit: like the original but with the tail's bytes sign-extended
  /// (Cassandra's `MurmurHash.hash3_x64_128`), so that tokens agree with every driver.
  public static func hash3x128(
    _ bytes: UnsafeRawBufferPointer, signExtendedTail: Bool = true
  ) -> (UInt64, UInt64) {
    let c1: UInt64 = 0x87C3_7B91_1142_53D5
    let c2: UInt64 = 0x4CF5_AD43_2745_937F
    var h1: UInt64 = 0
    var h2: UInt64 = 0
    let blocks = bytes.count / 16
    for block in 0..<blocks {
      let k1 = UInt64(
        littleEndian: bytes.loadUnaligned(fromByteOffset: block * 16, as: UInt64.self))
      let k2 = UInt64(
        littleEndian: bytes.loadUnaligned(fromByteOffset: block * 16 + 8, as: UInt64.self))
      h1 ^= rotate(k1 &* c1, 31) &* c2
      h1 = (rotate(h1, 27) &+ h2) &* 5 &+ 0x52DC_E729
      h2 ^= rotate(k2 &* c2, 33) &* c1
      h2 = (rotate(h2, 31) &+ h1) &* 5 &+ 0x3849_5AB5
    }
    var k1: UInt64 = 0
    var k2: UInt64 = 0
    let tail = blocks * 16
    for index in tail..<bytes.count {
      let byte =
        signExtendedTail
        ? UInt64(bitPattern: Int64(Int8(bitPattern: bytes[index]))) : UInt64(bytes[index])
      if index - tail < 8 {
        k1 ^= byte << UInt64(8 * (index - tail))
      } else {
        k2 ^= byte << UInt64(8 * (index - tail - 8))
      }
    }
    if bytes.count - tail > 8 { h2 ^= rotate(k2 &* c2, 33) &* c1 }
    if bytes.count - tail > 0 { h1 ^= rotate(k1 &* c1, 31) &* c2 }
    h1 ^= UInt64(bytes.count)
    h2 ^= UInt64(bytes.count)
    h1 = h1 &+ h2
    h2 = h2 &+ h1
    h1 = finish64(h1)
    h2 = finish64(h2)
    h1 = h1 &+ h2
    return (h1, h2 &+ h1)
  }

  /// Kafka's murmur2 of a record key (`Utils.murmur2`), with which the default partitioner places
  /// it.
  public static func hash2(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    let multiplier: UInt32 = 0x5BD1_E995
    var hash: UInt32 = 0x9747_B28C ^ UInt32(truncatingIfNeeded: bytes.count)
    let blocks = bytes.count / 4
    for block in 0..<blocks {
      var word =
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: block * 4, as: UInt32.self))
        &* multiplier
      word = (word ^ (word >> 24)) &* multiplier
      hash = (hash &* multiplier) ^ word
    }
    let tail = blocks * 4
    if bytes.count - tail > 2 { hash ^= UInt32(bytes[tail + 2]) << 16 }
    if bytes.count - tail > 1 { hash ^= UInt32(bytes[tail + 1]) << 8 }
    if bytes.count - tail > 0 { hash = (hash ^ UInt32(bytes[tail])) &* multiplier }
    hash = (hash ^ (hash >> 13)) &* multiplier
    return hash ^ (hash >> 15)
  }

  @inline(__always) private static func mix32(_ word: UInt32) -> UInt32 {
    rotate(word &* 0xCC9E_2D51, 15) &* 0x1B87_3593
  }

  @inline(__always) private static func finish64(_ value: UInt64) -> UInt64 {
    var value = (value ^ (value >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    value = (value ^ (value >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return value ^ (value >> 33)
  }

  @inline(__always) private static func rotate<Word: FixedWidthInteger & UnsignedInteger>(
    _ word: Word, _ count: Int
  ) -> Word {
    (word << Word(count)) | (word >> Word(Word.bitWidth - count))
  }
}
