extension TermModel {
  /// What each word of a text contributes, the strongest first. Words are found again in the text
  /// as they stand there, punctuation apart; addresses are one word.
  func decidingWords(
    of text: UnsafeRawBufferPointer, _ algorithm: TrainingOptions.Algorithm
  ) -> [DecidingWord] {
    var found: [DecidingWord] = []
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, !ASCII.isBlank(text[end]) { end += 1 }
      if end > start {
        let piece = String(
          decoding: UnsafeRawBufferPointer(rebasing: text[start..<end]), as: UTF8.self)
        let contribution = Self.words(of: piece).reduce(0) {
          $0 + self.contribution(of: $1, algorithm)
        }
        found.append(DecidingWord(range: start..<end, contribution: contribution))
      }
      start = end + 1
    }
    return found.sorted(by: DecidingWord.isStronger)
  }
}
