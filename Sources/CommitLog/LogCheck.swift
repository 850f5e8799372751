package import Machine
internal import Records

/// What a check of the log's every byte found.
package struct LogCheck: Sendable {
  package var partitions = 0
  package var segments = 0
  package var batches = 0
  package var records = 0
  package var bytes: Int64 = 0
  /// What is wrong, each with its place; empty where all is well.
  package var faults: [String] = []

  /// Reads every batch of every segment below `directory`, checks checksums, offsets, records,
  /// indexes, snapshots and checkpoints. No fault is what a kill leaves: a batch cut short at the
  /// end of a partition's last segment, unless the log was closed in order. With `beside` a process
  /// that writes, what it or its compaction is about to put in place is none either. Changes
  /// nothing. `progress` hears how many bytes are done.
  package init(
    _ directory: String, disk: any FileSystem = LocalDisk(), beside writer: Bool,
    progress: (Int64) -> Void = { _ in }
  ) throws(LogError) {
    guard disk.exists(directory) else { return }
    let folders = TopicFolders(directory, disk)
    let (found, checkpoints) = try onDisk { () throws(IOFailure) in
      let checkpoints = try LogCheckpoints(directory, disk)
      return (try folders.complete(removingRest: false) { _ in }, checkpoints)
    }
    for (name, checkpoint) in checkpoints.all where checkpoint.isUnreadable {
      faults.append("\(Path.join(directory, name)): it cannot be understood")
    }
    let reached = checkpoints.recoveryPoints.all
    for place in reached.keys.sorted() where !found.contains(place) {
      faults.append("\(place): its folder is gone; it had reached \(reached[place] ?? 0)")
    }
    let wasClosed = CleanShutdown(directory, disk).isThere
    var compacted: Set<String> = [ConsumerOffsets.topic]
    for place in found {
      partitions += 1
      if place.partition == 0 {
        let settings = try folders.settings(of: place.topic, over: TopicConfiguration()) {
          faults.append("\(place): \($0)")
        }
        if settings.compacts || checkpoints.cleaned.knows(place.topic) {
          compacted.insert(place.topic)
        }
        let identifier = try? folders.identifier(of: place.topic)
        if identifier?.utf8.count != 22 {
          faults.append("\(place): its partition.metadata names no topic_id of 22 characters")
        }
      }
      let isCompacted = compacted.contains(place.topic)
      try onDisk { () throws(IOFailure) in
        try check(
          place, folders.files(place), isCompacted: isCompacted, reached: reached[place] ?? 0,
          wasClosed: wasClosed, writer, progress)
      }
    }
  }

  private mutating func check(
    _ place: TopicPartition, _ files: SegmentFiles, isCompacted: Bool, reached: Int64,
    wasClosed: Bool, _ writer: Bool, _ progress: (Int64) -> Void
  ) throws(IOFailure) {
    let bases = try files.baseOffsets()
    if bases.isEmpty, reached > 0 {
      faults.append("\(place): all its segments are gone; it had reached \(reached)")
    }
    for (number, base) in bases.enumerated() {
      let isTail = number == bases.count - 1
      let found: (segment: Segment, indexesAreSound: Bool)
      do throws(IOFailure) {
        found = try files.open(base, writing: false)
      } catch {
        // Retention or a compaction may take it away meanwhile.
        if writer, error.isMissing { continue }
        throw error
      }
      let scan = try scan(found.segment, place, progress)
      // A write that a kill has torn was never acknowledged, and the next start cuts it.
      let mayBeTorn = isTail && (writer || !wasClosed) && scan.nextOffset >= reached
      if let fault = scan.fault, !(mayBeTorn && fault == .incomplete) {
        faults.append(
          "\(place)@\(scan.nextOffset): \(fault) (\(found.segment.file.path), "
            + "byte \(scan.validBytes))")
      }
      if !isTail, scan.nextOffset > bases[number + 1] {
        faults.append("\(place)@\(bases[number + 1]): the segment before reaches past it")
      }
      if !isTail, scan.nextOffset < bases[number + 1], scan.fault == nil, !isCompacted {
        faults.append(
          "\(place)@\(scan.nextOffset): records up to \(bases[number + 1]) are missing")
      }
      if isTail, scan.nextOffset < reached {
        faults.append(
          "\(place)@\(scan.nextOffset): it ends here, but had reached \(reached)")
      }
      if !found.indexesAreSound, !(isTail && writer) {
        faults.append(
          "\(place): an index of \(found.segment.file.path) is missing or damaged; "
            + "the next start makes it anew")
      }
      try checkIndexes(found.segment, place, isFull: !isTail)
    }
    try checkSnapshots(place, files, writer)
  }

  private mutating func scan(
    _ segment: Segment, _ place: TopicPartition, _ progress: (Int64) -> Void
  ) throws(IOFailure) -> SegmentScan {
    var decoder = RecordDecoder()
    var broken: [String] = []
    var done = bytes
    let scan = try SegmentScan(
      segment, offset: segment.baseOffset, indexInterval: Int.max
    ) { header, batch in
      do throws(RecordError) {
        try decoder.forEach(in: batch) { record throws(RecordError) in try record.checkHeaders() }
      } catch {
        broken.append("\(place)@\(header.baseOffset): \(error) (\(segment.file.path))")
      }
      done += Int64(header.totalSize)
      progress(done)
    }
    segments += 1
    batches += scan.batches
    records += scan.records
    bytes += scan.validBytes
    faults += broken
    return scan
  }

  /// Compares each entry with the batch it tells of; one fault an index is enough.
  private mutating func checkIndexes(
    _ segment: Segment, _ place: TopicPartition, isFull: Bool
  ) throws(IOFailure) {
    let advice = "it is made anew by the next start where the file is removed"
    let offsets = try segment.offsets.all()
    let soundOffsets = try segment.soundOffsets().count
    if soundOffsets < offsets.count {
      let entry = offsets[soundOffsets]
      faults.append(
        "\(place): \(segment.offsets.path) points to byte \(entry.position), where no batch "
          + "ends with offset \(segment.baseOffset + Int64(entry.relativeOffset)); \(advice)")
    }
    let times = try segment.times.all()
    let soundTimes = try segment.soundTimes().count
    if soundTimes < times.count {
      let entry = times[soundTimes]
      faults.append(
        "\(place): \(segment.times.path) tells of the time \(entry.timestamp) at offset "
          + "\(segment.baseOffset + Int64(entry.relativeOffset)), where there is another; \(advice)"
      )
    }
  }

  private mutating func checkSnapshots(
    _ place: TopicPartition, _ files: SegmentFiles, _ writer: Bool
  ) throws(IOFailure) {
    for offset in try files.baseOffsets(withSuffix: ProducerSnapshot.suffix) {
      let path = files.path(offset, ProducerSnapshot.suffix)
      let bytes: [UInt8]
      do throws(IOFailure) {
        bytes = try files.disk.readAll(path, limit: Limits.textFileBytes)
      } catch {
        if writer, error.isMissing { continue }
        throw error
      }
      if ProducerSnapshot.decode(bytes) == nil {
        faults.append(
          "\(place): \(path) is damaged; the next start makes do without it where it is removed")
      }
    }
  }
}
