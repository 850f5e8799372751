internal import Compression
internal import Machine

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A source's bytes: brought back where they are compressed, and waited for where a file is
/// followed as it grows.
final class SourceInput {
  private static let packedBytes = 256 << 10
  /// Looks at a file that another one has replaced, each of which must find nothing new, before it
  /// is left: its writer may not have noticed yet.
  private static let lastLooks = 3

  let name: String
  private let raw: InputBytes
  private let path: String?
  private let follows: Bool
  private let packed: UnsafeMutableRawBufferPointer
  /// What of `packed` is still to be given.
  private var rest: Range<Int> = 0..<0
  private var isBegun = false
  private var decoder: StreamDecoder?
  private var unpackedBytes: Int64 = 0
  /// Whether a followed file has been cut, or another one has taken its name.
  private(set) var isReplaced = false
  /// Whether the end of a followed file was met.
  private(set) var hasWaited = false

  /// Opens a file, or standard input for nil; `follows` one that is a plain file. Thrown:
  /// `IOFailure`.
  init(_ path: String?, follows: Bool) throws(IOFailure) {
    raw = try InputBytes(path)
    name = raw.name
    self.path = path
    self.follows = follows && raw.identity != nil
    packed = .allocate(byteCount: Self.packedBytes, alignment: 16)
  }

  deinit { packed.deallocate() }

  /// How much has been read, compressed where it is so.
  var position: Int64 { raw.position }
  /// How much there is now; nil of a pipe.
  var size: Int64? { raw.identity?.size }

  /// The next bytes; 0 at the end, at which a followed file has been replaced, or where `isStopped`
  /// says so. Thrown: `IOFailure`; `SourceError` for what cannot be brought back.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, isStopped: () -> Bool
  ) throws -> Int {
    if !isBegun { try begin(isStopped) }
    guard let decoder else {
      if rest.isEmpty { return try readRaw(into: buffer, isStopped) }
      let piece = rest.prefix(buffer.count)
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: packed[piece]))
      rest = piece.upperBound..<rest.upperBound
      return piece.count
    }
    while true {
      let step: StreamDecoder.Step
      do throws(CompressionError) {
        step = try decoder.decode(UnsafeRawBufferPointer(rebasing: packed[rest]), into: buffer)
      } catch {
        var place = place(decoder)
        place.isDamaged = true
        throw SourceError.packed(path: name, "\(error)", place)
      }
      rest = (rest.lowerBound + step.read)..<rest.upperBound
      unpackedBytes += Int64(step.written)
      if step.written > 0 { return step.written }
      if rest.isEmpty {
        rest = 0..<(try readRaw(into: packed, isStopped))
        guard rest.isEmpty else { continue }
        guard decoder.isAtBoundary || isStopped() else {
          throw SourceError.packed(
            path: name, "the \(decoder.format.rawValue) data is cut short", place(decoder))
        }
        return 0
      }
    }
  }

  private func place(_ decoder: StreamDecoder) -> SourceError.PackedPlace {
    .init(byte: decoder.position, unpacked: unpackedBytes)
  }

  /// Reads the first bytes, which tell whether it is compressed.
  private func begin(_ isStopped: () -> Bool) throws {
    repeat {
      let room = UnsafeMutableRawBufferPointer(rebasing: packed[rest.upperBound...])
      let count = try readRaw(into: room, isStopped)
      rest = 0..<(rest.upperBound + count)
      if count == 0 { break }
    } while StreamDecoder.Format.isUndecided(UnsafeRawBufferPointer(rebasing: packed[rest]))
    isBegun = true
    if let format = StreamDecoder.Format(UnsafeRawBufferPointer(rebasing: packed[rest])) {
      do { decoder = try StreamDecoder(format) } catch {
        throw SourceError.packed(path: name, "\(error)", .init(byte: 0, unpacked: 0))
      }
    }
  }

  /// The next bytes as they are in the file. At the end of a followed one it waits for more.
  private func readRaw(
    into buffer: UnsafeMutableRawBufferPointer, _ isStopped: () -> Bool
  ) throws(IOFailure) -> Int {
    var looks = 0
    while true {
      let count = try raw.read(into: buffer, isStopped: isStopped)
      if count > 0 || !follows || isStopped() || isReplaced { return count }
      if let size, size < raw.position {
        isReplaced = true
        return 0
      }
      if let path, let found = FileIdentity(path: path), let own = raw.identity, found != own {
        looks += 1
        isReplaced = looks > Self.lastLooks
      }
      hasWaited = true
      if !isReplaced, !isStopped() { FollowedFile.pause() }
    }
  }
}

/// Which file a name or a descriptor means, whatever it is called.
struct FileIdentity: Equatable {
  private let device: UInt64
  private let inode: UInt64
  let size: Int64
  let isPlain: Bool

  static func == (left: FileIdentity, right: FileIdentity) -> Bool {
    left.device == right.device && left.inode == right.inode
  }

  /// Of the file that a path leads to; nil where there is none.
  init?(path: String) {
    var found = stat()
    guard stat(path, &found) == 0 else { return nil }
    self.init(found)
  }

  /// Of an open file.
  init?(descriptor: Int32) {
    var found = stat()
    guard fstat(descriptor, &found) == 0 else { return nil }
    self.init(found)
  }

  private init(_ found: stat) {
    device = UInt64(truncatingIfNeeded: found.st_dev)
    inode = UInt64(found.st_ino)
    size = Int64(found.st_size)
    isPlain = found.st_mode & S_IFMT == S_IFREG
  }
}

/// Waiting for a file that others write.
enum FollowedFile {
  /// Waits a moment. Files are looked at ten times a second: notices of changes do not come from
  /// network disks, and a look costs microseconds.
  static func pause() {
    let waiting = Signal()
    waiting.wait(since: waiting.generation, milliseconds: 100)
  }
}
