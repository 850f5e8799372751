internal import NIOCore
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One open stream: writes lines as long as the socket takes them, and lets faults happen.
///
/// Unchecked: everything that changes is used on the channel's event loop alone; the methods whose
/// names end in `Soon` go there.
final class StreamConnection: @unchecked Sendable {
  let id: Int
  private let channel: any Channel
  private let owner: FakeX
  private var reader: StreamReader
  private let gzip: GzipStream?
  private var keepAlive: RepeatedTask?
  /// Whether nothing more is written.
  private var isSilent = false
  private var hasEnded = false
  private var reason = "client-disconnected"
  /// Whether a line was written since the last keep-alive was due.
  private var wasBusy = false

  init(_ channel: any Channel, _ owner: FakeX, _ reader: StreamReader) {
    id = reader.id
    self.channel = channel
    self.owner = owner
    self.reader = reader
    gzip = reader.isCompressed ? GzipStream() : nil
  }

  /// Writes the head, and what there is already.
  func begin(_ headers: [(name: String, value: String)]) {
    let fields =
      headers + [
        ("content-type", "application/json; charset=utf-8"), ("transfer-encoding", "chunked"),
        ("x-access-level", "read"), ("api-version", "2.167"),
      ]
    write(Answer.head(200, fields))
    let interval = owner.service.withLock { service in
      service.settings.stream.keepAlive.map { service.scaled($0) }
    }
    if let interval {
      keepAlive = channel.eventLoop.scheduleRepeatedTask(
        initialDelay: .milliseconds(interval), delay: .milliseconds(interval)
      ) { [weak self] _ in
        guard let self else { return }
        if !wasBusy { sendKeepAlive() }
        wasBusy = false
      }
    }
    pump()
  }

  func pumpSoon() { channel.eventLoop.execute { self.pump() } }
  func keepAliveSoon() { channel.eventLoop.execute { self.sendKeepAlive() } }

  /// Closes it as if X had thrown it out.
  func closeSoon() {
    channel.eventLoop.execute {
      self.reason = "killed"
      self.channel.close(promise: nil)
    }
  }

  /// Ends as a fault does it.
  func endSoon(with fault: Fault) {
    channel.eventLoop.execute {
      guard !self.isSilent, !self.hasEnded else { return }
      self.owner.service.withLock { $0.plan.count(fault) }
      self.end(with: fault, line: [])
    }
  }

  /// Writes what there is, while the socket takes it.
  func pump() {
    while !isSilent, !hasEnded, channel.isWritable {
      var out: [UInt8] = []
      let step = owner.service.withLock { $0.fill(&reader, &out) }
      owner.service.withLock { $0.furthest = max($0.furthest, reader.cursor) }
      if !out.isEmpty {
        wasBusy = true
        write(framed(out))
      }
      switch step {
      case .more: continue
      case .idle: return owner.note()
      case .fault(let fault, let line): return end(with: fault, line: line)
      }
    }
  }

  /// The channel is closed.
  func ended() {
    guard !hasEnded else { return }
    hasEnded = true
    keepAlive?.cancel()
    owner.remove(id, reason: reason)
  }

  private func sendKeepAlive() {
    guard !isSilent, !hasEnded else { return }
    var out: [UInt8] = []
    reader.chunker.add(Chunker.end, to: &out)
    reader.chunker.flush(to: &out)
    owner.service.withLock { $0.counts.keepAlives += 1 }
    write(framed(out))
    owner.note()
  }

  /// What the chunker gave, compressed and in a chunk where the stream is compressed.
  private func framed(_ bytes: [UInt8]) -> [UInt8] {
    guard let gzip else { return bytes }
    var out: [UInt8] = []
    Chunker.chunk(gzip.write(bytes), &out)
    return out
  }

  /// The last chunks of a stream that ends with a line, or without one.
  private func ending(_ line: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    Chunker.chunk(gzip?.write(line, isLast: true) ?? line, &out)
    return out + Array("0\r\n\r\n".utf8)
  }

  private func write(_ bytes: [UInt8]) {
    channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
  }

  /// Ends the stream in one of the ways that streams end.
  private func end(with fault: Fault, line: [UInt8]) {
    isSilent = true
    reason = fault.name
    var out: [UInt8] = []
    switch fault {
    case .stall: return owner.note()
    case .cleanEnd: out = ending([])
    case .disconnect(let type): out = ending(StreamError.line(type))
    case .reset:
      let half = Array(line.prefix(line.count / 2))
      Chunker.chunk(gzip?.write(half) ?? half, &out)
      return channel.writeAndFlush(ByteBuffer(bytes: out)).whenComplete { _ in
        Self.reset(self.channel)
      }
    case .cutChunk:
      let half = Array(line.prefix(line.count / 2))
      Chunker.head(max(line.count, 64), &out)
      out += gzip?.write(half).prefix(line.count) ?? half[...]
    default: break
    }
    channel.writeAndFlush(ByteBuffer(bytes: out)).whenComplete { _ in
      self.channel.close(promise: nil)
    }
  }

  /// Closes a connection with RST.
  static func reset(_ channel: any Channel) {
    let linger = linger(l_onoff: 1, l_linger: 0)
    guard let options = channel as? any SocketOptionProvider else {
      return channel.close(promise: nil)
    }
    options.setSoLinger(linger).whenComplete { _ in channel.close(promise: nil) }
  }
}
