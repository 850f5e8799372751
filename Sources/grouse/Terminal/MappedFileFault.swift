#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The tables' file is mapped into memory. Where it has been cut off, or its disk fails, reading it
/// is a signal of the system and no error that could be thrown.
enum MappedFileFault {
  /// Lets such a signal end the process with a message and exit code 1.
  static func endProcess() { signal(SIGBUS, reportMappedFileFault) }
}

/// A signal handler: it may call nothing but what the system allows in one.
private func reportMappedFileFault(_ number: Int32) {
  let message: StaticString = """
    Error: cannot read tables/data.mdb: the file is cut off, or its disk has failed. Restore the \
    folder tables from a copy; or move it away, and `grouse work --exit` makes the posts, cases \
    and counts anew from the log.

    """
  _ = write(2, message.utf8Start, message.utf8CodeUnitCount)
  _exit(1)
}
