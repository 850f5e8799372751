/// A post that is shown to be judged.
package struct LabelCandidate: Equatable, Sendable {
  package var id: String
  package var text: String
  /// What the model thinks; nil where it was not asked.
  package var probability: Double?
  package var subject: String?
  package var screenName: String?
  /// Milliseconds since 1970.
  package var createdAt: Int64?

  package init(
    id: String, text: String, probability: Double? = nil, subject: String? = nil,
    screenName: String? = nil, createdAt: Int64? = nil
  ) {
    self.id = id
    self.text = text
    self.probability = probability
    self.subject = subject
    self.screenName = screenName
    self.createdAt = createdAt
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

  /// Keeps a verdict on the post that is shown, and shows the next.
  package mutating func give(_ verdict: Verdict) throws(ModelError) {
    guard let current else { return }
    try book.add(
      verdict, post: current.id, text: current.text, topic: topic, note: note, by: labeller)
    given[verdict, default: 0] += 1
    try advance()
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
    current = LabelCandidate(id: label.post, text: label.text)
    topic = label.topic
    note = label.note
    given[label.verdict, default: 0] -= 1
    takenBack += 1
    return true
  }

  /// Shows the next post that still wants a verdict: another labeller may have been faster.
  private mutating func advance() throws(ModelError) {
    topic = nil
    note = nil
    current = nil
    while let next = queue.popLast() {
      let labels = try book.labels(of: next.id)
      let isDone = labels.contains {
        $0.labeller == labeller || !isSecondOpinion && $0.verdict.isDecided
      }
      guard isDone else {
        current = next
        return
      }
    }
  }
}
