import Bytes
import CommitLog
import Machine
import Records
import Synchronization
import TestSupport
import Testing

@Suite struct ModelTests {
  @Test func `a log and an array give the same answers`() throws {
    var random = Seed.random()
    for _ in 0..<6 {
      let disk = SimulatedDisk(seed: random.next())
      var log = try freshLog(disk, partitions: 3)
      var model = [[String]](repeating: [], count: 3)
      for step in 0..<120 {
        let number = Int.random(in: 0..<3, using: &random)
        let partition = try log.partition(TopicPartition("posts", number))
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
          if Bool.random(using: &random) { try log.close() }
          disk.endProcess()
          log = try CommitLog("/data/log", disk: disk, configuration: small)
          #expect(log.repairs == [])
        case 1..<6:
          let values = (0..<Int.random(in: 1...5, using: &random)).map {
            "\(step).\($0)" + String(repeating: "x", count: Int.random(in: 0...90, using: &random))
          }
          #expect(try partition.append(values) == Int64(model[number].count))
          model[number] += values
        default:
          let expected = model[number]
          #expect(partition.startOffset == 0 && partition.endOffset == Int64(expected.count))
          let from = Int64.random(in: 0...Int64(expected.count), using: &random)
          let maxBytes = [0, -1, .min, .max, Int.random(in: 1...3_000, using: &random)]
            .randomElement(using: &random)!
          let found = try partition.read(from: from, maxBytes: maxBytes)
          #expect(found.isEmpty == (from == Int64(expected.count)))
          if let first = found.first { #expect(first.offset <= from) }
          if let last = found.last { #expect(last.offset >= from) }
          for (index, record) in found.enumerated() {
            #expect(record.offset == found[0].offset + Int64(index))
            #expect(record.value == expected[Int(record.offset)])
          }
        }
      }
      for (number, expected) in model.enumerated() {
        let found = try log.partition(TopicPartition("posts", number)).all()
        #expect(found.map(\.value) == expected)
      }
      #expect(try faults(disk) == [])
    }
  }

  @Test func `a read gives whole batches within the bytes asked for, but at least one`() throws {
    let disk = SimulatedDisk(seed: 1)
    let log = try freshLog(disk)
    let partition = try log.partition(posts)
    let size = encode(["a", "b"]).count
    for _ in 0..<20 { try partition.append(["a", "b"]) }
    for wanted in 0...(6 * size) {
      let found = try partition.read(from: 5, maxBytes: wanted)
      #expect(found.first?.offset == 4)
      #expect(found.count == 2 * max(wanted / size, 1), "\(wanted) bytes")
    }
    var buffer = ByteBuffer()
    buffer.append([1, 2, 3])
    try partition.read(from: 0, maxBytes: 1, into: &buffer)
    #expect(buffer.count == 3 + size && buffer.toArray().prefix(3) == [1, 2, 3])
  }

  @Test func `offsets outside the log are refused`() throws {
    let log = try freshLog(SimulatedDisk(seed: 1))
    let partition = try log.partition(posts)
    try partition.append(["a"])
    for offset in [-1, 2, .max, .min] as [Int64] {
      #expect(
        throws: LogError.offsetOutOfRange(posts, offset: offset, start: 0, end: 1)
      ) { try partition.read(from: offset, maxBytes: 10) }
    }
  }

  @Test func `times are found as a scan finds them`() throws {
    var random = Seed.random()
    let disk = SimulatedDisk(seed: random.next())
    let partition = try freshLog(disk).partition(posts)
    var times: [Int64] = []
    #expect(try partition.offset(atOrAfter: 0) == nil)
    for step in 0..<60 {
      let batch = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        (value: "v", time: Int64(step * 10) + Int64.random(in: -60...60, using: &random))
      }
      try partition.append(encode(batch))
      times += batch.map(\.time)
    }
    for time in (-80...700 as ClosedRange<Int64>) {
      let expected = times.firstIndex { $0 >= time }.map(Int64.init)
      #expect(try partition.offset(atOrAfter: time) == expected, "time \(time)")
    }
  }

  @Test func `batches that are not whole and sound are not appended`() throws {
    let disk = SimulatedDisk(seed: 1)
    let partition = try freshLog(disk).partition(posts)
    let sound = encode(["a", "b"])
    func resealed(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
      var bytes = sound
      change(&bytes)
      let sum = CRC32C.checksum(Array(bytes[21...]))
      for byte in 0..<4 {
        bytes[17 + byte] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32(byte)))
      }
      return bytes
    }
    let refused: [[UInt8]] = [
      [], Array(sound.dropLast()), sound + [0], sound + sound, encode([] as [String]),
      resealed { $0[26] = 5 },  // a last offset delta that its records do not reach
      resealed { $0[23] = 0x7F },
      resealed { $0[60] = 3 },
    ]
    for batch in refused {
      #expect(throws: LogError.self) { try partition.append(batch) }
    }
    #expect(try partition.append(sound) == 0 && partition.endOffset == 2)
    #expect(try partition.all().map(\.value) == ["a", "b"])
  }

  @Test func `many writers and readers: all is there once, in each writer's order`() throws {
    let directory = TemporaryDirectory()
    let log = try CommitLog(directory("log"), configuration: small)
    try log.createTopic("posts")
    let partition = try log.partition(posts)
    let failures = Mutex<[String]>([])
    let writers = (0..<4).map { writer in
      Worker {
        for number in 0..<40 {
          do {
            let offset = try partition.append(["\(writer):\(number)", "\(writer):\(number)b"])
            if partition.endOffset < offset + 2 { failures.withLock { $0.append("not shown") } }
          } catch {
            failures.withLock { $0.append("\(error)") }
          }
        }
      }
    }
    let readers = (0..<2).map { _ in
      Worker {
        var seen: Int64 = 0
        while seen < 320 {
          let generation = log.arrivals.generation
          do {
            let found = try partition.all(from: seen, maxBytes: 500)
            for record in found {
              if record.offset != seen { failures.withLock { $0.append("gap at \(seen)") } }
              seen += 1
            }
            if found.isEmpty { log.arrivals.wait(since: generation) }
          } catch {
            failures.withLock { $0.append("\(error)") }
            return
          }
        }
      }
    }
    for worker in writers + readers { worker.join() }
    #expect(failures.withLock { $0 } == [])
    let values = try partition.all().map(\.value)
    for writer in 0..<4 {
      #expect(
        values.filter { $0.hasPrefix("\(writer):") }
          == (0..<40).flatMap { ["\(writer):\($0)", "\(writer):\($0)b"] })
    }
    try log.close()
    let check = try LogCheck(directory("log"), beside: false)
    #expect(check.faults == [] && check.records == 320 && check.batches == 160)
  }

  @Test func `a reader of its own beside the writer sees what is acknowledged after refresh`()
    throws
  {
    let disk = SimulatedDisk(seed: 1)
    let log = try freshLog(disk, partitions: 2)
    let reader = try CommitLog(readingOnly: "/data/log", disk: disk)
    var expected: [String] = []
    for step in 0..<40 {
      let values = (0...step % 3).map { "\(step).\($0)" }
      try log.partition(posts).append(values)
      expected += values
      try reader.refresh()
      let partition = try reader.partition(posts)
      #expect(partition.endOffset == Int64(expected.count))
      #expect(try partition.all().map(\.value) == expected)
    }
    try log.createTopic("more")
    try reader.refresh()
    #expect(reader.topics.map(\.name) == ["more", "posts"])
    #expect(reader.topics.map(\.partitions) == [1, 2])
    #expect(throws: LogError.readOnly) { try reader.createTopic("x") }
    #expect(throws: LogError.readOnly) { try reader.deleteTopic("posts") }
    #expect(throws: LogError.readOnly) { try reader.partition(posts).append(["x"]) }
    try reader.close()
    #expect(try faults(disk, beside: true) == [])
    #expect(try CommitLog(readingOnly: "/nowhere", disk: disk).topics.isEmpty)
  }
}
