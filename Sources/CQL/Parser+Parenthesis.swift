/// What an opening parenthesis may hold, as far as the next few tokens tell.
enum Parenthesis {
  case type
  /// `(name)` is a type only if the right thing follows it, at this distance from the parenthesis.
  case perhapsType(end: Int)
  case other

  /// Whether it holds a type, given what may follow one.
  func holdsType(followedBy follows: (Int) -> Bool) -> Bool {
    switch self {
    case .type: true
    case .perhapsType(let end): follows(end)
    case .other: false
    }
  }
}

extension CQLParser {
  /// The parenthesis at the current token. Types and values are told apart by lookahead, never by
  /// trying: tries nested in tries would take exponential time.
  var parenthesis: Parenthesis {
    let isWord = isName(after: 1) || kind(after: 1) == .keyword(.set)
    guard isWord || kind(after: 1) == .string else { return .other }
    switch kind(after: 2) {
    case .symbol(.less): return isWord ? .type : .other
    case .symbol(.rightParenthesis): return .perhapsType(end: 3)
    case .symbol(.dot) where isName(after: 3) && kind(after: 4) == .symbol(.rightParenthesis):
      return .perhapsType(end: 5)
    default: return .other
    }
  }
}
