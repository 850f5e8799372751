internal import Machine

/// A partition's folder: which segments it holds, and how they are opened, made and repaired.
struct SegmentFiles {
  let directory: String
  let disk: any FileSystem

  init(_ directory: String, _ disk: any FileSystem) {
    self.directory = directory
    self.disk = disk
  }

  private func path(_ baseOffset: Int64, _ suffix: String) -> String {
    Path.join(directory, Segment.name(baseOffset) + suffix)
  }

  /// The segments' base offsets, rising; files with other names are not ours.
  func baseOffsets() throws(IOFailure) -> [Int64] {
    try disk.list(directory).compactMap { name in
      guard name.hasSuffix(".log"), name.utf8.count == 24,
        let base = Int64(name.dropLast(4)), base < .max - Int64(UInt32.max),
        Segment.name(base) + ".log" == name
      else { return nil }
      return base
    }.sorted()
  }

  /// Makes an empty segment and its folder entry durable.
  func create(baseOffset: Int64) throws(IOFailure) -> Segment {
    let file = try disk.open(path(baseOffset, ".log"), .readWrite)
    try file.truncate(to: 0)
    let index = try disk.open(path(baseOffset, ".index"), .readWrite)
    try index.truncate(to: 0)
    try file.sync()
    try disk.syncDirectory(directory)
    return Segment(baseOffset: baseOffset, file: file, index: OffsetIndex(file: index), size: 0)
  }

  /// Opens a segment; its index as found, or nil entries where it must be made anew.
  func open(_ baseOffset: Int64, writing: Bool) throws(IOFailure) -> (Segment, indexIsSound: Bool) {
    let mode: OpenMode = writing ? .readWrite : .read
    let file = try disk.open(path(baseOffset, ".log"), mode)
    let size = try file.size()
    let indexPath = path(baseOffset, ".index")
    let hasIndex = disk.exists(indexPath)
    let indexFile = hasIndex || writing ? try disk.open(indexPath, mode) : nil
    var entries: [OffsetIndex.Entry]?
    if hasIndex, let indexFile { entries = try OffsetIndex.load(indexFile, logSize: size) }
    let index = OffsetIndex(file: writing ? indexFile : nil, entries: entries ?? [])
    return (Segment(baseOffset: baseOffset, file: file, index: index, size: size), entries != nil)
  }

  /// Cuts a segment behind its last whole batch, keeping the part cut off where `keeping`.
  /// Returns where that part was kept.
  func cut(_ segment: Segment, to size: Int64, keeping: Bool) throws(IOFailure) -> String? {
    var kept: String?
    if keeping {
      let tail = Int(segment.size - size)
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: tail, alignment: 16)
      defer { buffer.deallocate() }
      let count = try segment.file.read(into: buffer, at: size)
      let path = path(segment.baseOffset, ".log.cut-\(size)")
      let copy = try disk.open(path, .readWrite)
      try copy.truncate(to: 0)
      try copy.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: 0)
      try copy.sync()
      try disk.syncDirectory(directory)
      kept = path
    }
    try segment.truncate(to: size)
    try segment.file.sync()
    return kept
  }
}
