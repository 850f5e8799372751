import Curl
import Foundation
import Machine
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A server that speaks TLS with a certificate that it has signed itself.
private struct TLSServer {
  static let isThere = ["openssl", "python3"].allSatisfy { name in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
  }

  private static let program = """
    import http.server, ssl, sys
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")
        def log_message(self, *arguments):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_address[1], flush=True)
    import threading
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    """

  let certificate: String
  let url: String
  private let process = Process()
  /// The server ends when its standard input does.
  private let input = Pipe()

  init(in folder: TemporaryDirectory) throws {
    certificate = folder("certificate")
    let making = Self.process(
      [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout",
        folder("key"), "-out", certificate, "-subj", "/CN=127.0.0.1", "-addext",
        "subjectAltName=IP:127.0.0.1",
      ])
    making.standardError = FileHandle.nullDevice
    try making.run()
    making.waitUntilExit()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.program, certificate, folder("key")]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let port = try #require(Int(line.filter(\.isNumber)))
    url = "https://127.0.0.1:\(port)"
  }

  private static func process(_ words: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    return process
  }

  /// Of what a client takes from it.
  static func clearEnvironment() {
    for name in ["CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"] { unsetenv(name) }
    setenv("no_proxy", "*", 1)
  }

  func end() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}

/// Each in a process of its own, as the environment is read once.
@Suite(.enabled(if: TLSServer.isThere, "openssl or python3 is not there"))
struct AuthoritiesTests {
  @Test(arguments: ["CURL_CA_BUNDLE", "SSL_CERT_FILE"])
  func `both clients believe whom the environment names`(_ name: String) async {
    await #expect(processExitsWith: .success) { [name] in
      let folder = TemporaryDirectory()
      let server = try TLSServer(in: folder)
      defer { server.end() }
      TLSServer.clearEnvironment()
      setenv(name, server.certificate, 1)
      let place = HTTPClient.Server.url(server.url)
      let client = try #require(HTTPClient(place))
      #expect(try client.send(HTTPRequest("GET", "/")).body == Array("ok".utf8))
      // Also with a connection that is made anew, and what was set for the first one gone.
      #expect(try client.send(HTTPRequest("GET", "/")).isSuccess)
      let session = try #require(HTTPSession())
      #expect(try await session.send(HTTPRequest("GET", "/"), to: place).isSuccess)
    }
  }

  @Test func `both clients believe nobody else`() async {
    await #expect(processExitsWith: .success) {
      let folder = TemporaryDirectory()
      let server = try TLSServer(in: folder)
      defer { server.end() }
      TLSServer.clearEnvironment()
      let place = HTTPClient.Server.url(server.url)
      let client = try #require(HTTPClient(place))
      #expect(throws: CurlError.self) { try client.send(HTTPRequest("GET", "/")) }
      let session = try #require(HTTPSession())
      await #expect(throws: CurlError.self) {
        try await session.send(HTTPRequest("GET", "/"), to: place)
      }
    }
  }
}
