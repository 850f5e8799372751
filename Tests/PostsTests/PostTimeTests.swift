import Foundation
import Posts
import Testing

@Suite struct PostTimeTests {
  private func time(_ text: String) -> Int64? {
    Array(text.utf8).withUnsafeBytes { PostTime.parse($0) }
  }

  @Test func `all spellings of one moment`() {
    let moment: Int64 = 1_539_202_764_000
    for text in [
      "2018-10-10T20:19:24.000Z", "2018-10-10T20:19:24Z", "2018-10-10 20:19:24",
      "2018-10-10T22:19:24+02:00", "2018-10-10T12:19:24-0800", "2018-10-10 12:19:24 -0800",
      "2018-10-10T20:19:24.0000000+00", "Wed Oct 10 20:19:24 +0000 2018",
      "Wed Oct 10 13:19:24 PDT 2018", "1539202764", "1539202764000", "1539202764000000",
      "1539202764.0", " 2018-10-10t20:19:24z ", "10/10/2018 20:19:24",
    ] { #expect(time(text) == moment, "\(text)") }
    #expect(time("2018-10-10T20:19:24.5Z") == moment + 500)
    #expect(time("2018-10-10T20:19:24.123456Z") == moment + 123)
    #expect(time("2/24/2015 11:35") == 1_424_777_700_000)
    #expect(time("2000-02-29") == 951_782_400_000)
    #expect(time("2018-10-10") == 1_539_129_600_000)
  }

  @Test func `what is no time is nil`() {
    for text in [
      "", " ", "yesterday", "2018-13-10", "2018-02-29", "1900-02-29", "2018-10-10T24:00:00Z",
      "2018-10-10T20:61",
      "2018-10-10T20:19:24+25:00", "2018-10-10T20:19:24.Z", "Wed Foo 10 20:19:24 +0000 2018",
      "2018-10-10T20:19:24ZZ", "10/32/2018 20:19", "123456789012345678901", "-5", "1.",
      "0000-01-01",
      "2018-10-10Tx", "Wed", "2018-",
    ] { #expect(time(text) == nil, "\(text)") }
  }

  @Test func `days agree with Foundation's calendar`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    let format = Date.ISO8601FormatStyle(timeZone: .gmt)
    let legacy = Date.VerbatimFormatStyle(
      format:
        "\(weekday: .abbreviated) \(month: .abbreviated) \(day: .twoDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) +0000 \(year: .padded(4))",
      locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt,
      calendar: Calendar(identifier: .gregorian))
    for _ in 0..<2000 {
      // 1700 to 2200: Foundation's Gregorian calendar is Julian before 1582.
      let seconds = Int64.random(in: -8_520_336_000...7_258_118_400, using: &generator)
      let date = Date(timeIntervalSince1970: Double(seconds))
      #expect(time(date.formatted(format)) == seconds * 1000, "seed \(seed)")
      #expect(
        time(date.formatted(legacy)) == seconds * 1000, "seed \(seed) \(date.formatted(legacy))")
    }
  }

  @Test func `any bytes give a time or nil`() {
    var generator = SeededGenerator(seed: 3)
    let spice = Array("0123456789-:T/Z+. OctWed".utf8)
    for _ in 0..<50_000 {
      let count = Int.random(in: 0..<30, using: &generator)
      let bytes = (0..<count).map { _ in spice.randomElement(using: &generator) ?? 0 }
      _ = bytes.withUnsafeBytes { PostTime.parse($0) }
      _ = bytes.withUnsafeBytes { PostTime.ofSnowflake($0) }
    }
  }
}
