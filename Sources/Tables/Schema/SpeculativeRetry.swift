/// When to ask a second replica: `99p`, `50ms`, `ALWAYS`, `NEVER`, `MIN(99p,50ms)`.
struct SpeculativeRetry {
  /// As Cassandra prints it.
  let text: String

  init(_ written: String) throws(TableError) {
    let word = written.uppercased()
    switch word {
    case "ALWAYS": text = word
    case "NEVER", "NONE": text = "NEVER"
    default:
      let parts = word.dropFirst(4).dropLast().split(
        separator: ",", omittingEmptySubsequences: false)
      if word.hasPrefix("MIN(") || word.hasPrefix("MAX("), word.hasSuffix(")"), parts.count == 2 {
        let trimmed = parts.map { String($0.drop { $0 == " " }) }
        let first = try SpeculativeRetry.simple(trimmed[0], written)
        let second = try SpeculativeRetry.simple(trimmed[1], written)
        let isFirst = first.hasSuffix("p")
        guard isFirst != second.hasSuffix("p") else { throw SpeculativeRetry.invalid(written) }
        text = word.prefix(4) + (isFirst ? "\(first),\(second))" : "\(second),\(first))")
      } else {
        text = try SpeculativeRetry.simple(word, written)
      }
    }
  }

  private static func simple(_ word: String, _ written: String) throws(TableError) -> String {
    for (ending, unit) in [("PERCENTILE", "p"), ("MS", "ms"), ("P", "p")]
    where word.hasSuffix(ending) {
      let digits = word.dropLast(ending.count)
      guard digits.allSatisfy({ "0123456789.".contains($0) }), let number = Double(digits) else {
        break
      }
      if unit == "p", !(number > 0 && number < 100) {
        throw configuration(
          "Invalid value \(written) for PERCENTILE option 'speculative_retry': must be between "
            + "(0.0 and 100.0)")
      }
      let rounded = (number * 10_000).rounded() / 10_000
      guard let whole = Int64(exactly: rounded) else { return "\(rounded)\(unit)" }
      return "\(whole)\(unit)"
    }
    throw invalid(written)
  }

  private static func invalid(_ written: String) -> TableError {
    configuration("Invalid value \(written) for option 'speculative_retry'")
  }
}
