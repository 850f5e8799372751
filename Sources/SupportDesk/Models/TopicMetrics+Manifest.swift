internal import Bytes
internal import TextClassification

extension TopicMetrics {
  /// The fields of `manifest.json`: the names a line each, and the counts, row after row. What
  /// follows from them stands there for readers alone.
  var manifestFields: [(String, String)] {
    [
      ("topics", JSONString.quote(names.joined(separator: "\n"))),
      (
        "topic_confusion",
        JSONString.quote(confusion.joined().map(String.init).joined(separator: " "))
      ),
      ("topic_accuracy", "\(accuracy)"), ("topic_macro_f1", "\(macroF1)"),
    ]
  }

  /// From a manifest's fields; nil where they are missing or do not fit together.
  init?(manifest field: (String) -> String?) {
    guard let names = field("topics")?.split(separator: "\n").map(String.init),
      let counts = field("topic_confusion")?.split(separator: " ").compactMap({ Int($0) }),
      counts.count == names.count * names.count,
      counts.allSatisfy({ (0...Int(Int32.max)).contains($0) })
    else { return nil }
    self.init(
      names: names,
      confusion: names.indices.map { row in
        Array(counts[row * names.count..<(row + 1) * names.count])
      })
  }
}
