package import Machine
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOWebSocket
internal import Synchronization

/// How a local Jetstream behaves; each connection draws its faults from the seed.
package struct JetstreamBehaviour: Sendable {
  package var seed: UInt64 = 1
  /// Bytes of each write to the socket; nil: as they come.
  package var chunk: ClosedRange<Int>?
  /// Bytes of each fragment of a message; nil: messages are whole.
  package var fragment: ClosedRange<Int>?
  /// Messages from one ping to the next.
  package var pingEvery: Int?
  /// Messages of a connection until it breaks.
  package var breakAfter: ClosedRange<Int>?
  /// Messages of a connection until nothing more comes, without an end.
  package var stallAfter: Int?
  /// Connections that are refused first, and with which status.
  package var refusals = 0
  package var refusalStatus = 503
  /// Microseconds by which this server's times differ from the first one's.
  package var skew: Int64 = 0

  package init() {}
}

/// What is published, for one server or several that tell of the same.
package final class JetstreamFeed: Sendable {
  struct Event: Sendable {
    var time: Int64
    /// The message without its time: what stands before and behind it.
    var head, tail: String

    func message(_ skew: Int64) -> String { "\(head)\(time + skew)\(tail)" }
  }

  let events = Mutex<[Event]>([])
  private let listeners = Mutex<[@Sendable () -> Void]>([])

  package init() {}

  func listen(_ body: @escaping @Sendable () -> Void) { listeners.withLock { $0.append(body) } }

  package var count: Int { events.withLock { $0.count } }

  /// Publishes one message as it is, behind the time that it names.
  package func publish(_ head: String, _ time: Int64, _ tail: String) {
    events.withLock { $0.append(Event(time: time, head: head, tail: tail)) }
    for listener in listeners.withLock({ $0 }) { listener() }
  }

  /// Publishes what somebody does to a post; `record` is JSON, nil for a deletion.
  package func publish(
    _ operation: String, did: String = "did:plc:abc", key: String, at time: Int64,
    revision: String? = nil, record: String?
  ) {
    let record = record.map { ",\"cid\":\"bafyreia\",\"record\":\($0)" } ?? ""
    publish(
      "{\"did\":\"\(did)\",\"time_us\":", time,
      ",\"kind\":\"commit\",\"commit\":{\"rev\":\"\(revision ?? "r\(time)")\","
        + "\"operation\":\"\(operation)\",\"collection\":\"app.bsky.feed.post\","
        + "\"rkey\":\"\(key)\"\(record)}}")
  }

  /// Publishes a new post.
  package func post(
    _ text: String, did: String = "did:plc:abc", key: String, at time: Int64, lang: String = "en"
  ) {
    publish(
      "create", did: did, key: key, at: time,
      record: "{\"$type\":\"app.bsky.feed.post\",\"text\":\"\(text)\","
        + "\"createdAt\":\"2026-11-20T18:04:31.000Z\",\"langs\":[\"\(lang)\"]}")
  }
}

/// A local Jetstream (version 1) of one feed.
package final class FakeJetstream: Sendable {
  /// What has happened.
  package struct Seen: Sendable {
    /// The cursor of each connection, in order.
    package var cursors: [Int64?] = []
    package var targets: [String] = []
    package var pongs = 0
    package var pings = 0
    package var open = 0
    package var sent = 0
    package var breaks = 0
    package var clientPings = 0
    /// Whether a subscriber has not read for a while though there is more.
    package var isStuck = false
  }

  let feed: JetstreamFeed
  let behaviour: Mutex<JetstreamBehaviour>
  let seen = Mutex(Seen())
  package let changed = Signal()
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let listening = Mutex<(any Channel)?>(nil)
  private let readers = Mutex<[ObjectIdentifier: @Sendable () -> Void]>([:])

  package init(_ feed: JetstreamFeed, _ behaviour: JetstreamBehaviour = JetstreamBehaviour()) {
    self.feed = feed
    self.behaviour = Mutex(behaviour)
    feed.listen { [weak self] in
      for wake in self?.readers.withLock({ Array($0.values) }) ?? [] { wake() }
    }
  }

  package var status: Seen { seen.withLock { $0 } }

  package func note(_ change: (inout Seen) -> Void) {
    seen.withLock { change(&$0) }
    changed.raise()
  }

  /// Waits until it is as asked; false where that took longer than it may.
  @discardableResult
  package func wait(milliseconds: Int? = nil, until isSo: (Seen) -> Bool) -> Bool {
    let end = milliseconds.map { Clock.monotonicSeconds() + Double($0) / 1_000 }
    while true {
      let generation = changed.generation
      if isSo(status) { return true }
      let left = end.map { Int(($0 - Clock.monotonicSeconds()) * 1_000) }
      if let left, left <= 0 { return false }
      changed.wait(since: generation, milliseconds: left)
    }
  }

  package func behave(_ change: (inout JetstreamBehaviour) -> Void) {
    behaviour.withLock { change(&$0) }
  }

  func add(_ reader: ObjectIdentifier, _ wake: @escaping @Sendable () -> Void) {
    readers.withLock { $0[reader] = wake }
  }

  func remove(_ reader: ObjectIdentifier) { readers.withLock { $0[reader] = nil } }

  /// Starts to listen, on a port of its own choice unless told, and returns the address.
  package func start(port: Int = 0) throws -> String {
    let channel = try ServerBootstrap(group: group)
      .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(ChannelOptions.socketOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture { try setUp(channel) }
      }
      .bind(host: "127.0.0.1", port: port).wait()
    listening.withLock { $0 = channel }
    return "ws://127.0.0.1:\(channel.localAddress?.port ?? 0)/subscribe"
  }

  /// Ends all connections and listens no more.
  package func stop() {
    try? listening.withLock { $0 }?.close().wait()
    try? group.syncShutdownGracefully()
  }

  private func setUp(_ channel: any Channel) throws {
    let upgrader = NIOWebSocketServerUpgrader(
      maxFrameSize: 1 << 16,
      shouldUpgrade: { [self] channel, head in
        let isRefused = behaviour.withLock { behaviour in
          guard behaviour.refusals > 0 else { return false }
          behaviour.refusals -= 1
          return true
        }
        return channel.eventLoop.makeSucceededFuture(isRefused ? nil : HTTPHeaders())
      },
      upgradePipelineHandler: { [self] channel, head in
        channel.eventLoop.makeCompletedFuture {
          let behaviour = behaviour.withLock { $0 }
          let pipeline = channel.pipeline.syncOperations
          if let chunk = behaviour.chunk {
            try pipeline.addHandler(Chopper(chunk, seed: behaviour.seed), position: .first)
          }
          try pipeline.addHandler(SubscriptionHandler(self, head.uri, behaviour))
        }
      })
    let refusal = RefusalHandler(self)
    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
      withServerUpgrade: (
        upgraders: [upgrader],
        completionHandler: { context in
          context.pipeline.syncOperations.removeHandler(name: "refusal", promise: nil)
        }
      ))
    try channel.pipeline.syncOperations.addHandler(refusal, name: "refusal")
  }
}

/// Refuses what is not upgraded.
private final class RefusalHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let server: FakeJetstream

  init(_ server: FakeJetstream) { self.server = server }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .end = unwrapInboundIn(data) else { return }
    let status = server.behaviour.withLock { $0.refusalStatus }
    let head = HTTPResponseHead(
      version: .http1_1, status: .init(statusCode: status),
      headers: ["Content-Length": "0", "Connection": "close"])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    context.close(promise: nil)
    server.note { $0.breaks += 1 }
  }
}

/// Cuts what is written into small pieces, wherever that falls.
private final class Chopper: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let sizes: ClosedRange<Int>
  private var random: SeededRandom

  init(_ sizes: ClosedRange<Int>, seed: UInt64) {
    self.sizes = sizes
    random = SeededRandom(seed: seed)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    var bytes = unwrapOutboundIn(data)
    while bytes.readableBytes > 0 {
      let count = min(Int.random(in: sizes, using: &random), bytes.readableBytes)
      guard let piece = bytes.readSlice(length: count) else { break }
      context.writeAndFlush(
        wrapOutboundOut(piece), promise: bytes.readableBytes == 0 ? promise : nil)
    }
  }
}
