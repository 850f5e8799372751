internal import HummingbirdCore
internal import Logging
internal import Machine
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// The interface of a running process: HTTP on a socket in the data directory, and on a loopback
/// port where one is asked for (see INTERFACE.md). What fails here is reported, and never ends the
/// process.
package final class Interface: Sendable {
  /// Where to listen, and what to take.
  package struct Settings: Sendable {
    /// The path of the socket; nil: none.
    package var socketPath: String?
    /// The loopback port; 0: any; nil: none.
    package var port: Int?
    /// Clients at a time; more wait to be let in.
    package var connections = 256
    /// Threads for what blocks, and requests that may wait for one.
    package var threads = 16
    package var waiting = 512
    /// Bytes of all bodies that are read at the same time.
    package var bodyBytes = 256 << 20
    /// Seconds that a client may take to send a body.
    package var bodySeconds = 60

    package init() {}
  }

  /// Where it listens.
  package struct Address: Hashable, Sendable {
    package var socketPath: String?
    package var port: Int?
  }

  private struct Running {
    var task: Task<Void, Never>?
    var servers: [Server<HTTP1Channel>] = []
    var address = Address()
    var isStopped = false
  }

  private let settings: Settings
  private let content: InterfaceContent
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let executor = ThreadExecutor()
  private let responder: InterfaceResponder
  private let report: @Sendable (String) -> Void
  private let state = Mutex(Running())

  /// An interface that shows `content`; `report` hears, from any thread, what goes wrong.
  package init(
    _ settings: Settings, _ content: InterfaceContent,
    report: @escaping @Sendable (String) -> Void
  ) {
    self.settings = settings
    self.content = content
    self.report = report
    responder = InterfaceResponder(
      routes: RouteTable(routes: content.routes), settings,
      WorkQueue(threads: settings.threads, waiting: settings.waiting))
  }

  /// Starts to listen; returns when it does, or when it is known that it cannot.
  package func start() -> Address {
    var addresses: [(BindAddress, SocketFile?)] = []
    if let path = settings.socketPath {
      do throws(IOFailure) {
        let file = try SocketFile(path)
        addresses.append((.unixDomainSocket(path: file.draft), file))
      } catch {
        report(Self.words(error))
      }
    }
    if let port = settings.port {
      addresses.append((.hostname("127.0.0.1", port: port), nil))
    }
    let listeners = addresses.map { ($0.0, $0.1, Announcement()) }
    let task = Task(executorPreference: executor) { [self] in
      await withTaskGroup(of: Void.self) { group in
        for (address, file, announcement) in listeners {
          group.addTask { [self] in await listen(address, file, announcement) }
        }
      }
    }
    state.withLock { $0.task = task }
    for (_, _, announcement) in listeners { announcement.wait() }
    return state.withLock { $0.address }
  }

  private static func words(_ failure: IOFailure) -> String {
    if failure.isOfLongName {
      return "no socket for other commands: the path \(failure.path) is longer than the "
        + "\(SocketFile.pathLimit - 6) bytes that the system allows; choose a shorter --data-dir"
    }
    return "no socket for other commands: \(failure)"
  }

  /// Serves one address until it is cancelled.
  private func listen(_ address: BindAddress, _ file: SocketFile?, _ announcement: Announcement)
    async
  {
    let isSocket = file != nil
    var logger = Logger(label: "grouse.interface") { _ in SwiftLogNoOpLogHandler() }
    logger.logLevel = .critical
    let channel = HTTP1Channel(
      responder: { [responder] request, writer, channel in
        try await responder.respond(to: request, writer, on: channel, isSocket: isSocket)
      }, configuration: .init(idleTimeout: .seconds(Int64(settings.bodySeconds) * 2)))
    let server = Server(
      childChannelSetup: channel,
      configuration: ServerConfiguration(
        address: address, backlog: 512,
        availableConnectionsDelegate: MaximumAvailableConnections(
          settings.connections, logger: logger)),
      onServerRunning: { [self] channel in
        do throws(IOFailure) { try file?.publish() } catch {
          report(Self.words(error))
          return announcement.make()
        }
        state.withLock { state in
          if let file { state.address.socketPath = file.path }
          if !isSocket { state.address.port = channel.localAddress?.port }
        }
        announcement.make()
      }, eventLoopGroup: group, logger: logger)
    state.withLock { $0.servers.append(server) }
    do { try await server.run() } catch {
      if !Task.isCancelled {
        report(
          isSocket
            ? "no socket for other commands: \(error)"
            : "the interface cannot listen on port \(settings.port ?? 0) of 127.0.0.1: \(error)")
      }
    }
    file?.remove()
    announcement.make()
  }

  /// Milliseconds in which clients may bring what they began to its end.
  private static let grace = 300

  /// Ends it: those who follow something are cut off, jobs are cancelled, and what is being done
  /// for others is brought to its end.
  package func stop() {
    let (task, servers) = state.withLock { state in
      defer { state.isStopped = true }
      return (state.isStopped ? nil : state.task, state.servers)
    }
    guard let task else { return }
    content.queries.end()
    content.jobs.stop()
    let ended = Signal()
    let seen = ended.generation
    // Only the server itself knows the connections that have come and have no task yet: cancelled
    // at once, it would drop them, on which SwiftNIO ends the process.
    for server in servers {
      Task(executorPreference: executor) { try? await server.shutdownGracefully() }
    }
    Task(executorPreference: executor) { [executor] in
      await task.value
      // This is the last task of all.
      executor.stop()
      ended.raise()
    }
    // A client that holds the server up does not hold up the process.
    ended.wait(since: seen, milliseconds: Self.grace)
    if ended.generation == seen {
      task.cancel()
      ended.wait(since: seen, milliseconds: 4 * Self.grace)
    }
    responder.stop()
    group.shutdownGracefully { _ in }
  }
}

/// Says once that it is known whether a listener listens.
private final class Announcement: Sendable {
  private let isMade = Atomic(false)
  private let changed = Signal()

  func make() {
    isMade.store(true, ordering: .releasing)
    changed.raise()
  }

  func wait() {
    while true {
      let seen = changed.generation
      if isMade.load(ordering: .acquiring) { return }
      changed.wait(since: seen)
    }
  }
}
