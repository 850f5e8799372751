internal import ArgumentParser
internal import Machine
internal import Node
internal import Terminal
internal import XAPI

struct XLogin: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "login", abstract: "Sign in as a user, with a browser (OAuth 2.0 with PKCE).",
    discussion: """
      Prints a page of X's to open; when you have said yes there, the browser comes back to this \
      machine. http://127.0.0.1:PORT/callback must be among the app's callback addresses, and \
      x.client-id be set. The tokens are kept in a file that only you may read.

      Example: GROUSE_X_CLIENT_ID=… grouse x login
      """)

  @Option(help: "The port that the browser comes back to.") var port = 8_721
  @Option(help: .init("The page where the user says yes.", visibility: .hidden))
  var authorize = "https://x.com/i/oauth2/authorize"
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port must be 0 to 65535") }
  }

  func run() throws {
    let configuration = try options.configuration()
    guard let store = try configuration.xTokens() else {
      throw XError.noCredentials("set x.client-id (GROUSE_X_CLIENT_ID) to the app's client id")
    }
    guard let visit = LoopbackVisit(port: port) else {
      throw XError.invalid("port \(port) of 127.0.0.1 is taken; name another with --port")
    }
    // The code that the browser brings serves once: what it gives must find its place.
    try ThreadExecutor.run { try await store.prepare() }
    Interruption.endProcess(saying: "nobody was signed in")
    let login = OAuth2(
      clientID: configuration.value("x.client-id"),
      clientSecret: try configuration.secret("x.client-secret"),
      redirect: "http://127.0.0.1:\(visit.port)/callback",
      random: (0..<3).flatMap { _ in Entropy.identifier() })
    Messages.line("open this page and say yes there:")
    try StandardOutput.line(login.page(at: authorize))
    try StandardOutput.flush()
    guard let returned = visit.wait(for: "/callback", page: login.answer) else {
      throw XError.invalid("the browser did not come back")
    }
    let x = try configuration.x()
    try ThreadExecutor.run {
      let tokens = try await login.tokens(for: returned, try x.transport())
      try await store.keep(tokens)
    }
    Messages.line("signed in; the tokens are in \(configuration.xTokenFile)")
  }
}
