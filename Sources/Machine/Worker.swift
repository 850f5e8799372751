internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A thread of its own for work that blocks (disk, LMDB, long computation), so that it never
/// occupies Swift's cooperative pool.
package final class Worker: Sendable {
  private final class Start: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private let thread: Mutex<pthread_t?>

  /// Starts `body` on a new thread with a stack of 8 MiB.
  package init(_ body: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 8 << 20)
    defer { pthread_attr_destroy(&attributes) }
    let start = Unmanaged.passRetained(Start(body)).toOpaque()
    #if canImport(Darwin)
      var identifier: pthread_t?
      let code = pthread_create(&identifier, &attributes, workerMain, start)
      thread = Mutex(code == 0 ? identifier : nil)
    #else
      var identifier = pthread_t()
      let code = pthread_create(&identifier, &attributes, workerMain, start)
      thread = Mutex(code == 0 ? identifier : nil)
    #endif
    // Out of threads: the work still has to be done, so it is done here.
    if code != 0 { Unmanaged<Start>.fromOpaque(start).takeRetainedValue().body() }
  }

  /// Lets other threads have the processor that runs the caller.
  package static func yieldProcessor() { sched_yield() }

  /// Waits until the body has returned.
  package func join() {
    let identifier = thread.withLock { held in
      defer { held = nil }
      return held
    }
    if let identifier { pthread_join(identifier, nil) }
  }

  fileprivate static func run(_ start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Start>.fromOpaque(start).takeRetainedValue().body()
    return nil
  }
}

#if canImport(Darwin)
  private let workerMain: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = {
    Worker.run($0)
  }
#else
  private let workerMain: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
    $0.flatMap(Worker.run)
  }
#endif
