package import Bytes
internal import Machine

/// What an interface shows and does.
package struct InterfaceContent: Sendable {
  package let queries: QueryMonitors
  package let jobs: Jobs
  /// Routes of the program's own.
  private let more: [Route]
  private let metrics: Metrics
  private let health: @Sendable () throws -> JSON
  private let stop: @Sendable () -> Void

  /// `health` tells what there is to say of the process; `metrics` adds to the page of metrics;
  /// `stop` ends the process in order, from any thread; `more` are further routes.
  package init(
    queries: QueryMonitors, jobs: Jobs, more: [Route] = [],
    health: @escaping @Sendable () throws -> JSON,
    metrics: @escaping @Sendable (inout MetricsPage) throws -> Void = { _ in },
    stop: @escaping @Sendable () -> Void
  ) {
    self.queries = queries
    self.jobs = jobs
    self.more = more
    self.health = health
    self.metrics = Metrics(
      registry: queries.registry, more: metrics, startedAt: Clock.system.milliseconds)
    self.stop = stop
  }

  /// All that can be asked for.
  var routes: [Route] {
    let known =
      [
        Route("GET", "/health") { [health] _ in .json(try health()) },
        Route("GET", "/metrics") { [metrics] _ in
          .text(try metrics.page(), type: "text/plain; version=0.0.4; charset=utf-8")
        },
        Route("POST", "/stop") { [stop] _ in
          stop()
          return .json(["stopping": true], status: 202)
        },
      ] + queries.routes + jobs.routes + more
    let listed = known.map { JSON.text("\($0.method) \($0.pattern)") }
    return [Route("GET", "/") { _ in .json(["routes": .array(listed)]) }] + known
  }
}
