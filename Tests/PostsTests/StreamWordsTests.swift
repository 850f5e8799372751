import Posts
import Testing

/// What a terminal says of a stream.
@Suite struct StreamWordsTests {
  private func status(
    _ state: StreamStatus.State = .connected, heard: Int64? = nil, lag: Int64? = nil
  ) -> StreamStatus {
    var status = StreamStatus()
    status.state = state
    status.lastHeard = heard
    status.lag = lag
    return status
  }

  @Test func `silence and lag are told while it is open`() {
    let now: Int64 = 1_764_000_000_000
    #expect(status().words(at: now) == "connected")
    #expect(status(heard: now - 999, lag: 0).words(at: now) == "connected, 0.0 s behind")
    #expect(
      status(heard: now - 12_345, lag: 6_789).words(at: now)
        == "connected, nothing for 12 s, 6.7 s behind")
    #expect(
      status(heard: now - 180_000, lag: 10_000).words(at: now)
        == "connected, nothing for 3 min, 10 s behind")
    #expect(
      status(heard: now - 9_000_000, lag: -5).words(at: now)
        == "connected, nothing for 2 h, 0.0 s behind")
    // A clock that was set back.
    #expect(status(heard: now + 5_000).words(at: now) == "connected")
  }

  @Test func `a stream that is not open says so, and a gap that is searched`() {
    let words = StreamStatus.State.allCases.map { status($0, heard: 1, lag: 5).words(at: 2) }
    #expect(
      words == ["connecting", "connected, 0.0 s behind", "waiting to connect again", "stopped"])
    var filling = status(.waiting)
    filling.isFillingGap = true
    #expect(filling.words(at: 0) == "waiting to connect again, searching what was missed")
  }
}
