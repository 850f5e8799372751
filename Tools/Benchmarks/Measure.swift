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

  /// Has the system write what earlier work has left in its memory, so that the next does not pay.
  static func settle() { sync() }

  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Bytes of memory that the process holds at this moment; 0 where the system does not tell.
  static var residentBytes: Int {
    guard let bytes = try? LocalDisk().open("/proc/self/statm", .read) else { return 0 }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 1)
    defer { buffer.deallocate() }
    let count = (try? bytes.read(into: buffer, at: 0)) ?? 0
    let fields = String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
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
