internal import CPlatform

/// Turns a memory fault in code that trusts a file into an error message and the end of the
/// process, as after a kill: a library that maps its file into memory follows what is written
/// there, and where that is damaged it may be led to memory that is not there.
package final class FaultGuard: @unchecked Sendable {
  // Unchecked: the message is written once and only read thereafter.
  private let message: UnsafeMutablePointer<CChar>

  /// What to put back when a guarded scope ends.
  package struct Outer {
    fileprivate let message: UnsafePointer<CChar>?
  }

  /// `message` is what the process says at its end; code 1 is how it ends.
  package init(_ message: String) {
    let bytes = ("Error: " + message + "\n").utf8CString
    self.message = .allocate(capacity: bytes.count)
    _ = UnsafeMutableBufferPointer(start: self.message, count: bytes.count)
      .initialize(from: bytes)
  }

  deinit { message.deallocate() }

  /// Begins a scope of this thread, which must end on it, before the guard is gone.
  package func begin() -> Outer { Outer(message: grouse_guard_faults(message)) }

  /// Whether a scope that has begun lies in one of this guard.
  package func isIn(_ outer: Outer) -> Bool { outer.message == UnsafePointer(message) }

  /// Ends a scope.
  package func end(_ outer: Outer) { _ = grouse_guard_faults(outer.message) }

  /// Runs `body` as a scope.
  package func guarding<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let outer = begin()
    defer { end(outer) }
    return try body()
  }
}
