internal import CoreMetrics
internal import Synchronization

/// The values of one series of a metric. Any thread.
protocol MetricCell: AnyObject, Sendable {
  var kind: MetricsPage.Kind { get }
  /// Adds what it holds; of a gauge nothing before it is set.
  func add(
    to page: inout MetricsPage, _ name: String, _ help: String,
    _ labels: [(name: String, value: String)])
}

/// A number that only grows.
final class CountedCell: MetricCell, CounterHandler, FloatingPointCounterHandler {
  private let value = Mutex(0.0)

  let kind = MetricsPage.Kind.counter

  func increment(by amount: Int64) { increment(by: Double(amount)) }
  func increment(by amount: Double) { value.withLock { $0 += max(amount, 0) } }
  func reset() { value.withLock { $0 = 0 } }

  func add(
    to page: inout MetricsPage, _ name: String, _ help: String,
    _ labels: [(name: String, value: String)]
  ) { page.add(name, kind, help, value.withLock { $0 }, labels) }
}

/// A number as it was last.
final class GaugeCell: MetricCell, RecorderHandler, MeterHandler {
  private let value = Mutex<Double?>(nil)

  let kind = MetricsPage.Kind.gauge

  func record(_ value: Int64) { set(Double(value)) }
  func record(_ value: Double) { set(value) }
  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { self.value.withLock { $0 = value } }
  func increment(by amount: Double) { value.withLock { $0 = ($0 ?? 0) + amount } }
  func decrement(by amount: Double) { increment(by: -amount) }

  func add(
    to page: inout MetricsPage, _ name: String, _ help: String,
    _ labels: [(name: String, value: String)]
  ) {
    if let value = value.withLock({ $0 }) { page.add(name, kind, help, value, labels) }
  }
}

/// How many numbers there were, by bounds that they were not above.
final class HistogramCell: MetricCell, RecorderHandler, TimerHandler {
  /// Those that Prometheus' own clients have, made for seconds.
  static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  private let held = Mutex(
    (counts: [Int](repeating: 0, count: HistogramCell.bounds.count + 1), sum: 0.0))

  let kind = MetricsPage.Kind.histogram

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    let place = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
    held.withLock { held in
      held.counts[place] += 1
      held.sum += value
    }
  }

  func add(
    to page: inout MetricsPage, _ name: String, _ help: String,
    _ labels: [(name: String, value: String)]
  ) {
    let (counts, sum) = held.withLock { $0 }
    page.addHistogram(name, help, bounds: Self.bounds, counts: counts, sum: sum, labels)
  }
}
