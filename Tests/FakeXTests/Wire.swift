import Bytes
import FakeX
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A socket to a local X, without anything that would hide what it does.
final class Wire {
  enum Ending: Equatable { case closed, reset }

  private let descriptor: Int32
  private var buffer: [UInt8] = []
  /// How the other side has ended it.
  private(set) var ending: Ending?

  init(_ address: String, receiveBuffer: Int32? = nil) throws {
    signal(SIGPIPE, SIG_IGN)
    #if canImport(Glibc)
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    if var size = receiveBuffer {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) })
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(code == 0)
  }

  deinit { hangUp() }

  private var isClosed = false

  func hangUp() {
    if !isClosed { close(descriptor) }
    isClosed = true
  }

  func send(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { return }
      sent += count
    }
  }

  /// Waits for more; false: there is no more.
  private func fill() -> Bool {
    guard ending == nil else { return false }
    var part = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(descriptor, &part, part.count, 0)
    if count > 0 {
      buffer += part[..<count]
      return true
    }
    ending = count == 0 ? .closed : .reset
    return false
  }

  /// The next `count` bytes; fewer where it ends.
  func take(_ count: Int) -> [UInt8] {
    while buffer.count < count, fill() {}
    defer { buffer.removeFirst(min(count, buffer.count)) }
    return Array(buffer.prefix(count))
  }

  /// A line without its end; nil where it ends before.
  func line() -> String? {
    while true {
      if let end = buffer.firstIndex(of: 10) {
        defer { buffer.removeFirst(end + 1) }
        let line = buffer[..<end]
        return String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
      }
      if !fill() { return nil }
    }
  }
}

/// An answer.
struct Response {
  var status = 0
  var headers: [String: String] = [:]
  var body: [UInt8] = []

  var text: String { String(decoding: body, as: UTF8.self) }
  var json: JSON { get throws { try JSON(parsing: body) } }
  /// What `title` and `detail` say, for refusals.
  var problem: String {
    let json = try? self.json
    return [json?["title"]?.text, json?["detail"]?.text].compactMap(\.self).joined(separator: ": ")
  }
}

/// What a client sends, and how it says who it is.
struct Client {
  var address: String
  var authorization: String? = "Bearer fake-bearer"

  func send(
    _ method: String, _ path: String, _ body: String? = nil, type: String = "application/json"
  ) throws -> Response {
    let wire = try Wire(address)
    wire.send(request(method, path, body, type))
    let response = try #require(Client.head(wire))
    return Client.body(wire, response)
  }

  func get(_ path: String) throws -> Response { try send("GET", path) }
  func post(_ path: String, _ body: JSON) throws -> Response { try send("POST", path, body.line) }

  func form(_ path: String, _ fields: KeyValuePairs<String, String>) throws -> Response {
    try send(
      "POST", path, fields.map { "\($0.key)=\(escape($0.value))" }.joined(separator: "&"),
      type: "application/x-www-form-urlencoded")
  }

  func request(
    _ method: String, _ path: String, _ body: String? = nil, _ type: String = "application/json"
  ) -> [UInt8] {
    var text = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
    if let authorization { text += "Authorization: \(authorization)\r\n" }
    if let body { text += "Content-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n" }
    return Array((text + "\r\n" + (body ?? "")).utf8)
  }

  static func head(_ wire: Wire) -> Response? {
    guard let first = wire.line() else { return nil }
    var response = Response()
    response.status = Int(first.split(separator: " ").dropFirst().first ?? "") ?? 0
    while let line = wire.line(), !line.isEmpty {
      let parts = line.split(separator: ":", maxSplits: 1)
      let name = String(parts[0]).lowercased()
      response.headers[name] = parts.dropFirst().first.map { String($0.dropFirst()) } ?? ""
    }
    return response
  }

  private static func body(_ wire: Wire, _ head: Response) -> Response {
    var response = head
    response.body = wire.take(Int(head.headers["content-length"] ?? "") ?? 0)
    return response
  }
}

/// A text for a query, each byte that could mean something as its number.
func escape(_ text: String) -> String {
  text.utf8.map { byte in
    let isPlain = byte < 0x80 && Character(Unicode.Scalar(byte)).isLetter
    return isPlain ? String(Character(Unicode.Scalar(byte))) : "%" + hex(byte)
  }.joined()
}

private func hex(_ byte: UInt8) -> String {
  let digits = String(byte, radix: 16, uppercase: true)
  return digits.count < 2 ? "0" + digits : digits
}

/// An open stream, chunk by chunk.
final class StreamClient {
  let wire: Wire
  let head: Response
  /// Whether it has ended as HTTP says.
  private(set) var hasEnd = false
  private var held: [UInt8] = []

  init(
    _ address: String, _ query: String = "", authorization: String = "Bearer fake-bearer",
    receiveBuffer: Int32? = nil
  ) throws {
    wire = try Wire(address, receiveBuffer: receiveBuffer)
    let client = Client(address: address, authorization: authorization)
    wire.send(client.request("GET", "/2/tweets/search/stream" + query))
    head = try #require(Client.head(wire))
  }

  /// The next whole chunk; nil: there is none.
  func chunk() -> [UInt8]? {
    guard !hasEnd, let line = wire.line(), let size = Int(line, radix: 16) else { return nil }
    let bytes = wire.take(size + 2)
    guard bytes.count == size + 2 else { return nil }
    if size == 0 {
      hasEnd = true
      return nil
    }
    return Array(bytes.dropLast(2))
  }

  /// The next line with its end, whatever chunks it comes in; nil: there is none.
  func line() -> String? {
    while true {
      if let end = held.firstIndex(of: 10) {
        defer { held.removeFirst(end + 1) }
        return String(decoding: held[...end], as: UTF8.self)
      }
      guard let more = chunk() else { return nil }
      held += more
    }
  }

  /// The next line as JSON.
  func object() throws -> JSON {
    let text = try #require(line())
    return try JSON(parsing: Array(text.utf8))
  }

  /// Reads to the end; the ids of the posts that came.
  func rest() -> [String] {
    var ids: [String] = []
    while let line = line() {
      if let json = try? JSON(parsing: Array(line.utf8)), let id = json["data"]?["id"]?.text {
        ids.append(id)
      }
    }
    return ids
  }
}
