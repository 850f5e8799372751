package import Machine
package import Records

/// What stands in one file of a log, piece by piece, as `kafka-dump-log` shows it. Reads only.
package struct LogDump {
  /// One piece.
  package enum Item {
    case batch(RecordBatchHeader, position: Int64, isSound: Bool)
    case record(Record, in: RecordBatchHeader)
    /// A record of a control batch that ends a transaction.
    case marker(isAbort: Bool, coordinatorEpoch: Int32, offset: Int64)
    case offset(Int64, position: Int64)
    case time(Int64, offset: Int64)
    case aborted(AbortedTransaction)
    case producer(ProducerLine)
    /// What ends the dump before the end of the file.
    case fault(String, position: Int64)
  }

  /// One producer of a snapshot.
  package struct ProducerLine: Sendable {
    package var producerID: Int64
    package var epoch: Int16
    package var lastSequence: Int32
    package var lastOffset: Int64
    package var lastTimestamp: Int64
    package var coordinatorEpoch: Int32
    package var transactionStart: Int64?
  }

  /// The kinds of files that can be shown, by the ends of their names.
  package static let suffixes = SegmentFiles.kinds + [ProducerSnapshot.suffix]

  /// The files of a partition that can be shown, by segment, each segment's log first. Thrown:
  /// `io`.
  package static func files(
    in directory: String, disk: any FileSystem = LocalDisk()
  ) throws(LogError) -> [String] {
    let files = SegmentFiles(directory, disk)
    return try onDisk { () throws(IOFailure) in
      var found: [(base: Int64, order: Int, path: String)] = []
      for (order, suffix) in (suffixes.reversed()).enumerated() {
        for base in try files.baseOffsets(withSuffix: suffix) {
          let rank = suffix == ".log" ? -1 : order
          found.append((base, rank, files.path(base, suffix)))
        }
      }
      return found.sorted { ($0.base, $0.order) < ($1.base, $1.order) }.map(\.path)
    }
  }

  /// Shows `body` what stands in the file at `path`, told by its name; records only where `deep`.
  /// Thrown: `io`, `invalidConfiguration` for a file of another kind, and what `body` throws.
  package static func forEach(
    in path: String, disk: any FileSystem = LocalDisk(), deep: Bool,
    _ body: (Item) throws -> Void
  ) throws {
    let directory = Path.parent(of: path)
    let name = Path.name(of: path)
    guard let dot = name.firstIndex(of: "."), let base = Int64(name[..<dot]),
      (0..<SegmentFiles.endOfBases).contains(base)
    else {
      throw LogError.notALogFile(path)
    }
    let suffix = String(name[dot...])
    let files = SegmentFiles(directory, disk)
    switch suffix {
    case ".log":
      let file = try disk.open(path, .read)
      try dump(file, deep: deep, body)
    case ".index":
      for entry in try IndexFile<OffsetEntry>.open(path, disk, writing: false).index.all() {
        try body(
          .offset(base + Int64(entry.relativeOffset), position: Int64(entry.position)))
      }
    case ".timeindex":
      for entry in try IndexFile<TimeEntry>.open(path, disk, writing: false).index.all() {
        try body(.time(entry.timestamp, offset: base + Int64(entry.relativeOffset)))
      }
    case ".txnindex":
      for entry in try IndexFile<AbortedTransaction>.open(path, disk, writing: false).index.all() {
        try body(.aborted(entry))
      }
    case ProducerSnapshot.suffix:
      let bytes = try files.disk.readAll(path, limit: Limits.textFileBytes)
      guard let states = ProducerSnapshot.decode(bytes) else {
        return try body(.fault("the snapshot is not whole", position: 0))
      }
      for (identifier, producer) in states.producers.sorted(by: { $0.key < $1.key }) {
        try body(.producer(line(identifier, producer)))
      }
    default: throw LogError.notALogFile(path)
    }
  }

  private static func line(
    _ identifier: Int64, _ producer: ProducerStates.Producer
  ) -> ProducerLine {
    ProducerLine(
      producerID: identifier, epoch: producer.epoch,
      lastSequence: producer.batches.last?.lastSequence ?? -1,
      lastOffset: producer.batches.last?.lastOffset ?? -1, lastTimestamp: producer.lastTimestamp,
      coordinatorEpoch: producer.coordinatorEpoch, transactionStart: producer.transactionStart)
  }

  private static func dump(
    _ file: any File, deep: Bool, _ body: (Item) throws -> Void
  ) throws {
    var cursor = BatchCursor(file, from: 0, to: try file.size())
    var decoder = RecordDecoder()
    while true {
      let header: RecordBatchHeader?
      do throws(BatchCursor.Fault) {
        header = try cursor.load()
      } catch {
        switch error {
        case .io(let failure): throw failure
        case .broken(let fault): return try body(.fault("\(fault)", position: cursor.position))
        }
      }
      guard let header else { return }
      let position = cursor.position
      try cursor.withBatch(header) { batch throws in
        let isSound = (try? header.verify(batch)) != nil
        try body(.batch(header, position: position, isSound: isSound))
        guard deep, isSound else { return }
        if header.isControl, let marker = TransactionMarker(header, batch) {
          return try body(
            .marker(
              isAbort: marker.isAbort, coordinatorEpoch: marker.coordinatorEpoch,
              offset: header.baseOffset))
        }
        try decoder.withRecords(of: batch, header) { records throws in
          while let record = try records.next() { try body(.record(record, in: header)) }
        }
      }
      cursor.advance(over: header)
    }
  }
}
