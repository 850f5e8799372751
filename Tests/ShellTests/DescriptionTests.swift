import CQL
import Tables
import Testing

@testable import Shell

/// Wording and blanks as cqlsh's `describe_…` print them.
@Suite struct `Descriptions` {
  @Test func `names stand in columns, under their keyspaces where none is in use`() {
    let rows = [("k", "a"), ("k", "b"), ("other", "c")].map {
      ["keyspace_name": $0.0, "name": $0.1]
    }
    #expect(
      DescriptionText.lines(Describe(.tables), rows, keyspace: nil)
        == [
          "", "Keyspace k", "----------", "a  b", "", "Keyspace other", "--------------", "c", "",
        ])
    #expect(
      DescriptionText.lines(Describe(.tables), Array(rows[..<2]), keyspace: "k")
        == ["", "a  b", ""])
    #expect(DescriptionText.lines(Describe(.tables), [], keyspace: "k").isEmpty)
    #expect(
      DescriptionText.lines(Describe(.keyspaces), rows, keyspace: "k") == ["", "a  b  c", ""])
  }

  @Test func `statements stand as they are, without what a terminal would act on`() {
    let rows = ["CREATE TABLE a;", "CREATE TABLE b\n  x;"].map { ["create_statement": $0] }
    #expect(
      DescriptionText.lines(Describe(.schema(full: false)), rows, keyspace: nil)
        == ["", "CREATE TABLE a;", "", "CREATE TABLE b\n  x;"])
    #expect(DescriptionText.safe("a\n\u{1B}[2J") == "a\n\u{FFFD}[2J")
  }

  @Test func `the cluster is told with its ranges`() {
    func sized(_ bytes: [UInt8]) -> [UInt8] { bigEndian(Int32(bytes.count)) + bytes }
    let list = bigEndian(Int32(1)) + sized(Array("127.0.0.1:7000".utf8))
    let map = bigEndian(Int32(1)) + sized(Array("-9223372036854775808".utf8)) + sized(list)
    let row = [
      "cluster": "c", "partitioner": "p", "snitch": "s",
      "range_ownership": DescriptionText.ownership(map),
    ]
    #expect(
      DescriptionText.lines(Describe(.cluster), [row], keyspace: nil)
        == [
          "", "Cluster: c", "Partitioner: p", "Snitch: s", "", "Range ownership:",
          "                    -9223372036854775808  [127.0.0.1:7000]", "",
        ])
  }
}
