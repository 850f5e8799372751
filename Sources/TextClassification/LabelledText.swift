/// A text and whether it belongs to the positive class: an example to learn from.
public struct LabelledText: Sendable, Equatable {
  /// The text as it was written.
  public var text: String
  /// Whether the text belongs to the positive class.
  public var isPositive: Bool
  /// What the text is about, where that is known.
  public var topic: String?

  /// An example.
  public init(text: String, isPositive: Bool, topic: String? = nil) {
    self.text = text
    self.isPositive = isPositive
    self.topic = topic
  }
}

/// The names of the two classes.
public struct ClassLabels: Sendable, Equatable {
  /// The first class, whose probability is one minus the second's.
  public var negative: String
  /// The second class: the one that is looked for and whose probability a model gives.
  public var positive: String

  /// Two names, of at most 256 UTF-8 bytes each.
  public init(negative: String, positive: String) {
    self.negative = negative
    self.positive = positive
  }
}
