/// What one batch did, in the fields of Spark's `StreamingQueryProgress`.
package struct BatchProgress: Sendable {
  /// What one source gave to the batch.
  package struct Source: Sendable {
    package var description: String
    /// By partition.
    package var startOffset, endOffset, latestOffset: [Int64]
    package var numInputRows: Int

    package init(
      description: String, startOffset: [Int64], endOffset: [Int64], latestOffset: [Int64],
      numInputRows: Int
    ) {
      self.description = description
      self.startOffset = startOffset
      self.endOffset = endOffset
      self.latestOffset = latestOffset
      self.numInputRows = numInputRows
    }
  }

  package var name: String
  package var batchId: Int64
  package var numInputRows = 0
  /// Since the batch before began; 0 for the first.
  package var inputRowsPerSecond = 0.0
  package var processedRowsPerSecond = 0.0
  /// Milliseconds, by what they were spent on: `getBatch`, reading; `addBatch`, the steps, the sink
  /// and the commit; `triggerExecution`, both.
  package var durationMs: [String: Double] = [:]
  /// Milliseconds since 1970; nil where the query has no watermark yet.
  package var watermark: Int64?
  package var numRowsDroppedByWatermark = 0
  package var numStateRowsUpdated = 0
  /// Records that were left out or handed over.
  package var failedRecords = 0
  package var sources: [Source] = []
  package var numOutputRows = 0

  /// Records that could be read when the batch was, and are still to be.
  package var lag: Int64 {
    sources.reduce(0) { sum, source in
      zip(source.latestOffset, source.endOffset).reduce(sum) { $0 + max($1.0 - $1.1, 0) }
    }
  }

  package init(name: String, batchId: Int64) {
    self.name = name
    self.batchId = batchId
  }
}
