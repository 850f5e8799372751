import CQL
import Testing

/// Nothing is expected of these texts but that reading them ends, without a trap.
@Suite struct RobustnessTests {
  private func read(_ text: String) {
    if let statement = try? CQLParser.parse(text) {
      #expect((try? CQLParser.parse(statement.cql)) == statement, "\(text)")
    }
    _ = try? CQLParser.split(script: text)
  }

  @Test(arguments: UInt64(100)...103)
  func `every prefix of a statement`(seed: UInt64) {
    var random = RandomStatement(seed: seed)
    for _ in 0..<20 {
      let bytes = Array(random.statement().cql.utf8.prefix(600))
      for length in 0..<bytes.count { read(String(decoding: bytes[..<length], as: UTF8.self)) }
    }
  }

  @Test func `every prefix of what the grammar's rules read`() {
    for reading in Reading.all {
      let bytes = Array(reading.text.utf8)
      for length in 0..<bytes.count {
        let text = String(decoding: bytes[..<length], as: UTF8.self)
        guard let statement = try? CQLParser.parse(text) else { continue }
        #expect((try? CQLParser.parse(statement.cql)) == statement, "\(text)")
      }
    }
  }

  /// 100,000 of them. What they hold is cut from valid statements and put together anew.
  @Test(arguments: UInt64(200)...207)
  func `statements changed at random`(seed: UInt64) {
    var random = RandomStatement(seed: seed)
    let statements = (0..<500).map { _ in Array(random.statement().cql.utf8.prefix(400)) }
    for _ in 0..<12_500 {
      var bytes = statements[random.below(statements.count)]
      for _ in 0...random.below(3) {
        let start = random.below(bytes.count + 1)
        let end = min(start + random.below(12), bytes.count)
        switch random.below(4) {
        case 0: bytes.insert(UInt8(random.below(256)), at: start)
        case 1: bytes.removeSubrange(start..<end)
        case 2: bytes.insert(contentsOf: bytes[start..<end], at: start)
        default:
          let other = statements[random.below(statements.count)]
          let from = random.below(other.count)
          bytes.replaceSubrange(start..<end, with: other[from...].prefix(12))
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      if let statement = try? CQLParser.parse(text) {
        #expect((try? CQLParser.parse(statement.cql)) == statement, "seed \(seed): \(text)")
      }
    }
  }

  @Test(arguments: UInt64(300)...303)
  func `random bytes`(seed: UInt64) {
    var random = RandomStatement(seed: seed)
    for _ in 0..<1000 {
      let bytes = random.some(0...60) { UInt8($0.below(256)) }
      read(String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test(arguments: UInt64(400)...403)
  func `random tokens`(seed: UInt64) {
    let tokens = [
      "SELECT", "*", "FROM", "t", "WHERE", "a", "=", "?", ":b", "(", ")", "[", "]", "{", "}", ",",
      "IN", "AND", "INSERT INTO", "VALUES", "UPDATE", "SET", "+", "-", "+=", "1", "1.5", "1h",
      "'x'", "0xab", ".", "IF", "NOT", "EXISTS", "BEGIN BATCH", "APPLY", "BATCH", ";", "CREATE",
      "TABLE", "PRIMARY KEY", "int", "list", "<", ">", "WITH", "DELETE", "TOKEN", "CAST", "AS",
      "DESCRIBE", "DROP", "USING", "TTL", "LIMIT", "ORDER BY", "CONTAINS", "KEY", "null", "\"Q\"",
    ]
    var random = RandomStatement(seed: seed)
    for _ in 0..<2000 {
      read(random.some(0...25) { tokens[$0.below(tokens.count)] }.joined(separator: " "))
    }
  }
}
