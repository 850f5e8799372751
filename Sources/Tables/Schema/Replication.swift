internal import CQL

/// A keyspace's replication: kept for clients that ask; here is one node.
package struct Replication: Hashable, Sendable {
  /// The class's name without its package.
  package var strategy: String
  package var options: [String: String]

  static let local = Replication(strategy: "LocalStrategy", options: [:])
  private static let locator = "org.apache.cassandra.locator."
  /// The one datacenter.
  static let datacenter = "datacenter1"

  static func simple(_ factor: Int) -> Replication {
    Replication(strategy: "SimpleStrategy", options: ["replication_factor": "\(factor)"])
  }

  /// What Cassandra keeps: options and the class's whole name.
  package var map: [String: String] {
    options.merging(["class": Replication.locator + strategy]) { $1 }
  }

  /// The map as DESCRIBE prints it: the class first, without its package.
  var cql: String {
    let rest = options.sorted { $0.key < $1.key }
      .map { ", \(Term.string($0.key).cql): \(Term.string($0.value).cql)" }
    return "{'class': \(Term.string(strategy).cql)\(rest.joined())}"
  }
}

// Cassandra's checks (`KeyspaceAttributes`, `AbstractReplicationStrategy`, `ReplicationFactor`).
extension Replication {
  init(_ map: [String: String], keyspace: String) throws(TableError) {
    guard let name = map["class"] else {
      throw TableError(.configuration, "Missing replication strategy class")
    }
    let full = name.contains(".") ? name : Replication.locator + name
    guard full.hasPrefix(Replication.locator) else { throw Replication.unknown(full) }
    strategy = String(full.dropFirst(Replication.locator.count))
    options = map.filter { $0.key != "class" }
    switch strategy {
    case "SimpleStrategy":
      guard options["replication_factor"] != nil else {
        throw TableError(
          .configuration, "SimpleStrategy requires a replication_factor strategy option.")
      }
      if let other = options.keys.sorted().first(where: { $0 != "replication_factor" }) {
        throw TableError(
          .configuration,
          "Unrecognized strategy option {\(other)} passed to SimpleStrategy for keyspace "
            + keyspace)
      }
    case "NetworkTopologyStrategy":
      // A factor for all is one for each datacenter there is.
      if let factor = options.removeValue(forKey: "replication_factor") {
        options[Replication.datacenter] = options[Replication.datacenter] ?? factor
      }
    case "LocalStrategy":
      throw .invalid(
        "Unable to use given strategy class: LocalStrategy is reserved for internal use.")
    default: throw Replication.unknown(full)
    }
    for factor in options.sorted(by: { $0.key < $1.key }).map(\.value) {
      try Replication.check(factor)
    }
  }

  private static func unknown(_ name: String) -> TableError {
    TableError(.configuration, "Unable to find replication strategy class '\(name)'")
  }

  /// `3`, or `3/1` where one replica of three is transient, which Cassandra allows only if told so.
  private static func check(_ factor: String) throws(TableError) {
    let parts = factor.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    var numbers: [Int32] = []
    for part in parts {
      guard let number = Int32(part) else {
        throw TableError(.configuration, "For input string: \"\(part)\"")
      }
      numbers.append(number)
    }
    guard numbers[0] >= 0 else {
      throw TableError(
        .configuration, "Replication factor must be non-negative, found \(numbers[0])")
    }
    guard numbers.count == 1 || numbers[1] == 0 else {
      throw TableError(
        .configuration, "Transient replication is disabled. Enable in cassandra.yaml to use.")
    }
  }
}
