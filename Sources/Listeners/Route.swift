/// One thing that can be asked for: a method, a path, and what is done.
package struct Route: Sendable {
  package let method: String
  /// The path; a segment such as `:topic` stands for any.
  package let pattern: String
  /// Bytes that the body may have.
  package let bodyLimit: Int
  /// Done on a thread that may block. Thrown: `InterfaceError` with its status, any other error as
  /// a fault of the program's.
  let handle: @Sendable (InterfaceRequest) throws -> InterfaceAnswer
  private let segments: [Substring]

  /// Bytes of a body that is only a few fields.
  package static let smallBody = 64 << 10

  package init(
    _ method: String, _ pattern: String, bodyLimit: Int = Route.smallBody,
    _ handle: @escaping @Sendable (InterfaceRequest) throws -> InterfaceAnswer
  ) {
    self.method = method
    self.pattern = pattern
    self.bodyLimit = bodyLimit
    self.handle = handle
    segments = pattern.split(separator: "/")
  }

  /// Whether it changes something.
  var writes: Bool { method != "GET" }

  /// The parameters that the path's segments give; nil where it is another path.
  func match(_ path: [String]) -> [String: String]? {
    guard path.count == segments.count else { return nil }
    var parameters: [String: String] = [:]
    for (segment, given) in zip(segments, path) {
      if segment.first == ":" {
        parameters[String(segment.dropFirst())] = given
      } else if segment != given {
        return nil
      }
    }
    return parameters
  }
}

/// All routes, to find the one that is asked for.
struct RouteTable: Sendable {
  let routes: [Route]

  /// The route for a method and a path without query. Thrown: 404, or 405 with the methods that
  /// there are.
  func find(
    _ method: String, _ path: String
  ) throws(InterfaceError) -> (route: Route, parameters: [String: String]) {
    guard let segments = Self.segments(path) else {
      throw .malformed("the path \(path) is not percent-encoded as it must be")
    }
    var others: Set<String> = []
    for route in routes {
      guard let parameters = route.match(segments) else { continue }
      if route.method == method || method == "HEAD" && route.method == "GET" {
        return (route, parameters)
      }
      others.insert(route.method)
    }
    guard others.isEmpty else {
      let allowed = others.sorted().joined(separator: ", ")
      throw InterfaceError(405, "\(method) is not for \(path), but \(allowed)")
    }
    throw .missing("there is no \(path); GET / lists what there is")
  }

  /// The methods of a path, as the header `Allow` has them.
  func allowed(_ path: String) -> String {
    let segments = Self.segments(path) ?? []
    return Set(routes.filter { $0.match(segments) != nil }.map(\.method)).sorted()
      .joined(separator: ", ")
  }

  private static func segments(_ path: String) -> [String]? {
    var decoded: [String] = []
    for segment in path.split(separator: "/") {
      guard let text = PercentEncoding.decode(segment) else { return nil }
      decoded.append(text)
    }
    return decoded
  }
}

/// Texts in paths and queries.
enum PercentEncoding {
  /// Nil where it is not well-formed, or no UTF-8.
  static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%") {
        let digits = rest.prefix(2)
        guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
          let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
        else { return nil }
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") && plusIsSpace ? 0x20 : byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The fields of a query; nil where one is not well-formed.
  static func fields(_ query: Substring) -> [String: String]? {
    var fields: [String: String] = [:]
    for field in query.split(separator: "&") {
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decode(parts[0], plusIsSpace: true),
        let value = parts.count > 1 ? decode(parts[1], plusIsSpace: true) : ""
      else { return nil }
      fields[name] = value
    }
    return fields
  }
}
