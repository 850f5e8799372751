internal import Bytes
internal import Curl
package import Machine

/// A user's tokens for OAuth 2.0, in a file that only its owner may read. A refresh token serves
/// once: its successor is on the disk before the access token that came with it is used, so that
/// no crash leaves the account signed out.
package actor TokenStore {
  /// What is kept.
  package struct Tokens: Sendable {
    package var access: Secret
    package var refresh: Secret?
    /// Milliseconds since 1970.
    package var expires: Int64

    package init(access: Secret, refresh: Secret?, expires: Int64) {
      self.access = access
      self.refresh = refresh
      self.expires = expires
    }
  }

  /// Renewed so many milliseconds before their end.
  private static let margin: Int64 = 60_000

  private let path: String
  private let clientID: String
  private let clientSecret: Secret?
  private let disk: any FileSystem
  private var renewal: Task<Tokens, any Error>?

  /// Tokens in the file `path`. Confidential clients have a secret.
  package init(
    _ path: String, clientID: String, clientSecret: Secret? = nil,
    disk: any FileSystem = LocalDisk()
  ) {
    self.path = path
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.disk = disk
  }

  /// Keeps tokens, on the disk when this returns.
  package func keep(_ tokens: Tokens) throws(XError) {
    let json: JSON = [
      "access_token": .text(tokens.access.revealed),
      "refresh_token": tokens.refresh.map { .text($0.revealed) } ?? .null,
      "expires_at": JSON(tokens.expires),
    ]
    do { try disk.replace(path, with: Array((json.line + "\n").utf8)) } catch {
      throw .invalid("the tokens cannot be kept: \(error)")
    }
  }

  private func kept() throws(XError) -> Tokens {
    guard let bytes = try? disk.readAll(path, .readPlain, limit: 1 << 20),
      let json = try? JSON(parsing: bytes),
      let access = json["access_token"]?.text.flatMap({ Secret($0) })
    else {
      throw .noCredentials("there are no tokens in \(path) yet: sign in with `grouse x login`")
    }
    return Tokens(
      access: access, refresh: json["refresh_token"]?.text.flatMap { Secret($0) },
      expires: Int64(json["expires_at"]?.integer ?? 0))
  }

  /// An access token that is good for a minute at least.
  func token(_ transport: any XTransport, _ clock: Clock) async throws(XError) -> Secret {
    let tokens = try kept()
    if tokens.expires - Self.margin > clock.milliseconds { return tokens.access }
    // Who asks meanwhile waits for the same renewal: the refresh token serves once.
    let running = renewal ?? Task { try await renew(tokens, transport, clock) }
    renewal = running
    defer { renewal = nil }
    do { return try await running.value.access } catch let error as XError { throw error } catch {
      throw .cancelled
    }
  }

  private func renew(
    _ tokens: Tokens, _ transport: any XTransport, _ clock: Clock
  ) async throws(XError) -> Tokens {
    guard let refresh = tokens.refresh else {
      throw .noCredentials("the sign-in has expired: sign in again with `grouse x login`")
    }
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.revealed)]
    let request = OAuth2.request(fields, clientID: clientID, secret: clientSecret)
    let answer = try await FormRequest.send(request, transport)
    var renewed = try OAuth2.tokens(answer, now: clock.milliseconds)
    // A server that does not rotate leaves the old one good.
    renewed.refresh = renewed.refresh ?? refresh
    try keep(renewed)
    return renewed
  }
}
