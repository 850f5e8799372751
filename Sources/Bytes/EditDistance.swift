/// How far two words are apart: for guesses at what was meant.
public enum EditDistance {
  /// The edits of single letters that make one word of the other (Levenshtein).
  public static func between(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let changed = diagonal + (letter == right[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
      }
    }
    return row[right.count]
  }

  /// The candidate nearest to `word`; nil where none is near: two edits, or one in three letters.
  public static func nearest(to word: String, among candidates: [String]) -> String? {
    let distances = candidates.map { (candidate: $0, edits: between($0, word)) }
    guard let nearest = distances.min(by: { $0.edits < $1.edits }),
      nearest.edits <= max(2, word.count / 3)
    else { return nil }
    return nearest.candidate
  }
}
