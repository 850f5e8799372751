internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A threads' meeting point: wait until something changed, with an optional limit of time.
///
/// The counter makes lost wake-ups impossible: read `generation`, look at the state, and wait only
/// while the generation is still the one read.
package final class Signal: Sendable {
  private final class Primitives: @unchecked Sendable {
    // Unchecked: pthread primitives are made for use from any thread and never moved.
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    init() {
      pthread_mutex_init(mutex, nil)
      pthread_cond_init(condition, nil)
    }
    deinit {
      pthread_cond_destroy(condition)
      pthread_mutex_destroy(mutex)
      condition.deallocate()
      mutex.deallocate()
    }
  }

  private let primitives = Primitives()
  private let counter = Atomic<UInt64>(0)

  package init() {}

  /// Counts the changes so far.
  package var generation: UInt64 { counter.load(ordering: .acquiring) }

  /// Says that something changed; wakes everyone who waits.
  package func raise() {
    pthread_mutex_lock(primitives.mutex)
    counter.add(1, ordering: .releasing)
    pthread_cond_broadcast(primitives.condition)
    pthread_mutex_unlock(primitives.mutex)
  }

  /// Says that something changed; wakes one of those who wait, who is to `passOn` the word. The one
  /// who raises has little to do, however many wait.
  package func raiseForOne() {
    pthread_mutex_lock(primitives.mutex)
    counter.add(1, ordering: .releasing)
    pthread_mutex_unlock(primitives.mutex)
    pthread_cond_signal(primitives.condition)
  }

  /// Wakes two more of those whom `raiseForOne` has freed: two, so that the last of many is woken
  /// soon.
  package func passOn() {
    pthread_cond_signal(primitives.condition)
    pthread_cond_signal(primitives.condition)
  }

  /// Waits until the generation is no longer `seen`, or `milliseconds` have passed.
  package func wait(since seen: UInt64, milliseconds: Int? = nil) {
    pthread_mutex_lock(primitives.mutex)
    defer { pthread_mutex_unlock(primitives.mutex) }
    guard let milliseconds else {
      while generation == seen { pthread_cond_wait(primitives.condition, primitives.mutex) }
      return
    }
    var deadline = timespec()
    clock_gettime(CLOCK_REALTIME, &deadline)
    let nanoseconds = Int(deadline.tv_nsec) + milliseconds % 1_000 * 1_000_000
    deadline.tv_sec += milliseconds / 1_000 + nanoseconds / 1_000_000_000
    deadline.tv_nsec = nanoseconds % 1_000_000_000
    while generation == seen {
      if pthread_cond_timedwait(primitives.condition, primitives.mutex, &deadline) != 0 { return }
    }
  }
}
