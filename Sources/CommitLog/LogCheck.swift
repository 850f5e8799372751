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

  /// Reads every batch of every segment below `directory`, checks checksums, offsets and indexes.
  /// With `beside` a process that writes, a batch still being written at the end of a partition's
  /// last segment is no fault. Changes nothing.
  package init(
    _ directory: String, disk: any FileSystem = LocalDisk(), beside writer: Bool,
    progress: (Int64) -> Void = { _ in }
  ) throws(LogError) {
    guard disk.exists(directory) else { return }
    let folders = try onDisk { () throws(IOFailure) in
      try TopicFolders(directory, disk).complete(removingRest: false) { _ in }
    }
    for folder in folders {
      partitions += 1
      try onDisk { () throws(IOFailure) in
        try check(folder, Path.join(directory, "\(folder)"), disk, writer, progress)
      }
    }
  }

  private mutating func check(
    _ folder: TopicPartition, _ directory: String, _ disk: any FileSystem, _ writer: Bool,
    _ progress: (Int64) -> Void
  ) throws(IOFailure) {
    let files = SegmentFiles(directory, disk)
    let bases = try files.baseOffsets()
    for (number, base) in bases.enumerated() {
      let (segment, indexIsSound) = try files.open(base, writing: false)
      let scan = try SegmentScan(segment, offset: base, indexInterval: 4_096)
      segments += 1
      batches += scan.batches
      records += scan.records
      bytes += scan.validBytes
      progress(bytes)
      let isTail = number == bases.count - 1
      if let fault = scan.fault, !(isTail && writer && fault == .incomplete) {
        faults.append(
          "\(folder)@\(scan.nextOffset): \(fault) (\(segment.file.path), byte \(scan.validBytes))")
      }
      if !isTail, scan.nextOffset > bases[number + 1] {
        faults.append("\(folder)@\(bases[number + 1]): the segment before reaches past it")
      }
      if !indexIsSound, !(isTail && writer) {
        faults.append(
          "\(folder): the index of \(segment.file.path) is missing or damaged; "
            + "the next start makes it anew")
      }
      try checkIndex(segment, folder)
    }
  }

  private mutating func checkIndex(
    _ segment: Segment, _ folder: TopicPartition
  ) throws(IOFailure) {
    for entry in segment.index.all {
      guard try segment.header(confirming: entry) != nil else {
        faults.append(
          "\(folder): the index of \(segment.file.path) points to byte \(entry.position), "
            + "where no batch ends with offset \(segment.baseOffset + Int64(entry.relativeOffset)); "
            + "it is made anew by the next start where the file is removed")
        return
      }
    }
  }
}
