internal import Bytes
internal import CommitLog
internal import Listeners
internal import Machine
internal import Records
internal import SupportDesk

/// What others want changed in the log that this process has open.
struct LogRoutes: Sendable {
  let changes: OpenLogChanges
  /// Partitions of a topic where the request does not say.
  let partitions: Int

  /// Bytes of one request with records: the largest batch.
  private static let recordBytes = Records.Limits.batchBytes + (1 << 16)

  var routes: [Route] {
    topics + records
      + [
        route("POST", "/groups/:group/reset", reset),
        route("POST", "/groups/:group/offsets", commit),
        route("DELETE", "/groups/:group") { request in
          let forgotten = try changes.deleteGroup(request.parameters["group"] ?? "")
          return ["offsets": CommittedPlaces.json(forgotten)]
        },
      ]
  }

  /// A route whose errors have the status that they deserve.
  private func route(
    _ method: String, _ pattern: String, bodyLimit: Int = Route.smallBody,
    _ handle: @escaping @Sendable (InterfaceRequest) throws -> JSON
  ) -> Route {
    Route(method, pattern, bodyLimit: bodyLimit) { request in
      do { return .json(try handle(request)) } catch let error as LogError {
        throw InterfaceError(error.status, "\(error)")
      } catch let error as UnknownGroup {
        throw InterfaceError.missing("\(error)")
      } catch let error as QueryGroup {
        throw InterfaceError.conflict("\(error)")
      } catch let error as RunningQuery {
        throw InterfaceError.conflict("\(error)")
      } catch let error as TopicInUse {
        throw InterfaceError.conflict("\(error)")
      }
    }
  }

  private var topics: [Route] {
    [
      route("GET", "/topics") { _ in
        ["topics": .array(try changes.log.topics.map { try describe($0.name) })]
      },
      route("GET", "/topics/:topic") { try describe($0.parameters["topic"] ?? "") },
      route("POST", "/topics") { request in
        let body = try request.object()
        try body.checkFields("name", "partitions", "settings")
        let name = try body.requiredText("name")
        if name != SourceOffsets.topic { try Self.checkNotInternal(name) }
        var settings: [String: String] = [:]
        for (key, value) in try Self.settings(body) {
          guard let value else { throw InterfaceError.malformed("\(key) cannot be null") }
          settings[key] = value
        }
        try changes.createTopic(
          name, partitions: try body.optionalInteger("partitions") ?? partitions,
          settings: settings)
        return try describe(name)
      },
      route("PATCH", "/topics/:topic") { request in
        let body = try request.object()
        try body.checkFields("partitions", "settings")
        let name = request.parameters["topic"] ?? ""
        try changes.alterTopic(
          name, partitions: try body.optionalInteger("partitions"),
          settings: try Self.settings(body))
        return try describe(name)
      },
      route("DELETE", "/topics/:topic") { request in
        let name = request.parameters["topic"] ?? ""
        try Self.checkNotInternal(name)
        let gone = try describe(name)
        try changes.deleteTopic(name)
        return gone
      },
      route("DELETE", "/topics/:topic/records") { request in
        guard let before = try request.number("before"), before >= -1 else {
          throw InterfaceError.malformed("give ?before=OFFSET, or -1 for all")
        }
        let place = TopicPartition(
          request.parameters["topic"] ?? "", try request.number("partition") ?? 0)
        return ["start_offset": JSON(try changes.deleteRecords(of: place, before: Int64(before)))]
      },
    ]
  }

  private static func checkNotInternal(_ topic: String) throws(LogError) {
    if topic.hasPrefix("__") { throw .internalTopic(topic) }
  }

  private static func settings(_ body: JSON) throws(InterfaceError) -> [String: String?] {
    var settings: [String: String?] = [:]
    for field in body["settings"]?.fields ?? [] {
      switch field.value {
      case .null: settings.updateValue(nil, forKey: field.name)
      case .text(let text): settings[field.name] = text
      case .number(let digits): settings[field.name] = digits
      default: throw .malformed("the setting \(field.name) must be a text, a number or null")
      }
    }
    return settings
  }

  private func describe(_ topic: String) throws -> JSON {
    let partitions = try changes.log.partitions(of: topic)
    let own = try changes.log.configuration(of: topic).overrides.sorted { $0.key < $1.key }
    return [
      "topic": .text(topic), "topic_id": .text(try changes.log.identifier(of: topic)),
      "partitions": .array(
        partitions.map {
          [
            "partition": JSON($0.topicPartition.partition), "start_offset": JSON($0.startOffset),
            "end_offset": JSON($0.endOffset), "bytes": JSON($0.size),
          ]
        }), "settings": .object(own.map { .init($0.key, .text($0.value)) }),
    ]
  }

  private var records: [Route] {
    [
      route("POST", "/topics/:topic/records", bodyLimit: Self.recordBytes) { request in
        let topic = request.parameters["topic"] ?? ""
        // Notes of how far sources are collected come from processes of ours, as batches.
        let isNote =
          topic == SourceOffsets.topic && request.contentType == InterfacePaths.batchType
        if !isNote { try Self.checkNotInternal(topic) }
        guard request.contentType == InterfacePaths.batchType else {
          return try RecordLines(request).append(to: topic, of: changes.log)
        }
        let place = TopicPartition(topic, try request.number("partition") ?? 0)
        var batch = request.body
        let partition = try changes.log.partition(place)
        let appended = try batch.withUnsafeMutableBytes { bytes in
          Result { () throws(LogError) in try partition.append(bytes, from: .client) }
        }.get()
        return [
          "topic": .text(topic), "partition": JSON(place.partition),
          "offset": JSON(appended.firstOffset),
        ]
      }
    ]
  }

  private func reset(_ request: InterfaceRequest) throws -> JSON {
    let body = try request.object()
    try body.checkFields("topic", "partition", "to", "time", "shift_by")
    let moves = try changes.reset(
      GroupReset(
        group: request.parameters["group"] ?? "", topic: try body.optionalText("topic"),
        partition: try body.optionalInteger("partition"), target: try OffsetReset(body)))
    return ["moves": .array(moves.map(\.json))]
  }

  private func commit(_ request: InterfaceRequest) throws -> JSON {
    let body = try request.object()
    try body.checkFields("offsets")
    guard let offsets = CommittedPlaces.read(body["offsets"]) else {
      throw InterfaceError.malformed("\"offsets\" must name topic, partition and offset of each")
    }
    try changes.commit(group: request.parameters["group"] ?? "", offsets)
    return ["offsets": CommittedPlaces.json(offsets)]
  }
}
