import Machine
import Synchronization
import Testing

@Suite struct ThreadTests {
  @Test func `every value pushed is popped once, in each producer's order`() {
    let queue = BoundedQueue<(Int, Int)>(capacity: 3)
    let taken = Mutex<[(Int, Int)]>([])
    let consumers = (0..<3).map { _ in
      Worker { while let value = queue.pop() { taken.withLock { $0.append(value) } } }
    }
    let producers = (0..<4).map { producer in
      Worker { for number in 0..<500 { _ = queue.push((producer, number)) } }
    }
    for worker in producers { worker.join() }
    queue.close()
    for worker in consumers { worker.join() }
    let all = taken.withLock { $0 }
    #expect(all.count == 2_000)
    for producer in 0..<4 {
      #expect(Set(all.filter { $0.0 == producer }.map(\.1)) == Set(0..<500))
    }
  }

  @Test func `one producer and one consumer keep the order`() {
    let queue = BoundedQueue<Int>(capacity: 0)
    let producer = Worker {
      for number in 0..<1_000 { _ = queue.push(number) }
      queue.close()
    }
    var taken: [Int] = []
    while let value = queue.pop() { taken.append(value) }
    producer.join()
    #expect(taken == Array(0..<1_000))
  }

  @Test func `a full queue holds the producer back until it is closed`() {
    let queue = BoundedQueue<Int>(capacity: 2)
    #expect(queue.push(1) && queue.push(2))
    let refused = Mutex<Bool?>(nil)
    let producer = Worker {
      let outcome = queue.push(3)
      refused.withLock { $0 = !outcome }
    }
    queue.close()
    producer.join()
    #expect(refused.withLock { $0 } == true)
    #expect(!queue.push(4))
    #expect(queue.pop() == 1 && queue.pop() == 2 && queue.pop() == nil && queue.pop() == nil)
  }

  @Test func `a raised signal is never missed`() {
    let signal = Signal()
    let state = Atomic<Int>(0)
    let waiter = Worker {
      for step in 1...500 {
        while true {
          let seen = signal.generation
          if state.load(ordering: .acquiring) >= step { break }
          signal.wait(since: seen)
        }
      }
    }
    for _ in 1...500 {
      state.add(1, ordering: .releasing)
      signal.raise()
    }
    waiter.join()
    #expect(signal.generation == 500)
  }

  @Test func `a wait with a limit ends without a signal`() {
    let signal = Signal()
    for milliseconds in [-5, 0, 1] {
      signal.wait(since: signal.generation, milliseconds: milliseconds)
    }
    signal.raise()
    signal.wait(since: 0, milliseconds: .max)
    signal.wait(since: 0)
  }

  @Test func `join returns after the body, and any number of times`() {
    let done = Atomic<Int>(0)
    let workers = (0..<20).map { _ in Worker { done.add(1, ordering: .relaxed) } }
    for worker in workers { worker.join() }
    for worker in workers { worker.join() }
    #expect(done.load(ordering: .relaxed) == 20)
  }
}

@Suite struct ValueTests {
  @Test func `the generator gives SplitMix64's numbers`() {
    var random = SeededRandom(seed: 1_234_567)
    #expect(
      (0..<5).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
    var zero = SeededRandom(seed: 0)
    #expect(zero.next() == 0xE220_A839_7B1D_CDAF && zero.next() == 0x6E78_9E6A_A1B9_65F4)
  }

  @Test func `identifiers differ`() {
    #expect(Set((0..<50).map { _ in Entropy.identifier() }).count == 50)
    #expect(Entropy.identifier().count == 16)
  }

  @Test func `a clock reads its source`() {
    let clock = Clock { 1_500_999 }
    #expect(clock.microseconds == 1_500_999 && clock.milliseconds == 1_500)
    #expect(Clock.monotonicSeconds() <= Clock.monotonicSeconds())
  }
}

@Suite struct ParallelTests {
  @Test(arguments: [1, 2, 7]) func `values stand in order, however many work`(workers: Int) {
    for count in [0, 1, 2, 100] {
      var heard: [Int] = []
      let values = Parallel.map(count, workers: workers) {
        heard.append($0)
      } _: {
        $0 * $0
      }
      #expect(values == (0..<count).map { $0 * $0 })
      #expect(heard == heard.sorted() && Set(heard).count == heard.count)
      #expect(heard.last ?? 0 == count)
      #expect(workers > 1 || heard == Array(0..<count).map { $0 + 1 })
    }
    #expect(Parallel.processors >= 1)
  }
}
