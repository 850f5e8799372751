import Bytes
import CommitLog
import Machine
import Records
import TestSupport
import Testing

/// The steps that ask, and those that take records away.
extension OracleSession {
  private func bytes(
    _ place: TopicPartition, from offset: Int64, maxBytes: Int, _ isolation: PartitionLog.Isolation
  ) throws -> [UInt8] {
    var buffer = ByteBuffer()
    try partition(place).read(from: offset, maxBytes: maxBytes, isolation: isolation, into: &buffer)
    return buffer.toArray()
  }

  /// One read, compared with the model; returns the offset behind it.
  @discardableResult
  private func read(
    _ place: TopicPartition, from offset: Int64, maxBytes: Int, _ isolation: PartitionLog.Isolation
  ) throws -> Int64 {
    guard let model = models[place] else { return offset }
    let end = isolation == .committed ? model.stable : model.end
    let batches = try decode(bytes(place, from: offset, maxBytes: maxBytes, isolation))
    guard let first = batches.first?.header, let last = batches.last?.header else {
      try require(offset >= end, "nothing at \(offset) before \(end)")
      return offset
    }
    try require(first.lastOffset >= offset, "begins with \(first.baseOffset) for \(offset)")
    try require(last.baseOffset < end, "shows \(last.baseOffset) before \(end)")
    let size = batches.reduce(0) { $0 + $1.header.totalSize }
    try require(size <= max(maxBytes, first.totalSize), "\(size) bytes of \(maxBytes)")
    let found = batches.filter { !$0.header.isControl }.flatMap(\.samples)
      .filter { $0.offset >= model.start }
    let from = max(min(first.baseOffset, offset), model.start)
    let expected = model.visible(from..<last.nextOffset).map(\.sample)
    try require(found == expected, "from \(offset): \(found), not \(expected)")
    return last.nextOffset
  }

  mutating func read() throws {
    let place = place()
    guard let model = models[place] else { return }
    let from = Int64(number(Int(model.start)...Int(model.end)))
    let isolation: PartitionLog.Isolation = chance(40) ? .committed : .uncommitted
    let maxBytes = [0, -1, .max, number(1...3_000)].randomElement(using: &random)!
    note("read of \(place) from \(from), \(maxBytes) bytes, \(isolation)")
    try read(place, from: from, maxBytes: maxBytes, isolation)
    if chance(10) {
      let outside = [model.start - 1, model.end + 1, -1].randomElement(using: &random)!
      do {
        try read(place, from: outside, maxBytes: 100, isolation)
        throw Mismatch("\(outside) was read")
      } catch LogError.offsetOutOfRange {}
    }
  }

  mutating func slice() throws {
    let place = place()
    guard let model = models[place] else { return }
    let from = Int64(number(Int(model.start)...Int(model.end)))
    let isolation: PartitionLog.Isolation = chance(40) ? .committed : .uncommitted
    let maxBytes = [0, .max, number(1...3_000)].randomElement(using: &random)!
    note("slice of \(place) from \(from), \(maxBytes) bytes, \(isolation)")
    let end = isolation == .committed ? model.stable : model.end
    let found = try partition(place).slice(from: from, maxBytes: maxBytes, isolation: isolation)
    guard let found else { return try require(from >= end, "nothing at \(from)") }
    var part = [UInt8](repeating: 0, count: found.length)
    let count = try part.withUnsafeMutableBytes { bytes in
      try found.file.read(into: bytes, at: found.position)
    }
    try require(count == found.length, "\(count) bytes of \(found.length)")
    let whole = try bytes(place, from: from, maxBytes: found.length, isolation)
    try require(part == whole, "a slice of \(count) bytes, a read of \(whole.count)")
    try require(try decode(part).last?.header.nextOffset == found.nextOffset, "next offset")
  }

  mutating func seek() throws {
    let place = place()
    guard let model = models[place] else { return }
    let known = model.visible.map(\.sample.time) + Array(model.markers.values)
    let near = known.sorted().randomElement(using: &random) ?? 0
    let wanted = chance(10) ? .max : chance(10) ? -5 : near + Int64(number(-1...1))
    note("seek in \(place) to \(wanted)")
    let found = try partition(place).record(atOrAfter: wanted)
    let expected = model.first(atOrAfter: wanted)
    try require(
      found?.offset == expected?.offset && found?.timestamp == expected?.time,
      "\(found as Any), not \(expected as Any)")
    let latest = try partition(place).latestRecord()
    let last = known.max().flatMap { model.first(atOrAfter: $0) }
    try require(
      latest?.offset == last?.offset && latest?.timestamp == last?.time,
      "latest \(latest as Any), not \(last as Any)")
  }

  /// Everything there is, as both kinds of readers see it.
  func verify(_ place: TopicPartition) throws {
    guard let model = models[place] else { return }
    let partition = try partition(place)
    try require(
      partition.startOffset == model.start && partition.endOffset == model.end
        && partition.stableOffset == model.stable,
      "\(place): \(partition.startOffset), \(partition.stableOffset), \(partition.endOffset), not "
        + "\(model.start), \(model.stable), \(model.end)")
    var next = model.start
    while next < model.end {
      let after = try read(place, from: next, maxBytes: 700, .uncommitted)
      try require(after > next, "\(place): stalls at \(next)")
      next = after
    }
    let committed = try committed(place, from: model.start)
    let expected = model.visible(model.start..<model.stable).filter { !$0.isAborted }.map(\.sample)
    try require(committed == expected, "\(place): committed \(committed), not \(expected)")
  }

  /// What Kafka's consumer makes of committed reads and the list of aborted transactions.
  private func committed(_ place: TopicPartition, from offset: Int64) throws -> [Sample] {
    let partition = try partition(place)
    var next = offset
    var found: [Sample] = []
    while next < partition.stableOffset {
      let batches = try decode(bytes(place, from: next, maxBytes: 600, .committed))
      guard let last = batches.last?.header else { throw Mismatch("\(place): nothing at \(next)") }
      var coming = try partition.abortedTransactions(from: next, to: last.nextOffset)
        .sorted { $0.firstOffset < $1.firstOffset }[...]
      var aborting: Set<Int64> = []
      for batch in batches {
        let header = batch.header
        while let first = coming.first, first.firstOffset <= header.lastOffset {
          aborting.insert(first.producerID)
          coming.removeFirst()
        }
        if header.isControl {
          aborting.remove(header.producerID)
        } else if !header.isTransactional || !aborting.contains(header.producerID) {
          found += batch.samples.filter { $0.offset >= next }
        }
      }
      next = last.nextOffset
    }
    return found
  }

  mutating func maintain() throws {
    note("maintain")
    var starts: [TopicPartition: Int64] = [:]
    for place in models.keys { starts[place] = try expectedStart(place) }
    let done = try log.maintain()
    try require(done.failures.isEmpty, "\(done.failures)")
    for (place, start) in starts {
      let found = try partition(place).startOffset
      try require(found == start, "\(place): starts at \(found), not \(start)")
      change(place) { $0.moveStart(to: start) }
    }
    for (place, report) in done.compacted { try afterCompaction(place, report) }
    for place in models.keys.sorted() { try verify(place) }
  }

  /// Where retention is to leave the start: whole segments, told from the files.
  private func expectedStart(_ place: TopicPartition) throws -> Int64 {
    guard let model = models[place] else { return 0 }
    let settings = try log.configuration(of: place.topic)
    var segments = try SegmentFacts.all("/data/log/\(place)", disk)
    func next(_ index: Int) -> Int64 {
      index + 1 < segments.count ? segments[index + 1].base : model.end
    }
    func isOld(_ segment: SegmentFacts) -> Bool {
      segment.latest.map { $0 < time.milliseconds - settings.retentionMilliseconds } ?? false
    }
    if settings.deletesOld {
      if settings.retentionMilliseconds >= 0 {
        if let last = segments.last, isOld(last) {
          segments.append(SegmentFacts(base: model.end, size: 0, latest: nil))
        }
        while segments.count > 1, isOld(segments[0]) { segments.removeFirst() }
      }
      var excess = segments.reduce(0) { $0 + $1.size } - settings.retentionBytes
      while settings.retentionBytes >= 0, segments.count > 1, excess >= segments[0].size {
        excess -= segments[0].size
        segments.removeFirst()
      }
    }
    while segments.count > 1, next(0) <= model.start { segments.removeFirst() }
    return max(segments[0].base, model.start)
  }

  mutating func compact() throws {
    let place = place()
    note("compact \(place)")
    let report = try partition(place).compact(force: chance(70))
    if let report { try afterCompaction(place, report) }
    try verify(place)
    if chance(30) {
      let again = try partition(place).compact()
      try require(again == nil || report == nil, "compacts twice: \(again as Any)")
    }
  }

  private mutating func afterCompaction(_ place: TopicPartition, _ report: CompactionReport) throws
  {
    counts["compacted", default: 0] += 1
    let partition = try partition(place)
    var found: [Int64: Sample] = [:]
    var markers: [Int64: Int64] = [:]
    var next = partition.startOffset
    while next < partition.endOffset {
      let batches = try decode(bytes(place, from: next, maxBytes: 2_000, .uncommitted))
      guard let last = batches.last?.header else { throw Mismatch("nothing at \(next)") }
      for batch in batches {
        for sample in batch.samples where sample.offset >= next {
          if batch.header.isControl {
            markers[sample.offset] = sample.time
          } else {
            found[sample.offset] = sample
          }
        }
      }
      next = last.nextOffset
    }
    let segments = try SegmentFacts.all("/data/log/\(place)", disk)
    try require(report.cleanUpTo <= segments.last?.base ?? 0, "the last segment was compacted")
    let now = time.milliseconds
    let retention = partition.configuration.deleteRetention
    try change(place) { model in
      try model.compact(
        to: report.cleanUpTo, found: found, markers: markers, now: now, deleteRetention: retention)
    }
  }
}
