internal import CoreMetrics
internal import Streams

/// The metrics of one query, by swift-metrics: its counters go on from run to run, and what it is
/// at the moment goes with the run.
struct QueryMetrics: Sendable {
  private let batches, inputRows, outputRows, lateRows, failedRecords: Counter
  private let duration: CoreMetrics.Timer
  private let lag, inputRate, processingRate, latency, watermark: Gauge

  init(query: String, _ registry: MetricsRegistry) {
    let dimensions = [("query", query)]
    func counter(_ name: String, _ help: String) -> Counter {
      registry.describe("grouse_query_\(name)_total", help)
      return Counter(label: "grouse_query_\(name)", dimensions: dimensions, factory: registry)
    }
    func gauge(_ name: String, _ help: String) -> Gauge {
      registry.describe(name, help)
      return Gauge(label: name, dimensions: dimensions, factory: registry)
    }
    batches = counter("batches", "Batches that were committed.")
    inputRows = counter("input_rows", "Records that were read.")
    outputRows = counter("output_rows", "Rows that the sink was given.")
    lateRows = counter("late_rows", "Records that came too late for their window.")
    failedRecords = counter("failed_records", "Records that were left out or handed over.")
    let name = "grouse_query_batch_duration_seconds"
    registry.describe(name, "How long batches took.")
    duration = CoreMetrics.Timer(label: name, dimensions: dimensions, factory: registry)
    lag = gauge("grouse_query_lag_records", "Records that wait to be read.")
    // Spark's own names, with the underscores that Prometheus wants.
    inputRate = gauge(
      "spark_streaming_inputRate_total", "Records a second that came in, latest batch.")
    processingRate = gauge(
      "spark_streaming_processingRate_total",
      "Records a second that were worked on, latest batch.")
    latency = gauge("spark_streaming_latency", "Milliseconds that the latest batch took.")
    watermark = gauge(
      "spark_streaming_eventTime_watermark", "The watermark, milliseconds since 1970.")
  }

  func record(_ progress: BatchProgress) {
    batches.increment()
    inputRows.increment(by: progress.numInputRows)
    outputRows.increment(by: progress.numOutputRows)
    lateRows.increment(by: progress.numRowsDroppedByWatermark)
    failedRecords.increment(by: progress.failedRecords)
    duration.recordSeconds(progress.batchDuration / 1_000)
    lag.record(progress.lag)
    inputRate.record(progress.inputRowsPerSecond)
    processingRate.record(progress.processedRowsPerSecond)
    latency.record(progress.batchDuration)
    if let time = progress.watermark { watermark.record(time) }
  }

  /// The query runs no more.
  func end() {
    for gauge in [lag, inputRate, processingRate, latency, watermark] { gauge.destroy() }
  }
}
