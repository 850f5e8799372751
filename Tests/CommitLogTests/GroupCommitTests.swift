import Bytes
import CommitLog
import Machine
import Records
import Synchronization
import TestSupport
import Testing

/// Writers that share syncs on the machine's own disk, some of whose writes fail.
@Suite struct GroupCommitTests {
  /// What the log has answered.
  private struct Answers: Sendable {
    /// Values that were acknowledged, by their offsets.
    var taken: [Int64: String] = [:]
    /// Values that were refused.
    var refused: Set<String> = []
    /// Values of which the log stopped before it could tell.
    var open: Set<String> = []
    var wrong: [String] = []
  }

  private final class Ledger: Sendable {
    let answers = Mutex(Answers())
  }

  /// Appends as an idempotent producer does, or as a plain one; a batch that was refused is sent
  /// again under another value, which its producer must be able to, and every fourth is sent twice.
  /// Who has been refused too often gives up.
  private static func write(_ writer: Int, _ partition: PartitionLog, _ ledger: Ledger) {
    let answers = { (note: (inout Answers) -> Void) in ledger.answers.withLock { note(&$0) } }
    var sequence: Int32 = 0
    for number in 0..<150 {
      for attempt in 0...20 {
        if attempt == 20 { return }
        let value = "\(writer):\(number):\(attempt)"
        let producer =
          writer % 2 == 0
          ? BatchProducer(id: Int64(writer), epoch: 0, sequence: sequence) : BatchProducer.none
        do {
          let batch = try encode(
            [Sample(time: 1_000, value: Array(value.utf8))], producer: producer)
          let taken = try partition.appended(batch)
          var again = taken
          if producer.id >= 0, number % 4 == 0 { again = try partition.appended(batch) }
          answers { answers in
            if let other = answers.taken.updateValue(value, forKey: taken.firstOffset) {
              answers.wrong.append("\(taken.firstOffset) is \(other)'s and \(value)'s")
            }
            if taken.isDuplicate || again.firstOffset != taken.firstOffset {
              answers.wrong.append("\(value): \(taken), then \(again)")
            }
          }
          sequence += 1
          break
        } catch LogError.io {
          answers { $0.refused.insert(value) }
        } catch LogError.stopped {
          answers { $0.open.insert(value) }
          return
        } catch {
          return answers { $0.wrong.append("\(value): \(error)") }
        }
      }
    }
  }

  private static func run(_ disk: FailingDisk, _ directory: String) throws -> Answers {
    let log = try CommitLog(
      directory, disk: disk,
      configuration: LogConfiguration(segmentBytes: 9_000, indexIntervalBytes: 100))
    try log.createTopic("posts")
    let partition = try log.partition(posts)
    disk.fail(true)
    let ledger = Ledger()
    let workers = (0..<8).map { writer in Worker { write(writer, partition, ledger) } }
    for worker in workers { worker.join() }
    disk.fail(false)
    let found = ledger.answers.withLock { $0 }
    // A log that has stopped, or cannot write any more, is left as a kill would leave it.
    if found.taken.count == 8 * 150 {
      let read = Dictionary(
        uniqueKeysWithValues: try partition.all(maxBytes: 5_000).map { ($0.offset, $0.value) })
      #expect(read == found.taken)
      try log.close()
    }
    return found
  }

  /// What is there after opening anew: what was acknowledged and, where the log stopped, perhaps
  /// what it could not tell of; nothing that was refused, nothing twice.
  private static func check(_ directory: String, _ answers: Answers) throws {
    #expect(answers.wrong.prefix(5) == [])
    let log = try CommitLog(directory)
    let found = try log.partition(posts).all(maxBytes: 5_000)
    #expect(Set(found.map(\.value)).count == found.count)
    for (offset, value) in found where answers.taken[offset] != value {
      #expect(answers.open.contains(value), "\(value) is at \(offset)")
    }
    let read = Dictionary(uniqueKeysWithValues: found.map { ($0.offset, $0.value) })
    for (offset, value) in answers.taken { #expect(read[offset] == value) }
    try log.close()
    #expect(try LogCheck(directory, beside: false).faults == [])
  }

  @Test func `a write that fails refuses all it was to write, and nothing else`() throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      let directory = TemporaryDirectory()
      let disk = FailingDisk(share: 0.15, seed: seed)
      let answers = try Self.run(disk, directory("log"))
      #expect(answers.open == [] && !answers.refused.isEmpty && answers.taken.count == 8 * 150)
      // Else nothing was staged, and this has tested nothing.
      let (writes, failed) = disk.writes
      #expect(writes - failed < answers.taken.count && failed < answers.refused.count)
      try Self.check(directory("log"), answers)
    }
  }

  @Test func `what is refused does not come back where the disk cannot be cut either`() throws {
    for seed in 1...12 as ClosedRange<UInt64> {
      let directory = TemporaryDirectory()
      let disk = FailingDisk(share: 0.1, shareOfCuts: seed > 6 ? 1 : 0.7, seed: seed)
      try Self.check(directory("log"), try Self.run(disk, directory("log")))
    }
  }

  @Test func `a sync that fails loses nothing that was acknowledged`() throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      let directory = TemporaryDirectory()
      let disk = FailingDisk(share: 0.05, syncsUntilFailure: 40 * Int(seed), seed: seed)
      let answers = try Self.run(disk, directory("log"))
      #expect(answers.open.count == 8 && answers.taken.count > 40)
      try Self.check(directory("log"), answers)
    }
  }
}
