/// A post that is shown to be judged.
package struct LabelCandidate: Equatable, Sendable {
  package var id: String
  package var text: String
  /// What the model thinks; nil where it was not asked.
  package var probability: Double?
  package var subject: String?
  package var provenance: PostProvenance

  package init(
    id: String, text: String, probability: Double? = nil, subject: String? = nil,
    provenance: PostProvenance = PostProvenance()
  ) {
    self.id = id
    self.text = text
    self.probability = probability
    self.subject = subject
    self.provenance = provenance
  }
}

/// One person judging posts, one after the other. What is accepted is on the disk.
package struct LabelSession {
  private let book: LabelBook
  private let labeller: String
  /// Whether posts that others have judged are shown all the same.
  private let isSecondOpinion: Bool
  /// Posts that are still to be shown, the next one last.
  private var queue: [LabelCandidate]
  /// The post that is shown; nil: there are no more.
  package private(set) var current: LabelCandidate?
  /// What was said of it so far.
  package private(set) var topic: String?
  package private(set) var note: String?
  /// Verdicts given.
  package private(set) var given: [Verdict: Int] = [:]
  /// Verdicts taken back.
  package private(set) var takenBack = 0
  /// Posts that were to be forgotten while the session had them before it.
  package private(set) var forgotten = 0

  package init(
    _ book: LabelBook, labeller: String, _ posts: [LabelCandidate], isSecondOpinion: Bool
  ) throws(ModelError) {
    self.book = book
    self.labeller = labeller
    self.isSecondOpinion = isSecondOpinion
    queue = posts.reversed()
    try advance()
  }

  /// Posts that are left, the one that is shown included.
  package var left: Int { queue.count + (current == nil ? 0 : 1) }

  /// Keeps a verdict on the post that is shown, and shows the next. False where nothing is kept:
  /// the post has been forgotten while it was shown.
  @discardableResult
  package mutating func give(_ verdict: Verdict) throws(ModelError) -> Bool {
    guard let current else { return true }
    let isKept = try book.add(
      verdict, post: current.id, text: current.text, topic: topic, note: note, by: labeller,
      of: current.provenance)
    if isKept { given[verdict, default: 0] += 1 } else { forgotten += 1 }
    try advance()
    return isKept
  }

  /// Names what the post that is shown is about; empty: nothing.
  package mutating func name(topic: String) { self.topic = topic.isEmpty ? nil : topic }

  /// Writes a note on the post that is shown; empty: none.
  package mutating func write(note: String) { self.note = note.isEmpty ? nil : note }

  /// Takes the labeller's last verdict back, of whatever session, and shows its post again; false
  /// where there is none.
  package mutating func undo() throws(ModelError) -> Bool {
    guard let label = try book.takeBack(by: labeller) else { return false }
    if let current { queue.append(current) }
    current = LabelCandidate(id: label.post, text: label.text, provenance: label.provenance)
    topic = label.topic
    note = label.note
    given[label.verdict, default: 0] -= 1
    takenBack += 1
    return true
  }

  /// Shows the next post that still wants a verdict: another labeller may have been faster, and
  /// what was to be forgotten meanwhile is not shown.
  private mutating func advance() throws(ModelError) {
    topic = nil
    note = nil
    current = nil
    while let next = queue.popLast() {
      let labels = try book.labels(of: next.id)
      let isDone = labels.contains {
        $0.labeller == labeller || !isSecondOpinion && $0.verdict.isDecided
      }
      guard !isDone else { continue }
      if try book.isForgotten(next.id, next.provenance) {
        forgotten += 1
        continue
      }
      current = next
      return
    }
  }
}
