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
      attempts += 1
      var missing: IOFailure?
      do throws(IOFailure) {
        if let found = try look(known) { return found }
      } catch {
        guard error.isMissing else { throw .io(error) }
        missing = error
      }
      // The writer takes segments away, or puts others in their place, while they are looked at.
      if attempts < Self.attempts, files.disk.exists(files.directory) { continue }
      throw .io(missing ?? IOFailure("list", files.directory, code: 0))
    }
  }

  /// How often a folder that changes is looked at before that is an error.
  private static let attempts = 1_000

  /// The segments there are, and those that are taking others' place, by one look at the names.
  private func logs() throws(IOFailure) -> (bases: [Int64], swaps: [Int64]) {
    let names = try files.disk.list(files.directory)
    return (
      SegmentFiles.baseOffsets(in: names, withSuffix: ".log"),
      SegmentFiles.baseOffsets(in: names, withSuffix: ".log" + SegmentFiles.Suffix.swap)
    )
  }

  /// One look; nil where the folder was changed meanwhile other than by a new segment at its end.
  private func look(_ known: [Segment]) throws(IOFailure) -> PartitionLog.Contents? {
    let before = try logs()
    var segments: [Segment] = []
    var covered: Int64 = -1
    let swaps = before.swaps
    let bases = Set(before.bases).union(swaps).sorted()
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
    let after = try logs()
    // New segments at the end are for the next look; old ones at the beginning may be deleted.
    let rest = before.bases.drop { !after.bases.contains($0) }
    guard after.swaps == before.swaps, after.bases.starts(with: rest),
      !rest.isEmpty || after.bases.isEmpty
    else { return nil }
    return PartitionLog.Contents(
      segments: segments,
      startOffset: min(max(startOffset, segments.first?.baseOffset ?? 0), end), nextOffset: end)
  }

  /// A segment known from the last look, with what was appended since; nil where another file has
  /// taken its place.
  private func grown(_ segment: Segment) throws(IOFailure) -> Segment? {
    // What was seen while it took others' place is opened anew under its own name.
    guard segment.file.path == files.path(segment.baseOffset, ".log") else { return nil }
    let size = try files.disk.open(segment.file.path, .read).size()
    guard size >= segment.size, try segment.file.size() == size
    else { return nil }
    segment.grow(to: size)
    return segment
  }
}
