import Machine
import Posts
import SupportDesk
import TestSupport
import Testing

@Suite struct PacerTests {
  /// A clock that stands still but for what is slept.
  private final class Time {
    var now = 1_000.0
  }

  /// The moments at which records of these times come through.
  private func moments(_ pace: Pace, _ times: [Int64?], cost: Double = 0) -> (
    moments: [Double], pacer: Pacer
  ) {
    let time = Time()
    let pacer = Pacer(pace, now: { time.now }, pass: { time.now += $0 })
    let moments = times.map { createdAt in
      time.now += cost
      if pacer.mustWait(for: createdAt) { _ = pacer.wait { false } }
      return time.now - 1_000
    }
    return (moments, pacer)
  }

  @Test(arguments: [0.5, 3, 250, 40_000])
  func `a rate is kept and not passed`(rate: Double) {
    let count = 2_000
    let (moments, _) = moments(.rate(rate), Array(repeating: nil, count: count))
    for (number, moment) in moments.enumerated() {
      // A hundredth of a second is the grain; what was slept too long adds up to no less.
      #expect(moment >= Double(number) / rate - 0.011)
      #expect(moment <= Double(number) / rate + 0.001)
    }
  }

  @Test func `behind a wait for the source a rate makes up for little`() {
    let time = Time()
    let pacer = Pacer(.rate(10), now: { time.now }, pass: { time.now += $0 })
    _ = pacer.mustWait(for: nil)
    time.now += 3_600
    var soon = 0
    while !pacer.mustWait(for: nil) { soon += 1 }
    #expect(soon <= 3)
  }

  @Test func `posts are spaced as their times say`() {
    let times: [Int64?] = [60_000, 120_000, 120_000, 180_000]
    #expect(moments(.speed(60), times).moments == [0, 1, 1, 2])
    #expect(moments(.speed(1), times).moments.map { $0.rounded() } == [0, 60, 60, 120])
  }

  @Test func `late and timeless posts come with the one before them`() {
    let times: [Int64?] = [nil, 100_000, nil, 90_000, 101_000, 99_500, 102_000]
    let (moments, pacer) = moments(.speed(1), times)
    #expect(moments.map { $0.rounded() } == [0, 0, 0, 0, 1, 1, 2])
    #expect(pacer.late == 2 && pacer.timed == 5)
  }

  @Test func `one wrong time stops nothing for long`() {
    let day: Int64 = 86_400_000
    let usual = 20_000 * day
    let far = 47_000 * day
    let times: [Int64?] = [usual, usual + 1_000, far, usual + 2_000, usual + 3_000, .max, .min, 0]
    let moments = moments(.speed(86_400), times).moments
    // The wrong ones cost a day at most, which is a second here.
    #expect((moments.last ?? .infinity) < 3.1)
    #expect(moments == moments.sorted())
  }

  @Test func `waiting ends where it is told to`() {
    let time = Time()
    let pacer = Pacer(.rate(0.001), now: { time.now }, pass: { time.now += $0 })
    _ = pacer.mustWait(for: nil)
    #expect(pacer.mustWait(for: nil))
    var asked = 0
    let isDue = pacer.wait {
      asked += 1
      return asked > 5
    }
    #expect(!isDue && time.now < 1_010)
  }

  @Test func `what waits is on the disk before, and an end leaves the rest for the next run`()
    throws
  {
    let desk = try Desk()
    let lines = (0..<6).map { #"{"id":"\#($0)","text":"t \#($0)"}"# + "\n" }.joined()
    var held: [Int] = []
    var position = 0
    for run in 0..<4 {
      let time = Time()
      let pacer = Pacer(.rate(1), now: { time.now }, pass: { time.now += $0 })
      let offsets = try SourceOffsets(desk.log, into: "posts")
      var collector = try Collector(
        into: "posts", of: desk.log, origin: "f", format: .jsonLines,
        resumption: try offsets.resumption(of: "f"), pacer: pacer)
      var waits = 0
      try Array(lines.utf8).withUnsafeBytes { bytes in
        try collector.feed(bytes, isEnded: { waits > 1 }) { totals in
          waits += 1
          held.append(totals.records)
        }
      }
      position = collector.position
      try offsets.commit("f", position: position, checksum: collector.checksum)
      #expect(try desk.values().count == position, "run \(run)")
    }
    #expect(position == 6)
    #expect(try desk.values() == lines.split(separator: "\n").map(String.init))
    #expect(held == [1, 2, 1, 2, 1])
  }
}
