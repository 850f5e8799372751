import Bytes
import Curl
import Listeners
import Streams
import Testing

@Suite struct QueryTests {
  @Test func tellsBatchesInSparksFields() throws {
    let served = Served()
    let monitor = served.queries.add(name: "classify", id: "the-id")
    monitor.record(.sample(7, start: 40))
    let (status, json) = try served.send("GET", "/queries/classify/progress")
    #expect(status == 200)
    let batch = try #require(json["progress"]?.elements?.first)
    // `StreamingQueryProgress.jsonValue` of Spark 3.5, and what Spark does not know.
    #expect(
      batch.fields?.map(\.name) == [
        "id", "runId", "name", "timestamp", "batchId", "batchDuration", "numInputRows",
        "inputRowsPerSecond", "processedRowsPerSecond", "durationMs", "eventTime",
        "stateOperators", "sources", "sink", "failedRecords",
      ])
    #expect(batch["id"] == "the-id")
    #expect(batch["batchId"] == 7)
    #expect(batch["batchDuration"] == 50)
    #expect(batch["numInputRows"] == 10)
    #expect(batch["processedRowsPerSecond"]?.double == 200)
    #expect(batch["durationMs"]?["addBatch"] == 30)
    #expect(batch["eventTime"] == ["watermark": "2025-11-20T18:00:00.000Z"])
    #expect(
      batch["sources"]?.elements?.first?.fields?.map(\.name) == [
        "description", "startOffset", "endOffset", "latestOffset", "numInputRows",
        "inputRowsPerSecond", "processedRowsPerSecond",
      ])
    #expect(batch["sources"]?.elements?.first?["endOffset"] == ["0": 50])
    #expect(batch["sink"] == ["description": "tables", "numOutputRows": 9])
    let run = try #require(batch["runId"]?.text)
    #expect(run.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
  }

  @Test func remembersTheLatestHundred() throws {
    let served = Served()
    let monitor = served.queries.add(name: "classify", id: "1")
    for number in 0..<250 { monitor.record(.sample(Int64(number))) }
    let batches = try #require(
      try served.send("GET", "/queries/classify/progress").json["progress"]?.elements)
    #expect(batches.compactMap { $0["batchId"]?.integer } == Array(150..<250))
    let query = try served.send("GET", "/queries/classify").json
    #expect(query["batches"] == 250)
    #expect(query["numInputRows"] == 2_500)
    #expect(query["lastProgress"]?["batchId"] == 249)
  }

  @Test func whoFollowsHearsOfEachBatchAsItIsCommitted() throws {
    let served = Served()
    let monitor = served.queries.add(name: "classify", id: "1")
    monitor.record(.sample(0))
    var heard: [Int] = []
    _ = try served.client().stream(
      HTTPRequest("GET", "/queries/classify/progress?follow")
    ) { line in
      let number = (try? JSON(parsing: line))?["batchId"]?.integer ?? -1
      heard.append(number)
      // Each is recorded only when the one before has come.
      if number < 20 {
        monitor.record(.sample(Int64(number + 1)))
      } else {
        served.queries.remove(monitor)
      }
      return true
    }
    #expect(heard == Array(0...20))
  }

  @Test func whoEndsIsNotFollowedAnyMore() throws {
    let served = Served()
    let monitor = served.queries.add(name: "classify", id: "1")
    served.queries.remove(monitor)
    #expect(try served.send("GET", "/queries/classify/progress").status == 404)
    #expect(try served.send("GET", "/queries").json == ["queries": []])
    #expect(try served.send("GET", "/queries/classify?follow").status == 404)
  }

  @Test func anotherRunTakesThePlaceOfTheOneBefore() throws {
    let served = Served()
    let first = served.queries.add(name: "classify", id: "1")
    let second = served.queries.add(name: "classify", id: "1")
    #expect(first.runID != second.runID)
    let queries = try served.send("GET", "/queries").json["queries"]?.elements
    #expect(queries?.compactMap { $0["runId"]?.text } == [second.runID])
  }
}
