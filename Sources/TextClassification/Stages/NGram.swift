/// Runs of n tokens, joined by a blank; SparkML's stage of this name. Fewer than n tokens give
/// none.
public struct NGram: StatelessStage {
  /// Tokens in a run, at least 1.
  public let n: Int

  /// Throws `TrainingError.invalidOption` where `n` is below 1.
  public init(_ n: Int = 2) throws(TrainingError) {
    guard n >= 1 else { throw .invalidOption("an n-gram of \(n) tokens is below 1") }
    self.n = n
  }

  /// The n-grams of the tokens, in their order.
  public func transform(_ tokens: [String]) -> [String] {
    guard tokens.count >= n else { return [] }
    return (0...(tokens.count - n)).map { tokens[$0..<($0 + n)].joined(separator: " ") }
  }
}
