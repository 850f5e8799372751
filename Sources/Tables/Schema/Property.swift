internal import CQL

/// An option as written, brought to the kind of value it must have.
struct Property {
  private let name: String
  private let term: Term

  init(_ option: Option) {
    name = option.name
    term = option.value
  }

  func text() throws(TableError) -> String {
    guard let text = term.constant?.text else {
      throw TableError(
        .syntaxError, "Invalid value for property '\(name)'. It should be a string")
    }
    return text
  }

  func map() throws(TableError) -> [String: String] {
    guard let map = term.plainMap else {
      throw TableError(.syntaxError, "Invalid value for property '\(name)'. It should be a map.")
    }
    return map
  }

  func integer() throws(TableError) -> Int32 {
    let text = try text()
    guard let number = Int32(text) else {
      throw TableError(.syntaxError, "Invalid integer value \(text) for '\(name)'")
    }
    return number
  }

  func real() throws(TableError) -> Double {
    let text = try text()
    guard let number = Double(text) else {
      throw TableError(.syntaxError, "Invalid double value \(text) for '\(name)'")
    }
    return number
  }

  func flag() throws(TableError) -> Bool {
    let text = try text()
    switch text.lowercased() {
    case "1", "true", "yes": return true
    case "0", "false", "no": return false
    default:
      throw TableError(
        .syntaxError,
        "Invalid boolean value \(text) for '\(name)'. Positive values can be '1', 'true' or "
          + "'yes'. Negative values can be '0', 'false' or 'no'.")
    }
  }
}

extension Term {
  /// A map of constants, as options have; nil for anything else.
  var plainMap: [String: String]? {
    guard case .map(let entries) = self else { return nil }
    var map: [String: String] = [:]
    for entry in entries {
      guard let key = entry.key.constant?.text, let value = entry.value.constant?.text else {
        return nil
      }
      map[key] = value
    }
    return map
  }
}

/// A definition that Cassandra refuses as a wrong configuration.
func configuration(_ message: String) -> TableError { TableError(.configuration, message) }
