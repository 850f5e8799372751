internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// One client's connection: takes requests off the wire, one after the other, and writes what the
/// service makes of them. Where that is a stream, the connection belongs to it from then on.
final class ConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = ByteBuffer

  private let owner: FakeX
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  private var isTooLarge = false
  private var stream: StreamConnection?
  /// Requests that have come while another is answered.
  private var isDone = false

  private init(_ owner: FakeX) { self.owner = owner }

  /// Puts a handler on a new connection.
  static func install(on channel: any Channel, _ owner: FakeX) throws {
    let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)
    try channel.pipeline.syncOperations.addHandlers(
      [
        ByteToMessageHandler(decoder, maximumBufferSize: Limits.headBytes),
        ConnectionHandler(owner),
      ])
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isDone, stream == nil else { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
      isTooLarge = false
      if head.headers["expect"].contains("100-continue") {
        write([UInt8]("HTTP/1.1 100 Continue\r\n\r\n".utf8), context)
      }
    case .body(let part):
      if body.count + part.readableBytes > Limits.bodyBytes {
        isTooLarge = true
      } else {
        body += part.readableBytesView
      }
    case .end: answer(context)
    }
  }

  private func answer(_ context: ChannelHandlerContext) {
    guard let head else { return }
    self.head = nil
    let request = Request(
      method: head.method.rawValue, target: head.uri,
      headers: head.headers.map { ($0.name, $0.value) }, body: body)
    body = []
    guard let request, !isTooLarge else {
      let problem: Problem =
        isTooLarge ? .plain(413, "Content Too Large") : .plain(400, "Bad Request")
      return finish(problem.answer, head, context)
    }
    let outcome = owner.service.withLock { $0.respond(to: request) }
    switch outcome {
    case .answer(let answer): finish(answer, head, context)
    case .hangUp(let resets): hangUp(resets: resets, context)
    case .silence: isDone = true
    case .stream(let reader, let headers):
      let stream = StreamConnection(context.channel, owner, reader)
      self.stream = stream
      owner.add(stream)
      stream.begin(headers)
    }
    owner.settle()
  }

  private func finish(
    _ answer: Answer, _ head: HTTPRequestHead, _ context: ChannelHandlerContext
  ) {
    if answer.isLost { return hangUp(resets: false, context) }
    let bytes = answer.bytes(isHead: head.method == .HEAD, keepsAlive: head.isKeepAlive)
    write(bytes, context)
    if !head.isKeepAlive { close(context) }
  }

  private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
  }

  private func close(_ context: ChannelHandlerContext) {
    isDone = true
    context.close(promise: nil)
  }

  private func hangUp(resets: Bool, _ context: ChannelHandlerContext) {
    isDone = true
    if resets { return StreamConnection.reset(context.channel) }
    context.close(promise: nil)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { stream?.pump() }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    stream?.ended()
    owner.note()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
