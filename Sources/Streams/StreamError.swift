/// Why a query cannot start or go on.
package enum StreamError: Error, Sendable, CustomStringConvertible {
  /// The state under a query's name is that of a query made of other steps.
  case changedQuery(name: String, was: String, is: String)
  /// What a query has kept cannot be read.
  case damagedState(String)
  /// Records between two offsets are gone before they were read.
  case dataLoss(source: String, partition: Int, from: Int64, to: Int64)
  /// Another source has taken the name of the one that the query has read.
  case replacedSource(query: String, source: String)
  /// The steps cannot be run in the output mode that was asked for.
  case unsupported(String)
  /// A step, or the sink, failed on a record.
  case failed(origin: Origin?, reason: String)

  package var description: String {
    switch self {
    case .changedQuery(let name, let was, let now):
      "query \(name) was made of other steps when it last ran: \(was); now: \(now); give it another "
        + "name, or let it start anew without its state"
    case .damagedState(let what): "the state of a query is damaged: \(what)"
    case .dataLoss(let source, let partition, let from, let to):
      "\(source)-\(partition): records \(from) to \(to - 1) are gone before they were read; "
        + "set failOnDataLoss to false to go on without them"
    case .replacedSource(let query, let source):
      "\(source) is not what query \(query) has read under that name, but was made anew; set "
        + "failOnDataLoss to false to read it from its beginning"
    case .unsupported(let what): what
    case .failed(let origin, let reason):
      origin.map { "record \($0): \(reason)" } ?? reason
    }
  }
}
