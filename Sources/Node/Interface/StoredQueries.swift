package import Bytes
internal import CommitLog
internal import Machine
internal import Records
internal import Streams
internal import SupportDesk
internal import Tables

/// The queries whose checkpoints lie in the tables, to look at where no process runs them.
package enum StoredQueries {
  /// Every query, with what its checkpoint says in the fields that a running one tells.
  package static func read(
    _ directory: DataDirectory, _ configuration: Configuration
  ) throws -> [JSON] {
    guard let tables = try directory.readTables() else { return [] }
    let log = try directory.readLog(configuration)
    var found: [String: JSON] = [:]
    var topics: [String: [TopicPartition: Int64]] = [:]
    for state in try tables.states(withPrefix: QueryCheckpoint.prefix) {
      if let query = StoredQuery(key: state.name, state.bytes) {
        found[query.name] = json(query)
      } else if let entry = QueryCheckpoint.offset(named: state.name, state.bytes) {
        topics[entry.query, default: [:]][entry.place] = entry.offset
      }
    }
    for (name, offsets) in topics { found[name] = json(name, offsets, log) }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  private static func json(_ query: StoredQuery) -> JSON {
    let sources: [JSON] = query.sources.map { source in
      [
        "description": .text(source.name),
        "endOffset": offsets(source.offsets.enumerated().map { ($0.offset, $0.element) }),
      ]
    }
    let time: [JSON.Field] =
      query.watermark.map {
        [.init("watermark", .text(UTCTime.text(milliseconds: $0)))]
      } ?? []
    return [
      "name": .text(query.name), "isActive": false,
      "lastProgress": [
        "name": .text(query.name), "batchId": JSON(query.batchId - 1),
        "eventTime": .object(time), "sources": .array(sources),
      ],
    ]
  }

  /// A query that reads topics alone, and keeps an offset a partition.
  private static func json(
    _ name: String, _ places: [TopicPartition: Int64], _ log: CommitLog
  ) -> JSON {
    let topics = Dictionary(grouping: places, by: \.key.topic).sorted { $0.key < $1.key }
    let sources: [JSON] = topics.map { topic, places in
      let ordered = places.sorted { $0.key < $1.key }
      return [
        "description": .text("topic \(topic)"),
        "endOffset": offsets(ordered.map { ($0.key.partition, $0.value) }),
        "latestOffset": offsets(
          ordered.map { entry in
            (entry.key.partition, (try? log.partition(entry.key).endOffset) ?? entry.value)
          }),
      ]
    }
    return [
      "name": .text(name), "isActive": false,
      "lastProgress": ["name": .text(name), "sources": .array(sources)],
    ]
  }

  private static func offsets(_ offsets: [(Int, Int64)]) -> JSON {
    .object(offsets.map { .init("\($0.0)", JSON($0.1)) })
  }
}
