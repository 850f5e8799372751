import Machine
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A server that does to each connection what a test wants, byte by byte.
final class LittleServer: Sendable {
  /// One client's connection, for the thread that serves it.
  struct Connection {
    let descriptor: Int32

    /// Reads one request: its head, and a body of the length that the head says.
    func request() -> String {
      var bytes: [UInt8] = []
      while true {
        if let head = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
          let text = String(decoding: bytes[..<head.lowerBound], as: UTF8.self).lowercased()
          let length =
            text.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
          if bytes.count >= head.upperBound + length { break }
        }
        var part = [UInt8](repeating: 0, count: 4_096)
        let count = read(descriptor, &part, part.count)
        if count <= 0 { break }
        bytes += part[..<count]
      }
      return String(decoding: bytes, as: UTF8.self)
    }

    func send(_ text: String) {
      let bytes = Array(text.utf8)
      _ = write(descriptor, bytes, bytes.count)
    }

    /// Sends so many bytes, and says when the client has not taken any for a while.
    func sendAll(
      _ total: Int, piece: Int, progress: borrowing Atomic<Int>, stuck: Signal
    ) {
      let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: piece)
      var sent = 0
      while sent < total {
        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        if poll(&wait, 1, 300) == 0 { stuck.raise() }
        let count = write(descriptor, bytes, min(piece, total - sent))
        if count <= 0 { return }
        sent += count
        progress.store(sent, ordering: .releasing)
      }
      stuck.raise()
    }

    /// Waits until the client is gone.
    func waitForEnd() {
      var byte: UInt8 = 0
      while read(descriptor, &byte, 1) > 0 {}
    }
  }

  private let descriptor: Int32
  private let connections = Counter()
  /// The TCP port; nil for a socket in the file system.
  let port: Int?

  /// How many have connected so far.
  var accepted: Int { connections.value.load(ordering: .acquiring) }

  private final class Counter: Sendable {
    let value = Atomic(0)
  }

  init(socket path: String, _ serve: @escaping @Sendable (Connection) -> Void) {
    descriptor = socket(AF_UNIX, streamKind, 0)
    port = nil
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    Self.start(descriptor, connections, serve)
  }

  init(_ serve: @escaping @Sendable (Connection) -> Void) {
    let descriptor = socket(AF_INET, streamKind, 0)
    self.descriptor = descriptor
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(descriptor, $0, size)
        _ = getsockname(descriptor, $0, &size)
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
    Self.start(descriptor, connections, serve)
  }

  private static func start(
    _ descriptor: Int32, _ connections: Counter,
    _ serve: @escaping @Sendable (Connection) -> Void
  ) {
    signal(SIGPIPE, SIG_IGN)
    listen(descriptor, 64)
    _ = Worker {
      while true {
        let client = accept(descriptor, nil, nil)
        guard client >= 0 else { return }
        connections.value.add(1, ordering: .acquiringAndReleasing)
        _ = Worker {
          serve(Connection(descriptor: client))
          close(client)
        }
      }
    }
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }
}

#if canImport(Glibc)
  private let streamKind = Int32(SOCK_STREAM.rawValue)
#else
  private let streamKind = SOCK_STREAM
#endif
