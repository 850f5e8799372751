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
    let states = TableStateStore(EmbeddedTableStore(tables))
    return try QueryPosition.names(in: states).compactMap { name in
      try QueryPosition(of: name, in: states).map { json($0, log) }
    }
  }

  private static func json(_ query: QueryPosition, _ log: CommitLog) -> JSON {
    let sources: [JSON] = query.sources.map { source in
      let next = query.offsets(of: source)
      let latest = next.indices.map { number in
        // What is no topic has no end that could be told.
        (try? log.partition(TopicPartition(source, number)).endOffset) ?? next[number]
      }
      return [
        "description": .text(source), "endOffset": offsets(next), "latestOffset": offsets(latest),
      ]
    }
    let time: [JSON.Field] =
      query.watermark.map {
        [.init("watermark", .text(UTCTime.text(milliseconds: $0)))]
      } ?? []
    return [
      "name": .text(query.name), "isActive": false, "steps": .text(query.outline),
      "lastProgress": [
        "name": .text(query.name), "batchId": JSON(query.epoch - 1),
        "eventTime": .object(time), "sources": .array(sources),
      ],
    ]
  }

  private static func offsets(_ offsets: [Int64]) -> JSON {
    .object(offsets.enumerated().map { .init("\($0.offset)", JSON($0.element)) })
  }
}
