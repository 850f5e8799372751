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
  /// Milliseconds between looks at whether another process has renewed them, and how many looks.
  private static let look = 100
  private static let looks = 1_200

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

  /// Makes sure that tokens can be kept, before anybody signs in for them: X gives them once.
  package func prepare() throws(XError) {
    do {
      try disk.createDurableDirectory(Path.parent(of: path))
      if disk.isDirectory(path) { throw XError.invalid("\(path) is a directory") }
      // As much as tokens may take, beside the file: what was kept before stays.
      let trial = path + ".trial"
      defer { try? disk.remove(trial) }
      try disk.replace(trial, with: [UInt8](repeating: 0x20, count: 16 << 10))
    } catch {
      throw .invalid(
        "the tokens could not be kept: \(error); name another file with x.token-file")
    }
  }

  /// Keeps tokens, on the disk when this returns.
  package func keep(_ tokens: Tokens) throws(XError) {
    let json: JSON = [
      "access_token": .text(tokens.access.revealed),
      "refresh_token": tokens.refresh.map { .text($0.revealed) } ?? .null,
      "expires_at": JSON(tokens.expires),
    ]
    do {
      try disk.createDurableDirectory(Path.parent(of: path))
      try disk.replace(path, with: Array((json.line + "\n").utf8))
    } catch {
      throw .invalid("the tokens cannot be kept: \(error)")
    }
  }

  private func kept() throws(XError) -> Tokens {
    guard disk.exists(path) else {
      throw .noCredentials("there are no tokens in \(path) yet: sign in with `grouse x login`")
    }
    guard let bytes = try? disk.readAll(path, .readPlain, limit: 1 << 20),
      let json = try? JSON(parsing: bytes),
      let access = json["access_token"]?.text.flatMap({ Secret($0) })
    else {
      throw .noCredentials(
        "the tokens in \(path) cannot be read: sign in again with `grouse x login`")
    }
    return Tokens(
      access: access, refresh: json["refresh_token"]?.text.flatMap { Secret($0) },
      expires: Int64(json["expires_at"]?.integer ?? 0))
  }

  /// An access token that is good for a minute at least.
  func token(_ transport: any XTransport, _ clock: Clock) async throws(XError) -> Secret {
    if let tokens = try fresh(clock) { return tokens.access }
    // Who asks meanwhile waits for the same renewal: the refresh token serves once.
    let running = renewal ?? Task { try await renewAlone(transport, clock) }
    renewal = running
    defer { if renewal == running { renewal = nil } }
    do { return try await running.value.access } catch let error as XError { throw error } catch {
      throw .cancelled
    }
  }

  /// What is kept, if it is good for a while; nil: it is not.
  private func fresh(_ clock: Clock) throws(XError) -> Tokens? {
    let tokens = try kept()
    return tokens.expires - Self.margin > clock.milliseconds ? tokens : nil
  }

  /// Renews the tokens, or takes those that another process has renewed meanwhile.
  private func renewAlone(
    _ transport: any XTransport, _ clock: Clock
  ) async throws(XError) -> Tokens {
    let lock = try await lock(transport)
    defer { withExtendedLifetime(lock) {} }
    if let tokens = try fresh(clock) { return tokens }
    return try await renew(try kept(), transport, clock)
  }

  private func lock(_ transport: any XTransport) async throws(XError) -> DirectoryLock {
    var holder = ""
    for _ in 0..<Self.looks {
      do throws(LockError) {
        return try DirectoryLock(path + ".lock", purpose: "a renewal of the sign-in")
      } catch {
        guard case .held(_, let other) = error else {
          throw .invalid("the tokens cannot be renewed: \(error)")
        }
        holder = other
      }
      do throws(CurlError) { try await transport.pause(milliseconds: Self.look) } catch {
        throw .cancelled
      }
    }
    throw .invalid("the tokens cannot be renewed beside \(holder), which takes very long")
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
