internal import Bytes
internal import CommitLog
internal import Listeners
internal import Records

// How what the log is asked for, and what it answers, crosses the interface.

extension OffsetReset {
  /// `{"to": "earliest"}`, `{"to": 1234}`, `{"time": 1763661600000}`, `{"shift_by": -5}`.
  var fields: [JSON.Field] {
    switch self {
    case .earliest: [.init("to", "earliest")]
    case .latest: [.init("to", "latest")]
    case .current: [.init("to", "current")]
    case .offset(let offset): [.init("to", JSON(offset))]
    case .time(let time): [.init("time", JSON(time))]
    case .shift(let count): [.init("shift_by", JSON(count))]
    }
  }

  init(_ body: JSON) throws(InterfaceError) {
    let given = ["to", "time", "shift_by"].filter { body[$0] != nil }
    guard given.count == 1 else {
      throw .malformed("give one of \"to\", \"time\" and \"shift_by\"")
    }
    if let time = try body.optionalInteger("time") {
      self = .time(Int64(time))
    } else if let count = try body.optionalInteger("shift_by") {
      self = .shift(Int64(count))
    } else {
      switch body["to"] {
      case .text("earliest"): self = .earliest
      case .text("latest"): self = .latest
      case .text("current"): self = .current
      case let value:
        guard let offset = value?.integer, offset >= 0 else {
          throw .malformed("\"to\" must be earliest, latest, current or an offset")
        }
        self = .offset(Int64(offset))
      }
    }
  }
}

extension GroupMove {
  var json: JSON {
    [
      "topic": .text(place.topic), "partition": JSON(place.partition),
      "before": before.map { JSON($0) } ?? .null, "after": JSON(after),
    ]
  }

  init?(_ json: JSON) {
    guard let topic = json["topic"]?.text, let partition = json["partition"]?.integer,
      let after = json["after"]?.integer
    else { return nil }
    self.init(
      place: TopicPartition(topic, partition), before: json["before"]?.integer.map(Int64.init),
      after: Int64(after))
  }
}

extension CleanReport {
  var json: JSON {
    [
      "bytes_deleted": JSON(bytesDeleted),
      "compacted": .array(
        compacted.map {
          [
            "topic": .text($0.place.topic), "partition": JSON($0.place.partition),
            "bytes_before": JSON($0.bytesBefore), "bytes_after": JSON($0.bytesAfter),
            "clean_up_to": JSON($0.cleanUpTo),
          ]
        }),
      "failures": .array(failures.map { .text($0) }),
    ]
  }

  init(_ json: JSON) {
    bytesDeleted = Int64(json["bytes_deleted"]?.integer ?? 0)
    failures = (json["failures"]?.elements ?? []).compactMap(\.text)
    for entry in json["compacted"]?.elements ?? [] {
      guard let topic = entry["topic"]?.text, let partition = entry["partition"]?.integer else {
        continue
      }
      func number(_ name: String) -> Int64 { Int64(entry[name]?.integer ?? 0) }
      compacted.append(
        Compacted(
          place: TopicPartition(topic, partition), bytesBefore: number("bytes_before"),
          bytesAfter: number("bytes_after"), cleanUpTo: number("clean_up_to")))
    }
  }
}

/// Offsets of a group: `[{"topic": …, "partition": …, "offset": …}]`.
enum CommittedPlaces {
  static func json(_ offsets: [TopicPartition: Int64]) -> JSON {
    .array(
      offsets.sorted { $0.key < $1.key }.map { place, offset in
        [
          "topic": .text(place.topic), "partition": JSON(place.partition),
          "offset": JSON(offset),
        ]
      })
  }

  /// Nil where it is something else.
  static func read(_ json: JSON?) -> [TopicPartition: Int64]? {
    guard let entries = json?.elements else { return nil }
    var offsets: [TopicPartition: Int64] = [:]
    for entry in entries {
      guard let topic = entry["topic"]?.text, let partition = entry["partition"]?.integer,
        let offset = entry["offset"]?.integer, offset >= 0, partition >= 0
      else { return nil }
      offsets[TopicPartition(topic, partition)] = Int64(offset)
    }
    return offsets
  }
}

extension LogError {
  /// The status that goes with it.
  var status: Int {
    switch self {
    case .unknownTopic, .unknownPartition: 404
    case .topicExists, .topicCollision, .fewerPartitions: 409
    case .io, .stopped, .closed, .readOnly, .newerFormat: 500
    case .internalTopic: 403
    default: 400
    }
  }
}
