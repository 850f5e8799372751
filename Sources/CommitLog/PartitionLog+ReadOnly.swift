internal import Records
internal import Synchronization

/// What a process that only reads does in place of appending.
extension PartitionLog {
  /// Takes in what was found since the last look.
  func update(_ contents: Contents) {
    segments.withLock { $0 = contents.segments }
    start.store(contents.startOffset, ordering: .releasing)
    acknowledged.store(contents.nextOffset, ordering: .releasing)
  }

  /// Takes in what the batches that came since say of transactions.
  /// Not before someone asks, as it reads them. Where the disk refuses, no more is stable than was.
  func followTransactions() {
    guard context.checkpoints == nil else { return }
    let end = endOffset
    appending.withLock { state in
      guard state.nextOffset != end || stable.load(ordering: .relaxed) > end else { return }
      let known = (states: state.producers, offset: state.nextOffset)
      let isBehind = known.offset > 0 && known.offset <= end
      let found = try? files.producers(
        allSegments, to: end, known: isBehind ? known : nil)
      guard let found else { return }
      state.producers = found
      state.nextOffset = end
      stable.store(state.producers.stableOffset(before: end), ordering: .releasing)
    }
  }
}
