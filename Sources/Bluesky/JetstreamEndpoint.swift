/// Where a Jetstream is: `wss://host/subscribe`, or `ws://` for one on this machine.
package struct JetstreamEndpoint: Hashable, Sendable, CustomStringConvertible {
  package let host: String
  package let port: Int
  package let isEncrypted: Bool
  /// The path, and a query that it had.
  package let path: String

  /// Reads an address; nil where it is none of a WebSocket.
  package init?(_ text: String) {
    let isEncrypted = text.hasPrefix("wss://")
    guard isEncrypted || text.hasPrefix("ws://") else { return nil }
    let rest = text.dropFirst(isEncrypted ? 6 : 5)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    let path = rest.dropFirst(authority.count)
    guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }), !authority.contains("@"),
      !path.contains("#")
    else { return nil }
    var host = authority
    var port = isEncrypted ? 443 : 80
    if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
      guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else {
        return nil
      }
      port = Int(number)
      host = authority[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty else { return nil }
    self.host = String(host)
    self.port = port
    self.isEncrypted = isEncrypted
    self.path =
      path.isEmpty || path == "/" ? "/subscribe" : path.hasPrefix("?") ? "/\(path)" : String(path)
  }

  /// What stands in the header `Host`.
  var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isEncrypted ? 443 : 80) ? name : "\(name):\(port)"
  }

  package var description: String { (isEncrypted ? "wss://" : "ws://") + authority + path }

  /// The path with what is asked for.
  func target(_ fields: [(name: String, value: String)]) -> String {
    let query = fields.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    guard !query.isEmpty else { return path }
    return path + (path.contains("?") ? "&" : "?") + query
  }
}
