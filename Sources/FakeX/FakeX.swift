internal import Bytes
package import Machine
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A local X: an HTTP server on 127.0.0.1 that behaves as the X API v2 does, for tests and for
/// demonstrations without an account. Time and faults are in its owner's hand (see FAKEX.md).
package final class FakeX: Sendable {
  let service: Mutex<Service>
  /// Raised whenever something happened that somebody may wait for.
  private let changed = Signal()
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let running = Mutex(Running())

  private struct Running {
    var listener: (any Channel)?
    var streams: [Int: StreamConnection] = [:]
    var isStopped = false
  }

  /// A local X that does not listen yet.
  package init(_ settings: Settings = Settings()) { service = Mutex(Service(settings)) }

  deinit { stop() }

  /// Starts to listen; returns the address, such as `http://127.0.0.1:49321`. Thrown: that the port
  /// is taken.
  @discardableResult
  package func start() throws -> String {
    let listener = try ServerBootstrap(group: group)
      .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(
        ChannelOptions.writeBufferWaterMark,
        value: .init(low: Limits.socketBytes / 4, high: Limits.socketBytes)
      )
      .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: false)
      .childChannelInitializer { [weak self] channel in
        channel.eventLoop.makeCompletedFuture {
          guard let self else { throw ChannelError.ioOnClosedChannel }
          try ConnectionHandler.install(on: channel, self)
        }
      }
      .bind(host: "127.0.0.1", port: service.withLock { $0.settings.port }).wait()
    let address = "http://127.0.0.1:\(listener.localAddress?.port ?? 0)"
    service.withLock { $0.address = address }
    running.withLock { $0.listener = listener }
    scheduleTick(on: group.next())
    return address
  }

  /// Looks every few milliseconds for what is due where posts are paced, and now and then whether
  /// they are: many local servers that look often leave little of a processor.
  private func scheduleTick(on loop: any EventLoop) {
    let isPaced = service.withLock { $0.supplies.isPaced }
    loop.scheduleTask(in: .milliseconds(isPaced ? 5 : 100)) { [weak self] in
      guard let self, !running.withLock({ $0.isStopped }) else { return }
      tick()
      scheduleTick(on: loop)
    }
  }

  /// Where it listens.
  package var address: String { service.withLock { $0.address } }

  /// Closes all connections, and listens no more. Once stopped it stays so.
  package func stop() {
    let (isStopped, listener) = running.withLock { running in
      defer { running.isStopped = true }
      return (running.isStopped, running.listener)
    }
    if isStopped { return }
    listener?.close(promise: nil)
    closeStreams { _ in true }
    group.shutdownGracefully { _ in }
  }

  private func tick() {
    let isDue = service.withLock { service in
      guard service.supplies.isPaced else { return false }
      let before = service.archive.feed.count
      service.publishDue(at: Clock.monotonicSeconds())
      return service.archive.feed.count != before
    }
    if isDue { pump() }
  }

  // MARK: - For connections

  /// Registers a stream that is open from now on.
  func add(_ stream: StreamConnection) {
    running.withLock { $0.streams[stream.id] = stream }
    changed.raise()
  }

  /// Notes that a stream is no more.
  func remove(_ stream: Int, reason: String) {
    running.withLock { $0.streams[stream] = nil }
    service.withLock { $0.closeStream(stream, reason: reason) }
    changed.raise()
  }

  /// Says that something happened.
  func note() { changed.raise() }

  private func closeStreams(_ isMeant: (Int) -> Bool) {
    for stream in running.withLock({ Array($0.streams.values) }) where isMeant(stream.id) {
      stream.closeSoon()
    }
  }

  /// Does what a request has left to be done with sockets.
  func settle() {
    let chores = service.withLock { service in
      defer { service.chores = Service.Chores() }
      return service.chores
    }
    if !chores.closing.isEmpty { closeStreams(chores.closing.contains) }
    for fault in chores.faults { inject(fault) }
    for _ in 0..<chores.keepAlives { sendKeepAlive() }
    changed.raise()
    pump()
  }

  /// Lets all streams look for something to write.
  func pump() {
    for stream in running.withLock({ Array($0.streams.values) }) { stream.pumpSoon() }
  }

  // MARK: - For whoever steers

  /// Changes settings while it runs; open streams keep their chunking and keep-alives.
  package func configure(_ change: (inout Settings) -> Void) {
    service.withLock { change(&$0.settings) }
    changed.raise()
  }

  /// Publishes posts, each a line as a stream of X has it, or the post's object alone. Streams send
  /// them where rules match, searches find them.
  package func deliver(_ lines: String...) { deliver(lines) }

  /// Publishes posts, in order.
  package func deliver(_ lines: [String]) {
    let lines = lines.map { Array($0.utf8) }
    service.withLock { $0.deliver(lines) }
    changed.raise()
    pump()
  }

  /// Publishes a file's lines, in order and `rounds` times over, from the first stream on: at a
  /// rate in posts a second, or as fast as a stream is read. Every round is some days after the one
  /// before. `Status.isSupplyDelivered` tells the end.
  package func supply(_ lines: [[UInt8]], rounds: Int = 1, rate: Double? = nil) {
    service.withLock { $0.supply(lines, rounds: rounds, rate: rate) }
    changed.raise()
    pump()
  }

  /// The same with the lines of a file. Thrown: that it cannot be read.
  package func supply(file path: String, rounds: Int = 1, rate: Double? = nil) throws(IOFailure) {
    let bytes = try LocalDisk().readAll(path, limit: Limits.fileBytes)
    supply(Service.lines(bytes), rounds: rounds, rate: rate)
  }

  /// Has something go wrong: with the next post, or, where it is a stream's end, now with all that
  /// are open.
  package func inject(_ fault: Fault) {
    // At once, so that a post that is published next is the one.
    guard fault.isLast else { return service.withLock { $0.plan.addNext(fault) } }
    for stream in running.withLock({ Array($0.streams.values) }) { stream.endSoon(with: fault) }
  }

  /// Has things go wrong by the number of the post, counted from 0 over all streams.
  package func script(_ faults: [Int: Fault]) { service.withLock { $0.plan.add(faults) } }

  /// Has something go wrong about every so many posts; 0: no more.
  package func fail(every posts: Int, seed: UInt64, of kinds: [Fault] = Fault.quick) {
    service.withLock { $0.plan.draw(every: posts, seed: seed, of: kinds) }
  }

  /// Has the next requests refused.
  package func refuse(_ refusal: Refusal) { service.withLock { $0.refusals.append(refusal) } }

  /// Sends a keep-alive on all open streams.
  package func sendKeepAlive() {
    for stream in running.withLock({ Array($0.streams.values) }) { stream.keepAliveSoon() }
  }

  /// Moves the service's clock: windows, tokens and ghosts grow older. Keep-alives and pacing keep
  /// to the machine's time.
  package func advance(milliseconds: Int64) {
    service.withLock { $0.elapsed += milliseconds }
    changed.raise()
  }

  /// Adds a rule, as the endpoint does; false where it is none, or known.
  @discardableResult
  package func addRule(_ value: String, tag: String = "") -> Bool {
    service.withLock { service in
      let plan = service.rules.plan([(value, tag)], service.settings.caps)
      service.rules.add(plan.accepted)
      return plan.errors.isEmpty
    }
  }

  /// What has happened so far.
  package var status: Status {
    var status = service.withLock { $0.status }
    // One that is not registered yet is reached by no fault.
    status.openStreams = min(status.openStreams, running.withLock { $0.streams.count })
    return status
  }

  /// Waits until what has happened is as asked; gives what that is then. Whoever gives a limit gets
  /// nil when it has passed.
  @discardableResult
  package func wait(
    milliseconds: Int? = nil, until isSo: (Status) -> Bool
  ) -> Status? {
    let end = milliseconds.map { Clock.monotonicSeconds() + Double($0) / 1_000 }
    while true {
      let seen = changed.generation
      let status = status
      if isSo(status) { return status }
      let left = end.map { Int(($0 - Clock.monotonicSeconds()) * 1_000) }
      if let left, left <= 0 { return nil }
      changed.wait(since: seen, milliseconds: left)
    }
  }
}
