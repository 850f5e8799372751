internal import Bytes

/// How far a query has come: committed with each batch's rows and state.
struct Checkpoint: StateValue, Equatable {
  /// What one source has given.
  struct Progress: StateValue, Equatable {
    var name: String
    /// The next offset of each partition.
    var offsets: [Int64]
    /// The latest event time of each partition.
    var latest: [Int64]
    /// The offsets behind the epoch that was begun, where its sink was outside the store.
    var planned: [Int64]?
    /// What the source was told by from others of its name; empty where it was not.
    var identity = ""

    init(name: String, identity: String = "") {
      (self.name, self.identity, offsets, latest) = (name, identity, [], [])
    }

    func encode(into buffer: inout ByteBuffer) {
      name.encode(into: &buffer)
      offsets.encode(into: &buffer)
      latest.encode(into: &buffer)
      planned.encode(into: &buffer)
    }

    init(from reader: inout ByteReader) throws(ByteError) {
      name = try String(from: &reader)
      offsets = try [Int64](from: &reader)
      latest = try [Int64](from: &reader)
      planned = try [Int64]?(from: &reader)
    }
  }

  static let version: UInt8 = 2
  /// The query's steps in words.
  var outline: String
  /// The number of the next batch.
  var epoch: Int64 = 0
  var watermark = Int64.min
  /// Where the watermark is going: not there yet where more windows ended than one commit works on.
  var goal = Int64.min
  var sources: [Progress] = []

  init(outline: String) { self.outline = outline }

  func encode(into buffer: inout ByteBuffer) {
    Self.version.encode(into: &buffer)
    outline.encode(into: &buffer)
    epoch.encode(into: &buffer)
    watermark.encode(into: &buffer)
    goal.encode(into: &buffer)
    sources.encode(into: &buffer)
    sources.map(\.identity).encode(into: &buffer)
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let version = try UInt8(from: &reader)
    outline = try String(from: &reader)
    epoch = try Int64(from: &reader)
    watermark = try Int64(from: &reader)
    goal = try Int64(from: &reader)
    sources = try [Progress](from: &reader)
    guard version > 1 else { return }
    for (number, identity) in try [String](from: &reader).enumerated()
    where sources.indices.contains(number) {
      sources[number].identity = identity
    }
  }

  /// Reads a checkpoint of the query `name`.
  init(_ bytes: [UInt8], name: String) throws(StreamError) {
    guard let version = bytes.first, version <= Self.version else {
      throw .damagedState(
        "the checkpoint of query \(name) has version \(bytes.first.map { "\($0)" } ?? "none"), "
          + "and this program knows \(Self.version): use the program that wrote it, or a newer one")
    }
    self = try Self.decoded(bytes)
  }

  /// The same, where its steps are `outline` now.
  init(_ bytes: [UInt8], name: String, outline: String) throws(StreamError) {
    try self.init(bytes, name: name)
    // Empty in a place that was set before the query ever ran.
    if self.outline.isEmpty { self.outline = outline }
    guard self.outline == outline else {
      throw .changedQuery(name: name, was: self.outline, is: outline)
    }
  }
}
