internal import FakeX
internal import Machine
internal import Node
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
    try fake.supply(file: samples.stream, rate: rate)
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

  /// Whether a stream has brought all that there is.
  func isOver(_ streams: LiveStreams) -> Bool {
    let status = fake.status
    let taken = streams.all.reduce(0) {
      $0 + $1.status.posts + $1.status.duplicates + $1.status.quarantined
    }
    return status.isSupplyDelivered && taken >= status.sent
  }

  func stop() { fake.stop() }
}
