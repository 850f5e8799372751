#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A page on this machine that a browser is sent to once, to bring something back.
package struct LoopbackVisit: ~Copyable {
  private let descriptor: Int32
  /// Where it listens on 127.0.0.1.
  package let port: Int

  /// Bytes of a request that are looked at.
  private static let requestBytes = 16 << 10

  /// Listens on a port; 0: on any. Nil: it is taken.
  package init?(port: Int) {
    let descriptor = socket(AF_INET, Self.streamKind, 0)
    guard descriptor >= 0 else { return nil }
    var yes: Int32 = 1
    setsockopt(
      descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && listen(descriptor, 4) == 0
          && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard isBound else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
    self.port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }

  /// Waits for a request for `path` for which `page` has an answer, and returns its path and query.
  /// Others, such as for an icon or of a stranger, are told that there is nothing.
  package func wait(for path: String, page: (String) -> String?) -> String? {
    while true {
      let client = accept(descriptor, nil, nil)
      guard client >= 0 else {
        if errno == EINTR || errno == ECONNABORTED { continue }
        return nil
      }
      defer { close(client) }
      // Whoever connects and says nothing must not keep others out for ever.
      var patience = timeval(tv_sec: 5, tv_usec: 0)
      setsockopt(
        client, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
      let words = Self.firstLine(client).split(separator: " ")
      let target = words.count > 1 && words[0] == "GET" ? String(words[1]) : ""
      guard target == path || target.hasPrefix(path + "?"), let page = page(target) else {
        Self.answer(client, "404 Not Found", "nothing is here")
        continue
      }
      Self.answer(client, "200 OK", page)
      return target
    }
  }

  private static func firstLine(_ client: Int32) -> String {
    var bytes: [UInt8] = []
    while bytes.count < requestBytes, !bytes.contains(0x0D) {
      var part = [UInt8](repeating: 0, count: 4_096)
      let count = read(client, &part, part.count)
      guard count > 0 else { break }
      bytes += part[..<count]
    }
    return String(decoding: bytes.prefix { $0 != 0x0D }, as: UTF8.self)
  }

  private static func answer(_ client: Int32, _ status: String, _ page: String) {
    let answer =
      "HTTP/1.1 \(status)\r\nContent-Type: text/plain; charset=utf-8\r\n"
      + "Content-Length: \(page.utf8.count)\r\nConnection: close\r\n\r\n\(page)"
    let bytes = Array(answer.utf8)
    _ = write(client, bytes, bytes.count)
  }

  #if canImport(Glibc)
    private static let streamKind = Int32(SOCK_STREAM.rawValue)
  #else
    private static let streamKind = SOCK_STREAM
  #endif
}
