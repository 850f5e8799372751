internal import Machine
internal import Streams

/// Gathers the metrics of the process when they are asked for.
struct Metrics: Sendable {
  let queries: QueryMonitors
  /// Adds what else there is: the log's topics.
  let more: @Sendable (inout MetricsPage) throws -> Void
  let startedAt: Int64

  func page() throws -> String {
    var page = MetricsPage()
    for query in queries.all { add(query, to: &page) }
    try more(&page)
    page.add(
      "process_cpu_seconds_total", .counter, "Processor time of the process.",
      ProcessUsage.cpuSeconds)
    if let bytes = ProcessUsage.residentBytes {
      page.add(
        "process_resident_memory_bytes", .gauge, "Memory in use by the process.", Double(bytes))
    }
    page.add(
      "process_start_time_seconds", .gauge, "When the process began, since 1970.",
      Double(startedAt) / 1_000)
    return page.text
  }

  private func add(_ query: QueryMonitor, to page: inout MetricsPage) {
    let labels = [(name: "query", value: query.name)]
    let (latest, totals) = query.now
    let counters: [(String, String, Int)] = [
      ("batches", "Batches that were committed.", totals.batches),
      ("input_rows", "Records that were read.", totals.inputRows),
      ("output_rows", "Rows that the sink was given.", totals.outputRows),
      ("late_rows", "Records that came too late for their window.", totals.droppedRows),
      ("failed_records", "Records that were left out or handed over.", totals.failedRecords),
    ]
    for (name, help, value) in counters {
      page.add("grouse_query_\(name)_total", .counter, help, Double(value), labels)
    }
    page.addHistogram(
      "grouse_query_batch_duration_seconds", "How long batches took.",
      bounds: QueryMonitor.bounds, counts: totals.byDuration, sum: totals.seconds, labels)
    guard let latest else { return }
    page.add(
      "grouse_query_lag_records", .gauge, "Records that wait to be read.", Double(latest.lag),
      labels)
    // Spark's own names, with the underscores that Prometheus wants.
    page.add(
      "spark_streaming_inputRate_total", .gauge, "Records a second that came in, latest batch.",
      latest.inputRowsPerSecond, labels)
    page.add(
      "spark_streaming_processingRate_total", .gauge,
      "Records a second that were worked on, latest batch.", latest.processedRowsPerSecond, labels)
    page.add(
      "spark_streaming_latency", .gauge, "Milliseconds that the latest batch took.",
      latest.batchDuration, labels)
    if let watermark = latest.watermark {
      page.add(
        "spark_streaming_eventTime_watermark", .gauge,
        "The watermark, milliseconds since 1970.", Double(watermark), labels)
    }
  }
}
