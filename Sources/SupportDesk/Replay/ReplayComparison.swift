internal import Tables

/// What a replay says otherwise than the stored verdicts.
package struct ReplayComparison: Sendable {
  /// One side's verdict on a post.
  package struct Verdict: Sendable {
    package var label: String
    package var isComplaint: Bool
    package var probability: Double
    package var model: String
    package var words: [String]
    package var subject: String?
  }

  /// A post on which the two differ.
  package struct Flip: Sendable {
    package var id: String
    package var text: String
    package var before, after: Verdict

    /// How far the probability has moved.
    package var distance: Double { abs(after.probability - before.probability) }
  }

  /// Complaints about one subject, before and after.
  package struct Subject: Sendable {
    package var posts = (before: 0, after: 0)
    package var complaints = (before: 0, after: 0)
  }

  /// Flips that are kept: those of the largest distance.
  package let limit: Int
  /// Posts that both have.
  package private(set) var posts = 0
  /// Posts that the replay alone has.
  package private(set) var onlyReplayed = 0
  /// By what was said before and what is said now: other, complaint.
  package private(set) var confusion = [[0, 0], [0, 0]]
  package private(set) var bySubject: [String: Subject] = [:]
  package private(set) var models: (before: Set<String>, after: Set<String>) = ([], [])
  private var flips: [Flip] = []

  init(limit: Int) { self.limit = limit }

  /// Posts on which the two differ.
  package var flipped: Int { confusion[0][1] + confusion[1][0] }

  /// The flips of the largest distance, that first.
  package var largestFlips: [Flip] {
    Array(flips.sorted { ($1.distance, $0.id) < ($0.distance, $1.id) }.prefix(limit))
  }

  mutating func add(id: String, text: String, before: Verdict?, after: Verdict) {
    guard let before else {
      onlyReplayed += 1
      return
    }
    posts += 1
    models.before.insert(before.model)
    models.after.insert(after.model)
    confusion[before.isComplaint ? 1 : 0][after.isComplaint ? 1 : 0] += 1
    if let subject = before.subject {
      bySubject[subject, default: Subject()].posts.before += 1
      if before.isComplaint { bySubject[subject, default: Subject()].complaints.before += 1 }
    }
    if let subject = after.subject {
      bySubject[subject, default: Subject()].posts.after += 1
      if after.isComplaint { bySubject[subject, default: Subject()].complaints.after += 1 }
    }
    guard before.isComplaint != after.isComplaint else { return }
    flips.append(Flip(id: id, text: text, before: before, after: after))
    if flips.count > 4 * limit + 1_000 { flips = largestFlips }
  }
}

extension ReplayComparison {
  private static let columns = "label, prediction, probability, model, words, subject"

  /// Compares the replay in `table` with the live tables; `progress` hears how many posts were
  /// looked at. Thrown: `ReplayError.missing` where there is no such table.
  package init(
    of table: String, in store: any TableStore, limit: Int = 20,
    isStopped: () -> Bool = { false }, progress: (Int) -> Void = { _ in }
  ) throws {
    self.init(limit: limit)
    let names = TableNames(replayInto: table)
    guard try Replay.exists(names.posts, in: store) else { throw ReplayError.missing(table) }
    let replayed = try store.prepare(
      "SELECT brand, day, created_at, id, text, \(Self.columns) FROM \(names.posts)")
    let stored = try store.prepare(
      """
      SELECT \(Self.columns) FROM \(TableNames.live.posts)
      WHERE brand = ? AND day = ? AND created_at = ? AND id = ?
      """)
    var values = BoundValues()
    var state: PagingState?
    var looked = 0
    repeat {
      let page = try store.execute(replayed, BoundValues(), from: state)
      for row in page.rows {
        guard row.count == 11, let id = row[3], let after = Self.verdict(row[5...]) else {
          continue
        }
        values.removeAll()
        for value in row[..<4] { values.append(optional: value) }
        let before = try store.execute(stored, values, from: nil).rows.first
        add(
          id: String(decoding: id, as: UTF8.self),
          text: String(decoding: row[4] ?? [], as: UTF8.self),
          before: before.flatMap { Self.verdict($0[...]) }, after: after)
        looked += 1
      }
      progress(looked)
      state = page.next
    } while state != nil && !isStopped()
  }

  private static func verdict(_ row: ArraySlice<[UInt8]?>) -> Verdict? {
    let row = Array(row)
    guard row.count == 6, let label = row[0], let prediction = row[1], let probability = row[2],
      let model = row[3]
    else { return nil }
    return Verdict(
      label: String(decoding: label, as: UTF8.self),
      isComplaint: Double(bitPattern: UInt64(bitPattern: prediction.bigEndianInteger())) == 1,
      probability: Double(bitPattern: UInt64(bitPattern: probability.bigEndianInteger())),
      model: String(decoding: model, as: UTF8.self), words: texts(row[4] ?? []),
      subject: row[5].map { String(decoding: $0, as: UTF8.self) })
  }

  /// The elements of a `list<text>` in native encoding.
  private static func texts(_ list: [UInt8]) -> [String] {
    var texts: [String] = []
    var place = 4
    while place + 4 <= list.count {
      let length = list[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
      let start = place + 4
      guard start + length <= list.count else { break }
      texts.append(String(decoding: list[start..<(start + length)], as: UTF8.self))
      place = start + length
    }
    return texts
  }
}
