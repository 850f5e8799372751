internal import Bytes
package import CommitLog
internal import Curl
internal import Machine
package import Records

/// Changes to the log that the process makes which has it open for writing.
package struct RemoteLogChanges: LogChanges {
  package let log: CommitLog
  private let process: RunningProcess

  /// `log` is the same one, open here for reading.
  package init(_ process: RunningProcess, _ log: CommitLog) {
    self.process = process
    self.log = log
  }

  package func createTopic(
    _ name: String, partitions: Int, settings: [String: String]
  ) throws {
    let given = settings.sorted { $0.key < $1.key }.map { JSON.Field($0.key, .text($0.value)) }
    _ = try process.call(
      "POST", ["topics"],
      ["name": .text(name), "partitions": JSON(partitions), "settings": .object(given)])
    try log.refresh()
  }

  package func alterTopic(
    _ name: String, partitions: Int?, settings: [String: String?]
  ) throws {
    var body: [JSON.Field] = []
    if let partitions { body.append(.init("partitions", JSON(partitions))) }
    if !settings.isEmpty {
      let given = settings.sorted { $0.key < $1.key }
        .map { JSON.Field($0.key, $0.value.map { .text($0) } ?? .null) }
      body.append(.init("settings", .object(given)))
    }
    _ = try process.call("PATCH", ["topics", name], .object(body))
    try log.refresh()
  }

  package func deleteTopic(_ name: String) throws {
    _ = try process.call("DELETE", ["topics", name])
  }

  package func deleteRecords(of place: TopicPartition, before offset: Int64) throws -> Int64 {
    let answer = try process.call(
      "DELETE", ["topics", place.topic, "records"],
      query: [("partition", "\(place.partition)"), ("before", "\(offset)")])
    return Int64(answer["start_offset"]?.integer ?? 0)
  }

  package func clean(force: Bool, goesOn: (Int, Int) -> Bool) throws -> CleanReport {
    var (done, all) = (0, 0)
    let end = try process.runJob(
      CleanJob.name, ["force": .boolean(force)], isCancelled: { !goesOn(done, all) },
      progress: { told in
        done = told["partitions"]?.integer ?? 0
        all = told["of"]?.integer ?? 0
      })
    switch end {
    case .done(let result), .cancelled(let result): return CleanReport(result)
    case .failed(let reason): throw LogError.refused(reason: reason)
    }
  }

  package func append(
    _ batch: UnsafeMutableRawBufferPointer, to partition: PartitionLog
  ) throws(LogError) {
    let place = partition.topicPartition
    do {
      _ = try process.call(
        "POST", ["topics", place.topic, "records"],
        query: [("partition", "\(place.partition)")], bytes: Array(batch),
        type: InterfacePaths.batchType)
    } catch { throw .refused(reason: "\(error)") }
  }

  package func reset(_ reset: GroupReset) throws -> [GroupMove] {
    var body = reset.target.fields
    if let topic = reset.topic { body.append(.init("topic", .text(topic))) }
    if let partition = reset.partition { body.append(.init("partition", JSON(partition))) }
    let answer = try process.call("POST", ["groups", reset.group, "reset"], .object(body))
    return (answer["moves"]?.elements ?? []).compactMap { GroupMove($0) }
  }

  package func deleteGroup(_ name: String) throws -> [TopicPartition: Int64] {
    let answer = try process.call("DELETE", ["groups", name])
    return CommittedPlaces.read(answer["offsets"]) ?? [:]
  }

  package func commit(group: String, _ offsets: [TopicPartition: Int64]) throws {
    _ = try process.call(
      "POST", ["groups", group, "offsets"], ["offsets": CommittedPlaces.json(offsets)])
  }

  package func close() throws {}
}
