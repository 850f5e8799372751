package import Bytes

/// A request as a route's handler sees it, its body read already.
package struct InterfaceRequest: Sendable {
  package var method = "GET"
  /// Without the query.
  package var path = "/"
  /// What stands in the path where the route's pattern has a name.
  package var parameters: [String: String] = [:]
  package var query: [String: String] = [:]
  /// The type of the body without its parameters, in small letters; empty where none was given.
  package var contentType = ""
  package var body: [UInt8] = []

  /// The body as a JSON object; an empty one where there is no body.
  package func object() throws(InterfaceError) -> JSON {
    guard !body.isEmpty else { return .object([]) }
    let value: JSON
    do { value = try JSON(parsing: body) } catch { throw .malformed("the body is \(error)") }
    guard value.fields != nil else { throw .malformed("the body must be a JSON object") }
    return value
  }

  /// A number in the query; nil where it is not given.
  package func number(_ name: String) throws(InterfaceError) -> Int? {
    guard let text = query[name] else { return nil }
    guard let number = Int(text) else { throw .malformed("?\(name)= must be a whole number") }
    return number
  }

  /// Whether the query has `?name`, `?name=true` or the like.
  package func flag(_ name: String) -> Bool {
    query[name].map { $0 != "false" && $0 != "0" } ?? false
  }
}

extension JSON {
  /// Refuses an object with fields that nobody reads: a misspelt one would be passed over in
  /// silence.
  package func checkFields(_ known: String...) throws(InterfaceError) {
    for field in fields ?? [] where !known.contains(field.name) {
      throw .malformed(
        "unknown field \(JSONString.quote(field.name)); there are "
          + known.joined(separator: ", "))
    }
  }

  /// A field that is a text; nil where it is missing or null.
  package func optionalText(_ name: String) throws(InterfaceError) -> String? {
    switch self[name] {
    case nil, .null: return nil
    case .text(let text): return text
    default: throw .malformed("\(JSONString.quote(name)) must be a text")
    }
  }

  /// A field that is a whole number; nil where it is missing or null.
  package func optionalInteger(_ name: String) throws(InterfaceError) -> Int? {
    switch self[name] {
    case nil, .null: return nil
    case let value:
      guard let number = value?.integer else {
        throw .malformed("\(JSONString.quote(name)) must be a whole number")
      }
      return number
    }
  }

  /// A field that must be there and be a text.
  package func requiredText(_ name: String) throws(InterfaceError) -> String {
    guard let text = try optionalText(name) else {
      throw .malformed("the field \(JSONString.quote(name)) is missing")
    }
    return text
  }
}

/// What a route answers.
package struct InterfaceAnswer: Sendable {
  /// What is sent.
  package enum Body: Sendable {
    case bytes([UInt8])
    /// Lines as they come, until the feed ends.
    case lines(LineFeed)
  }

  package var status = 200
  package var contentType = "application/json"
  package var body: Body
  /// The methods that there are, where the one asked for is not among them.
  var allow: String?

  /// A JSON document.
  package static func json(_ value: JSON, status: Int = 200) -> InterfaceAnswer {
    InterfaceAnswer(status: status, body: .bytes(Array((value.line + "\n").utf8)))
  }

  /// A text.
  package static func text(_ text: String, type: String = "text/plain; charset=utf-8")
    -> InterfaceAnswer
  {
    InterfaceAnswer(contentType: type, body: .bytes(Array(text.utf8)))
  }

  /// JSON lines as they come.
  package static func lines(_ feed: LineFeed) -> InterfaceAnswer {
    InterfaceAnswer(contentType: "application/x-ndjson", body: .lines(feed))
  }
}

/// Why a request was not done, and the status that says so.
package struct InterfaceError: Error, Hashable, CustomStringConvertible {
  package var status: Int
  package var message: String
  /// More about it for programs.
  package var details: [JSON.Field] = []

  package init(_ status: Int, _ message: String, _ details: [JSON.Field] = []) {
    self.status = status
    self.message = message
    self.details = details
  }

  /// The request is not as it must be.
  package static func malformed(_ message: String) -> InterfaceError { .init(400, message) }
  /// What it names is not there.
  package static func missing(_ message: String) -> InterfaceError { .init(404, message) }
  /// It is at odds with what is there.
  package static func conflict(_ message: String) -> InterfaceError { .init(409, message) }

  package var description: String { message }

  /// The body that is sent.
  package var json: JSON { .object([JSON.Field("error", .text(message))] + details) }
}
