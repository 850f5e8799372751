internal import Tables

/// What a command or a statement failed with, as it is shown.
package struct ShellError: Error, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }

  /// A statement's error in the words in which the Python driver has cqlsh show it.
  init(_ error: TableError) {
    switch error.code {
    case .syntaxError: self.init("SyntaxException: \(error.message)")
    case .alreadyExists: self.init("AlreadyExists: \(error.message)")
    case .configuration: self.init("ConfigurationException: \(error.message)")
    case .invalid:
      self.init(
        "InvalidRequest: Error from server: code=2200 [Invalid query] "
          + "message=\"\(error.message)\"")
    default: self.init("ServerError: \(error.message)")
    }
  }
}
