import Bytes
import CommitLog
import Machine
import Records
import TestSupport
import Testing

@Suite struct RecoveryTests {
  private let first = "/data/log/posts-0/00000000000000000000.log"
  private let index = "/data/log/posts-0/00000000000000000000.index"

  private func reopened(_ disk: SimulatedDisk) throws -> CommitLog {
    disk.endProcess()
    return try CommitLog("/data/log", disk: disk, configuration: small)
  }

  /// A closed or left log with one segment of `count` batches of one record; the disk and the
  /// position where each batch begins.
  private func oneSegment(_ count: Int, closing: Bool) throws -> (SimulatedDisk, [Int]) {
    let disk = SimulatedDisk(seed: 7)
    let log = try freshLog(disk, LogConfiguration(indexIntervalBytes: 100))
    var starts: [Int] = []
    for number in 0..<count {
      starts.append(Int(try log.partition(posts).size))
      try log.partition(posts).append(["value \(number)"])
    }
    if closing { try log.close() }
    return (disk, starts)
  }

  private func overwrite(
    _ disk: SimulatedDisk, _ path: String, _ change: (inout [UInt8]) -> Void
  ) throws {
    var bytes = try disk.readAll(path)
    change(&bytes)
    let file = try disk.open(path, .readWrite)
    try file.truncate(to: 0)
    try file.write(bytes, at: 0)
  }

  @Test(arguments: [true, false])
  func `cut at every byte of the last batch, all before it is there`(closing: Bool) throws {
    let (disk, starts) = try oneSegment(6, closing: closing)
    let size = try disk.readAll(first).count
    for cut in starts[5]..<size {
      let disk = disk.copy()
      try overwrite(disk, first) { $0.removeLast(size - cut) }
      let log = try reopened(disk)
      let partition = try log.partition(posts)
      #expect(try partition.all().map(\.value) == (0..<5).map { "value \($0)" })
      // That a whole batch is missing is known only where the log was closed in order.
      #expect(log.repairs.isEmpty == (cut == starts[5] && !closing))
      if cut > starts[5], let repair = log.repairs.first {
        #expect(repair.contains("posts-0@5: cut \(cut - starts[5]) bytes"))
      }
      #expect(try disk.list("/data/log/posts-0").filter { $0.contains("cut") } == [])
      #expect(try partition.append(["again"]) == 5)
      #expect(try reopened(disk).repairs == [])
      #expect(try faults(disk) == [])
    }
  }

  @Test
  func `a batch broken in the middle stops a read there, with its place, and a check names it`()
    throws
  {
    let (disk, starts) = try oneSegment(8, closing: true)
    let size = starts[1]
    for byte in 0..<size {
      for bit in [0, 3, 7] as [UInt8] {
        let disk = disk.copy()
        let log = try reopened(disk)
        try overwrite(disk, first) { $0[starts[3] + byte] ^= 1 << bit }
        let partition = try log.partition(posts)
        let before = try partition.read(from: 0, maxBytes: 10_000).map(\.value)
        let isEpoch = (12..<16).contains(byte)
        // Outside the checksum, and without meaning here.

        if isEpoch {
          #expect(before.count == 8)
          continue
        }

        #expect(before == ["value 0", "value 1", "value 2"], "byte \(byte)")
        for from in 3..<4 as Range<Int64> {
          let error = #expect(throws: LogError.self, "byte \(byte), bit \(bit)") {
            try partition.read(from: from, maxBytes: 10_000)
          }
          #expect(error.map { "\($0)".hasPrefix("posts-0@3: ") } == true, "\(error as Any)")
        }
        // A base offset too high looks like the gap that compaction leaves, until the next batch.
        let place = byte < 8 ? "posts-0@" : "posts-0@3: "
        let found = try faults(disk)
        #expect(found.contains { $0.hasPrefix(place) }, "byte \(byte), bit \(bit): \(found)")
      }
    }
  }

  @Test func `a failed read leaves the buffer as it was`() throws {
    let (disk, starts) = try oneSegment(4, closing: true)
    let log = try reopened(disk)
    try overwrite(disk, first) { $0[starts[1] + 65] ^= 1 }
    var buffer = ByteBuffer()
    buffer.append([1, 2, 3])
    #expect(throws: LogError.self) {
      try log.partition(posts).read(from: 1, maxBytes: 1_000, into: &buffer)
    }
    #expect(buffer.toArray() == [1, 2, 3])
  }

  @Test func `whole batches behind a broken one are kept beside the segment`() throws {
    let (disk, starts) = try oneSegment(8, closing: false)
    let whole = try disk.readAll(first)
    for byte in 0..<starts[1] where !(12..<16).contains(byte) {
      let disk = disk.copy()
      try overwrite(disk, first) { $0[starts[3] + byte] ^= 0x88 }
      let damaged = try disk.readAll(first)
      let log = try reopened(disk)
      let found = try log.partition(posts).all().map(\.value)
      // A base offset too high is believed, as no checksum covers it; the next batch then is not.
      let kept = byte == 0 ? 3 : byte < 8 ? 4 : 3
      #expect(found == (0..<kept).map { "value \($0)" }, "byte \(byte)")
      #expect(log.repairs.count == 1 && log.repairs[0].contains("kept in"), "byte \(byte)")
      let cut = first + ".cut-\(starts[kept])"
      #expect(try disk.readAll(cut) == Array(damaged[starts[kept]...]), "byte \(byte)")
      disk.crash(.dropped)
      #expect(try disk.readAll(cut).count == whole.count - starts[kept])
    }
  }

  @Test(arguments: [true, false])
  func `an index that was lost or garbled costs nothing`(closing: Bool) throws {
    var random = Seed.random()
    let (disk, _) = try oneSegment(30, closing: closing)
    // The newest entries were in the memory of the process that has ended.
    if !closing { _ = try reopened(disk) }
    let sound = try disk.readAll(index)
    #expect(sound.count > 40)
    var damaged: [[UInt8]?] = [nil, [], Array(sound.dropLast()), sound + [0], sound + sound]
    damaged.append([UInt8](repeating: 0, count: sound.count))
    for bit in 0..<sound.count * 8 {
      var bytes = sound
      bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
      damaged.append(bytes)
    }
    for _ in 0..<50 {
      damaged.append(sound.map { _ in UInt8.random(in: 0...255, using: &random) })
    }
    for bytes in damaged {
      let disk = disk.copy()
      if let bytes { try overwrite(disk, index) { $0 = bytes } } else { try disk.remove(index) }
      let reader = try CommitLog(readingOnly: "/data/log", disk: disk)
      #expect(try reader.partition(posts).all().count == 30)
      let partition = try reopened(disk).partition(posts)
      let all = try partition.all().map(\.value)
      #expect(all == (0..<30).map { "value \($0)" }, "index \(bytes as Any)")
      guard all.count == 30 else { continue }
      for from in [3, 17, 29] as [Int64] {
        #expect(try partition.read(from: from, maxBytes: 1).map(\.offset) == [from])
      }
      if !closing {
        #expect(try disk.readAll(index) == sound)
        #expect(try faults(disk) == [])
      }
    }
  }

  @Test func `a checkpoint that cannot be understood only costs a longer check`() throws {
    let (disk, _) = try oneSegment(5, closing: true)
    let path = "/data/log/recovery-point-offset-checkpoint"
    #expect(String(decoding: try disk.readAll(path), as: UTF8.self) == "0\n1\nposts 0 5\n")
    for text in [
      "", "0", "0\n1", "0\n9\nposts 0 5\n", "1\n1\nposts 0 5\n", "0\n1\nposts 0 x\n",
      "0\n1\nposts 0 99999999999\n", "0\n1\nposts 0 -7\n", "\u{0}\u{0}",
      "0\n1\nposts 0 9223372036854775807\n",
    ] {
      let disk = disk.copy()
      try overwrite(disk, path) { $0 = Array(text.utf8) }
      #expect(try reopened(disk).partition(posts).all().count == 5)
    }
  }

  @Test func `a recovery point of a deleted topic does not vouch for its successor`() throws {
    let (disk, _) = try oneSegment(30, closing: true)
    let log = try reopened(disk)
    try log.deleteTopic("posts")
    try log.createTopic("posts")
    for number in 0..<8 { try log.partition(posts).append(["new \(number)"]) }
    disk.endProcess()
    try overwrite(disk, first) { $0[70] ^= 1 }
    let again = try reopened(disk)
    #expect(try again.partition(posts).all().isEmpty)
    #expect(again.repairs.count == 1)
  }

  @Test func `foreign files in a partition's folder are left alone`() throws {
    let (disk, _) = try oneSegment(3, closing: true)
    let folder = "/data/log/posts-0/"
    let names = [
      "09223372036854775807.log", "-0000000000000000001.log", "+0000000000000000009.log",
      "0000000000000000000x.log", "00000000000000000000.stray", "notes",
    ]
    for name in names { try disk.replace(folder + name, with: [1, 2, 3]) }
    let log = try reopened(disk)
    #expect(try log.partition(posts).append(["next"]) == 3)
    #expect(try log.partition(posts).all().count == 4)
    for name in names { #expect(try disk.readAll(folder + name) == [1, 2, 3]) }
  }
}
