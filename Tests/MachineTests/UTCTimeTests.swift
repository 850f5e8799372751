import Foundation
import Machine
import TestSupport
import Testing

@Suite struct UTCTimeTests {
  @Test func writesTimesAsFoundationDoes() {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    var times: [Int64] = [
      0, -1, 1, 999, 951_782_400_000, 951_868_799_999, 1_709_164_800_000,
      253_402_300_799_999, 1_763_661_600_000, 4_107_542_399_999,
    ]
    // A day and some more at a time over 400 years: every date once.
    times += (0..<146_097).map { -2_208_988_800_000 + Int64($0) * 86_400_000 + Int64($0) * 591 }
    for time in times {
      // In thousandths, of which a double has many, so that none is rounded to the one below.
      let date = Date(timeIntervalSince1970: (Double(time) + 0.25) / 1_000)
      #expect(UTCTime.text(milliseconds: time) == style.format(date))
    }
  }
}
