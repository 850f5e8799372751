internal import Bytes

/// `/_fake/…`: what shells and other programs steer the service with (see FAKEX.md).
extension Service {
  mutating func control(_ request: Request) -> Answer {
    do throws(Problem) {
      let name = String(request.path.dropFirst("/_fake/".count))
      if request.method == "GET", name == "status" { return Answer(status.json) }
      if request.method == "GET", name == "requests" {
        return Answer(.array(counts.requests.map { .text($0) }))
      }
      guard request.method == "POST" else { throw .notFound }
      return try control(name, request)
    } catch {
      return error.answer
    }
  }

  private mutating func control(_ name: String, _ request: Request) throws(Problem) -> Answer {
    switch name {
    case "deliver":
      deliver(request.body.split(separator: 10).map(Array.init))
    case "supply":
      let rate = request.value("rate").flatMap(Double.init)
      let rounds = try Self.number(request, "rounds", 1...1_000_000, standard: 1)
      supply(Self.lines(request.body), rounds: rounds, rate: rate)
    case "fault": try planFault(request)
    case "refuse": try refuse(request)
    case "settings": try change(try Self.body(request))
    case "delete":
      for id in try Self.body(request)["ids"]?.texts ?? [] {
        if let number = UInt64(id) { archive.delete(number) }
      }
    case "protect":
      let body = try Self.body(request)
      for id in body["ids"]?.texts ?? [] {
        people.gone[id] = body["reason"]?.text ?? "protected"
      }
    case "keep-alive": chores.keepAlives += 1
    case "advance":
      elapsed += Int64(
        try Self.number(request, "milliseconds", 0...1_000_000_000_000, standard: 0))
    default: throw .notFound
    }
    return Answer(status.json)
  }

  /// A file's lines, empty ones too.
  static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map { line in
      Array(line.last == 13 ? line.dropLast() : line)
    }
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// `?kind=reset&at=5`, or `?every=1000&seed=7`.
  private mutating func planFault(_ request: Request) throws(Problem) {
    let kinds = (request.value("kind") ?? "").split(separator: ",").map(String.init)
    var faults: [Fault] = []
    for kind in kinds {
      guard let fault = Fault(named: kind) else {
        throw .invalid(
          "kind", [kind],
          "kind is not one of [\(Fault.all.map(\.name).joined(separator: ","))]")
      }
      faults.append(fault)
    }
    if request.value("every") != nil {
      let every = try Self.number(request, "every", 0...1_000_000_000, standard: 0)
      let seed = try Self.number(request, "seed", 0...Int.max, standard: 1)
      plan.draw(every: every, seed: UInt64(seed), of: faults.isEmpty ? Fault.quick : faults)
    } else if request.value("at") == nil, connections.open > 0 {
      chores.faults += faults
    } else {
      let first = try Self.number(request, "at", 0...Int.max, standard: plan.sent)
      for (index, fault) in faults.enumerated() { plan.add([first + index: fault]) }
    }
  }

  /// `?answer=503&path=/2/tweets&method=POST&times=2`; `reset=5`: a window that ends in so many
  /// seconds.
  private mutating func refuse(_ request: Request) throws(Problem) {
    guard let name = request.value("answer"), let kind = Refusal.Kind(named: name) else {
      throw .invalid(
        "answer", [request.value("answer") ?? ""],
        "answer is not a status or one of [usage-cap,too-many-connections,hang-up,reset,silence,"
          + "lost-answer]")
    }
    refusals.append(
      Refusal(
        kind, path: request.value("path"), method: request.value("method"),
        times: try Self.number(request, "times", 1...1_000_000, standard: 1),
        reset: request.value("reset").flatMap { Int64($0) }))
  }

  private mutating func change(_ body: JSON) throws(Problem) {
    for field in body.fields ?? [] {
      let value = field.value
      switch field.name {
      case "keep_alive_ms": settings.stream.keepAlive = value.integer.map(Int64.init)
      case "chunking":
        guard let chunking = value.text.flatMap(Chunking.init(named:)) else {
          throw .invalid(field.name, [value.line], "no such chunking")
        }
        settings.stream.chunking = chunking
      case "connections": settings.stream.connections = value.integer ?? 1
      case "ghost_ms": settings.stream.ghost = Int64(value.integer ?? 0)
      case "slow_reader_posts": settings.stream.slowReaderPosts = value.integer
      case "ignores_rules": settings.stream.ignoresRules = value.boolean ?? false
      case "has_tags": settings.stream.hasTags = value.boolean ?? true
      case "time_scale": settings.timeScale = value.double ?? 1
      case "gzip": settings.gzips = value.boolean ?? false
      case "enterprise": settings.isEnterprise = value.boolean ?? false
      case "rule_cap": settings.caps.rules = value.integer ?? settings.caps.rules
      case "post_cap": settings.caps.posts = value.integer ?? settings.caps.posts
      case "search_reach_ms": settings.searchReach = value.integer.map(Int64.init)
      case "compliance_polls": settings.compliancePolls = value.integer ?? 1
      case "agrees": settings.credentials.agrees = value.boolean ?? true
      case "rate_limits":
        for limit in value.fields ?? [] { settings.rateLimits[limit.name] = limit.value.integer }
      default: throw .invalid(field.name, [value.line], "no such setting")
      }
    }
  }
}
