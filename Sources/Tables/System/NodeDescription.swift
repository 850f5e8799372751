/// What clients are told of this node: the row of `system.local`.
package struct NodeDescription: Hashable, Sendable {
  package var clusterName = "grouse"
  package var datacenter = Replication.datacenter
  package var rack = "rack1"
  /// The address that clients connect to, 4 or 16 bytes, and its port.
  package var address: [UInt8] = [127, 0, 0, 1]
  package var port: Int32 = 9_042

  package init() {}

  /// The version of Cassandra whose tables and statements these are.
  package static let releaseVersion = "4.0.17"
  /// The version of CQL.
  package static let cqlVersion = "3.4.5"
  static let partitioner = "org.apache.cassandra.dht.Murmur3Partitioner"
  static let snitch = "SimpleSnitch"
  /// The port that nodes would speak to each other on.
  static let storagePort: Int32 = 7_000
  /// Where the one node's range begins and ends.
  static let token = Int64.min

  func systemRow(_ schema: Schema) -> SystemRow {
    func text(_ text: String) -> [UInt8] { Array(text.utf8) }
    return SystemRow(
      "system", "local",
      [
        "key": text("local"), "bootstrapped": text("COMPLETED"), "broadcast_address": address,
        "broadcast_port": bigEndian(Self.storagePort), "cluster_name": text(clusterName),
        "cql_version": text(Self.cqlVersion), "data_center": text(datacenter),
        "gossip_generation": bigEndian(schema.generation), "host_id": schema.hostID.bytes,
        "listen_address": address, "listen_port": bigEndian(Self.storagePort),
        "native_protocol_version": text("5"), "partitioner": text(Self.partitioner),
        "rack": text(rack), "release_version": text(Self.releaseVersion), "rpc_address": address,
        "rpc_port": bigEndian(port), "schema_version": schema.versionID.bytes,
        "tokens": LiteralEncoder.collection([text("\(Self.token)")]),
      ])
  }
}
