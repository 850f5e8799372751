internal import Bytes

/// A post that is a complaint, as its case has it; texts are UTF-8.
struct Complaint {
  var brand: [UInt8]
  var member: Members.Member
  var author, conversation, screenName: ArraySlice<UInt8>?
  var text: ArraySlice<UInt8>
  var probability: Double
  /// The deciding words as a `list<text>` in native encoding.
  var words, subject: [UInt8]?
  var pasted: PastedText?

  /// What its author's complaints in its conversation are kept under, behind `prefix`; a post whose
  /// conversation is not known is one by itself.
  func threadName(behind prefix: [UInt8]) -> [UInt8] {
    // As they are, not as a digest: ids rise with time, so that those of a batch lie side by side.
    var name = prefix
    name.reserveCapacity(prefix.count + 96)
    Self.append(conversation ?? member.id[...], to: &name)
    Self.append(author ?? [], to: &name)
    Self.append(brand[...], to: &name)
    return name
  }

  /// Appends one part of a name.
  private static func append(_ part: ArraySlice<UInt8>, to name: inout [UInt8]) {
    guard part.count > longestPart else {
      name.append(UInt8(part.count))
      name += part
      return
    }
    let digest = digest([part])
    name.append(UInt8(digest.count))
    name.append(0xFF)
    name += digest
  }

  /// Bytes of a part of a name that stand there themselves: names in LMDB are short.
  private static let longestPart = 100

  /// What those with its text are kept under, behind `prefix`; nil where that is too short to be
  /// pasted.
  func pastedName(behind prefix: [UInt8]) -> [UInt8]? {
    guard let pasted else { return nil }
    let day = VerdictWriter.RowKey(brand: brand, createdAt: member.createdAt).day
    var name = prefix
    name.reserveCapacity(prefix.count + 20)
    withUnsafeBytes(of: day.bigEndian) { name += $0 }
    name += Self.digest([brand[...], pasted.bytes[...]])
    return name
  }

  /// Sixteen bytes for some values of any length.
  private static func digest(_ values: [ArraySlice<UInt8>]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.reduce(0) { $0 + 4 + $1.count })
    for value in values {
      withUnsafeBytes(of: UInt32(clamping: value.count).bigEndian) { bytes += $0 }
      bytes += value
    }
    let (high, low) = bytes.withUnsafeBytes { Murmur.hash3x128($0, signExtendedTail: false) }
    return withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
  }
}

extension Complaint {
  /// From a row of `GrouseTables.readPost`; nil where it holds something else.
  init?(_ row: [[UInt8]?], _ member: Members.Member) {
    guard row.count == 8, let brand = row[0], let text = row[4], let probability = row[5] else {
      return nil
    }
    self.init(
      brand: brand, member: member, author: row[1]?[...], conversation: row[2]?[...],
      screenName: row[3]?[...], text: text[...],
      probability: Double(bitPattern: UInt64(bitPattern: probability.bigEndianInteger())),
      words: row[6], subject: row[7], pasted: text.withUnsafeBytes { PastedText($0) })
  }
}

/// Complaints that belong together, earliest first, as the state keeps them: a varint of how many
/// there are besides those that are listed and one of how many are, and of each its time (int64),
/// its id (varint of its length, UTF-8) and, as a varint, how many others it stands for.
struct Members {
  struct Member: Hashable {
    /// Milliseconds since 1970.
    var createdAt: Int64
    var id: [UInt8]

    static func precedes(_ left: Member, _ right: Member) -> Bool {
      left.createdAt == right.createdAt
        ? left.id.lexicographicallyPrecedes(right.id) : left.createdAt < right.createdAt
    }
  }

  /// The earliest that are listed; of more it is known how many they are.
  static let most = 64

  private var listed: [(member: Member, copies: Int)] = []
  private var others = 0

  /// Thrown: `ByteError` for bytes that are something else.
  init(_ bytes: [UInt8]?) throws {
    guard let bytes else { return }
    try bytes.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      others = Int(clamping: try reader.varint())
      for _ in 0..<(try reader.varint()) {
        let createdAt: Int64 = try reader.integer()
        let id = [UInt8](try reader.run(Int(clamping: try reader.varint())))
        listed.append((Member(createdAt: createdAt, id: id), Int(clamping: try reader.varint())))
      }
    }
  }

  var bytes: [UInt8] {
    var buffer = ByteBuffer(capacity: 16 + listed.count * 32)
    buffer.append(varint: UInt64(others))
    buffer.append(varint: UInt64(listed.count))
    for (member, copies) in listed {
      buffer.append(bigEndian: member.createdAt)
      buffer.append(varint: UInt64(member.id.count))
      member.id.withUnsafeBytes { buffer.append($0) }
      buffer.append(varint: UInt64(copies))
    }
    return buffer.toArray()
  }

  var count: Int { listed.count + others }
  var first: Member? { listed.first?.member }
  /// The latest that is listed.
  var last: Member? { listed.last?.member }
  /// How many others all of them stand for.
  var copies: Int { listed.reduce(0) { $0 + $1.copies } }

  /// Puts a member in its place, once.
  mutating func insert(_ member: Member, copies: Int = 0) {
    if let place = listed.firstIndex(where: { $0.member == member }) {
      listed[place].copies = copies
      return
    }
    let place = listed.lastIndex { Member.precedes($0.member, member) }.map { $0 + 1 } ?? 0
    guard place < Self.most else {
      others += 1
      return
    }
    listed.insert((member, copies), at: place)
    if listed.count > Self.most {
      listed.removeLast()
      others += 1
    }
  }

  mutating func remove(_ member: Member) {
    if let place = listed.firstIndex(where: { $0.member == member }) {
      listed.remove(at: place)
      // Who comes next is not known any more.
      if listed.isEmpty { others = 0 }
    } else if others > 0 {
      others -= 1
    }
  }
}
