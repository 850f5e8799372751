internal import Bytes

/// What a step keeps by key: read once a batch, changed in memory, written when the batch ends.
///
/// Used by one thread at a time.
final class KeyedState<Key: Hashable & StateValue, Value: StateValue> {
  private struct Entry {
    var value: Value?
    var isChanged: Bool
  }

  private let state: StepState
  private let kind: UInt8
  private var entries: [Key: Entry] = [:]

  /// The part `kind` of a step's state.
  init(_ state: StepState, kind: UInt8) {
    self.state = state
    self.kind = kind
  }

  /// What is kept under a key; nil where nothing is.
  subscript(key: Key) -> Value? {
    get throws {
      if let entry = entries[key] { return entry.value }
      let value = try load(key)
      entries[key] = Entry(value: value, isChanged: false)
      return value
    }
  }

  /// Keeps `value` under a key; nil takes away what is there.
  func set(_ key: Key, _ value: Value?) { entries[key] = Entry(value: value, isChanged: true) }

  /// Changes what is kept under a key in its place, `initial` where nothing is.
  func modify(
    _ key: Key, initial: @autoclosure () -> Value, _ body: (inout Value) throws -> Void
  ) throws {
    guard let place = entries.index(forKey: key) else {
      entries[key] = Entry(value: try load(key), isChanged: false)
      return try modify(key, initial: initial(), body)
    }
    var value = entries.values[place].value.take() ?? initial()
    defer { entries.values[place] = Entry(value: value, isChanged: true) }
    try body(&value)
  }

  /// What the batch has changed so far and not taken away, in the order of the keys' bytes.
  func changed() -> [(key: Key, value: Value)] {
    entries.compactMap { key, entry in
      entry.isChanged ? entry.value.map { (key.encoded(), key, $0) } : nil
    }.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map { ($0.1, $0.2) }
  }

  /// Everything that is kept, in the order of the keys' bytes; of a batch's own changes, those that
  /// were flushed.
  func all() throws -> [(key: Key, value: Value)] { try decode(state.entries(in: kind).found) }

  /// Hands the batch's changes to the state.
  func flush() {
    for (key, entry) in entries where entry.isChanged {
      state.set(name(key), entry.value?.encoded())
    }
    entries.removeAll(keepingCapacity: true)
  }

  /// Forgets the batch's changes.
  func discard() { entries.removeAll(keepingCapacity: true) }

  private func name(_ key: Key) -> [UInt8] { [kind] + key.encoded() }

  private func load(_ key: Key) throws -> Value? {
    let name = name(key)
    guard name.count <= StreamLimits.keyBytes else {
      throw StreamError.unsupported(
        "a key of \(name.count) bytes; \(StreamLimits.keyBytes) are the most: take a digest of it")
    }
    return try state.get(name).map { bytes throws in try Value.decoded(bytes) }
  }

  private func decode(
    _ entries: [(key: [UInt8], value: [UInt8])]
  ) throws -> [(key: Key, value: Value)] {
    try entries.map {
      (try Key.decoded(Array($0.key.dropFirst())), try Value.decoded($0.value))
    }
  }
}

extension KeyedState {
  /// What is kept under keys whose time is at most `time`, earliest first, about `limit` of them;
  /// of a batch's own changes, those that were flushed. `isAll`: there are no more.
  func due<Inner>(
    upTo time: Int64, limit: Int
  ) throws -> (found: [(key: Key, value: Value)], isAll: Bool) where Key == TimedKey<Inner> {
    let (found, isAll) = try state.entries(upTo: time, in: kind, limit: limit)
    return (try decode(found), isAll)
  }
}

/// A key that something is to happen to at a time; in the order of times.
struct TimedKey<Key: Hashable & StateValue>: Hashable, StateValue {
  var time: Int64
  var key: Key

  init(_ time: Int64, _ key: Key) {
    self.time = time
    self.key = key
  }

  func encode(into buffer: inout ByteBuffer) {
    buffer.append(bigEndian: UInt64(bitPattern: time ^ .min))
    key.encode(into: &buffer)
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    time = Int64(bitPattern: try UInt64(from: &reader)) ^ .min
    key = try Key(from: &reader)
  }
}
