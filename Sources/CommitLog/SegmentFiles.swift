internal import Machine

/// A partition's folder: which segments it holds, and how they are opened, made and removed.
struct SegmentFiles {
  /// The kinds of files a segment has. The log itself is the last: where it is there, all are.
  static let kinds = [".index", ".timeindex", ".txnindex", ".log"]
  /// What stands behind the name of a file that is being made by a compaction, of one that is whole
  /// and takes the place of others, and of one that is to go.
  enum Suffix {
    static let cleaned = ".cleaned"
    static let swap = ".swap"
    static let deleted = ".deleted"
  }

  let directory: String
  let disk: any FileSystem

  init(_ directory: String, _ disk: any FileSystem) {
    self.directory = directory
    self.disk = disk
  }

  func path(_ baseOffset: Int64, _ suffix: String) -> String {
    Path.join(directory, Segment.name(baseOffset) + suffix)
  }

  /// Base offsets end here, so that no offset behind one overflows.
  static let endOfBases = Int64.max - Int64(UInt32.max)

  /// The segments' base offsets, rising; files with other names are not ours.
  func baseOffsets() throws(IOFailure) -> [Int64] {
    try baseOffsets(withSuffix: ".log")
  }

  /// The offsets in the names of all files that end with `suffix`, rising.
  func baseOffsets(withSuffix suffix: String) throws(IOFailure) -> [Int64] {
    Self.baseOffsets(in: try disk.list(directory), withSuffix: suffix)
  }

  /// The same of names that were listed.
  static func baseOffsets(in names: [String], withSuffix suffix: String) -> [Int64] {
    names.compactMap { name in
      guard name.hasSuffix(suffix), name.utf8.count == 20 + suffix.utf8.count,
        let base = Int64(name.dropLast(suffix.utf8.count)), base >= 0,
        base < Self.endOfBases, Segment.name(base) + suffix == name
      else { return nil }
      return base
    }.sorted()
  }

  /// Makes an empty segment and its folder entry durable.
  func create(baseOffset: Int64) throws(IOFailure) -> Segment {
    let file = try disk.open(path(baseOffset, ".log"), .readWrite)
    try file.truncate(to: 0)
    let (segment, _) = try open(baseOffset, writing: true)
    try segment.offsets.create()
    try segment.times.create()
    if disk.exists(segment.aborted.path) { try segment.aborted.create() }
    try file.sync()
    try disk.syncDirectory(directory)
    segment.areAbortedConfirmed = true
    return segment
  }

  /// Makes the files of a segment that is to take others' place; all kinds are there, so that what
  /// there is of the old ones is replaced.
  func createCleaned(_ baseOffset: Int64) throws(IOFailure) -> Segment {
    for kind in Self.kinds {
      try disk.open(path(baseOffset, kind + Suffix.cleaned), .readWrite).truncate(to: 0)
    }
    return try open(baseOffset, suffix: Suffix.cleaned, writing: true).0
  }

  /// Opens a segment and says whether its indexes can be believed at first sight.
  func open(
    _ baseOffset: Int64, suffix: String = "", writing: Bool
  ) throws(IOFailure) -> (Segment, indexesAreSound: Bool) {
    let file = try disk.open(path(baseOffset, ".log" + suffix), writing ? .readWrite : .read)
    let size = try file.size()
    let offsets = try IndexFile<OffsetEntry>.open(
      path(baseOffset, ".index" + suffix), disk, writing: writing)
    let times = try IndexFile<TimeEntry>.open(
      path(baseOffset, ".timeindex" + suffix), disk, writing: writing)
    let aborted = try IndexFile<AbortedTransaction>.open(
      path(baseOffset, ".txnindex" + suffix), disk, writing: writing, isOptional: true)
    let segment = Segment(
      baseOffset: baseOffset, file: file, size: size, offsets: offsets.index, times: times.index,
      aborted: aborted.index)
    let areWhole =
      offsets.condition == .sound && times.condition == .sound && aborted.condition != .torn
    let areSound = try resume(segment)
    return (segment, areWhole && areSound)
  }

  /// Takes over what the indexes say of a segment's end; false where they cannot be true. The log
  /// itself is not looked at: see `Segment.confirmIndexes`.
  private func resume(_ segment: Segment) throws(IOFailure) -> Bool {
    var bounds = SegmentBounds()
    if let last = try segment.offsets.last() {
      guard last.relativeOffset >= 0, last.position >= 0, Int64(last.position) < segment.size
      else { return false }
      bounds.lastIndexed = Int64(last.position)
    }
    if let last = try segment.times.last() {
      guard last.relativeOffset >= 0 else { return false }
      bounds.latestTimestamp = last.timestamp
      bounds.notedTimestamp = last.timestamp
      bounds.latestTimeOffset = segment.baseOffset + Int64(last.relativeOffset)
    }
    segment.resume(bounds)
    return true
  }

  /// Cuts a segment behind its last whole batch, keeping the part cut off where `keeping`.
  /// Returns where that part was kept.
  func cut(_ segment: Segment, to size: Int64, keeping: Bool) throws(IOFailure) -> String? {
    var kept: String?
    if keeping {
      let path = path(segment.baseOffset, ".log.cut-\(size)")
      let copy = try disk.open(path, .readWrite)
      try copy.truncate(to: 0)
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
      defer { buffer.deallocate() }
      var position = size
      while position < segment.size {
        let count = try segment.file.read(into: buffer, at: position)
        guard count > 0 else { break }
        try copy.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: position - size)
        position += Int64(count)
      }
      try copy.sync()
      try disk.syncDirectory(directory)
      kept = path
    }
    try segment.truncate(to: size)
    try segment.file.sync()
    return kept
  }

  /// Removes a segment's files and the snapshot of its beginning; the log first, so that what is
  /// left after a crash is known to be no segment.
  func remove(_ baseOffset: Int64) throws(IOFailure) {
    for kind in Self.kinds.reversed() + [ProducerSnapshot.suffix] {
      let path = path(baseOffset, kind)
      if disk.exists(path) { try disk.remove(path) }
    }
  }
}
