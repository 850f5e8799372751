internal import CQL
internal import Tables

/// What a command or a statement failed with, as it is shown.
package struct ShellError: Error, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }

  /// A statement's error in the words in which the Python driver has cqlsh show it.
  init(_ error: TableError) {
    switch error.code {
    case .syntaxError: self.init("SyntaxException: \(error.message)")
    case .alreadyExists:
      let name = error.existing
      let keyspace = name?.keyspace ?? ""
      self.init(
        name.map { $0.table.isEmpty } ?? true
          ? "AlreadyExists: Keyspace '\(keyspace)' already exists"
          : "AlreadyExists: Table '\(keyspace).\(name?.table ?? "")' already exists")
    case .configuration: self.init("ConfigurationException: \(error.message)")
    case .invalid: self.init("InvalidRequest", "2200 [Invalid query]", error)
    case .unauthorized: self.init("Unauthorized", "2100 [Unauthorized]", error)
    case .functionFailure:
      self.init("FunctionFailure", "1400 [User Defined Function failure]", error)
    default: self.init("ServerError: \(error.message)")
    }
  }

  private init(_ kind: String, _ code: String, _ error: TableError) {
    self.init("\(kind): Error from server: code=\(code) message=\"\(error.message)\"")
  }
}
