internal import Synchronization

/// One exchange between the task that waits for it and the loop that carries it on.
final class Exchange: Sendable {
  private struct State {
    var head: AnswerHead?
    var body: [UInt8] = []
    /// Set when nothing more will come.
    var outcome: Result<Void, CurlError>?
    /// Whether libcurl was told to wait, as the body is not read fast enough.
    var isPaused = false
    var waiter: CheckedContinuation<Void, Never>?
    weak var loop: TransferLoop?
  }

  let place: String
  private let bufferLimit: Int
  private let state = Mutex(State())

  init(place: String, bufferLimit: Int) {
    self.place = place
    self.bufferLimit = bufferLimit
  }

  func connect(to loop: TransferLoop) { state.withLock { $0.loop = loop } }

  /// The answer's head, when it is there.
  func head() async throws(CurlError) -> AnswerHead {
    while true {
      let found = state.withLock { state -> Result<AnswerHead, CurlError>? in
        if let head = state.head { return .success(head) }
        switch state.outcome {
        case .failure(let error): return .failure(error)
        case .success: return .failure(.failed(place: place, code: 52, reason: "an empty answer"))
        case nil: return nil
        }
      }
      if let found { return try found.get() }
      await change { $0.head != nil || $0.outcome != nil }
    }
  }

  /// What of the body has come since; nil at its end.
  func next() async throws(CurlError) -> [UInt8]? {
    while true {
      let found = state.withLock { state -> Result<[UInt8]?, CurlError>? in
        if !state.body.isEmpty {
          let piece = state.body
          state.body = []
          if state.isPaused {
            state.isPaused = false
            state.loop?.resume(self)
          }
          return .success(piece)
        }
        return state.outcome?.map { nil }
      }
      if let found { return try found.get() }
      await change { !$0.body.isEmpty || $0.outcome != nil }
    }
  }

  /// Ends it, for whoever waits now, and for libcurl soon.
  func cancel() {
    guard finish(.failure(.cancelled)) else { return }
    state.withLock { $0.loop }?.cancel(self)
  }

  /// Waits until `isThere`; where the task is cancelled, the exchange is.
  private func change(_ isThere: @escaping @Sendable (borrowing State) -> Bool) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isDone = state.withLock { state in
          if isThere(state) { return true }
          state.waiter = continuation
          return false
        }
        if isDone { continuation.resume() }
      }
    } onCancel: {
      cancel()
    }
  }

  /// Takes the head of the final answer.
  func take(_ head: AnswerHead) {
    wake {
      if $0.head == nil { $0.head = head }
    }
  }

  /// What is to become of a piece of the body.
  enum Reception { case taken, pause, refused }

  /// Takes a piece of the body.
  func take(_ bytes: UnsafeRawBufferPointer) -> Reception {
    var reception = Reception.taken
    wake { state in
      if state.outcome != nil {
        reception = .refused
      } else if !state.body.isEmpty, state.body.count + bytes.count > bufferLimit {
        state.isPaused = true
        reception = .pause
      } else {
        state.body.append(contentsOf: bytes)
      }
    }
    return reception
  }

  var isPaused: Bool { state.withLock { $0.isPaused } }

  /// Nothing more will come; false where that was known.
  @discardableResult
  func finish(_ outcome: Result<Void, CurlError>) -> Bool {
    var isFirst = false
    wake { state in
      guard state.outcome == nil else { return }
      state.outcome = outcome
      isFirst = true
    }
    return isFirst
  }

  private func wake(_ change: (inout State) -> Void) {
    let waiter = state.withLock { state in
      change(&state)
      defer { state.waiter = nil }
      return state.waiter
    }
    // Never with the lock held: what waits may go on in this very call.
    waiter?.resume()
  }
}
