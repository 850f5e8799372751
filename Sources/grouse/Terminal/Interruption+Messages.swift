internal import ArgumentParser
internal import Machine
internal import Terminal

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension Interruption {
  /// Where a signal has come, says so with its consequence and throws the exit code.
  func throwIfRequested(_ consequence: String) throws {
    guard isRequested else { return }
    Messages.line("interrupted; \(consequence)")
    throw ExitCode(exitCode)
  }

  /// Lets a signal end the process at once with a message and the usual exit code: for work that
  /// can be dropped at any moment and leaves nothing behind.
  static func endProcess(saying consequence: String) {
    let arrival = Signal()
    let interruption = Interruption(waking: arrival)
    _ = Worker {
      arrival.wait(since: 0)
      Messages.line("interrupted; \(consequence)")
      _exit(interruption.exitCode)
    }
  }
}
