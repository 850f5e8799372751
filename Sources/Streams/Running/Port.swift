internal import Machine
internal import Synchronization

/// Where the events of one source come into a plan. Reading is for one thread, feeding for one.
class Port {
  var name: String { "" }
  /// How long late events are waited for; nil where the stream says nothing of time.
  var delay: Span? { nil }
  var arrivals: Signal { Signal() }

  func identity() throws -> String { "" }
  func partitionCount() throws -> Int { 0 }
  func bounds(of partition: Int) throws -> Range<Int64> { 0..<0 }
  /// Reads records of each partition from its range's lower bound on, about `limit` in all, without
  /// one all of them, no more once they weigh `maxBytes`, and none behind its upper bound; runs the
  /// steps that keep nothing, on `workers` threads.
  func read(
    _ ranges: [Range<Int64>], limit: Int?, maxBytes: Int, workers: Int
  ) throws -> Chunk { Chunk() }
  /// Gives what has become of some of a chunk's records to the next step. Thrown: `FeedFailure`,
  /// where that refuses one.
  func feed(_ records: Range<Int>, of chunk: Chunk, _ times: inout PartitionTimes) throws {}
}

/// The next step has refused a record, by its number in its chunk.
struct FeedFailure: Error {
  let record: Int
  let error: any Error
}

/// Records of one source that were read together, and what the first steps have made of them.
class Chunk: @unchecked Sendable {
  // Unchecked: made on one thread and then used on another, never on both.

  struct Record {
    var origin: Origin
    /// What failed in the first steps; their events are left out.
    var failure: (any Error)?
    /// The latest time of its events.
    var latest: Int64
    /// The piece of the chunk that its events are in, and which of that they are.
    var piece = 0
    var events: Range<Int>
  }

  var records: [Record] = []
  /// The offset to read next of each partition.
  var ends: [Int64] = []
}

private final class EventChunk<Value: Sendable>: Chunk, @unchecked Sendable {
  // Unchecked as its superclass is.

  /// The events as they were made, so many at a time.
  var pieces: [[Event<Value>]] = []
}

/// A source, the steps behind it that keep nothing, and the next step.
final class SourcePort<Source: StreamSource, Value: Sendable>: Port {
  private let steps: SourceSteps<Source, Value>
  private let next: Stage<Value>

  init(_ steps: SourceSteps<Source, Value>, _ next: Stage<Value>) {
    self.steps = steps
    self.next = next
  }

  override var name: String { steps.source.name }
  override var delay: Span? { steps.delay }
  override var arrivals: Signal { steps.source.arrivals }
  override func identity() throws -> String { try steps.source.identity() }
  override func partitionCount() throws -> Int { try steps.source.partitionCount() }
  override func bounds(of partition: Int) throws -> Range<Int64> {
    try steps.source.bounds(of: partition)
  }

  override func read(
    _ ranges: [Range<Int64>], limit: Int?, maxBytes: Int, workers: Int
  ) throws -> Chunk {
    let chunk = EventChunk<Value>()
    var read: [Event<Source.Value>] = []
    let active = max(ranges.count { !$0.isEmpty }, 1)
    let share = limit.map { max($0 / active, 1) }
    for (partition, range) in ranges.enumerated() {
      chunk.ends.append(
        range.isEmpty
          ? range.lowerBound
          : try steps.source.read(
            partition, from: range.lowerBound, to: range.upperBound, limit: share, among: active,
            into: &read))
    }
    let pieces = stride(from: 0, to: read.count, by: Self.pieceRecords).map {
      $0..<min($0 + Self.pieceRecords, read.count)
    }
    let (events, transform) = (read, steps.transform)
    let budget = Budget(bytes: maxBytes)
    let made = Parallel.map(pieces.count, workers: workers) { number in
      // One record is read whatever it weighs.
      Self.transform(events[pieces[number]], transform, budget, least: number == 0 ? 1 : 0)
    }
    for (number, piece) in made.enumerated() {
      chunk.pieces.append(piece.events)
      for var record in piece.records {
        record.piece = number
        chunk.records.append(record)
      }
      if piece.records.count < pieces[number].count { break }
    }
    // What is not in the batch comes with the next one.
    for left in read[chunk.records.count...].reversed() {
      if let origin = left.origin { chunk.ends[origin.partition] = origin.offset }
    }
    return chunk
  }

  /// What the values of a batch may weigh, for all who make them.
  private final class Budget: Sendable {
    private let left: Atomic<Int>

    init(bytes: Int) { left = Atomic(bytes) }

    var isSpent: Bool { left.load(ordering: .relaxed) <= 0 }

    func spend(_ bytes: Int) {
      if bytes > 0 { left.subtract(bytes, ordering: .relaxed) }
    }
  }

  /// Records that one thread takes at a time.
  private static var pieceRecords: Int { 256 }

  private struct Piece: Sendable {
    var events: [Event<Value>] = []
    var records: [Chunk.Record] = []
  }

  private static func transform(
    _ read: ArraySlice<Event<Source.Value>>, _ transform: Transform<Source.Value, Value>,
    _ budget: Budget, least: Int
  ) -> Piece {
    var piece = Piece()
    piece.events.reserveCapacity(read.count)
    piece.records.reserveCapacity(read.count)
    let notes = RecordNotes()
    for event in read {
      if budget.isSpent, piece.records.count >= least { break }
      let before = piece.events.count
      var failure: (any Error)?
      (notes.latest, notes.weight) = (.min, 0)
      do { try transform(event, notes) { piece.events.append($0) } } catch {
        failure = error
        piece.events.removeSubrange(before...)
      }
      piece.records.append(
        Chunk.Record(
          origin: event.origin ?? Origin("", 0, 0), failure: failure, latest: notes.latest,
          events: before..<piece.events.count))
      budget.spend(notes.weight)
    }
    return piece
  }

  override func feed(
    _ records: Range<Int>, of chunk: Chunk, _ times: inout PartitionTimes
  ) throws {
    guard let chunk = chunk as? EventChunk<Value> else { return }
    for number in records {
      let partition = chunk.records[number].origin.partition
      let watermark = times.watermark(of: partition)
      let piece = chunk.records[number].piece
      do {
        for place in chunk.records[number].events {
          chunk.pieces[piece][place].watermark = watermark
          try next.receive(chunk.pieces[piece][place])
        }
      } catch { throw FeedFailure(record: number, error: error) }
      times.see(chunk.records[number].latest, in: partition)
    }
  }
}
