/// The records of a batch as one row: those of its first source, then those of the next.
struct BatchPlaces {
  /// How many stand before those of each source, and at last how many there are.
  private let starts: [Int]

  init(_ chunks: [Chunk]) {
    starts = chunks.reduce(into: [0]) { starts, chunk in
      starts.append((starts.last ?? 0) + chunk.records.count)
    }
  }

  var count: Int { starts.last ?? 0 }

  /// The place of a port's record.
  func place(of record: Int, _ port: Int) -> Int { starts[port] + record }

  /// The record at a place.
  func origin(of place: Int, _ batch: ReadBatch) -> Origin {
    let port = (starts.firstIndex { $0 > place } ?? 1) - 1
    return batch.chunks[port].records[place - starts[port]].origin
  }

  /// The records at some of the places, source by source; those at the places `left` are left out.
  func runs(
    of places: Range<Int>, without left: some Collection<Int> = []
  ) -> [(port: Int, records: Range<Int>)] {
    var runs: [(port: Int, records: Range<Int>)] = []
    let ends = starts.dropFirst() + left + left.map { $0 + 1 }
    var start = places.lowerBound
    for end in Set(ends).sorted() where end > start {
      let end = min(end, places.upperBound)
      guard start < end else { break }
      if !left.contains(start) {
        let port = (starts.firstIndex { $0 > start } ?? 1) - 1
        runs.append((port, (start - starts[port])..<(end - starts[port])))
      }
      start = end
    }
    return runs
  }
}
