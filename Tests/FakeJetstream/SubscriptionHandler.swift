internal import Machine
internal import NIOCore
internal import NIOWebSocket
internal import Synchronization

/// Sends one subscriber the feed from its cursor on, as fast as it reads.
final class SubscriptionHandler: ChannelDuplexHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame

  private let server: FakeJetstream
  private let target: String
  private let behaviour: JetstreamBehaviour
  private var random: SeededRandom
  private var next = 0
  private var sent = 0
  private var breakAt: Int?
  private var isOver = false
  private var isWriting = false

  init(_ server: FakeJetstream, _ target: String, _ behaviour: JetstreamBehaviour) {
    self.server = server
    self.target = target
    self.behaviour = behaviour
    let connection = server.status.cursors.count
    random = SeededRandom(seed: behaviour.seed &+ UInt64(connection) &* 7_919)
    breakAt = behaviour.breakAfter.map { Int.random(in: $0, using: &random) }
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let cursor = target.split(whereSeparator: { $0 == "?" || $0 == "&" })
      .first { $0.hasPrefix("cursor=") }.flatMap { Int64($0.dropFirst(7)) }
    let skew = behaviour.skew
    next = server.feed.events.withLock { events in
      guard let cursor else { return events.count }
      return events.firstIndex { $0.time + skew >= cursor } ?? events.count
    }
    server.note { seen in
      seen.cursors.append(cursor)
      seen.targets.append(target)
      seen.open += 1
    }
    let channel = context.channel
    server.add(ObjectIdentifier(self)) { channel.triggerUserOutboundEvent(Wake(), promise: nil) }
    // Behind the upgrade, which is not over yet.
    context.eventLoop.execute { channel.triggerUserOutboundEvent(Wake(), promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  private func end() {
    guard !isOver else { return }
    isOver = true
    server.remove(ObjectIdentifier(self))
    server.note { $0.open -= 1 }
  }

  private struct Wake: Sendable {}

  func triggerUserOutboundEvent(
    context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
  ) {
    if event is Wake { pump(context) }
    promise?.succeed()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    pump(context)
    context.fireChannelWritabilityChanged()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    switch frame.opcode {
    case .pong: server.note { $0.pongs += 1 }
    case .ping where behaviour.stallAfter.map({ sent < $0 }) ?? true:
      server.note { $0.clientPings += 1 }
      write(context, .pong, frame.unmaskedData)
      context.flush()
    case .connectionClose: context.close(promise: nil)
    default: break
    }
  }

  private func pump(_ context: ChannelHandlerContext) {
    // Writing and flushing may come back here, as the channel's writability changes.
    guard !isWriting else { return }
    isWriting = true
    defer { isWriting = false }
    // A flush may make room again at once, of which nobody tells then.
    repeat {
      guard sendWhileThereIsRoom(context) else { return }
      context.flush()
    } while !isOver && context.channel.isWritable && hasMore
    if !isOver, !context.channel.isWritable { watch(context) }
  }

  private var hasMore: Bool {
    if let stall = behaviour.stallAfter, sent >= stall { return false }
    return next < server.feed.count
  }

  /// Writes what there is to send; false where the connection has been broken off.
  private func sendWhileThereIsRoom(_ context: ChannelHandlerContext) -> Bool {
    while !isOver, context.channel.isWritable, hasMore {
      let place = next
      let event = server.feed.events.withLock { $0[place] }
      next += 1
      if let breakAt, sent >= breakAt {
        breakOff(context, event.message(behaviour.skew))
        return false
      }
      if let every = behaviour.pingEvery, sent % every == every - 1 {
        write(context, .ping, ByteBuffer(string: "\(sent)"))
        server.note { $0.pings += 1 }
      }
      send(context, event.message(behaviour.skew))
      sent += 1
      server.note { $0.sent += 1 }
    }
    return true
  }

  private func watch(_ context: ChannelHandlerContext) {
    let before = sent
    context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(300)) { [self] in
      if !isOver, before == sent { server.note { $0.isStuck = true } }
    }
  }

  private func send(_ context: ChannelHandlerContext, _ message: String) {
    var bytes = ByteBuffer(string: message)
    guard let sizes = behaviour.fragment else { return write(context, .text, bytes) }
    var opcode = WebSocketOpcode.text
    while true {
      let count = min(Int.random(in: sizes, using: &random), bytes.readableBytes)
      let piece = bytes.readSlice(length: count) ?? ByteBuffer()
      let isLast = bytes.readableBytes == 0
      write(context, opcode, piece, isLast: isLast)
      if isLast { return }
      opcode = .continuation
      // Control frames may come between the fragments.
      if Int.random(in: 0..<8, using: &random) == 0 {
        write(context, .ping, ByteBuffer())
        server.note { $0.pings += 1 }
      }
    }
  }

  /// Breaks the connection in one of some ways.
  private func breakOff(_ context: ChannelHandlerContext, _ message: String) {
    server.note { $0.breaks += 1 }
    let half = ByteBuffer(string: String(message.prefix(message.count / 2)))
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      var code = ByteBuffer()
      code.write(webSocketErrorCode: .goingAway)
      write(context, .connectionClose, code)
      context.flush()
    case 1:
      // Within a message.
      write(context, .text, half, isLast: false)
      context.flush()
    case 2:
      // A frame that no server may send: its opcode is reserved.
      write(context, WebSocketOpcode(encodedWebSocketOpcode: 5) ?? .text, half)
      context.flush()
    default: break
    }
    context.close(promise: nil)
  }

  private func write(
    _ context: ChannelHandlerContext, _ opcode: WebSocketOpcode, _ data: ByteBuffer,
    isLast: Bool = true
  ) {
    context.write(
      wrapOutboundOut(WebSocketFrame(fin: isLast, opcode: opcode, data: data)), promise: nil)
  }
}
