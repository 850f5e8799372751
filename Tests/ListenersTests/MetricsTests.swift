import Curl
import Listeners
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
}
