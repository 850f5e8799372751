package import Machine

/// Labels in a file of posts, to be taken into the workbench: a table with a column of labels, such
/// as this program exports, or one of the dumps that people know.
package struct LabelImport {
  /// Which columns are read; nil: found by themselves.
  package struct Columns: Sendable {
    package var text: String?
    package var label: String?
    package var topic: String?
    /// The label that means a complaint.
    package var positive: String?

    package init(
      text: String? = nil, label: String? = nil, topic: String? = nil, positive: String? = nil
    ) {
      self.text = text
      self.label = label
      self.topic = topic
      self.positive = positive
    }
  }

  /// What came of it.
  package struct Outcome: Equatable, Sendable {
    /// Labels that are new.
    package var added = 0
    /// Labels that were there already.
    package var known = 0
    /// Labels of posts that are to be forgotten.
    package var forgotten = 0
    /// Rows without a text or a label.
    package var passedOver = 0
    /// Complaints among the new and the known ones.
    package var complaints = 0
    /// The label that was taken for a complaint.
    package var positive = ""

    package init() {}
  }

  private let path: String
  private let columns: Columns
  private let rows: LabelRows

  package init(_ path: String, _ columns: Columns, disk: any FileSystem = LocalDisk()) {
    self.path = path
    self.columns = columns
    rows = LabelRows(path: path, columns: columns, disk: disk)
  }

  /// Reads all of the file and adds nothing. Thrown: what is wrong with it.
  package func check() throws {
    var counts: [String: Int] = [:]
    var outcome = Outcome()
    _ = try survey(&counts, &outcome)
    _ = try positive(counts)
  }

  /// Counts the labels; whether rows have times of their own.
  private func survey(_ counts: inout [String: Int], _ outcome: inout Outcome) throws -> Bool {
    var hasTimes = false
    try rows.visit { row in
      guard let row else {
        outcome.passedOver += 1
        return
      }
      hasTimes = hasTimes || row.time != nil
      guard counts[row.label] != nil || counts.count < Limits.labelKinds else {
        throw DatasetError.notTwoLabels(path: path, labels: counts.keys.sorted())
      }
      counts[row.label, default: 0] += 1
    }
    guard !counts.isEmpty else { throw DatasetError.empty(path: path) }
    return hasTimes
  }

  /// Adds the file's labels to `book`, all or none. `labeller` is whose they are where the file
  /// does not say, and `now` their time.
  package func run(into book: LabelBook, labeller: String, now: Int64) throws -> Outcome {
    // Which of the labels means a complaint is known only when all have been seen.
    var counts: [String: Int] = [:]
    var outcome = Outcome()
    let hasTimes = try survey(&counts, &outcome)
    outcome.positive = try positive(counts)
    outcome.added = try book.add(imported: hasTimes) { add in
      try rows.visit { row in
        guard let row else { return }
        let verdict = verdict(row.label, outcome.positive)
        let label = PostLabel(
          post: row.id, text: row.text, verdict: verdict, topic: row.topic, note: row.note,
          labeller: row.labeller ?? labeller, labelledAt: row.time ?? now, source: path,
          provenance: row.provenance)
        switch try add(label) {
        case .new: break
        case .known: outcome.known += 1
        case .refused:
          outcome.forgotten += 1
          return
        }
        if verdict == .complaint { outcome.complaints += 1 }
      }
    }
    return outcome
  }

  private func verdict(_ label: String, _ positive: String) -> Verdict {
    if label == positive { return .complaint }
    guard let own = Verdict(rawValue: label), !own.isDecided else { return .other }
    return own
  }

  /// The label that means a complaint: the one that was asked for; `negative` and 0, which the
  /// dumps call what its author was unhappy in; else the one of two that says so itself.
  private func positive(_ counts: [String: Int]) throws(DatasetError) -> String {
    let names = counts.keys.sorted()
    if let asked = columns.positive {
      guard counts[asked] != nil else {
        throw .unknownPositive(path: path, value: asked, labels: names)
      }
      return asked
    }
    let decided = names.filter { Verdict(rawValue: $0)?.isDecided != false }
    let known = Set(decided)
    if known.isSubset(of: ["complaint", "other"]) { return "complaint" }
    if known.isSubset(of: ["negative", "neutral", "positive"]) { return "negative" }
    if known.contains("4"), known.isSubset(of: ["0", "2", "4"]) { return "0" }
    let telling = ["1", "1.0", "true", "yes", "complaint"]
    let found = decided.filter { telling.contains($0.lowercased()) }
    guard decided.count <= 2, found.count == 1 else {
      throw .notTwoLabels(path: path, labels: decided)
    }
    return found[0]
  }
}
