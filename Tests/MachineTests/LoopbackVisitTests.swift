import Machine
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct LoopbackVisitTests {
  /// Sends a request and returns the answer.
  private static func ask(_ port: Int, _ request: String) -> String {
    #if canImport(Glibc)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { return "" }
    let bytes = Array(request.utf8)
    _ = write(descriptor, bytes, bytes.count)
    var answer: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1_024)
    while true {
      let count = read(descriptor, &part, part.count)
      guard count > 0 else { break }
      answer += part[..<count]
    }
    return String(decoding: answer, as: UTF8.self)
  }

  @Test func `the one visit that is meant is waited for`() throws {
    guard let visit = LoopbackVisit(port: 0) else {
      Issue.record("no port is free")
      return
    }
    let port = visit.port
    let answers = Mutex<[String]>([])
    let visitor = Worker {
      for target in [
        "/favicon.ico", "/callbacks", "/callback?code=x&state=wrong",
        "/callback?code=a%20b&state=c",
      ] {
        let answer = Self.ask(port, "GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
        answers.withLock { $0.append(answer) }
      }
    }
    let met = visit.wait(for: "/callback") { $0.hasSuffix("state=c") ? "thanks" : nil }
    #expect(met == "/callback?code=a%20b&state=c")
    visitor.join()
    let heard = answers.withLock { $0 }
    #expect(heard.map { String($0.split(separator: " ")[1]) } == ["404", "404", "404", "200"])
    #expect(heard.last?.hasSuffix("\r\n\r\nthanks") == true)
  }
}
