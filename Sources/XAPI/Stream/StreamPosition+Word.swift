extension StreamPosition {
  /// As it is noted: where the stream goes on, then each of the gaps before, all without a space.
  package var word: String {
    ([Self.word(since)] + missing.map { "\(Self.word($0.since))<\($0.until)" })
      .joined(separator: ",")
  }

  private static func word(_ since: Since) -> String {
    switch since {
    case .id(let id): "id:\(id)"
    case .time(let time): "time:\(time)"
    }
  }

  /// Reads a position that was noted; nil: it is none.
  package init?(word: String, mark: [Int64]) {
    let parts = word.split(separator: ",", omittingEmptySubsequences: false)
    guard let since = Since(word: parts[0]) else { return nil }
    self.init(since: since, mark: mark)
    for part in parts.dropFirst() {
      let ends = part.split(separator: "<")
      guard ends.count == 2, let since = Since(word: ends[0]), let until = UInt64(ends[1]) else {
        return nil
      }
      missing.append(Missing(since: since, until: until))
    }
  }
}

extension StreamPosition.Since {
  fileprivate init?(word: Substring) {
    let parts = word.split(separator: ":")
    guard parts.count == 2 else { return nil }
    switch parts[0] {
    case "id":
      guard let id = UInt64(parts[1]) else { return nil }
      self = .id(id)
    case "time":
      guard let time = Int64(parts[1]) else { return nil }
      self = .time(time)
    default: return nil
    }
  }
}
