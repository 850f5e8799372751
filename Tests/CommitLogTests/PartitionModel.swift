import CommitLog
import Records

/// What a partition must answer, kept in plain dictionaries.
struct PartitionModel {
  struct Entry {
    var sample: Sample
    var producer: Int64 = -1
    var isTransactional = false
    var isAborted = false
  }

  struct SentBatch {
    var sequence: Int32
    var count: Int32
    var offset: Int64
  }

  struct Producer {
    var epoch: Int16 = 0
    var nextSequence: Int32 = 0
    /// Those that the log must know again.
    var batches: [SentBatch] = []
    /// Where its open transaction begins.
    var transaction: Int64?
  }

  struct Aborted: Hashable {
    var producer: Int64
    var first: Int64
    var last: Int64
  }

  var entries: [Int64: Entry] = [:]
  /// Times of transactions' markers by their offset.
  var markers: [Int64: Int64] = [:]
  var aborted: [Aborted] = []
  var producers: [Int64: Producer] = [:]
  /// From when on the tombstones at these offsets may go: set when one was first compacted.
  var horizons: [Int64: Int64] = [:]
  var start: Int64 = 0
  var end: Int64 = 0

  /// The last stable offset.
  var stable: Int64 {
    max(min(producers.values.compactMap(\.transaction).min() ?? end, end), start)
  }

  var visible: [Entry] { visible(start..<end) }

  func visible(_ range: Range<Int64>) -> [Entry] {
    range.compactMap { entries[$0] }
  }

  mutating func append(_ samples: [Sample], at offset: Int64, time: Int64, _ header: BatchProducer)
  {
    for (index, sample) in samples.enumerated() {
      var sample = sample
      sample.offset = offset + Int64(index)
      if time >= 0 { sample.time = time }
      entries[sample.offset] = Entry(
        sample: sample, producer: header.id, isTransactional: header.isTransactional)
    }
    end = offset + Int64(samples.count)
    guard header.id >= 0 else { return }
    var producer = producers[header.id] ?? Producer()
    if producer.epoch != header.epoch { producer.batches = [] }
    producer.epoch = header.epoch
    producer.batches.append(
      SentBatch(sequence: header.sequence, count: Int32(samples.count), offset: offset))
    if producer.batches.count > 5 { producer.batches.removeFirst() }
    producer.nextSequence = (header.sequence &+ Int32(samples.count)) & .max
    if header.isTransactional, producer.transaction == nil { producer.transaction = offset }
    producers[header.id] = producer
  }

  mutating func endTransaction(_ identifier: Int64, isCommitted: Bool, time: Int64) {
    let offset = end
    end += 1
    markers[offset] = time
    guard let first = producers[identifier]?.transaction else { return }
    producers[identifier]?.transaction = nil
    guard !isCommitted else { return }
    aborted.append(Aborted(producer: identifier, first: first, last: offset))
    for place in first..<offset
    where entries[place]?.producer == identifier && entries[place]?.isTransactional == true {
      entries[place]?.isAborted = true
    }
  }

  mutating func moveStart(to offset: Int64) {
    guard offset > start else { return }
    for place in start..<offset {
      entries[place] = nil
      markers[place] = nil
      horizons[place] = nil
    }
    start = offset
  }

  /// After a start only each producer's last batch is sure to be known.
  mutating func reopen() {
    for identifier in producers.keys {
      if let last = producers[identifier]?.batches.last { producers[identifier]?.batches = [last] }
    }
  }

  /// The first record or marker at or after a time.
  func first(atOrAfter time: Int64) -> (offset: Int64, time: Int64)? {
    for offset in start..<end {
      if let found = entries[offset]?.sample.time ?? markers[offset], found >= time {
        return (offset, found)
      }
    }
    return nil
  }

  /// Compares with what was read after a compaction up to `clean`, at `now`; then takes it over.
  mutating func compact(
    to clean: Int64, found: [Int64: Sample], markers foundMarkers: [Int64: Int64], now: Int64,
    deleteRetention: Int64
  ) throws {
    var last: [[UInt8]: Int64] = [:]
    for entry in visible where !entry.isAborted && entry.sample.offset < clean {
      if let key = entry.sample.key { last[key] = entry.sample.offset }
    }
    for (offset, sample) in found {
      try require(entries[offset]?.sample == sample, "@\(offset): is \(sample), was never that")
    }
    for entry in visible {
      let offset = entry.sample.offset
      let isThere = found[offset] != nil
      if offset >= clean {
        try require(isThere, "@\(offset): gone, though behind \(clean)")
      } else if entry.isAborted {
        try require(!isThere, "@\(offset): aborted, and still there below \(clean)")
      } else if let key = entry.sample.key, last[key] == offset {
        let horizon = horizons[offset]
        if entry.sample.value != nil || (horizon ?? now + deleteRetention) > now {
          try require(isThere, "@\(offset): the last of its key is gone, horizon \(horizon as Any)")
        } else if horizon != nil {
          try require(!isThere, "@\(offset): a deletion kept longer than to \(horizon as Any)")
        }
        if entry.sample.value == nil, horizon == nil { horizons[offset] = now + deleteRetention }
      } else {
        try require(!isThere, "@\(offset): replaced by \(last) and still there below \(clean)")
      }
      if !isThere { entries[offset] = nil }
    }
    for (offset, time) in foundMarkers {
      try require(markers[offset] == time, "@\(offset): a marker that never was")
    }
    for offset in markers.keys where foundMarkers[offset] == nil {
      try require(offset < clean, "@\(offset): the marker is gone, though behind \(clean)")
      markers[offset] = nil
    }
  }
}
