internal import Machine

/// How the bytes of a stream are cut into HTTP's chunks.
package enum Chunking: Hashable, Sendable {
  /// Each line a chunk.
  case lines
  /// So many lines a chunk, where as many wait.
  case severalLines(Int)
  /// So many bytes a chunk, wherever that cuts.
  case bytes(Int)
  /// Cuts at random places, also within a character and between `\r` and `\n`.
  case random(seed: UInt64)
  /// Each line a chunk that ends between its `\r` and `\n`.
  case betweenEnds

  /// A mode by its name: `lines`, `lines=3`, `bytes=1`, `random=7`, `between-ends`.
  package init?(named name: String) {
    let parts = name.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let number = parts.count > 1 ? UInt64(parts[1]) : nil
    switch (parts.first, number) {
    case ("lines", nil) where parts.count == 1: self = .lines
    case ("lines", let count?) where count > 0 && count < 1 << 20:
      self = .severalLines(Int(count))
    case ("bytes", let count?) where count > 0 && count < 1 << 20: self = .bytes(Int(count))
    case ("random", let seed?): self = .random(seed: seed)
    case ("between-ends", nil) where parts.count == 1: self = .betweenEnds
    default: return nil
    }
  }
}

/// Cuts what a stream writes, line after line, into chunks.
struct Chunker {
  /// Nil: lines are left as they are.
  private let chunking: Chunking?
  private var random: SeededRandom
  /// Bytes that wait for more of their chunk.
  private var held: [UInt8] = []
  private var heldLines = 0

  init(_ chunking: Chunking?) {
    self.chunking = chunking
    if case .random(let seed) = chunking {
      random = SeededRandom(seed: seed)
    } else {
      random = SeededRandom(seed: 0)
    }
  }

  /// Adds the chunks of a line with its end to `out`.
  mutating func add(_ line: some Collection<UInt8>, to out: inout [UInt8]) {
    switch chunking {
    case nil: out += line
    case .lines: Self.chunk(line, &out)
    case .severalLines(let count):
      held += line
      heldLines += 1
      if heldLines >= count { flush(to: &out) }
    case .bytes(let count): cut(line, &out) { _ in count }
    case .random:
      var random = random
      cut(line, &out) { Int.random(in: 1...max(1, $0), using: &random) }
      self.random = random
    case .betweenEnds:
      held += line
      Self.chunk(held.dropLast(), &out)
      held = Array(held.suffix(1))
    }
  }

  /// Adds what waits for company to `out`, now that no more will come soon.
  mutating func flush(to out: inout [UInt8]) {
    Self.chunk(held, &out)
    held = []
    heldLines = 0
  }

  private func cut(
    _ line: some Collection<UInt8>, _ out: inout [UInt8], _ size: (Int) -> Int
  ) {
    var rest = line[...]
    while !rest.isEmpty {
      let count = size(rest.count)
      Self.chunk(rest.prefix(count), &out)
      rest = rest.dropFirst(count)
    }
  }

  static func chunk(_ bytes: some Collection<UInt8>, _ out: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    head(bytes.count, &out)
    out += bytes
    out += end
  }

  /// A chunk's length and the end of its line.
  static func head(_ count: Int, _ out: inout [UInt8]) {
    var shift = max(0, (Int.bitWidth - count.leadingZeroBitCount - 1) / 4 * 4)
    while shift >= 0 {
      let digit = UInt8(count >> shift & 15)
      out.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
      shift -= 4
    }
    out += end
  }

  static let end: [UInt8] = [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
}
