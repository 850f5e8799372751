/// How a query is to run.
package struct QuerySettings: Sendable {
  package var trigger = Trigger.continuous
  package var outputMode = OutputMode.append
  package var failures = FailurePolicy.stop
  /// What becomes of late events besides being left out and counted: given, by record, before the
  /// batch is committed; again where the query is killed in between.
  package var late: (@Sendable (FailedRecord) throws -> Void)?
  /// How long a partition may have nothing new before time goes on without it; for ever where nil.
  /// Where all have been so long without, time is where the one furthest ahead has come to.
  /// Its later events are late where time has passed them, so that what is late then depends on the
  /// clock, too.
  package var idleAfter: Span?
  /// Records that one batch reads at most; it reads fewer where batches take longer than
  /// `targetMilliseconds`.
  package var maxRecordsPerBatch = 100_000
  /// Records that it reads all the same, as far as they are there: where a disk alone takes longer
  /// than `targetMilliseconds`, fewer would only make it slower.
  package var minRecordsPerBatch = 1
  /// Bytes of values that one batch has, about, where a step weighs them.
  package var maxBytesPerBatch = 48 << 20
  /// Keys whose windows end that one commit works on, about: more are spread over several, so that
  /// memory stays bounded.
  package var maxEndingPerCommit = 50_000
  /// How long a batch should take at most.
  package var targetMilliseconds = 250
  /// Threads that run the steps that keep nothing.
  package var workers = 2
  /// Whether it ends the query that records are gone before they were read, or that a source is
  /// another one than before, under the same name; otherwise it goes on with what is there.
  package var failOnDataLoss = true

  package init() {}
}

/// When batches run.
package enum Trigger: Sendable {
  /// As soon as there is something to read.
  case continuous
  /// As `continuous`, until the closure says that no more will come and all that is there is
  /// committed. Called on a thread of the query; who makes it true raises `arrivals` of the first
  /// source.
  case untilEnd(@Sendable () -> Bool)
  /// Once in so many milliseconds, where there is something to read.
  case every(Span)
  /// Until all that was there at the start is committed, in as many batches as it takes.
  case availableNow
  /// One batch of what is there.
  case once
}

/// What becomes of a record on which a step or the sink fails.
package enum FailurePolicy: Sendable {
  /// The query ends. Nothing of a batch is committed in which a step fails; of one that the sink
  /// refuses, records before the first one that it refuses may be.
  case stop
  /// It is left out, and counted.
  case skip
  /// It is handed over, before the batch without it is committed; where the query is killed in
  /// between, it is handed over again.
  case deadLetter(@Sendable (FailedRecord) throws -> Void)
}

/// A record that a query could not work on.
package struct FailedRecord: Sendable, Equatable {
  package var origin: Origin
  package var reason: String
}
