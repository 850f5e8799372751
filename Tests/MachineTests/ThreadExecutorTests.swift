import Machine
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct ThreadExecutorTests {
  private struct Failure: Error {}

  private static var thread: UInt { UInt(bitPattern: pthread_self().hashValue) }

  private actor Counter {
    private(set) var count = 0
    private(set) var threads: Set<UInt> = []

    func add() {
      count += 1
      threads.insert(ThreadExecutorTests.thread)
    }
  }

  @Test func `all steps are done on the calling thread`() throws {
    let counter = Counter()
    let own = Self.thread
    let threads = try ThreadExecutor.run {
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<100 {
          group.addTask {
            await counter.add()
            await Task.yield()
            await counter.add()
          }
        }
      }
      return await counter.threads
    }
    #expect(threads == [own])
    #expect(try ThreadExecutor.run { await counter.count } == 200)
  }

  @Test func `what is thrown comes out`() {
    #expect(throws: Failure.self) { try ThreadExecutor.run { throw Failure() } }
  }

  @Test func `the tick comes while nothing goes on`() throws {
    let (waiting, wake) = AsyncStream.makeStream(of: Void.self)
    var ticks = 0
    try ThreadExecutor.run(
      tick: {
        ticks += 1
        if ticks == 3 { wake.yield() }
      },
      {
        for await _ in waiting { return }
      })
    #expect(ticks >= 3)
  }
}
