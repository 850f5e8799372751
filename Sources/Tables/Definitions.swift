internal import Synchronization

/// The schema as it is now, and the right to write, which is also the right to change the schema.
final class Definitions: Sendable {
  private let loaded: Mutex<Schema>
  /// Held by the one that writes; the timestamp given last, microseconds since 1970.
  private let writing = Mutex(Int64.min)

  init(_ schema: Schema) { loaded = Mutex(schema) }

  var schema: Schema { loaded.withLock { $0 } }

  /// Puts another schema in the place of the present one. Only for those who may write.
  func replace(by schema: Schema) { loaded.withLock { $0 = schema } }

  /// Runs `body` while nobody else writes, so that a writer and the definitions it sees agree.
  func exclusively<Result>(
    _ body: (inout Int64) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    var outcome: Swift.Result<Result, TableError>?
    writing.withLock { last in
      outcome = Swift.Result { () throws(TableError) in try body(&last) }
    }
    // Always set: the closure has run.
    guard let outcome else { throw TableError(.serverError, "the write did not run") }
    return try outcome.get()
  }
}
