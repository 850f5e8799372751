import Bytes
import Curl
import Machine
import Synchronization

@testable import XAPI

/// An X whose time is the test's, which shows posts in searches only after a while, and does with
/// each that is sent what it is told.
final class LateX: XTransport {
  /// What becomes of a request to post.
  enum Fate: CaseIterable {
    case taken
    /// It has to wait for some minutes.
    case limited
    /// The connection breaks, before it had arrived or behind.
    case lost, lostTaken
    /// The process is killed, before it had arrived or behind.
    case killed, killedTaken
    /// The server fails, having done nothing or all.
    case failed, failedTaken
    case unauthorized, capped
    /// The server has waited in vain for the request's end.
    case slow
    /// What comes back can be read by nobody.
    case garbled

    var isTaken: Bool {
      switch self {
      case .taken, .lostTaken, .killedTaken, .failedTaken, .garbled: true
      case .limited, .lost, .killed, .failed, .unauthorized, .capped, .slow: false
      }
    }
  }

  struct Post {
    var id: String
    var text: String
    var answered: String?
    var time: Int64
  }

  struct State {
    var posts: [Post] = []
    var requests: [String] = []
    /// What becomes of the next ones; those behind are taken.
    var fates: [Fate] = []
    /// Milliseconds until searches show a post.
    var lag: Int64 = 10_000
    /// Posts whose authors have not called the account; and such as are not there.
    var uncalled: Set<String> = []
    var missing: Set<String> = []
    /// Done while a post is under way.
    var meanwhile: (@Sendable () async -> Void)?
  }

  let state = Mutex(State())
  let standing = StandingClock()

  func client() throws -> XClient {
    var credentials = XCredentials()
    let pair = Secret("k").flatMap { key in Secret("s").map { OAuth1.Pair(key: key, secret: $0) } }
    credentials.consumer = pair
    credentials.access = pair
    return XClient(self, credentials, clock: standing.clock, random: { 0.5 })
  }

  var posts: [Post] { state.withLock { $0.posts } }
  var attempts: Int { state.withLock { $0.requests.count { $0 == "POST /2/tweets" } } }

  func advance(seconds: Int) { standing.advance(milliseconds: seconds * 1_000) }

  func pause(milliseconds: Int) async throws(CurlError) {
    standing.advance(milliseconds: milliseconds)
  }

  func open(_ request: HTTPRequest, silence: Int) async throws(CurlError) -> XStreamAnswer {
    throw .cancelled
  }

  func send(_ request: HTTPRequest) async throws(CurlError) -> HTTPResponse {
    let now = standing.clock.milliseconds
    let path = String(request.path.prefix { $0 != "?" })
    let query = OAuth2.fields(of: request.path)
    state.withLock { $0.requests.append("\(request.method) \(path)") }
    switch path {
    case "/2/users/me": return Self.answer(["data": ["id": "9", "username": "desk"]])
    case "/2/tweets/search/recent": return search(from: query["start_time"] ?? "", now)
    case "/2/tweets" where request.method == "GET": return lookUp(query["ids"] ?? "")
    default:
      if let meanwhile = state.withLock({ $0.meanwhile }) { await meanwhile() }
      return try create(request, now)
    }
  }

  private static func answer(
    _ json: JSON, status: Int = 200, headers: [(name: String, value: String)] = []
  ) -> HTTPResponse {
    HTTPResponse(status: status, headers: headers, body: Array(json.line.utf8))
  }

  private func search(from start: String, _ now: Int64) -> HTTPResponse {
    let found = state.withLock { state in
      state.posts.filter { $0.time + state.lag <= now && SearchTime.text($0.time) >= start }
    }
    let posts = found.reversed().map { post in
      var fields: [JSON.Field] = [.init("id", .text(post.id)), .init("text", .text(post.text))]
      if let id = post.answered {
        fields.append(.init("referenced_tweets", [["type": "replied_to", "id": .text(id)]]))
      }
      return JSON.object(fields)
    }
    return Self.answer(["data": .array(posts), "meta": ["result_count": JSON(posts.count)]])
  }

  private func lookUp(_ id: String) -> HTTPResponse {
    let (isMissing, isCalled) = state.withLock {
      ($0.missing.contains(id), !$0.uncalled.contains(id))
    }
    if isMissing { return Self.answer(["errors": [["title": "Not Found Error"]]]) }
    let mentions: JSON = isCalled ? [["id": "9", "username": "desk"]] : []
    return Self.answer(["data": [["id": .text(id), "entities": ["mentions": mentions]]]])
  }

  private func create(
    _ request: HTTPRequest, _ now: Int64
  ) throws(CurlError) -> HTTPResponse {
    let body = (try? JSON(parsing: request.body ?? [])) ?? .null
    let text = body["text"]?.text ?? ""
    let (fate, isDuplicate, id) = state.withLock { state in
      let fate = state.fates.isEmpty ? .taken : state.fates.removeFirst()
      let isDuplicate = state.posts.contains { $0.text == text }
      let id = "\(7_000 + state.posts.count)"
      if fate.isTaken, !isDuplicate {
        let answered = body["reply"]?["in_reply_to_tweet_id"]?.text
        state.posts.append(Post(id: id, text: text, answered: answered, time: now))
      }
      return (fate, isDuplicate, id)
    }
    if fate.isTaken, isDuplicate {
      let detail: JSON = "You are not allowed to create a Tweet with duplicate content."
      return Self.answer(["title": "Forbidden", "detail": detail], status: 403)
    }
    switch fate {
    case .taken: return Self.answer(["data": ["id": .text(id)]], status: 201)
    case .limited:
      let reset = "\((now + 300_999) / 1_000)"
      return Self.answer(
        ["title": "Too Many Requests"], status: 429,
        headers: [("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", reset)])
    case .lost, .lostTaken: throw .failed(place: "x", code: 56, reason: "it broke")
    // Nothing is done behind it, as behind the end of the process.
    case .killed, .killedTaken: throw .cancelled
    case .failed, .failedTaken: return Self.answer(["title": "Unavailable"], status: 503)
    case .unauthorized: return Self.answer(["title": "Unauthorized"], status: 401)
    case .capped: return Self.answer(["title": "UsageCapExceeded"], status: 429)
    case .slow: return Self.answer(["title": "Request Timeout"], status: 408)
    case .garbled: return HTTPResponse(status: 201, headers: [], body: Array("<html>".utf8))
    }
  }
}
