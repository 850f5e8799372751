internal import ArgumentParser
internal import CommitLog

/// Reads a whole number that an option gives, and says which are allowed where it is none of them.
func wholeNumber<Number: FixedWidthInteger & Sendable>(
  _ range: ClosedRange<Number>
) -> @Sendable (String) throws -> Number {
  { text in
    guard let number = Number(text), range.contains(number) else {
      let limit = range.upperBound == .max ? "or more" : "to \(range.upperBound)"
      throw ValidationError("give a whole number, \(range.lowerBound) \(limit)")
    }
    return number
  }
}

/// The number of a partition, as options give it.
let partitionNumber = wholeNumber(0...Int.max)

/// How many partitions a topic is to have, as options give it.
let partitionCount = wholeNumber(1...Limits.partitionsPerTopic)

/// Runs a check of what was typed: what it throws is a wrong use of the command.
func checkUsage(_ check: () throws -> Void) throws {
  do {
    try check()
  } catch {
    throw ValidationError("\(error)")
  }
}

/// Refuses what Kafka's consumers refuse as a group's name. Its brokers keep offsets of such groups
/// for old clients, and so does the log.
func checkGroup(_ name: String) throws {
  guard name.contains(where: { !$0.isWhitespace }) else {
    throw ValidationError("a group's name must not be empty or of spaces alone")
  }
}

/// Refuses a topic that commands must leave alone.
func checkNotInternal(_ topic: String) throws(LogError) {
  if topic.hasPrefix("__") { throw .internalTopic(topic) }
}
