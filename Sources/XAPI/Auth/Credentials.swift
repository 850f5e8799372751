internal import Bytes
internal import Curl
internal import Machine
internal import Synchronization

/// The ways to sign in that are configured.
package struct XCredentials: Sendable {
  /// The app's bearer token, sent as it is.
  package var bearer: Secret?
  /// The app's key and secret: OAuth 1.0a's consumer, and what a bearer token is had for.
  package var consumer: OAuth1.Pair?
  /// A user's token and secret for OAuth 1.0a.
  package var access: OAuth1.Pair?
  /// What OAuth 1.0a signs for: the server's public name, whatever is connected to.
  package var canonicalURL = "https://api.x.com"
  /// A user's tokens for OAuth 2.0.
  package var tokens: TokenStore?

  package init() {}
}

/// Makes the header that says who asks.
final class Authorizer: Sendable {
  let credentials: XCredentials
  private let transport: any XTransport
  private let clock: Clock
  private let fetched = Mutex<Secret?>(nil)

  init(_ credentials: XCredentials, _ transport: any XTransport, _ clock: Clock) {
    self.credentials = credentials
    self.transport = transport
    self.clock = clock
  }

  func header(for call: XCall) async throws(XError) -> String {
    switch call.asker {
    case .app: return try await app()
    case .user: return try await user(call)
    case .any:
      if credentials.bearer != nil { return try await app() }
      if hasUser { return try await user(call) }
      return try await app()
    }
  }

  private var hasUser: Bool {
    credentials.tokens != nil || (credentials.consumer != nil && credentials.access != nil)
  }

  private func app() async throws(XError) -> String {
    if let token = credentials.bearer ?? fetched.withLock({ $0 }) {
      return "Bearer \(token.revealed)"
    }
    guard let consumer = credentials.consumer else {
      throw .noCredentials(
        "no bearer token: set GROUSE_X_BEARER_TOKEN, or x.bearer-token-file to a file that holds it"
      )
    }
    let token = try await AppToken.fetch(consumer, transport)
    fetched.withLock { $0 = token }
    return "Bearer \(token.revealed)"
  }

  private func user(_ call: XCall) async throws(XError) -> String {
    if let consumer = credentials.consumer, let access = credentials.access {
      let signature = OAuth1(consumer: consumer, token: access)
      return signature.header(
        method: call.method, url: credentials.canonicalURL + call.path, parameters: call.query,
        nonce: Base64URL.encode(Entropy.identifier()), seconds: clock.milliseconds / 1_000)
    }
    guard let tokens = credentials.tokens else {
      throw .noCredentials(
        "this is asked as a user: set x.api-key, x.api-secret, x.access-token and x.access-secret, "
          + "or sign in with `grouse x login`")
    }
    return "Bearer \(try await tokens.token(transport, clock).revealed)"
  }
}

/// A bearer token for an app's key and secret.
enum AppToken {
  static func fetch(
    _ consumer: OAuth1.Pair, _ transport: any XTransport
  ) async throws(XError) -> Secret {
    var request = HTTPRequest(
      "POST", "/oauth2/token", body: Array("grant_type=client_credentials".utf8),
      type: "application/x-www-form-urlencoded;charset=UTF-8")
    let pair =
      HTTPRequest.encode(consumer.key.revealed) + ":"
      + HTTPRequest.encode(consumer.secret.revealed)
    request.headers.append(("Authorization", "Basic " + Base64.encode(Array(pair.utf8))))
    let answer = try await FormRequest.send(request, transport)
    guard let token = answer["access_token"]?.text.flatMap({ Secret($0) }) else {
      throw .unreadable(path: request.path, reason: "there is no access_token in it")
    }
    return token
  }
}

/// Requests for tokens, whose answers are no more shown than what they ask with.
enum FormRequest {
  static func send(
    _ request: HTTPRequest, _ transport: any XTransport
  ) async throws(XError) -> JSON {
    let answer: HTTPResponse
    do throws(CurlError) { answer = try await transport.send(request) } catch {
      throw error == .cancelled ? .cancelled : .network(error)
    }
    guard answer.isSuccess else {
      throw .refused(
        status: answer.status, XProblem(status: answer.status, body: answer.body))
    }
    guard let json = try? JSON(parsing: answer.body) else {
      throw .unreadable(path: request.path, reason: "it is no JSON")
    }
    return json
  }
}
