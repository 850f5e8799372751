internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Ctrl-C as a state that a statement looks at while it runs. Pressed again before anybody has
/// looked, it ends the process as usual.
package final class KeyboardInterrupt: Sendable {
  /// Catches the signal from here on, for the life of the process.
  package init() {
    var action = sigaction()
    #if canImport(Darwin)
      action.__sigaction_u.__sa_handler = raiseInterrupt
    #else
      action.__sigaction_handler.sa_handler = raiseInterrupt
    #endif
    // Without SA_RESTART: a read that waits for a key comes back.
    sigaction(SIGINT, &action, nil)
    // Whoever started the process may have held the signal back.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Whether it has been pressed since `reset`.
  package var isRaised: Bool { interruptCount.load(ordering: .acquiring) > 0 }

  /// Forgets that it has been pressed.
  package func reset() { interruptCount.store(0, ordering: .releasing) }
}

private let interruptCount = Atomic<Int>(0)

/// A signal handler: it may call nothing but what the system allows in one.
private func raiseInterrupt(_ number: Int32) {
  let before = interruptCount.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
  if before > 0 { _exit(128 + number) }
}
