internal import Machine
internal import Records

/// The partitions' folders: how topics come and go whole (see FORMAT.md, "A topic exists").
struct TopicFolders {
  let directory: String
  let disk: any FileSystem

  init(_ directory: String, _ disk: any FileSystem) {
    self.directory = directory
    self.disk = disk
  }

  /// Refuses what Kafka refuses as a topic's name.
  static func check(name: String) throws(LogError) {
    let allowed = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        true
      default: false
      }
    }
    let reason: String? =
      if name.isEmpty || name == "." || name == ".." {
        "it is empty or a folder's own name"
      } else if name.utf8.count > Limits.topicNameLength {
        "it has more than \(Limits.topicNameLength) characters"
      } else if !allowed {
        "only letters, digits, '.', '_' and '-' are allowed"
      } else {
        nil
      }
    if let reason { throw .invalidTopicName(name, reason: reason) }
  }

  /// The partitions of topics that are there whole; the folders of half-made or half-deleted ones
  /// are removed where asked.
  func complete(
    removingRest: Bool, report: (String) -> Void
  ) throws(IOFailure) -> [TopicPartition] {
    var found: [TopicPartition] = []
    var rest: [String] = []
    for name in try disk.list(directory) where disk.isDirectory(Path.join(directory, name)) {
      if name.hasSuffix(Self.deleted) {
        rest.append(name)
      } else if let folder = TopicPartition(folder: name) {
        found.append(folder)
      }
    }
    let whole = Set(found.filter { $0.partition == 0 }.map(\.topic))
    rest += found.filter { !whole.contains($0.topic) }.map(\.description)
    if removingRest {
      for name in rest {
        try disk.remove(Path.join(directory, name))
        report("\(name): removed what an unfinished creation or deletion had left")
      }
    }
    return found.filter { whole.contains($0.topic) }.sorted()
  }

  func create(_ topic: String, partitions: Int) throws(IOFailure) {
    let identifier = Self.base64url(Entropy.identifier())
    for number in (0..<partitions).reversed() {
      let folder = Path.join(directory, "\(TopicPartition(topic, number))")
      // Partition 0 makes the topic exist, so all the others must be durable before it.
      if number == 0 { try disk.syncDirectory(directory) }
      try disk.createDirectory(folder)
      _ = try SegmentFiles(folder, disk).create(baseOffset: 0)
      try disk.replace(
        Path.join(folder, "partition.metadata"),
        with: Array("version: 0\ntopic_id: \(identifier)".utf8))
    }
    try disk.syncDirectory(directory)
  }

  /// Deletes partitions given in order, the first being partition 0.
  func delete(_ partitions: [TopicPartition]) throws(IOFailure) {
    for partition in partitions {
      let folder = Path.join(directory, "\(partition)")
      try disk.rename(folder, to: folder + Self.deleted)
      try disk.syncDirectory(directory)
    }
    for partition in partitions {
      try disk.remove(Path.join(directory, "\(partition)" + Self.deleted))
    }
  }

  private static let deleted = ".0-delete"

  private static func base64url(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var digits: [UInt8] = []
    var window = 0
    var bits = 0
    for byte in bytes {
      window = (window << 8 | Int(byte)) & 0xFFFF
      bits += 8
      while bits >= 6 {
        bits -= 6
        digits.append(alphabet[window >> bits & 63])
      }
    }
    if bits > 0 { digits.append(alphabet[window << (6 - bits) & 63]) }
    return String(decoding: digits, as: UTF8.self)
  }
}
