import CQL
import Testing

/// Nothing is expected of these texts but that reading them ends, without a trap.
@Suite struct RobustnessTests {
  private func read(_ text: String) {
    if let statement = try? CQLParser.parse(text) {
      #expect((try? CQLParser.parse(statement.cql)) == statement, "\(text)")
    }
    _ = try? CQLParser.split(script: text)
    _ = CQLParser.isComplete(text)
  }

  @Test(arguments: UInt64(100)...103)
  func `every prefix of a statement`(seed: UInt64) {
    var random = RandomStatement(seed: seed)
    for _ in 0..<20 {
      let bytes = Array(random.statement().cql.utf8)
      for length in 0..<bytes.count { read(String(decoding: bytes[..<length], as: UTF8.self)) }
    }
  }

  @Test(arguments: UInt64(200)...203)
  func `statements with a byte changed`(seed: UInt64) {
    var random = RandomStatement(seed: seed)
    for _ in 0..<500 {
      var bytes = Array(random.statement().cql.utf8)
      bytes[random.below(bytes.count)] = UInt8(random.below(256))
      read(String(decoding: bytes, as: UTF8.self))
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
