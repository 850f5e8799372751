internal import Machine
internal import Posts
internal import SupportDesk

/// Collects a file or standard input into a topic.
struct FileSource {
  private static let chunkBytes = 1 << 20
  /// Where records are held back, little is read ahead.
  private static let pacedChunkBytes = 64 << 10

  let source: Source
  let topic: String
  let log: any EventLog
  let partitions: Int
  let pace: Pace?
  let follows: Bool

  /// What happens to the note of how far the source was collected.
  private struct Note {
    let offsets: SourceOffsets
    let key: String

    func keep(_ collector: borrowing Collector, over before: Int) throws {
      guard collector.position > before else { return }
      try offsets.commit(key, position: collector.position, checksum: collector.checksum)
    }
  }

  /// Collects until the end, or until `isStopped`. Where `resuming`, it goes on where the last such
  /// run ended, and what has taken the file's place is read from its start.
  func collect(
    resuming: Bool, isStopped: () -> Bool, progress: (CollectTotals) -> Void,
    report: (String) -> Void
  ) throws -> CollectTotals {
    let pacer = pace.map { Pacer($0) }
    defer { if let pacer { tell(pacer, report) } }
    var totals = CollectTotals()
    guard resuming, let path = source.path else {
      _ = try pass(&totals, nil, nil, pacer, isStopped, progress)
      return totals
    }
    if follows { awaitFile(path, isStopped, report) }
    guard !isStopped() else { return totals }
    let key = source.resolved.path ?? path
    let offsets = try SourceOffsets(log, into: topic)
    let note = Note(offsets: offsets, key: key)
    var resumption = try offsets.resumption(of: key)
    while true {
      let earlier = totals
      do {
        let isReplaced = try pass(&totals, resumption, note, pacer, isStopped, progress)
        guard isReplaced else { return totals }
        report(
          "\(path): another file has taken its place, or it was cut: it is read from its start")
      } catch is SourceReplaced {
        // What was passed over was not what was collected before.
        totals = earlier
      }
      guard !isStopped() else { return totals }
      // Noted before anything of the new one is appended, so that what a crash leaves unnoted is
      // counted as its own.
      if resumption.position > 0 || follows {
        try offsets.commit(key, position: 0, checksum: 0)
      }
      resumption = offsets.beginning(of: key)
    }
  }

  /// A file that is followed may yet have to be made.
  private func awaitFile(_ path: String, _ isStopped: () -> Bool, _ report: (String) -> Void) {
    guard FileIdentity(path: path) == nil else { return }
    report("waiting for \(path)")
    while FileIdentity(path: path) == nil, !isStopped() { FollowedFile.pause() }
  }

  /// Reads the file once; whether it ended as another one has taken its place.
  private func pass(
    _ totals: inout CollectTotals, _ resumption: SourceOffsets.Resumption?, _ note: Note?,
    _ pacer: Pacer?, _ isStopped: () -> Bool, _ progress: (CollectTotals) -> Void
  ) throws -> Bool {
    let input = try SourceInput(source.path, follows: follows)
    let before = resumption?.position ?? 0
    let earlier = totals
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: pace == nil ? Self.chunkBytes : Self.pacedChunkBytes, alignment: 16)
    defer { buffer.deallocate() }
    var count = try input.read(into: buffer, isStopped: isStopped)
    let firstBytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    if let form = ForeignForm(firstBytes) {
      throw DatasetError.foreign(path: source.name, form.description)
    }
    let format = FileFormat.detect(fileName: source.name, firstBytes: firstBytes)
    var collector = try Collector(
      into: topic, of: log, origin: source.name, format: format, partitions: partitions,
      resumption: resumption, pacer: pacer)
    func shown(_ own: CollectTotals) -> CollectTotals {
      var sum = earlier
      sum.add(own)
      sum.place = input.position
      sum.size = input.size
      return sum
    }
    defer {
      totals = shown(collector.totals)
      progress(totals)
    }
    var position = 0
    // A file that holds less than was collected of it is another one, of which there is no point in
    // waiting for more. Only a last line without its end may not be whole yet.
    func isOther() -> Bool { input.hasWaited && position < before - 1 }
    do {
      while count > 0, !isStopped() {
        try collector.feed(
          UnsafeRawBufferPointer(rebasing: buffer[..<count]), isEnded: isStopped
        ) { progress(shown($0)) }
        try note?.keep(collector, over: before)
        progress(shown(collector.totals))
        position = collector.position
        count = try input.read(into: buffer) { isStopped() || isOther() }
      }
    } catch let error as SourceError {
      throw error.behind(records: collector.position)
    }
    guard !isStopped() else { return false }
    if follows, isOther() { throw SourceReplaced() }
    try collector.finish(isEnded: isStopped) { progress(shown($0)) }
    guard !collector.isStopped else {
      try note?.keep(collector, over: before)
      return false
    }
    guard collector.position >= before else {
      guard !follows else { return true }
      throw SourceError.shrunk(
        path: source.name, collected: before, found: collector.position, topic: topic)
    }
    try note?.keep(collector, over: before)
    return input.isReplaced
  }

  /// Says what of the posts' times could not be kept to.
  private func tell(_ pacer: Pacer, _ report: (String) -> Void) {
    guard case .speed = pace else { return }
    if pacer.timed == 0 {
      report("\(source.name): no post tells its time: none was waited for")
    } else if pacer.late * 2 > pacer.timed {
      report(
        "\(source.name): most posts are earlier than one before them, and came with it; sort the file "
          + "by time, the oldest first")
    }
  }
}
