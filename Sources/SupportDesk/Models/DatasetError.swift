package import Machine

/// What is wrong with a file of posts to learn from or to classify.
package enum DatasetError: Error, CustomStringConvertible {
  case io(IOFailure)
  case empty(path: String)
  case tooLarge(path: String)
  /// Its first line cannot be a header.
  case badHeader(path: String, reason: String)
  case noColumn(path: String, column: String, known: [String])
  case unreadable(path: String, line: Int, reason: String)
  case missingField(path: String, line: Int, column: String)
  /// It is no text as posts are read from.
  case foreign(path: String, String)
  case labelsNeeded(path: String)
  /// A table without a column that is known to hold labels.
  case noLabels(path: String, known: [String])
  /// `advice`: what to do.
  case oneLabel(path: String, label: String, advice: String)
  case notTwoLabels(path: String, labels: [String])
  case unknownPositive(path: String, value: String, labels: [String])
  /// A label that is written almost as another one.
  case nearLabel(path: String, line: Int, label: String, count: Int, other: String)

  package var description: String {
    switch self {
    case .io(let failure): "\(failure)"
    case .empty(let path): "\(path) holds no posts"
    case .tooLarge(let path): "\(path) is larger than \(Limits.datasetBytes >> 30) GiB"
    case .badHeader(let path, let reason): "\(path):1: \(reason)"
    case .noColumn(let path, let column, let known):
      "\(path):1: there is no column \"\(column)\"; the header has: "
        + known.joined(separator: ", ")
    case .unreadable(let path, let line, let reason): "\(path):\(line): \(reason)"
    case .missingField(let path, let line, let column):
      "\(path):\(line): the row has no \"\(column)\""
    case .foreign(let path, let form): "\(path) is \(form)"
    case .labelsNeeded(let path):
      "\(path) is plain text and has no labels; give CSV or JSON lines with --text and --label"
    case .noLabels(let path, let known):
      "\(path):1: no column is known to hold labels (there are: \(known.joined(separator: ", "))); "
        + "name one with --label, or bring the posts in with `grouse collect --file` and judge them"
    case .oneLabel(let path, let label, let advice):
      "all posts of \(path) are labelled \"\(label)\"; \(advice)"
    case .notTwoLabels(let path, let labels):
      "\(path) has \(Self.several(labels)), and nothing says which one is looked for"
        + "; name the one to look for with --positive, all others are then its opposite"
    case .unknownPositive(let path, let value, let labels):
      "\(path): no row has the label \"\(value)\"; there are: "
        + labels.prefix(8).joined(separator: ", ")
    case .nearLabel(let path, let line, let label, let count, let other):
      "\(path):\(line): the label \"\(label)\" ("
        + (count == 1 ? "here alone" : "here and in \(count - 1) more rows")
        + ") is nearly \"\(other)\"; give both one name"
    }
  }

  private static func several(_ labels: [String]) -> String {
    "the labels " + labels.prefix(8).joined(separator: ", ")
      + (labels.count > 8 ? " and more" : "")
  }
}
