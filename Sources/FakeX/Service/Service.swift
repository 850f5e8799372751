internal import Bytes
internal import Machine

/// All that a local X knows. It touches no socket: a request gives an answer, or the leave to read
/// a stream.
struct Service {
  var settings: Settings
  var rules = RuleBook()
  var archive = Archive()
  var supplies = Supplies()
  var plan = FaultPlan()
  var connections = Connections()
  var windows = RateWindows()
  var ledger = Ledger()
  var refusals: [Refusal] = []
  var people = People()
  var tokens = Tokens()
  var jobs = Jobs()
  var counts = Counts()
  /// Milliseconds by which a test has moved the service's clock.
  var elapsed: Int64 = 0
  /// Where the service is reached, for the addresses it gives out.
  var address = ""
  /// What is to be done by whoever has the sockets.
  var chores = Chores()
  /// How much of the feed the foremost stream has been given.
  var furthest = 0

  struct Chores {
    /// Streams that are to be closed.
    var closing: Set<Int> = []
    /// Faults for all streams.
    var faults: [Fault] = []
    var keepAlives = 0
  }

  /// What has been counted so far, beside what other parts count.
  struct Counts {
    var requests: [String] = []
    var connects = 0
    var keepAlives = 0
    var sentBytes = 0
  }

  init(_ settings: Settings) {
    self.settings = settings
    people.add(
      [
        "id": .text(settings.account.id), "name": .text(settings.account.name),
        "username": .text(settings.account.username), "verified": false, "protected": false,
      ])
  }

  /// Milliseconds since 1970, as the service has them.
  var now: Int64 { settings.clock.milliseconds + elapsed }

  /// A duration in milliseconds, as long as it is to be here.
  func scaled(_ duration: Int64) -> Int64 {
    max(1, Int64(Double(duration) * settings.timeScale))
  }

  /// The time of an answer, as X writes it.
  var timestamp: JSON { .text(UTCTime.text(milliseconds: now)) }

  /// Makes posts known without publishing them; gives their templates.
  mutating func take(_ lines: [[UInt8]]) -> [Int] {
    lines.map { line in
      let template = Template(line: line)
      for user in template.post?.includes["users"]?.elements ?? [] { people.add(user) }
      return archive.add(template)
    }
  }

  /// Publishes posts: streams send them, and others find them.
  mutating func deliver(_ lines: [[UInt8]]) {
    let time = now
    for template in take(lines) { archive.publish(template, at: time) }
  }

  /// What is to become of a request.
  enum Outcome {
    case answer(Answer)
    case stream(StreamReader, headers: [(name: String, value: String)])
    /// The connection goes down, with or without a reset.
    case hangUp(resets: Bool)
    /// Nothing is ever answered.
    case silence
  }

  /// Answers a request, compressed where that is asked for.
  mutating func respond(to request: Request) -> Outcome {
    let outcome = outcome(of: request)
    guard settings.gzips, request.acceptsGzip else { return outcome }
    switch outcome {
    case .answer(var answer):
      if let body = GzipStream.whole(answer.body) {
        answer.body = body
        answer.headers.append(("content-encoding", "gzip"))
      }
      return .answer(answer)
    case .stream(var reader, var headers):
      reader.compress()
      headers.append(("content-encoding", "gzip"))
      return .stream(reader, headers: headers)
    default: return outcome
    }
  }

  private mutating func outcome(of request: Request) -> Outcome {
    if request.path.hasPrefix("/_fake/") { return .answer(control(request)) }
    remember(request)
    let refusal = takeRefusal(for: request)
    switch refusal?.kind {
    case .answer(let status, let type, let text):
      var answer = Answer(status: status, type: type, text: text)
      if let reset = refusal?.reset {
        answer.headers = RateWindows.headers(limit: 50, left: 0, end: now + reset * 1_000)
      }
      return .answer(answer)
    case .hangUp: return .hangUp(resets: false)
    case .reset: return .hangUp(resets: true)
    case .silence: return .silence
    case .lostAnswer, nil: break
    }
    do throws(Problem) {
      if request.method == "GET", request.path == "/2/tweets/search/stream" {
        let (reader, headers) = try openStream(request)
        return .stream(reader, headers: headers)
      }
      var answer = try route(request)
      answer.isLost = refusal?.kind == .lostAnswer
      return .answer(answer)
    } catch {
      var answer = error.answer
      answer.headers = windows.headers
      return .answer(answer)
    }
  }

  private mutating func remember(_ request: Request) {
    if counts.requests.count >= Limits.rememberedRequests { counts.requests.removeFirst() }
    counts.requests.append("\(request.method) \(request.path)")
  }
}
