internal import Machine
internal import Records

/// Opens a partition's folder and brings it into order after a crash.
struct Recovery {
  let topicPartition: TopicPartition
  let directory: String
  let disk: any FileSystem
  let configuration: LogConfiguration
  let arrivals: Signal

  /// Opens for writing. Everything before the recovery point is trusted; what lies behind is
  /// checked, and a torn end is cut. `report` hears what was repaired.
  func open(
    _ points: RecoveryPoints, report: (String) -> Void
  ) throws(LogError) -> PartitionLog {
    let files = SegmentFiles(directory, disk)
    let recoveryPoint = points.point(of: topicPartition)
    return try onDisk { () throws(IOFailure) in
      var segments: [Segment] = []
      let bases = try files.baseOffsets()
      var nextOffset = bases.first ?? 0
      for (number, base) in bases.enumerated() {
        let (segment, indexIsSound) = try files.open(base, writing: true)
        let isLast = number == bases.count - 1
        if !indexIsSound || isLast || bases[number + 1] > recoveryPoint {
          nextOffset = try recover(
            segment, indexIsSound: indexIsSound, from: recoveryPoint, files, report)
        } else {
          nextOffset = bases[number + 1]
        }
        segments.append(segment)
      }
      if segments.isEmpty { segments.append(try files.create(baseOffset: 0)) }
      if let last = segments.last, nextOffset != recoveryPoint {
        // What a killed process wrote may be in the system's memory only, and after a failed sync
        // no further sync would write it. Before anyone reads it, it must be on the disk.
        try last.rewrite(from: last.position(before: max(recoveryPoint, last.baseOffset)))
        try last.file.sync()
      }
      // A segment may have been begun whose name is in memory only.
      try disk.syncDirectory(directory)
      return log(segments, nextOffset, points)
    }
  }

  /// Opens for reading beside the process that writes: repairs nothing, and takes for the end what
  /// is whole at this moment.
  func openReadOnly() throws(LogError) -> PartitionLog {
    let files = SegmentFiles(directory, disk)
    return try onDisk { () throws(IOFailure) in
      var segments: [Segment] = []
      for base in try files.baseOffsets() {
        segments.append(try files.open(base, writing: false).0)
      }
      let end = try segments.last.map { last throws(IOFailure) in try last.wholeEnd() } ?? 0
      return log(segments, end, nil)
    }
  }

  private func log(
    _ segments: [Segment], _ nextOffset: Int64, _ points: RecoveryPoints?
  ) -> PartitionLog {
    PartitionLog(
      topicPartition, directory: directory, disk: disk, configuration: configuration,
      arrivals: arrivals, points: points, segments: segments, nextOffset: nextOffset)
  }

  /// Checks a segment behind `offset` and mends it; returns the offset behind its last batch.
  private func recover(
    _ segment: Segment, indexIsSound: Bool, from offset: Int64, _ files: SegmentFiles,
    _ report: (String) -> Void
  ) throws(IOFailure) -> Int64 {
    let known = segment.index.all
    var position: Int64 = 0
    var first = segment.baseOffset
    if offset > segment.baseOffset,
      let entry = segment.index.entry(before: offset - segment.baseOffset),
      let header = try segment.header(confirming: entry)
    {
      position = Int64(entry.position)
      first = header.baseOffset
    }
    let scan = try SegmentScan(
      segment, from: position, offset: first, indexInterval: configuration.indexIntervalBytes)
    let entries = known.filter { Int64($0.position) < position } + scan.entries
    if !indexIsSound || entries != known { try segment.index.rewrite(entries) }
    if scan.validBytes < segment.size {
      let excess = segment.size - scan.validBytes
      let kept = try files.cut(
        segment, to: scan.validBytes, keeping: try scan.wholeBatchFollows(in: segment))
      report(
        "\(topicPartition)@\(scan.nextOffset): cut \(excess) bytes behind the last whole batch"
          + (scan.fault.map { " (\($0))" } ?? "") + (kept.map { "; kept in \($0)" } ?? ""))
    }
    return scan.nextOffset
  }
}

extension Segment {
  /// The offset behind the last batch whose bytes are all there, by walking headers from the last
  /// index entry on; checksums are left to whoever reads.
  func wholeEnd() throws(IOFailure) -> Int64 {
    var position = try self.position(before: .max)
    var end = baseOffset
    while let found = try header(at: position), let header = try? found.get(),
      position + Int64(header.totalSize) <= size
    {
      end = header.nextOffset
      position += Int64(header.totalSize)
    }
    return end
  }
}
