package import Machine

/// Where a query's records come from: partitions of records in the order of their offsets.
///
/// Called from one thread at a time. A record that was read once is the same when it is read again.
package protocol StreamSource<Value>: Sendable {
  /// What a record is.
  associatedtype Value: Sendable
  /// Tells the source from the query's others, in its checkpoint too.
  var name: String { get }
  /// Tells this source from another one that has taken its name; empty where there is none such.
  func identity() throws -> String
  /// Raised when there may be more to read.
  var arrivals: Signal { get }
  /// How many partitions there are now; none goes away.
  func partitionCount() throws -> Int
  /// The offsets that can be read now.
  func bounds(of partition: Int) throws -> Range<Int64>
  /// Appends the records of a partition from `offset` on and before `end`, at most `limit` of them
  /// and no more than memory should hold, to `events`; without a limit all of them, as a batch that
  /// was begun before is to be the same again. `partitions` are read for the batch, so that the
  /// memory is for all of them. Returns the offset to read next, `end` where nothing
  /// is left before it. It comes forward wherever there is something.
  func read(
    _ partition: Int, from offset: Int64, to end: Int64, limit: Int?, among partitions: Int,
    into events: inout [Event<Value>]
  ) throws -> Int64
}

extension StreamSource {
  /// Nothing: there is no other of its name.
  package func identity() -> String { "" }
}
