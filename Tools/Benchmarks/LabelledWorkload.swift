import Machine
import SupportDesk
import TextClassification

/// Labelled posts made for measuring: each is the first half of one post of `complaints.csv` and
/// the second half of another of the same class, so that hardly two are equal and words are as
/// frequent as in real ones. One label in twenty is the wrong one: no model gets all right. The
/// same numbers give the same posts.
enum LabelledWorkload {
  static func posts(_ count: Int, samples: String, seed: UInt64 = 1) throws -> [LabelledText] {
    let rows = try Dataset(
      Path.join(samples, "complaints.csv"), .init(text: "text", label: "label"))
    let examples = try rows.examples(positive: "complaint").examples
    let words = examples.map { $0.text.split(whereSeparator: \.isWhitespace) }
    let places = [false, true].map { isPositive in
      examples.indices.filter { examples[$0].isPositive == isPositive }
    }
    var random = SeededRandom(seed: seed)
    return (0..<count).map { _ in
      let first = Int.random(in: examples.indices, using: &random)
      let isPositive = examples[first].isPositive
      let second = places[isPositive ? 1 : 0].randomElement(using: &random) ?? first
      let text =
        words[first].prefix((words[first].count + 1) / 2)
        + words[second].suffix(words[second].count / 2)
      let isWrong = Int.random(in: 0..<20, using: &random) == 0
      return LabelledText(
        text: text.joined(separator: " "), isPositive: isPositive != isWrong)
    }
  }
}

/// Texts one after another in memory, as they lie in a file.
struct TextLines: Sendable {
  private let bytes: [UInt8]
  private let ends: [Int]

  init(_ posts: [LabelledText]) {
    var bytes: [UInt8] = []
    ends = posts.map { post in
      bytes.append(contentsOf: post.text.utf8)
      return bytes.count
    }
    self.bytes = bytes
  }

  var count: Int { ends.count }
  var byteCount: Int { bytes.count }

  /// Calls `body` with each of the texts of a range.
  func forEach(in range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Void) {
    bytes.withUnsafeBytes { bytes in
      var start = range.lowerBound == 0 ? 0 : ends[range.lowerBound - 1]
      for place in range {
        body(UnsafeRawBufferPointer(rebasing: bytes[start..<ends[place]]))
        start = ends[place]
      }
    }
  }
}
