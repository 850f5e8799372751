internal import Machine
internal import Posts

/// What is done when a connection has ended.
extension FilteredStream {
  /// Does what the policy says of an ending.
  func goOn(after ending: ReconnectPolicy.Ending) async throws {
    let step = policy.next(
      after: ending, now: client.clock.milliseconds, random: client.random())
    let reason = Self.words(ending)
    tell(.ended(reason, step: step))
    note {
      $0.state = .waiting
      $0.reason = reason
      $0.waits += 1
    }
    switch step {
    case .stop(let failure): throw failure
    case .connect(let wait): await pause(wait)
    case .freeConnections(let wait):
      let client = client
      switch await stopping.run({ try await client.freeConnections() }) {
      case .success:
        tell(.connectionsFreed)
        await pause(wait)
      case .failure(let error):
        guard !isEnding else { return }
        tell(.failed("\(error)"))
        // It is tried once: the same ending leads to a wait now.
        try await goOn(after: ending)
      }
    case .syncRules(let wait):
      await pause(wait)
      guard !isEnding else { return }
      try await seeToRules()
    }
  }

  private func pause(_ wait: ReconnectPolicy.Wait) async {
    guard wait.milliseconds > 0 else { return }
    let transport = client.transport
    _ = await stopping.run { try await transport.pause(milliseconds: wait.milliseconds) }
  }

  /// Adds the rules that are wished for where there are none; those that are there stay, whatever
  /// is wished for: only `grouse x rules sync` deletes any.
  private func seeToRules() async throws {
    let client = client
    let wished = settings.rules
    let outcome = await stopping.run { () -> RuleOutcome? in
      let present = try await client.rules()
      guard present.isEmpty else { return nil }
      return try await client.follow(RulePlan(wished: wished, present: present))
    }
    switch outcome {
    case .success(nil): return
    case .success(let outcome?):
      for (value, problem) in outcome.refused {
        tell(.failed("X does not take the rule \(value): \(problem)"))
      }
      guard !outcome.created.isEmpty else {
        throw StreamFailure.request(
          .invalid("X's stream has no rules: give some with `grouse x rules add`, or x.rules"))
      }
      tell(.rulesAdded(outcome.created.count))
    case .failure(let error):
      guard !isEnding, let error = error as? XError else { return }
      guard error.isPassing else { throw StreamFailure.request(error) }
      tell(.failed("\(error)"))
    }
  }

  private static func words(_ ending: ReconnectPolicy.Ending) -> String {
    switch ending {
    case .closed: "X's stream has ended"
    case .lost(let error): "X's stream broke off: \(error)"
    case .disconnected(let problem): "X has ended the stream: \(problem)"
    case .refused(let status, let problem, _):
      "X does not open the stream (\(status)): \(problem)"
    }
  }
}
