internal import Bytes
package import TextClassification

extension Dataset {
  /// The rows as examples. `positive` names the label to look for; without it, it is that of
  /// `known` labels, such as a model's, where the file has them, else the one of two that says so
  /// itself (1, true, yes, complaint …), else the rarer one. Rows of one label alone are enough
  /// where there are `known` ones.
  package func examples(
    positive: String?, known: ClassLabels? = nil
  ) throws(DatasetError) -> (examples: [LabelledText], labels: ClassLabels) {
    guard labels.count == texts.count else { throw .labelsNeeded(path: path) }
    let counts = labels.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    let names = counts.keys.sorted()
    try checkSpelling(counts, known, positive)
    let chosen = try self.positive(positive, counts, known)
    let rest = names.filter { $0 != chosen }
    let examples = texts.indices.map {
      LabelledText(text: texts[$0], isPositive: labels[$0] == chosen, topic: topics[$0])
    }
    return (examples, ClassLabels(negative: rest.count == 1 ? rest[0] : "other", positive: chosen))
  }

  /// The label to look for.
  private func positive(
    _ asked: String?, _ counts: [String: Int], _ known: ClassLabels?
  ) throws(DatasetError) -> String {
    let names = counts.keys.sorted()
    if let asked {
      // Of one other label alone, such as quiet posts, all is known.
      let isMeasured =
        known.map { names.count == 1 || $0.positive == asked && counts[$0.negative] != nil }
        ?? false
      guard counts[asked] != nil || isMeasured else {
        throw .unknownPositive(path: path, value: asked, labels: names)
      }
      return asked
    }
    guard names.count <= 2 else { throw .notTwoLabels(path: path, labels: names) }
    if let known {
      // "Complaint" is what the model calls "complaint".
      func own(_ label: String) -> String? {
        names.first { $0 == label } ?? names.first { $0.lowercased() == label.lowercased() }
      }
      if let positive = own(known.positive) { return positive }
      if let negative = own(known.negative) {
        return names.first { $0 != negative } ?? known.positive
      }
    }
    guard names.count == 2 else {
      throw .oneLabel(
        path: path, label: names[0],
        advice: known.map {
          "say with --positive \(names[0]) that it is what the model calls \($0.positive), or with "
            + "--positive \($0.positive) that it is not"
        } ?? "give posts of both labels")
    }
    let telling = ["1", "1.0", "true", "yes", "complaint", "positive"]
    return names.first { telling.contains($0.lowercased()) }
      ?? names.min { (counts[$0] ?? 0, $0) < (counts[$1] ?? 0, $1) } ?? names[0]
  }

  /// Refuses labels that are another one's slip of the pen: learnt, they would be its opposite.
  private func checkSpelling(
    _ counts: [String: Int], _ known: ClassLabels?, _ positive: String?
  ) throws(DatasetError) {
    let meant = [known?.positive, known?.negative, positive].compactMap { $0 }
    let others = counts.keys.sorted() + [positive].compactMap { $0 }
    for label in counts.keys.sorted() where !meant.contains(label) {
      let count = counts[label] ?? 0
      let other = others.first { other in
        guard other != label else { return false }
        let found = counts[other] ?? .max
        // Of two ways to write one word the more frequent one is meant.
        if other.lowercased() == label.lowercased() { return (found, other) >= (count, label) }
        // What is frequent is a label of its own, such as "spam" beside "scam".
        return found / 20 >= count && Self.isNear(label, other)
      }
      if let other {
        throw .nearLabel(
          path: path, line: lines[label] ?? 1, label: label, count: count, other: other)
      }
    }
  }

  private static func isNear(_ label: String, _ other: String) -> Bool {
    let length = min(label.count, other.count)
    guard length >= 4, abs(label.count - other.count) <= 2 else { return false }
    return EditDistance.between(label, other) <= (length >= 7 ? 2 : 1)
  }
}
