import CoreMetrics
import Curl
import Listeners
import Machine
import Testing

@Suite struct MetricsTests {
  @Test func writesThePageAsPrometheusReadsIt() {
    var page = MetricsPage()
    page.add("lag", .gauge, "Records\nthat wait, \\ or \"not\".", 3, [("topic", "a\"b\\c\nd")])
    page.add("read_total", .counter, "Read.", 2)
    page.add("lag", .gauge, "another text is ignored", 0.25)
    page.addHistogram(
      "took_seconds", "Took.", bounds: [0.5, 1], counts: [2, 0, 1], sum: 4.5, [("q", "x")])
    #expect(
      page.text == """
        # HELP lag Records\\nthat wait, \\\\ or "not".
        # TYPE lag gauge
        lag{topic="a\\"b\\\\c\\nd"} 3
        lag 0.25
        # HELP read_total Read.
        # TYPE read_total counter
        read_total 2
        # HELP took_seconds Took.
        # TYPE took_seconds histogram
        took_seconds_bucket{q="x",le="0.5"} 2
        took_seconds_bucket{q="x",le="1"} 2
        took_seconds_bucket{q="x",le="+Inf"} 3
        took_seconds_sum{q="x"} 4.5
        took_seconds_count{q="x"} 3

        """)
  }

  @Test func tellsOfQueriesAndOfTheProcess() throws {
    let served = Served()
    let monitor = served.queries.add(name: "classify", id: "1")
    for number in 0..<3 { monitor.record(.sample(Int64(number))) }
    let response = try served.client().send(HTTPRequest("GET", "/metrics"))
    #expect(response[header: "content-type"] == "text/plain; version=0.0.4; charset=utf-8")
    let lines = String(decoding: response.body, as: UTF8.self).split(separator: "\n")
    for line in [
      "grouse_query_batches_total{query=\"classify\"} 3",
      "grouse_query_input_rows_total{query=\"classify\"} 30",
      "grouse_query_output_rows_total{query=\"classify\"} 27",
      "grouse_query_lag_records{query=\"classify\"} 5",
      "grouse_query_batch_duration_seconds_bucket{query=\"classify\",le=\"0.025\"} 0",
      "grouse_query_batch_duration_seconds_bucket{query=\"classify\",le=\"0.05\"} 3",
      "grouse_query_batch_duration_seconds_count{query=\"classify\"} 3",
      "spark_streaming_inputRate_total{query=\"classify\"} 100",
      "spark_streaming_latency{query=\"classify\"} 50", "more 1",
    ] {
      #expect(lines.contains(Substring(line)))
    }
    for name in ["process_cpu_seconds_total", "process_start_time_seconds"] {
      #expect(lines.contains { $0.hasPrefix(name + " ") })
    }
    // Every name is told of once, before its values.
    let typed = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
    #expect(Set(typed).count == typed.count)
  }

  @Test func `counters of a query go on from run to run, what it is at the moment does not`() throws
  {
    let served = Served()
    func lines() throws -> [Substring] {
      let page = try served.client().send(HTTPRequest("GET", "/metrics")).body
      return String(decoding: page, as: UTF8.self).split(separator: "\n")
    }
    let read = Substring("grouse_query_input_rows_total{query=\"classify\"} ")
    let first = served.queries.add(name: "classify", id: "1")
    first.record(.sample(0))
    served.queries.remove(first)
    #expect(try lines().contains(read + "10"))
    #expect(try !lines().contains { $0.hasPrefix("grouse_query_lag_records{") })
    // Another run takes the place of one that has not ended yet.
    for _ in 0..<2 { served.queries.add(name: "classify", id: "1").record(.sample(1)) }
    #expect(try lines().contains(read + "30"))
    #expect(try lines().count(where: { $0.hasPrefix("grouse_query_lag_records{") }) == 1)
  }

  @Test func `what any code measures by swift-metrics is on the page`() {
    let registry = MetricsRegistry()
    let refunds = Counter(
      label: "shop.refunds", dimensions: [("from", "b\"y")], factory: registry)
    let workers = (0..<4).map { _ in
      Worker {
        // Handles of one name count into one.
        let same = Counter(
          label: "shop.refunds", dimensions: [("from", "b\"y")], factory: registry)
        for _ in 0..<500 {
          same.increment()
          refunds.increment(by: 2)
        }
      }
    }
    for worker in workers { worker.join() }
    let stock = Meter(label: "stock", factory: registry)
    stock.set(5)
    stock.decrement(by: 2)
    Gauge(label: "shop.refunds.total", factory: registry).record(1)
    let empty = Gauge(label: "nothing", factory: registry)
    let took = Timer(label: "took", factory: registry)
    took.recordMilliseconds(30)
    took.recordSeconds(20)
    let gone = Recorder(label: "gone", aggregate: true, factory: registry)
    gone.record(1)
    gone.destroy()
    var page = MetricsPage()
    registry.add(to: &page)
    let lines = page.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(lines.contains("shop_refunds_total{from=\"b\\\"y\"} 6000"))
    #expect(lines.contains("stock 3"))
    #expect(lines.contains("took_seconds_bucket{le=\"0.05\"} 1"))
    #expect(lines.contains("took_seconds_count 2") && lines.contains("took_seconds_sum 20.03"))
    // A name has one kind: a gauge of the counter's name is not shown.
    #expect(!lines.contains("shop_refunds_total 1"))
    #expect(!page.text.contains("nothing") && !page.text.contains("gone"))
    withExtendedLifetime(empty) {}
  }

  @Test func `what names no registry comes to the process's`() {
    let registry = MetricsRegistry.process
    Counter(label: "tests.of.the.process").increment(by: 3)
    var page = MetricsPage()
    registry.add(to: &page)
    #expect(page.text.split(separator: "\n").contains("tests_of_the_process_total 3"))
  }
}
