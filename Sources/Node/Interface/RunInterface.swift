internal import Bytes
internal import CommitLog
package import Listeners
internal import Machine
internal import Records
package import Streams

/// The interface of one run: what it shows of log, tables and queries, from its start to its end.
package final class RunInterface: Sendable {
  let queries = QueryMonitors(.process)
  /// The jobs that clients have asked for.
  package let jobs: Jobs
  private let interface: Interface
  private let address: Interface.Address

  /// What the run is called, and how it is ended.
  package struct Run: Sendable {
    package var purpose: String
    package var version: String
    /// Ends it in order, from any thread.
    package var stop: @Sendable () -> Void

    package init(
      purpose: String, version: String, stop: @escaping @Sendable () -> Void
    ) {
      self.purpose = purpose
      self.version = version
      self.stop = stop
    }
  }

  /// Starts to listen. `kinds` are jobs that can be asked for beside the log's own; `report` hears,
  /// from any thread, what goes wrong, which never ends the run.
  package init(
    _ run: Run, _ pipeline: Pipeline, _ configuration: Configuration, kinds: [JobKind] = [],
    report: @escaping @Sendable (String) -> Void
  ) {
    let changes = pipeline.changes
    let log = changes.log
    jobs = Jobs([CleanJob.kind(changes)] + kinds)
    var settings = Interface.Settings()
    settings.socketPath = InterfacePaths.socket(in: configuration.dataDirectory)
    settings.port = configuration.httpPort
    let started = Clock.system.milliseconds
    let directory = configuration.dataDirectory
    let streams = pipeline.streams
    let content = InterfaceContent(
      queries: queries, jobs: jobs,
      more: LogRoutes(changes: changes, partitions: configuration.partitions).routes
        + TableRoutes(tables: pipeline.tables).routes,
      health: { [queries] in
        [
          "status": "ok", "purpose": .text(run.purpose), "version": .text(run.version),
          "pid": JSON(ProcessUsage.identifier), "data_dir": .text(directory),
          "started_at": .text(UTCTime.text(milliseconds: started)),
          "queries": .array(queries.all.map { .text($0.name) }),
          "streams": StreamMetrics.health(streams),
        ]
      },
      metrics: { page in
        StreamMetrics.add(streams, to: &page)
        try LogMetrics.add(log, to: &page)
      }, stop: run.stop)
    interface = Interface(settings, content, report: report)
    address = interface.start()
  }

  /// Shows a query's batches from now on: what is returned takes them up.
  package func watch(_ name: String, id: String) -> @Sendable (BatchProgress) -> Void {
    let monitor = queries.add(name: name, id: id)
    return { monitor.record($0) }
  }

  /// The loopback port it listens on; nil where there is none.
  package var port: Int? { address.port }

  /// Ends it. Clients that follow something are cut off, jobs are cancelled.
  package func stop() { interface.stop() }
}

/// The log's metrics, named as Kafka's are by its usual exporter.
enum LogMetrics {
  static func add(_ log: CommitLog, to page: inout MetricsPage) throws {
    for topic in log.topics {
      for partition in (try? log.partitions(of: topic.name)) ?? [] {
        let labels = [
          (name: "topic", value: topic.name),
          (name: "partition", value: "\(partition.topicPartition.partition)"),
        ]
        page.add(
          "kafka_log_log_logstartoffset", .gauge, "The first offset of a partition.",
          Double(partition.startOffset), labels)
        page.add(
          "kafka_log_log_logendoffset", .gauge, "The offset that comes next in a partition.",
          Double(partition.endOffset), labels)
        page.add(
          "kafka_log_log_size", .gauge, "Bytes of a partition's segments.", Double(partition.size),
          labels)
      }
    }
  }
}
