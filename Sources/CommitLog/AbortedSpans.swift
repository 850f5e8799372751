internal import Records

/// Tells, while batches pass in order, which belong to an aborted transaction.
struct AbortedSpans {
  /// By first offset.
  private var coming: ArraySlice<AbortedTransaction>
  private var open: [Int64: AbortedTransaction] = [:]
  /// Producers with batches of a transaction that was not aborted.
  private var committing: Set<Int64> = []
  /// Producers of open aborted transactions of which a batch has passed.
  private var seen: Set<Int64> = []

  init(_ transactions: [AbortedTransaction]) {
    coming = transactions.sorted { $0.firstOffset < $1.firstOffset }[...]
  }

  /// Whether a batch of data is part of an aborted transaction.
  mutating func isAborted(_ header: RecordBatchHeader) -> Bool {
    guard header.isTransactional else { return false }
    while let next = coming.first, next.firstOffset <= header.lastOffset {
      open[next.producerID] = next
      coming.removeFirst()
    }
    guard let transaction = open[header.producerID], header.baseOffset < transaction.lastOffset
    else {
      committing.insert(header.producerID)
      return false
    }
    seen.insert(header.producerID)
    return true
  }

  /// What a marker ends.
  enum End: Equatable {
    /// No batch of its transaction has passed: nothing needs the marker.
    case nothing
    case committed
    case aborted(AbortedTransaction)
  }

  mutating func end(_ marker: TransactionMarker, _ header: RecordBatchHeader) -> End {
    let producer = header.producerID
    guard marker.isAbort else {
      return committing.remove(producer) == nil ? .nothing : .committed
    }
    guard let transaction = open.removeValue(forKey: producer),
      seen.remove(producer) != nil
    else { return .nothing }
    return .aborted(transaction)
  }
}
