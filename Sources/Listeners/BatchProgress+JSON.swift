internal import Bytes
internal import Machine
internal import Streams

extension BatchProgress {
  /// Milliseconds that the batch took.
  var batchDuration: Double { durationMs["triggerExecution"] ?? durationMs.values.reduce(0, +) }

  /// Records that the sources had and the batch did not read.
  var lag: Int64 {
    sources.reduce(0) { lag, source in
      lag
        + zip(source.latestOffset, source.endOffset)
        .reduce(0) { $0 + max($1.0 - $1.1, 0) }
    }
  }

  /// As Spark's `StreamingQueryProgress` has it. What Spark does not know comes last.
  func json(id: String, runID: String, at milliseconds: Int64) -> JSON {
    let durations = durationMs.sorted { $0.key < $1.key }
      .map { JSON.Field($0.key, JSON(Int($0.value.rounded()))) }
    let state: JSON = [
      "numRowsUpdated": JSON(numStateRowsUpdated),
      "numRowsDroppedByWatermark": JSON(numRowsDroppedByWatermark),
    ]
    let hasState = numStateRowsUpdated > 0 || numRowsDroppedByWatermark > 0 || watermark != nil
    return [
      "id": .text(id), "runId": .text(runID), "name": .text(name),
      "timestamp": .text(UTCTime.text(milliseconds: milliseconds)),
      "batchId": JSON(batchId), "batchDuration": JSON(Int(batchDuration.rounded())),
      "numInputRows": JSON(numInputRows), "inputRowsPerSecond": JSON(inputRowsPerSecond),
      "processedRowsPerSecond": JSON(processedRowsPerSecond), "durationMs": .object(durations),
      "eventTime": .object(
        watermark.map { [.init("watermark", .text(UTCTime.text(milliseconds: $0)))] } ?? []),
      "stateOperators": .array(hasState ? [state] : []),
      "sources": .array(sources.map { json(of: $0) }),
      "sink": ["description": .text(sinkDescription), "numOutputRows": JSON(numOutputRows)],
      "failedRecords": JSON(failedRecords),
    ]
  }

  private var sinkDescription: String { "tables" }

  private func json(of source: Source) -> JSON {
    let seconds = batchDuration / 1_000
    return [
      "description": .text(source.description),
      "startOffset": offsets(source.startOffset), "endOffset": offsets(source.endOffset),
      "latestOffset": offsets(source.latestOffset), "numInputRows": JSON(source.numInputRows),
      "inputRowsPerSecond": JSON(
        numInputRows > 0
          ? inputRowsPerSecond * Double(source.numInputRows) / Double(numInputRows) : 0),
      "processedRowsPerSecond": JSON(seconds > 0 ? Double(source.numInputRows) / seconds : 0),
    ]
  }

  /// Offsets by partition, as Spark's Kafka source writes them.
  private func offsets(_ offsets: [Int64]) -> JSON {
    .object(offsets.enumerated().map { .init("\($0.offset)", JSON($0.element)) })
  }
}
