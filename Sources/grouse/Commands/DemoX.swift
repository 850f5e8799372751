internal import FakeX
internal import Machine
internal import Node
internal import Posts
internal import XAPI

/// A local X that streams the demo's sample, so that its posts arrive over HTTP as from X itself.
final class DemoX: Sendable {
  let address: String
  private let fake: FakeX
  private let bearer: String

  /// Starts to listen; posts flow from the first stream on, at a rate in posts a second.
  init(_ samples: SampleFiles, rate: Double?) throws {
    var settings = Settings()
    // Blank lines and broken ones belong to the sample, and no rule matches those.
    settings.stream.ignoresRules = true
    bearer = settings.bearer
    fake = FakeX(settings)
    // The sample's notices of a disconnection would be taken at their word.
    let lines = try LocalDisk().readAll(samples.stream).split(separator: UInt8(ascii: "\n"))
      .filter { !$0.starts(with: Self.notice) }
    fake.supply(lines.map(Array.init), rate: rate)
    address = try fake.start()
  }

  /// How to collect from it.
  var configuration: XConfiguration {
    var x = XConfiguration()
    x.baseURL = address
    x.credentials.bearer = Secret(bearer)
    x.rules = [StreamRule("asos", tag: "brand:asos")]
    x.fillsGaps = false
    return x
  }

  private static let notice = Array(#"{"errors":"#.utf8)

  /// Whether all that there is was sent, and nothing more has come for a second.
  func isOver(_ streams: LiveStreams) -> Bool {
    guard fake.status.isSupplyDelivered, let heard = streams.all.first?.status.lastHeard else {
      return false
    }
    return Clock.system.milliseconds - heard > 1_000
  }

  func stop() { fake.stop() }
}
