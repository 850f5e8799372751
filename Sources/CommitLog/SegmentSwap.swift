internal import Machine
internal import Records

/// How compacted segments take the place of the ones they were made from, so that a crash at any
/// step leaves the old ones or the new one (see FORMAT.md, "Compaction").
struct SegmentSwap {
  let files: SegmentFiles

  private typealias Suffix = SegmentFiles.Suffix

  init(_ files: SegmentFiles) { self.files = files }

  /// Declares the files written for `base` whole. From here on they count, whatever comes.
  func publish(_ base: Int64) throws(IOFailure) {
    for kind in SegmentFiles.kinds {
      try files.disk.rename(
        files.path(base, kind + Suffix.cleaned), to: files.path(base, kind + Suffix.swap))
    }
    try files.disk.syncDirectory(files.directory)
  }

  /// Puts the published segment into the place of those whose records it holds, up to its own end.
  func complete(_ base: Int64) throws(IOFailure) {
    let (fresh, _) = try files.open(base, suffix: Suffix.swap, writing: false)
    let end = try fresh.wholeEnd()
    for old in try files.baseOffsets() where old > base && old < end { try files.remove(old) }
    let log = files.path(base, ".log")
    if files.disk.exists(log) { try files.disk.remove(log) }
    for kind in SegmentFiles.kinds {
      let path = files.path(base, kind + Suffix.swap)
      if files.disk.exists(path) { try files.disk.rename(path, to: files.path(base, kind)) }
    }
    try files.disk.syncDirectory(files.directory)
    // Kafka has this file only where there are entries.
    let aborted = files.path(base, ".txnindex")
    if files.disk.exists(aborted), try files.disk.open(aborted, .read).size() == 0 {
      try files.disk.remove(aborted)
    }
  }

  /// Removes what was written for `base` and not published.
  func discard(_ base: Int64) {
    for kind in SegmentFiles.kinds {
      try? files.disk.remove(files.path(base, kind + Suffix.cleaned))
    }
  }

  /// Brings a folder into order after a crash: completes what was published, removes what was not
  /// and indexes without a log. Returns what it did, in words.
  func recover() throws(IOFailure) -> [String] {
    var done: [String] = []
    for base in try files.baseOffsets(withSuffix: ".log" + Suffix.swap) {
      try complete(base)
      done.append("completed the compaction of the segments from \(base) on")
    }
    let logs = Set(try files.baseOffsets())
    let suffixes = [Suffix.cleaned, Suffix.swap, Suffix.deleted]
    for name in try files.disk.list(files.directory) {
      guard let dot = name.firstIndex(of: "."), let base = Int64(name[..<dot]),
        Segment.name(base) == name[..<dot]
      else { continue }
      let isLeftOver = suffixes.contains { name.hasSuffix($0) }
      let kind = String(name[dot...])
      let isOrphan =
        !logs.contains(base) && SegmentFiles.kinds.dropLast().contains(kind)
      guard isLeftOver || isOrphan else { continue }
      try files.disk.remove(Path.join(files.directory, name))
      done.append("removed \(name), left by a compaction or deletion that did not end")
    }
    return done
  }
}
