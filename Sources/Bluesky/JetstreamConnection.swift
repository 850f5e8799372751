internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import NIOWebSocket

/// One connection to a Jetstream: a WebSocket whose messages go into a mailbox.
struct JetstreamConnection {
  let mailbox = Mailbox()

  /// Begins to connect; the mailbox tells what comes of it. `tls` is for `wss`.
  init(
    to endpoint: JetstreamEndpoint, asking target: String, on group: MultiThreadedEventLoopGroup,
    tls: NIOSSLContext?
  ) {
    let mailbox = mailbox
    ClientBootstrap(group: group)
      .connectTimeout(.seconds(10))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try Self.setUp(channel, endpoint, target, tls, mailbox)
        }
      }
      .connect(host: endpoint.host, port: endpoint.port)
      .whenComplete { result in
        switch result {
        case .success(let channel): mailbox.start(channel)
        case .failure(let error): mailbox.end(.failed("cannot connect: \(error)"))
        }
      }
  }

  private static let requestName = "request to upgrade"

  private static func setUp(
    _ channel: any Channel, _ endpoint: JetstreamEndpoint, _ target: String,
    _ tls: NIOSSLContext?, _ mailbox: Mailbox
  ) throws {
    let pipeline = channel.pipeline.syncOperations
    if let tls {
      // A numeric address is no name that a certificate is asked for by.
      let name = endpoint.host.contains(where: \.isLetter) && !endpoint.host.contains(":")
      try pipeline.addHandler(
        NIOSSLClientHandler(context: tls, serverHostname: name ? endpoint.host : nil))
    }
    // NIO's own handling closes before it tells what was wrong.
    let upgrader = NIOWebSocketClientUpgrader(
      maxFrameSize: Limits.frameBytes, automaticErrorHandling: false
    ) { channel, _ in
      channel.eventLoop.makeCompletedFuture {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(
          NIOWebSocketFrameAggregator(
            minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: Limits.fragments,
            maxAccumulatedFrameSize: Limits.frameBytes))
        try pipeline.addHandler(MessageHandler(mailbox))
        mailbox.open()
      }
    }
    try pipeline.addHTTPClientHandlers(
      leftOverBytesStrategy: .forwardBytes,
      withClientUpgrade: (
        upgraders: [upgrader],
        completionHandler: { context in
          context.pipeline.syncOperations.removeHandler(name: requestName, promise: nil)
        }
      ))
    try pipeline.addHandler(
      UpgradeRequest(endpoint.authority, target, mailbox), name: requestName)
  }

  /// Asks whether the server is still there.
  func ping() {
    mailbox.channel?.writeAndFlush(
      WebSocketFrame(fin: true, opcode: .ping, maskKey: .random(), data: ByteBuffer()),
      promise: nil)
  }

  /// Ends the connection, with a word to the server where it is open.
  func close() {
    guard let channel = mailbox.leave() else { return }
    if mailbox.isOpen { channel.writeAndFlush(MessageHandler.goodbye, promise: nil) }
    channel.close(promise: nil)
  }
}

/// Sends the request for a WebSocket and hears of a refusal.
private final class UpgradeRequest: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let authority: String
  private let target: String
  private let mailbox: Mailbox

  init(_ authority: String, _ target: String, _ mailbox: Mailbox) {
    self.authority = authority
    self.target = target
    self.mailbox = mailbox
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { send(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    send(context)
    context.fireChannelActive()
  }

  private func send(_ context: ChannelHandlerContext) {
    let headers = HTTPHeaders([("Host", authority), ("User-Agent", "grouse")])
    let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = unwrapInboundIn(data) {
      mailbox.end(.refused(status: Int(head.status.code)), of: context.channel)
      context.close(promise: nil)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    mailbox.end(.failed("\(error)"), of: context.channel)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    mailbox.end(.closed(" before it was open"), of: context.channel)
    context.fireChannelInactive()
  }
}

/// Puts messages into the mailbox, answers pings, and lets the server wait while the box is full.
private final class MessageHandler: ChannelDuplexHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame

  private let mailbox: Mailbox

  init(_ mailbox: Mailbox) { self.mailbox = mailbox }

  static var goodbye: WebSocketFrame {
    var code = ByteBuffer()
    code.write(webSocketErrorCode: .normalClosure)
    return WebSocketFrame(
      fin: true, opcode: .connectionClose, maskKey: .random(), data: code)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    switch frame.opcode {
    case .text, .binary: mailbox.put([UInt8](frame.unmaskedData.readableBytesView))
    case .ping:
      let pong = WebSocketFrame(
        fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData)
      context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
    case .connectionClose:
      var data = frame.unmaskedData
      let code = data.readInteger(as: UInt16.self)
      let reason = data.readString(length: min(data.readableBytes, 120)) ?? ""
      mailbox.end(.closed((code.map { " (\($0)" } ?? " (without a word") + " \(reason))"))
      context.writeAndFlush(wrapOutboundOut(Self.goodbye), promise: nil)
      context.close(promise: nil)
    default: break
    }
    mailbox.hear()
  }

  func read(context: ChannelHandlerContext) {
    if mailbox.mayRead() { context.read() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case NIOWebSocketError.invalidFrameLength,
      NIOWebSocketFrameAggregator.Error.accumulatedFrameSizeIsTooLarge:
      mailbox.end(.tooLong)
    default: mailbox.end(.failed("\(error)"))
    }
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    mailbox.end(.closed(""))
    context.fireChannelInactive()
  }
}
