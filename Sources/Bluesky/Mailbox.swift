internal import Machine
internal import NIOCore
internal import Synchronization

/// Why a connection is over.
enum Ending: Hashable, Sendable {
  case closed(String)
  case refused(status: Int)
  case failed(String)
  case tooLong
  case silent
  case timedOut

  var words: String {
    switch self {
    case .closed(let reason): "the server has closed it\(reason)"
    case .refused(let status): "the server does not open it (\(status))"
    case .failed(let reason): reason
    case .tooLong: "a message is longer than \(Limits.frameBytes) bytes"
    case .silent: "nothing has come for too long"
    case .timedOut: "no connection within the time given"
    }
  }
}

/// What a connection has brought and nobody has taken yet. The network's thread puts in, the
/// stream's thread takes out.
final class Mailbox: Sendable {
  private struct State {
    var channel: (any Channel)?
    var isOpen = false
    var isLeft = false
    var messages: [[UInt8]] = []
    var bytes = 0
    var isPaused = false
    var heard = Clock.monotonicSeconds()
    var ending: Ending?
  }

  private let state = Mutex(State())
  let changed = Signal()

  /// The channel that has connected: of several addresses that were tried at once, the first.
  func start(_ channel: any Channel) {
    let isLeft = state.withLock { state in
      state.channel = channel
      return state.isLeft
    }
    if isLeft { channel.close(promise: nil) }
  }

  /// Nobody takes from it any more. Returns the channel that is to be closed.
  func leave() -> (any Channel)? {
    state.withLock { state in
      state.isLeft = true
      return state.channel
    }
  }

  var channel: (any Channel)? { state.withLock { $0.channel } }

  func open() {
    state.withLock { state in
      state.isOpen = true
      state.heard = Clock.monotonicSeconds()
    }
    changed.raise()
  }

  var isOpen: Bool { state.withLock { $0.isOpen } }

  /// When the server was last heard of, on the monotonic clock.
  var heard: Double { state.withLock { $0.heard } }

  func hear() { state.withLock { $0.heard = Clock.monotonicSeconds() } }

  func put(_ message: [UInt8]) {
    state.withLock { state in
      state.messages.append(message)
      state.bytes += message.count + Limits.messageOverhead
    }
    changed.raise()
  }

  /// Whether more may be read; else `take` says when it may again.
  func mayRead() -> Bool {
    state.withLock { state in
      state.isPaused = state.bytes >= Limits.waitingBytes
      return !state.isPaused
    }
  }

  /// A channel is over: only the one that has connected matters.
  func end(_ ending: Ending, of channel: any Channel) {
    if state.withLock({ $0.channel === channel }) { end(ending) }
  }

  /// The first reason is the one that counts.
  func end(_ ending: Ending) {
    state.withLock { $0.ending = $0.ending ?? ending }
    changed.raise()
  }

  /// All that has come; `ending` once nothing more does.
  func take() -> (messages: [[UInt8]], ending: Ending?) {
    let (messages, ending, paused) = state.withLock { state in
      defer {
        state.messages.removeAll()
        state.bytes = 0
        if state.isPaused { state.heard = Clock.monotonicSeconds() }
        state.isPaused = false
      }
      return (state.messages, state.ending, state.isPaused ? state.channel : nil)
    }
    paused?.read()
    return (messages, ending)
  }
}
