internal import CCurl
internal import Machine
internal import Synchronization

/// The thread that carries all exchanges of a session on.
///
/// Whoever asks something of it puts that into its inbox and wakes it; libcurl's handles are used
/// on its thread alone.
final class TransferLoop: Sendable {
  private enum Order {
    case start(EasyTransfer)
    case timer(Exchange, due: Double)
    case resume(Exchange)
    case cancel(Exchange)
    case end
  }

  private struct Multi: @unchecked Sendable {
    // Unchecked: only `curl_multi_wakeup`, which any thread may call, is called by other threads,
    // and never after the loop has ended: `end` is the last that is asked of it.
    let handle: UnsafeMutableRawPointer
  }

  private struct Inbox {
    var orders: [Order] = []
    var isEnded = false
  }

  private let multi: Multi
  private let inbox = Mutex(Inbox())

  /// Nil: out of memory.
  init?() {
    guard let handle = curl_multi_init() else { return nil }
    multi = Multi(handle: handle)
    _ = Worker { [self] in
      var work = Work(multi: multi.handle)
      while work.goOn(with: take()) {}
      curl_multi_cleanup(multi.handle)
    }
  }

  func start(_ transfer: EasyTransfer) {
    if !add(.start(transfer)) { transfer.exchange.finish(.failure(.cancelled)) }
  }

  func start(timer: Exchange, milliseconds: Int) {
    let due = Clock.monotonicSeconds() + Double(max(milliseconds, 0)) / 1_000
    if !add(.timer(timer, due: due)) { timer.finish(.failure(.cancelled)) }
  }

  func resume(_ exchange: Exchange) { _ = add(.resume(exchange)) }

  func cancel(_ exchange: Exchange) { _ = add(.cancel(exchange)) }

  /// Ends the thread; what runs is cancelled.
  func end() { _ = add(.end) }

  private func add(_ order: Order) -> Bool {
    inbox.withLock { inbox in
      if inbox.isEnded { return false }
      inbox.orders.append(order)
      if case .end = order { inbox.isEnded = true }
      // With the lock held: the handle is there until `end` was taken from here.
      curl_multi_wakeup(multi.handle)
      return true
    }
  }

  private func take() -> [Order] {
    inbox.withLock { inbox in
      defer { inbox.orders.removeAll() }
      return inbox.orders
    }
  }

  /// What only the thread sees.
  private struct Work {
    let multi: UnsafeMutableRawPointer
    private var transfers: [UnsafeMutableRawPointer: EasyTransfer] = [:]
    private var timers: [ObjectIdentifier: (exchange: Exchange, due: Double)] = [:]

    init(multi: UnsafeMutableRawPointer) { self.multi = multi }

    /// Does what was ordered and what can be done now, then waits; false at the end.
    mutating func goOn(with orders: [Order]) -> Bool {
      for order in orders where !follow(order) { return false }
      var running: Int32 = 0
      curl_multi_perform(multi, &running)
      var code = CURLE_OK
      while let handle = grouse_curl_finished(multi, &code) {
        remove(handle)?.finish(code)
      }
      let wait = endOverdue()
      curl_multi_poll(multi, nil, 0, wait, nil)
      return true
    }

    private mutating func follow(_ order: Order) -> Bool {
      switch order {
      case .start(let transfer):
        transfers[transfer.handle] = transfer
        if curl_multi_add_handle(multi, transfer.handle) != CURLM_OK {
          remove(transfer.handle)?.finish(CURLE_OUT_OF_MEMORY)
        }
      case .timer(let exchange, let due):
        timers[ObjectIdentifier(exchange)] = (exchange, due)
      case .resume(let exchange):
        transfers.values.first { $0.exchange === exchange }?.resume()
      case .cancel(let exchange):
        timers[ObjectIdentifier(exchange)] = nil
        if let transfer = transfers.values.first(where: { $0.exchange === exchange }) {
          _ = remove(transfer.handle)
        }
      case .end:
        for transfer in transfers.values {
          curl_multi_remove_handle(multi, transfer.handle)
          transfer.exchange.finish(.failure(.cancelled))
        }
        for timer in timers.values { timer.exchange.finish(.failure(.cancelled)) }
        return false
      }
      return true
    }

    private mutating func remove(_ handle: UnsafeMutableRawPointer) -> EasyTransfer? {
      guard let transfer = transfers.removeValue(forKey: handle) else { return nil }
      curl_multi_remove_handle(multi, handle)
      return transfer
    }

    /// Ends what has been silent for too long or is due; the milliseconds until the next such.
    private mutating func endOverdue() -> Int32 {
      let now = Clock.monotonicSeconds()
      var next = now + 60
      for transfer in transfers.values {
        guard let deadline = transfer.deadline else { continue }
        if deadline <= now {
          remove(transfer.handle)?.finishSilent()
        } else {
          next = min(next, deadline)
        }
      }
      for (key, timer) in timers {
        if timer.due <= now {
          timers[key] = nil
          timer.exchange.finish(.failure(.timedOut(place: timer.exchange.place)))
        } else {
          next = min(next, timer.due)
        }
      }
      return Int32(((next - now) * 1_000).rounded(.up))
    }
  }
}
