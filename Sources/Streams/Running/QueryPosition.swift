/// How far a query has come, as its store tells: read, or moved, without its steps.
package struct QueryPosition: Sendable {
  package let name: String
  private var checkpoint: Checkpoint

  /// A query's checkpoint lies under this; what its steps keep, under names that begin with it.
  static func prefix(of name: String) -> [UInt8] { Array("query/\(name)/state/".utf8) }

  /// The position of the query `name`; nil where it has committed nothing in `store`. Throws
  /// `StreamError` where the checkpoint cannot be read.
  package init?(of name: String, in store: some StateStore) throws {
    try self.init(of: name) { try store.get($0) }
  }

  /// The same, where `get` reads what is kept under a name.
  package init?(of name: String, _ get: ([UInt8]) throws -> [UInt8]?) throws {
    guard let bytes = try get(Self.prefix(of: name)) else { return nil }
    self.name = name
    checkpoint = try Checkpoint(bytes, name: name)
  }

  /// The position of a query that has not run yet: before everything.
  package init(beginning name: String) {
    self.name = name
    checkpoint = Checkpoint(outline: "")
  }

  /// The names of all queries that have committed something in `store`.
  package static func names(in store: some StateStore) throws -> [String] {
    var names: [String] = []
    var lower = Array("query/".utf8)
    let end = Array("query0".utf8)
    while let next = try store.entries(from: lower, to: end, limit: 1).first {
      let name = next.name.dropFirst(6).prefix { $0 != UInt8(ascii: "/") }
      let text = String(decoding: name, as: UTF8.self)
      if try store.get(prefix(of: text)) != nil { names.append(text) }
      // Behind everything that this one keeps.
      lower = Array("query/".utf8) + name + [UInt8(ascii: "/") + 1]
    }
    return names.sorted()
  }

  /// The query's steps in words.
  package var outline: String { checkpoint.outline }
  /// The number of its next batch.
  package var epoch: Int64 { checkpoint.epoch }
  /// Milliseconds since 1970; nil where it has none yet.
  package var watermark: Int64? { checkpoint.watermark == .min ? nil : checkpoint.watermark }
  /// The names of its sources.
  package var sources: [String] { checkpoint.sources.map(\.name) }
  /// The next offset of each partition of a source; none where it has not been read yet.
  package func offsets(of source: String) -> [Int64] {
    checkpoint.sources.first { $0.name == source }?.offsets ?? []
  }
  /// What told a source, when it was last read, from others of its name.
  package func identity(of source: String) -> String? {
    checkpoint.sources.first { $0.name == source }?.identity
  }

  /// Sets the next offset of each partition of a source. What the steps keep stays as it is, so
  /// records that are read again are late for windows that are over.
  package mutating func move(_ source: String, identity: String, to offsets: [Int64]) {
    var progress = Checkpoint.Progress(name: source, identity: identity)
    progress.offsets = offsets
    if let place = checkpoint.sources.firstIndex(where: { $0.name == source }) {
      progress.latest = checkpoint.sources[place].latest
      checkpoint.sources[place] = progress
    } else {
      checkpoint.sources.append(progress)
    }
  }

  /// Writes the position; the query must not be running.
  package func write(to store: some StateStore) throws {
    try store.commit([Self.prefix(of: name): checkpoint.encoded()]) { _ in }
  }

  /// Removes the position and all that the query's steps keep; the next run begins anew.
  package static func forget(_ name: String, in store: some StateStore) throws {
    let lower = prefix(of: name)
    let upper = Array("query/\(name)/state0".utf8)
    while true {
      let found = try store.entries(from: lower, to: upper, limit: 10_000)
      if found.isEmpty { return }
      try store.commit(Dictionary(uniqueKeysWithValues: found.map { ($0.name, nil) })) { _ in }
    }
  }
}
