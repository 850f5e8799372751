internal import Machine

/// Gathers the metrics of the process when they are asked for.
struct Metrics: Sendable {
  let registry: MetricsRegistry
  /// Adds what else there is: the log's topics.
  let more: @Sendable (inout MetricsPage) throws -> Void
  let startedAt: Int64

  func page() throws -> String {
    var page = MetricsPage()
    registry.add(to: &page)
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
}
