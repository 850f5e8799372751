internal import CLMDB
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Keeps the map's pages from counting as the process's memory for ever.
///
/// Each page that is touched stays in the process's resident set until the system takes it back,
/// which on a machine with free memory it never does: a long load would seem to need as much memory
/// as the file is large. Giving the pages back costs nothing but a minor fault at the next touch,
/// as they stay in the system's page cache.
final class Residency: Sendable {
  private static let growthBytes = 32 << 20
  private static let commits = 512
  private static let entries = 100_000

  private struct State {
    var map: Extent?
    var lastSize = 0
    var commitsSince = 0
    var entriesSince = 0
  }

  private let state = Mutex(State())

  /// Where the map lies; plain numbers, as nothing is read through them.
  private struct Extent: Sendable {
    var start: UInt
    var length: Int
  }

  init(of path: String) { find(path) }

  /// Looks up where the file at `path` is mapped; does nothing where the system does not tell.
  func find(_ path: String) {
    let map = Self.extent(of: path)
    state.withLock { $0.map = map }
  }

  /// Gives the map's pages back when the file has grown or many commits have passed, which is
  /// returned. `usedBytes` is the part of the file that is in use.
  func committed(usedBytes: Int) -> Bool {
    state.withLock { state in
      state.commitsSince += 1
      guard
        usedBytes - state.lastSize > Self.growthBytes || state.commitsSince >= Self.commits
      else { return false }
      state.lastSize = usedBytes
      state.commitsSince = 0
      Self.giveBack(state.map, usedBytes)
      return true
    }
  }

  /// Gives the map's pages back when many entries have been read, by whomever.
  func read(entries: Int, usedBytes: () -> Int) {
    state.withLock { state in
      state.entriesSince += entries
      guard state.entriesSince >= Self.entries else { return }
      state.entriesSince = 0
      Self.giveBack(state.map, usedBytes())
    }
  }

  /// The map is a read-only view of a shared file: no page in it can hold anything unsaved.
  private static func giveBack(_ map: Extent?, _ usedBytes: Int) {
    guard let map else { return }
    _ = madvise(
      UnsafeMutableRawPointer(bitPattern: map.start), min(usedBytes, map.length), MADV_DONTNEED)
  }

  /// Reads `/proc/self/maps`, which lists each mapping as `start-end … path`.
  private static func extent(of path: String) -> Extent? {
    guard let resolved = realpath(path, nil), let file = fopen("/proc/self/maps", "r") else {
      return nil
    }
    defer {
      free(resolved)
      fclose(file)
    }
    let wanted = String(cString: resolved)
    var line = [CChar](repeating: 0, count: 8_192)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      // Start and end, rights, offset, device, inode; the rest is the path, spaces included.
      let path = text.dropLast().split(separator: " ", maxSplits: 5).last?.drop { $0 == " " }
      guard let path, path == wanted, let dash = text.firstIndex(of: "-"),
        let start = UInt(text[..<dash], radix: 16),
        let end = UInt(text[text.index(after: dash)...].prefix { $0 != " " }, radix: 16)
      else { continue }
      return Extent(start: start, length: Int(end - start))
    }
    return nil
  }
}
