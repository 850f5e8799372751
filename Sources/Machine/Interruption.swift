internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// SIGINT and SIGTERM as a state that long work looks at: it ends in order, commits, and exits.
///
/// The first signal asks; a second one ends the process at once with the signal's usual exit code.
package final class Interruption: Sendable {
  private let received = Atomic<Int32>(0)
  private static let latest = Atomic<Int32>(0)
  private let signal: Signal

  /// Catches the signals from here on; `signal` is raised when one arrives, so that waiting threads
  /// look again. Writes fail rather than end the process (`letWritesFail`).
  /// Call once, before other threads start, so that they inherit the blocked signals.
  package init(waking signal: Signal = Signal()) {
    self.signal = signal
    Self.letWritesFail()
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &set, nil)
    let blocked = set
    _ = Worker { [self] in
      while true {
        var set = blocked
        var number: Int32 = 0
        guard sigwait(&set, &number) == 0 else { continue }
        Self.latest.store(number, ordering: .releasing)
        if received.exchange(number, ordering: .acquiringAndReleasing) != 0 { _exit(128 + number) }
        self.signal.raise()
      }
    }
  }

  /// The signal that has asked this process to end, whoever has caught it; 0: none has.
  package static var signalReceived: Int32 { latest.load(ordering: .acquiring) }

  /// A signal has asked the process to end.
  package var isRequested: Bool { received.load(ordering: .acquiring) != 0 }
  /// The exit code a shell expects of a process ended by the signal received: 128 + its number.
  package var exitCode: Int32 { 128 + received.load(ordering: .acquiring) }

  /// Lets a write to a closed pipe, or past the limit of a file's size, fail with an error instead
  /// of ending the process without a word.
  package static func letWritesFail() { ignoreSignalsOfWrites() }
}

// Beside the type, in which `signal` is something else.
private func ignoreSignalsOfWrites() {
  signal(SIGPIPE, SIG_IGN)
  signal(SIGXFSZ, SIG_IGN)
}
