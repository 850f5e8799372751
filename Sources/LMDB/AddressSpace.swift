#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How much address space a map takes.
///
/// A map much larger than the file costs nothing: opening, reading and closing took the same time
/// with 256 MiB and with 8 TiB, and memory and page tables grow with what is touched alone. So it
/// is made large enough never to be in the way, and grows when it is all the same. Only where the
/// process may not take so much (`ulimit -v`) is it small to begin with.
enum AddressSpace {
  /// Bytes of the map to begin with.
  static var reservation: Int {
    var limit = rlimit()
    #if os(Linux)
      let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
    #else
      let resource = RLIMIT_AS
    #endif
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < rlim_t(4 * unlimited) else {
      return unlimited
    }
    return max(Int(limit.rlim_cur) / 4, smallest)
  }

  private static let unlimited = 64 << 30

  /// Less than this is of no use.
  static let smallest = 1 << 20

  /// Whether the process could have `bytes` more at this moment. LMDB gives up its map before it
  /// asks for a larger one, and has none if that is refused.
  static func has(_ bytes: Int) -> Bool {
    let found = mmap(nil, bytes + slack, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0)
    guard let found, found != MAP_FAILED else { return false }
    munmap(found, bytes + slack)
    return true
  }

  /// What other threads may take between the question and the map.
  private static let slack = 16 << 20
}
