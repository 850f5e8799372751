#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A whole file as memory that is only read: mapped where the system can, so that its bytes are
/// neither copied nor held by each process of its own, else read.
///
/// It is for files that nobody changes once they are there: one that is cut short while it is
/// mapped ends the process that reads behind the end.
package final class MappedFile: @unchecked Sendable {
  // Unchecked: the bytes are not written to after init.

  /// The file's bytes, as long as this object is held.
  package let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool

  /// Opens a plain file of at most `limit` bytes. Thrown, too: it is larger, or a pipe.
  package init(
    _ path: String, limit: Int, disk: any FileSystem = LocalDisk()
  ) throws(IOFailure) {
    let file = try disk.open(path, .readPlain)
    let size = try file.size()
    guard size <= Int64(limit) else { throw IOFailure("read", path, code: EFBIG) }
    let count = Int(size)
    if count > 0, let descriptor = file.descriptor, let start = Self.map(descriptor, count) {
      bytes = UnsafeRawBufferPointer(start: start, count: count)
      isMapped = true
      return
    }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    do {
      let read = try file.read(into: buffer, at: 0)
      bytes = UnsafeRawBufferPointer(start: buffer.baseAddress, count: read)
      isMapped = false
    } catch {
      buffer.deallocate()
      throw error
    }
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    } else {
      bytes.deallocate()
    }
  }

  private static func map(_ descriptor: Int32, _ count: Int) -> UnsafeMutableRawPointer? {
    #if canImport(Glibc)
      // All of it is read at once for its checksum.
      let flags = MAP_PRIVATE | MAP_POPULATE
    #else
      let flags = MAP_PRIVATE
    #endif
    let start = mmap(nil, count, PROT_READ, flags, descriptor, 0)
    return start == MAP_FAILED ? nil : start
  }
}
