import Machine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a piece of work cost.
struct Measure {
  var seconds: Double
  var processorSeconds: Double

  /// Runs `body` once and measures it.
  static func time(_ body: () throws -> Void) rethrows -> Measure {
    let wall = Clock.monotonicSeconds()
    let processor = processorTime()
    try body()
    return Measure(
      seconds: Clock.monotonicSeconds() - wall, processorSeconds: processorTime() - processor)
  }

  /// The least of each of two runs' times.
  func better(_ other: Measure) -> Measure {
    Measure(
      seconds: min(seconds, other.seconds),
      processorSeconds: min(processorSeconds, other.processorSeconds))
  }

  /// Has the system write what earlier work has left in its memory, so that the next does not pay.
  static func settle() { sync() }

  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Bytes of memory that the process holds at this moment, and those of them that are its own: the
  /// others are pages of files, which the system has in its cache and takes back when it needs
  /// them. 0 where the system does not tell.
  static var residentBytes: (all: Int, own: Int) {
    guard let status = try? LocalDisk().open("/proc/self/status", .read) else { return (0, 0) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 1)
    defer { buffer.deallocate() }
    let count = (try? status.read(into: buffer, at: 0)) ?? 0
    let lines = String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: "\n")
    func bytes(_ name: String) -> Int {
      let line = lines.first { $0.hasPrefix(name) }
      return
        (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0)
        << 10
    }
    return (bytes("VmRSS:"), bytes("RssAnon:"))
  }

  /// The most memory the process has held so far, in MiB (`ru_maxrss`).
  static var peakMebibytes: Double {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return Double(usage.ru_maxrss) / 1_048_576
    #else
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return Double(usage.ru_maxrss) / 1_024
    #endif
  }
}
