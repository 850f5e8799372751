import CommitLog
import Machine
import Records
import TestSupport
import Testing

@Suite struct ExtremeTests {
  @Test func `times as far apart as numbers go are kept, found and compacted`() throws {
    let disk = SimulatedDisk(seed: 1)
    var configuration = LogConfiguration(segmentBytes: 300, indexIntervalBytes: 0)
    configuration.topicDefaults.maxCompactionLag = 1_000
    let log = try CommitLog("/data/log", disk: disk, configuration: configuration)
    try log.createTopic(
      "posts",
      settings: [
        "message.timestamp.after.max.ms": "\(Int64.max)", "cleanup.policy": "compact",
        "min.cleanable.dirty.ratio": "1",
      ])
    let partition = try log.partition(posts)
    let times: [Int64] = [.min, 0, .max, -1, .min, .max, 1_000, .min + 1, 5]
    for (number, time) in times.enumerated() {
      let sample = Sample(time: time, key: [UInt8(number)], value: [1])
      #expect(try partition.appended(try encode([sample])).firstOffset == Int64(number))
    }
    for wanted in [Int64.min, -2, -1, 0, 1, 1_000, 1_001, .max] {
      let expected = times.firstIndex { $0 >= wanted }.map(Int64.init)
      #expect(try partition.offset(atOrAfter: wanted) == expected, "\(wanted)")
    }
    #expect(try partition.latestRecord()?.offset == 2)
    #expect(try log.maintain().failures.isEmpty)
    #expect(try partition.all().count == times.count)
    disk.crash(.dropped)
    let again = try CommitLog("/data/log", disk: disk, configuration: configuration)
    #expect(try again.partition(posts).all().count == times.count)
    #expect(try faults(disk, beside: true) == [])
  }

  @Test(arguments: ["0\n1\nposts 0 6\n", "0\n1\nposts 0 999\n"])
  func `a start behind the end is said to be wrong, and nothing is deleted`(text: String) throws {
    let disk = SimulatedDisk(seed: 1)
    let log = try freshLog(disk)
    for number in 0..<5 { try log.partition(posts).append(["\(number)"]) }
    disk.endProcess()
    try disk.replace("/data/log/log-start-offset-checkpoint", with: Array(text.utf8))
    let again = try CommitLog("/data/log", disk: disk, configuration: small)
    #expect(again.repairs.count == 1)
    #expect(try again.partition(posts).all().map(\.value) == ["0", "1", "2", "3", "4"])
  }

  @Test func `what was deleted stays deleted where a crash takes the records behind it`() throws {
    for seed in 0..<20 as Range<UInt64> {
      let disk = SimulatedDisk(seed: seed)
      let configuration = LogConfiguration(durability: .interval(milliseconds: 1_000_000))
      let log = try freshLog(disk, configuration)
      for number in 0..<6 { try log.partition(posts).append(["\(number)"]) }
      try log.partition(posts).deleteRecords(before: 4)
      disk.crash(.torn)
      let again = try CommitLog("/data/log", disk: disk, configuration: configuration)
      #expect(again.repairs == [])
      #expect(try again.partition(posts).startOffset == 4)
      #expect(try again.partition(posts).append(["next"]) >= 4)
    }
  }
}
