package import CoreMetrics
internal import Synchronization

/// What is counted and measured by swift-metrics in this process, by our own queries or by any
/// other code, for the page of metrics. Any thread.
package final class MetricsRegistry: MetricsFactory, Sendable {
  private struct Series: Hashable {
    struct Label: Hashable {
      var name: String
      var value: String
    }

    var name: String
    var labels: [Label]
  }

  private struct State {
    var cells: [Series: any MetricCell] = [:]
    /// In the order in which they came.
    var order: [Series] = []
    /// A name is of one kind.
    var kinds: [String: MetricsPage.Kind] = [:]
    var help: [String: String] = [:]
  }

  private let state = Mutex(State())

  /// One of its own.
  package init() {}

  /// The process's: what code counts with swift-metrics without naming a factory comes here from
  /// the first use of this on.
  package static let process: MetricsRegistry = {
    let registry = MetricsRegistry()
    MetricsSystem.bootstrap(registry)
    return registry
  }()

  /// Says what a metric of this name is.
  func describe(_ name: String, _ help: String) { state.withLock { $0.help[name] = help } }

  /// Adds all that has a value to a page.
  package func add(to page: inout MetricsPage) {
    let (cells, help) = state.withLock { state in
      (state.order.compactMap { series in state.cells[series].map { (series, $0) } }, state.help)
    }
    for (series, cell) in cells {
      cell.add(
        to: &page, series.name, help[series.name] ?? "Measured by swift-metrics.",
        series.labels.map { ($0.name, $0.value) })
    }
  }

  /// The cell of a series, as it is, or `made`; where the name is of another kind, one that nobody
  /// is shown.
  private func cell<Cell: MetricCell>(
    _ label: String, suffix: String = "", _ dimensions: [(String, String)], _ made: Cell
  ) -> Cell {
    var name = Self.word(label)
    if !name.hasSuffix(suffix) { name += suffix }
    let series = Series(
      name: name, labels: dimensions.map { .init(name: Self.word($0.0), value: $0.1) })
    return state.withLock { state in
      if let known = state.cells[series] as? Cell { return known }
      guard state.kinds[name, default: made.kind] == made.kind else { return made }
      state.kinds[name] = made.kind
      state.cells[series] = made
      state.order.append(series)
      return made
    }
  }

  private func remove(_ handler: AnyObject) {
    state.withLock { state in
      guard let series = state.cells.first(where: { $0.value === handler })?.key else { return }
      state.cells[series] = nil
      state.order.removeAll { $0 == series }
    }
  }

  /// A name as Prometheus has them.
  private static func word(_ text: String) -> String {
    String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }
}

extension MetricsRegistry {
  /// A counter; its name ends in `_total`.
  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    cell(label, suffix: "_total", dimensions, CountedCell())
  }

  /// A counter of what need not be whole.
  package func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler { cell(label, suffix: "_total", dimensions, CountedCell()) }

  /// A value that rises and falls.
  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    cell(label, dimensions, GaugeCell())
  }

  /// A gauge, or a histogram where values are to be aggregated.
  package func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    aggregate
      ? cell(label, dimensions, HistogramCell()) : cell(label, dimensions, GaugeCell())
  }

  /// A histogram of seconds; its name ends in `_seconds`.
  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    cell(label, suffix: "_seconds", dimensions, HistogramCell())
  }

  /// Takes a metric off the page.
  package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
  /// Takes a metric off the page.
  package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
    remove(handler)
  }
  /// Takes a metric off the page.
  package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
  /// Takes a metric off the page.
  package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
  /// Takes a metric off the page.
  package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }
}
