internal import Machine
internal import Records

/// Opens a partition's folder beside the process that writes: repairs nothing, and takes for the
/// end what is whole at this moment.
struct ReadOnlyPartition {
  let topicPartition: TopicPartition
  let context: LogContext
  let files: SegmentFiles
  let settings: TopicConfiguration
  let startOffset: Int64

  func open() throws(LogError) -> PartitionLog {
    PartitionLog(topicPartition, context, files, settings, try contents([]))
  }

  /// What is there now. `known` are the segments of the last look, which are kept open where they
  /// have only grown.
  func contents(_ known: [Segment]) throws(LogError) -> PartitionLog.Contents {
    var attempts = 0
    while true {
      do throws(IOFailure) {
        return try look(known)
      } catch {
        // The writer may take segments away while they are looked at.
        attempts += 1
        guard error.isMissing, attempts < 5 else { throw .io(error) }
      }
    }
  }

  private func look(_ known: [Segment]) throws(IOFailure) -> PartitionLog.Contents {
    var segments: [Segment] = []
    var covered: Int64 = -1
    let swaps = try files.baseOffsets(withSuffix: ".log" + SegmentFiles.Suffix.swap)
    let bases = Set(try files.baseOffsets()).union(swaps).sorted()
    for base in bases where base >= covered {
      if swaps.contains(base) {
        // Between the old segments and the new one there is a moment when only this is whole.
        let (fresh, _) = try files.open(
          base, suffix: SegmentFiles.Suffix.swap, writing: false)
        segments.append(fresh)
        covered = try fresh.wholeEnd()
      } else if let same = try known.first(where: { $0.baseOffset == base }).flatMap(grown) {
        segments.append(same)
      } else {
        segments.append(try files.open(base, writing: false).0)
      }
    }
    let end = try segments.last.map { last throws(IOFailure) in try last.wholeEnd() } ?? startOffset
    return PartitionLog.Contents(
      segments: segments,
      startOffset: min(max(startOffset, segments.first?.baseOffset ?? 0), end), nextOffset: end)
  }

  /// A segment known from the last look, with what was appended since; nil where another file has
  /// taken its place.
  private func grown(_ segment: Segment) throws(IOFailure) -> Segment? {
    let size = try files.disk.open(segment.file.path, .read).size()
    guard size >= segment.size, segment.file.path == files.path(segment.baseOffset, ".log"),
      try segment.file.size() == size
    else { return nil }
    segment.grow(to: size)
    return segment
  }
}
