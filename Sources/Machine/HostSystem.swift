#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Facts about the machine the program runs on.
package enum HostSystem {
  /// System, release and processor type, as `uname` tells them.
  package static var description: String {
    var names = utsname()
    guard uname(&names) == 0 else { return "unknown" }
    func text<Field>(_ field: Field) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return "\(text(names.sysname)) \(text(names.release)) \(text(names.machine))"
  }

  /// Bytes that may still be written on the disk of `path`, or of the nearest folder above it that
  /// exists.
  package static func freeBytes(near path: String) -> Int64? {
    var place = path
    var status = statvfs()
    while statvfs(place, &status) != 0 {
      let parent = Path.parent(of: place)
      if parent == place { return nil }
      place = parent
    }
    return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
  }

  /// Puts the null device into the places of standard input, output and error that whoever started
  /// the process has closed: a file opened there would get what is meant for people.
  package static func holdStandardDescriptors() {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is the one that is closed.
      _ = open("/dev/null", O_RDWR)
    }
  }

  /// Lets the process open as many files as the system allows it: a log has some for every segment,
  /// and the usual limit is made for programs with a few. What is refused stays as it was.
  package static func raiseOpenFileLimit() {
    #if os(Linux)
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let resource = RLIMIT_NOFILE
    #endif
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return }
    #if os(Linux)
      limit.rlim_cur = limit.rlim_max
    #else
      // What macOS names as its limit is more than it takes.
      limit.rlim_cur = min(limit.rlim_max, rlim_t(OPEN_MAX))
    #endif
    _ = setrlimit(resource, &limit)
  }

  /// The folder that holds the running program.
  package static var executableDirectory: String? {
    guard let path = CommandLine.arguments.first, let resolved = realpath(path, nil) else {
      return nil
    }
    defer { free(resolved) }
    return Path.parent(of: String(cString: resolved))
  }
}
