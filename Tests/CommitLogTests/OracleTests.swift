import CommitLog
import Machine
import TestSupport
import Testing

@Suite struct OracleTests {
  @Test func `whatever is done to a log, it answers as plain dictionaries do`() throws {
    var random = Seed.random()
    var counts: [String: Int] = [:]
    for _ in 0..<40 {
      let seed = random.next()
      var session = try OracleSession(seed: seed)
      do {
        for _ in 0..<500 { try session.takeStep() }
      } catch {
        Issue.record("run \(seed), step \(session.step), \(session.doing): \(error)")
        return
      }
      counts.merge(session.counts) { $0 + $1 }
    }
    // Every kind of step has been taken, so none of them is only in name.
    let kinds = [
      "append", "produce", "repeat", "gap", "old-epoch", "end", "read", "slice", "seek", "maintain",
      "compact", "compacted", "delete-records", "alter", "partitions", "recreate", "close", "kill",
      "dropped", "kept", "torn",
    ]
    for kind in kinds { #expect(counts[kind, default: 0] > 10, "\(kind)") }
  }
}
