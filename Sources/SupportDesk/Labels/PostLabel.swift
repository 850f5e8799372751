/// What a person says of a post.
package enum Verdict: String, Sendable, CaseIterable {
  case complaint, other
  /// They cannot tell.
  case unsure
  /// They do not want to judge it.
  case skip

  /// Whether something can be learnt from it.
  package var isDecided: Bool { self == .complaint || self == .other }
}

/// One person's verdict on one post.
package struct PostLabel: Equatable, Sendable {
  /// The post's id, and its text as it was judged.
  package var post: String
  package var text: String
  package var verdict: Verdict
  /// What the post is about; nil: not said.
  package var topic: String?
  package var note: String?
  package var labeller: String
  /// Milliseconds since 1970.
  package var labelledAt: Int64
  /// The file that it was imported from; nil: it was given here.
  package var source: String?
  package var provenance: PostProvenance

  package init(
    post: String, text: String, verdict: Verdict, topic: String? = nil, note: String? = nil,
    labeller: String, labelledAt: Int64, source: String? = nil,
    provenance: PostProvenance = PostProvenance()
  ) {
    self.post = post
    self.text = text
    self.verdict = verdict
    self.topic = topic
    self.note = note
    self.labeller = labeller
    self.labelledAt = labelledAt
    self.source = source
    self.provenance = provenance
  }
}

/// Whose verdict on a post counts where several people judged it.
package enum LabelChoice: Equatable, Sendable {
  /// What most say; a post on which as many say one thing as the other has no label.
  case majority
  case labeller(String)
}
