import Machine

/// What becomes of writes that were not synced when the machine crashes.
package enum CrashTail: Sendable, CaseIterable {
  /// None of them reached the disk.
  case dropped
  /// All of them had reached it.
  case kept
  /// Some did, some did not, some in part.
  case torn
}

/// All that a simulated disk holds: for every file and directory what a reader sees now, and what
/// has not reached the platter yet. A value: copy it to try several crashes from one state.
struct DiskImage: Sendable {
  enum Change {
    case write(at: Int, [UInt8])
    case truncate(Int)
  }

  struct FileNode {
    var live: [UInt8] = []
    var durable: [UInt8] = []
    var pending: [Change] = []
  }

  /// Names to node numbers; one pending step is atomic, as a journal makes it.
  struct DirectoryNode {
    var live: [String: Int] = [:]
    var durable: [String: Int] = [:]
    var pending: [[(name: String, node: Int?)]] = []
  }

  var files: [Int: FileNode] = [:]
  var directories: [Int: DirectoryNode] = [0: DirectoryNode()]
  private var nextNode = 1

  init() {}

  mutating func makeFile() -> Int {
    defer { nextNode += 1 }
    files[nextNode] = FileNode()
    return nextNode
  }

  mutating func makeDirectory() -> Int {
    defer { nextNode += 1 }
    directories[nextNode] = DirectoryNode()
    return nextNode
  }

  /// The node at a path, or nil.
  func node(_ path: String) -> Int? {
    var node = 0
    for name in path.split(separator: "/") where name != "." {
      guard let next = directories[node]?.live[String(name)] else { return nil }
      node = next
    }
    return node
  }

  /// Changes a directory's entries in one atomic step.
  mutating func link(_ entries: [(name: String, node: Int?)], in directory: Int) {
    for entry in entries { directories[directory]?.live[entry.name] = entry.node }
    directories[directory]?.pending.append(entries)
  }

  mutating func change(_ file: Int, _ change: Change) {
    guard files[file] != nil else { return }
    Self.apply(change, to: &files[file]!.live)
    files[file]!.pending.append(change)
  }

  mutating func sync(file: Int) {
    guard var node = files[file] else { return }
    for change in node.pending { Self.apply(change, to: &node.durable) }
    node.pending = []
    files[file] = node
  }

  /// Writes nothing or a part, and forgets the rest: readers still see it, and no later sync
  /// writes it.
  mutating func failToSync(file: Int, _ random: inout SeededRandom) {
    guard var node = files[file] else { return }
    if Bool.random(using: &random) {
      for change in node.pending { Self.applyTorn(change, to: &node.durable, &random) }
    }
    node.pending = []
    files[file] = node
  }

  mutating func sync(directory: Int) {
    guard var node = directories[directory] else { return }
    node.durable = node.live
    node.pending = []
    directories[directory] = node
  }

  /// The machine stops: what was durable stays, and of the rest what `tail` says.
  mutating func crash(_ tail: CrashTail, _ random: inout SeededRandom) {
    for number in directories.keys.sorted() {
      guard var node = directories[number] else { continue }
      let steps =
        switch tail {
        case .dropped: 0
        case .kept: node.pending.count
        case .torn: Int.random(in: 0...node.pending.count, using: &random)
        }
      for entry in node.pending.prefix(steps).joined() { node.durable[entry.name] = entry.node }
      node.live = node.durable
      node.pending = []
      directories[number] = node
    }
    for number in files.keys.sorted() {
      guard var node = files[number] else { continue }
      for change in node.pending {
        switch tail {
        case .dropped: break
        case .kept: Self.apply(change, to: &node.durable)
        case .torn: Self.applyTorn(change, to: &node.durable, &random)
        }
      }
      node.live = node.durable
      node.pending = []
      files[number] = node
    }
  }

  private static func applyTorn(
    _ change: Change, to bytes: inout [UInt8], _ random: inout SeededRandom
  ) {
    switch Int.random(in: 0..<3, using: &random) {
    case 0: break
    case 1: apply(change, to: &bytes)
    default:
      guard case .write(let position, let content) = change else { return }
      let part = content.prefix(Int.random(in: 0...content.count, using: &random))
      apply(.write(at: position, Array(part)), to: &bytes)
    }
  }

  private static func apply(_ change: Change, to bytes: inout [UInt8]) {
    switch change {
    case .write(let position, let content):
      let end = position + content.count
      if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
      bytes.replaceSubrange(position..<end, with: content)
    case .truncate(let size):
      if bytes.count > size {
        bytes.removeLast(bytes.count - size)
      } else {
        bytes += [UInt8](repeating: 0, count: size - bytes.count)
      }
    }
  }
}
