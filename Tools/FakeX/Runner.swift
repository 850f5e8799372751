internal import ArgumentParser
internal import FakeX
internal import Machine

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A local X that others steer over HTTP.
@main struct Runner: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fake-x",
    abstract: "A local X: an HTTP server on 127.0.0.1 that behaves as the X API v2 does.",
    discussion: """
      Example: Tools/fake-x --posts data/sample-posts.jsonl --rate 50 --faults every=1000,seed=7

      It runs until it is interrupted. Sources/FakeX/FAKEX.md says what it does, and how it is \
      steered while it runs: curl $GROUSE_X_BASE_URL/_fake/status
      """)

  @Option(help: ArgumentHelp("The port of 127.0.0.1; 0: any that is free.", valueName: "number"))
  var port = 0

  @Option(help: ArgumentHelp("Posts to stream, a line each.", valueName: "file"))
  var posts: String?

  @Option(help: ArgumentHelp("Posts a second. Without: as fast as they are read.", valueName: "n"))
  var rate: Double?

  @Option(help: ArgumentHelp("How often the file is gone through.", valueName: "n"))
  var rounds = 1

  @Option(
    help: ArgumentHelp(
      "Faults: every=1000,seed=7, and only=reset+stall for some kinds.", valueName: "list"))
  var faults: FaultList?

  @Option(help: ArgumentHelp("The bearer token that is good.", valueName: "token"))
  var bearer = "fake-bearer"

  @Option(help: ArgumentHelp("A rule that is in force from the start.", valueName: "value"))
  var rule: [String] = []

  @Option(help: ArgumentHelp("Milliseconds between keep-alives.", valueName: "number"))
  var keepAlive: Int64 = 20_000

  @Option(
    help: ArgumentHelp(
      "How a stream is cut: lines, lines=3, bytes=1, random=7, between-ends.", valueName: "mode"))
  var chunking: Chunking = .lines

  @Option(
    help: ArgumentHelp("What the service's durations are multiplied with.", valueName: "factor"))
  var timeScale = 1.0

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("There is no port \(port).") }
    guard rounds > 0 else { throw ValidationError("--rounds must be 1 or more.") }
    guard rate.map({ $0 > 0 && $0.isFinite }) ?? true else {
      throw ValidationError("--rate must be more than 0.")
    }
    guard keepAlive > 0, timeScale > 0, timeScale.isFinite else {
      throw ValidationError("--keep-alive and --time-scale must be more than 0.")
    }
  }

  func run() throws {
    let signal = Signal()
    let interruption = Interruption(waking: signal)
    var settings = Settings()
    settings.port = port
    settings.bearer = bearer
    settings.timeScale = timeScale
    settings.stream.keepAlive = keepAlive
    settings.stream.chunking = chunking
    let fake = FakeX(settings)
    for value in rule where !fake.addRule(value) {
      throw ValidationError("\(value): is no rule, or stands there twice.")
    }
    if let faults { fake.fail(every: faults.every, seed: faults.seed, of: faults.kinds) }
    if let posts { try fake.supply(file: posts, rounds: rounds, rate: rate) }
    let address = try fake.start()
    print(
      """
      A local X listens on \(address)
        export GROUSE_X_BASE_URL=\(address)
        export GROUSE_X_BEARER_TOKEN=\(bearer)
      """)
    // Whoever reads this through a pipe waits for it.
    fflush(nil)
    while true {
      let seen = signal.generation
      if interruption.isRequested { break }
      signal.wait(since: seen)
    }
    fake.stop()
  }
}

/// Faults as the command line has them.
struct FaultList: ExpressibleByArgument {
  var every = 1_000
  var seed: UInt64 = 1
  var kinds = Fault.quick

  init?(argument: String) {
    for part in argument.split(separator: ",") {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2 else { return nil }
      switch (pair[0], Int(pair[1])) {
      case ("every", let number?) where number > 0: every = number
      case ("seed", let number?) where number >= 0: seed = UInt64(number)
      case ("only", _):
        let named = pair[1].split(separator: "+").map { Fault(named: String($0)) }
        guard !named.contains(nil) else { return nil }
        kinds = named.compactMap(\.self)
      default: return nil
      }
    }
  }
}

extension Chunking: ExpressibleByArgument {
  package init?(argument: String) { self.init(named: argument) }
}
