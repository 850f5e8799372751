import Foundation
import Machine
import TestSupport
import Testing

/// The scripts in `Tools/peers`: another implementation of Kafka's files, and another client of X,
/// which share no code with ours.
enum Peers {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Whether `Tools/peers/install` has run; `Tools/test` runs it.
  static let areInstalled = FileManager.default.fileExists(
    atPath: root.appendingPathComponent(".build-peers/packages").path)

  /// Why tests are skipped where they are not.
  static let absence: Comment = "Tools/peers/install has not run, or could not"

  /// Files that Kafka does not have.
  private static let ours = ["--foreign", "topic.properties"]

  /// Lets the reader judge a directory: no violation is expected. Gives the records it found.
  static func read(
    _ directory: String, _ options: [String] = [], at place: SourceLocation = #_sourceLocation
  ) throws -> [PeerRecord] {
    let outcome = try run("read-kafka-log", options + ours + [directory])
    #expect(
      outcome.status == 0, "\(directory.suffix(40)): \(outcome.errors.prefix(4_000))",
      sourceLocation: place)
    return try decode(outcome.lines)
  }

  /// What the reader finds in the records of `__consumer_offsets`: for each key the last one.
  static func readOffsets(_ directory: String) throws -> [PeerCommit.Key: PeerCommit.Value] {
    let outcome = try run("read-kafka-log", ["--offsets"] + ours + [directory])
    #expect(outcome.status == 0, "\(outcome.errors)")
    var latest: [PeerCommit.Key: PeerCommit.Value] = [:]
    for commit in try decode(outcome.lines) as [PeerCommit] {
      if let key = commit.key { latest[key] = commit.value?.commit }
    }
    return latest
  }

  /// Has a fresh directory written; gives the records in it.
  static func write(_ directory: String, _ options: [String]) throws -> [PeerRecord] {
    let outcome = try run("write-kafka-log", options + [directory])
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try decode(outcome.lines)
  }

  /// What Tweepy makes of a local X.
  static func tweet(_ address: String) throws -> Tweeted {
    let outcome = try run("tweet-locally", [address])
    try #require(outcome.status == 0, "\(outcome.errors)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Tweeted.self, from: outcome.lines)
  }

  private static func decode<Line: Decodable>(_ lines: Data) throws -> [Line] {
    let rows = lines.split(separator: UInt8(ascii: "\n")).joined(separator: Data(",".utf8))
    return try JSONDecoder().decode([Line].self, from: Data("[".utf8) + rows + Data("]".utf8))
  }

  private static func run(
    _ script: String, _ arguments: [String]
  ) throws -> (status: Int32, lines: Data, errors: String) {
    // Files, not pipes: neither can fill up while the other is read.
    let folder = TemporaryDirectory()
    let outputs = try ["lines", "errors"].map { name in
      try LocalDisk().replace(folder(name), with: [])
      return try FileHandle(forWritingTo: URL(fileURLWithPath: folder(name)))
    }
    let process = Process()
    process.executableURL = root.appendingPathComponent("Tools/peers/\(script)")
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = outputs[0]
    process.standardError = outputs[1]
    try process.run()
    process.waitUntilExit()
    let errors = try Data(contentsOf: URL(fileURLWithPath: folder("errors")))
    return (
      process.terminationStatus, try Data(contentsOf: URL(fileURLWithPath: folder("lines"))),
      String(decoding: errors, as: UTF8.self)
    )
  }
}

/// A record as the scripts print it.
struct PeerRecord: Decodable, Equatable {
  var topic: String
  var partition: Int
  var offset: Int64
  var timestamp: Int64
  var timestampType = "CreateTime"
  var key: PeerBytes?
  var value: PeerBytes?
  var headers: [[PeerBytes?]] = []
  var baseOffset: Int64
  var leaderEpoch: Int32 = 0
  var codec = "none"
  var producerId: Int64 = -1
  var producerEpoch: Int16 = -1
  var sequence: Int32 = -1
  var isTransactional = false
  var isControl = false
  /// "commit" or "abort".
  var marker: String?
  var coordinatorEpoch: Int32?
}

/// Bytes in JSON: text, or base64 where they are none.
struct PeerBytes: Decodable, Hashable, CustomStringConvertible {
  var bytes: [UInt8]

  init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      bytes = Array(text.utf8)
    } else {
      let encoded = try container.decode([String: Data].self)
      bytes = encoded["base64"].map { [UInt8]($0) } ?? []
    }
  }

  var description: String { bytes.count > 40 ? "\(bytes.count) bytes" : "\(bytes)" }
}

/// A record of `__consumer_offsets` as `read-kafka-log --offsets` prints it.
struct PeerCommit: Decodable {
  struct Key: Hashable {
    var group: String
    var topic: String
    var partition: Int
  }

  struct Value: Equatable {
    var offset: Int64
    var leaderEpoch: Int32
    var metadata: String
    var commitTimestamp: Int64
  }

  /// A value's fields: of a commit, or of a group's state.
  struct Fields: Decodable {
    var offset: Int64?
    var leaderEpoch: Int32?
    var metadata: String?
    var commitTimestamp: Int64?

    var commit: Value? {
      guard let offset, let leaderEpoch, let metadata, let commitTimestamp else { return nil }
      return Value(
        offset: offset, leaderEpoch: leaderEpoch, metadata: metadata,
        commitTimestamp: commitTimestamp)
    }
  }

  var group: String
  var topic: String?
  var partition: Int?
  var value: Fields?

  /// Nil where the record is of a group's state.
  var key: Key? {
    guard let topic, let partition else { return nil }
    return Key(group: group, topic: topic, partition: partition)
  }
}
