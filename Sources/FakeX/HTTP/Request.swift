/// A request that has come wholly.
struct Request: Sendable {
  var method: String
  /// Without the query.
  var path: String
  /// In the order written, decoded.
  var query: [Parameter]
  var headers: [Parameter]
  var body: [UInt8]

  /// A name and its value.
  struct Parameter: Hashable, Sendable {
    var name: String
    var value: String
  }

  /// Nil where the target is no path, or its percent signs have no meaning.
  init?(
    method: String, target: String, headers: [(name: String, value: String)] = [],
    body: [UInt8] = []
  ) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, first.hasPrefix("/"),
      let query = Form.parameters(parts.count > 1 ? parts[1] : "")
    else { return nil }
    self.method = method
    path = String(first)
    self.query = query
    self.headers = headers.map { Parameter(name: $0.name.lowercased(), value: $0.value) }
    self.body = body
  }

  /// The query's parameter of a name; of several the last.
  func value(_ name: String) -> String? { query.last { $0.name == name }?.value }

  /// The header of a name in lower case.
  func header(_ name: String) -> String? { headers.last { $0.name == name }?.value }

  /// Whether the answer may be compressed.
  var acceptsGzip: Bool { header("accept-encoding")?.contains("gzip") == true }

  /// The body's fields, where it says that it is a form; none where it is something else.
  var form: [Parameter] {
    guard header("content-type")?.hasPrefix("application/x-www-form-urlencoded") == true else {
      return []
    }
    return Form.parameters(Substring(decoding: body, as: UTF8.self)) ?? []
  }
}

/// Forms and queries, as `application/x-www-form-urlencoded` has them, and percent signs.
enum Form {
  /// Nil where a percent sign is not followed by two digits, or the bytes are no UTF-8.
  static func parameters(_ text: Substring) -> [Request.Parameter]? {
    var found: [Request.Parameter] = []
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decode(parts[0]), let value = decode(parts.count > 1 ? parts[1] : "")
      else { return nil }
      found.append(Request.Parameter(name: name, value: value))
    }
    return found
  }

  /// A text without its percent signs, where `+` is a space.
  static func decode(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst(), let low = rest.popFirst(),
          let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
        else { return nil }
        bytes.append(value)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// A text with percent signs for all but RFC 3986's unreserved characters.
  static func encode(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        out.append(byte)
      default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
