import Foundation
import Machine
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite(.serialized) struct `Exactly once` {
  @Test func `kills at any moment neither lose nor double anything`() throws {
    var random = Seed.random()
    let stage = Stage()
    let file = stage.folder("posts.jsonl")
    let count = Program.isDebug ? 6_000 : 100_000
    print("\(count) posts through \(Program.path)")
    let expected = ExpectedPosts(count, texts: try sampleTexts(), fileName: file, random: random)
    try stage.write("posts.jsonl", expected.bytes)
    for data in ["killed", "whole"] {
      try stage.works(
        "train", Program.samples + "/complaints.csv", "--folds", "0", "--no-topics", "--data-dir",
        data)
    }
    let whole = try stage.works("run", "--file", file, "--exit", "--data-dir", "whole", "--json")
    let totals = try #require(try whole.objects().first)
    #expect(totals["read"] as? Int == expected.records)
    #expect(totals["retweets"] as? Int == expected.retweets)
    #expect(totals["other_languages"] as? Int == expected.otherLanguages)
    #expect(totals["control"] as? Int == expected.control)

    var kills = 0
    var attempts = 0
    // More than a test run has time for: GROUSE_TEST_KILLS=200.
    let most = ProcessInfo.processInfo.environment["GROUSE_TEST_KILLS"].flatMap(Int.init) ?? 24
    while kills < most && attempts < 4 * most {
      attempts += 1
      let process = try stage.start(
        "run", "--file", file, "--exit", "--progress", "--data-dir", "killed")
      for _ in 0..<Int.random(in: 0...2, using: &random) { _ = process.nextErrorLine() }
      spin(Int.random(in: 0...(1 << Int.random(in: 10...24, using: &random)), using: &random))
      process.send(SIGKILL)
      let outcome = process.wait()
      if outcome.signal == SIGKILL { kills += 1 } else { #expect(outcome.code == 0) }
      let check = try stage.grouse("check", "--data-dir", "killed")
      // A directory that was killed before it had a log is as clean.
      #expect(check.code == 0, "after kill \(kills): \(check.text) \(check.errors)")
    }
    #expect(kills >= most - 4)
    try stage.works("run", "--file", file, "--exit", "--data-dir", "killed")
    try stage.works("check", "--data-dir", "killed")

    let columns = "id, created_at, text, label, prediction, probability, words, lang, kind, offset"
    let rows = try rows(stage, "SELECT \(columns) FROM grouse.posts", in: "killed")
    let others = try self.rows(stage, "SELECT \(columns) FROM grouse.posts", in: "whole")
    expectSame(rows, others, "rows after kills and without")
    for table in ["cases", "alerts", "counts_by_minute"] {
      let contents = try ["killed", "whole"].map { data in
        try self.rows(stage, "SELECT * FROM grouse.\(table)", in: data)
          .map { row in row.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" } }
          .sorted { $0.lexicographicallyPrecedes($1) }
      }
      #expect(!contents[0].isEmpty)
      expectSame(contents[0], contents[1], "\(table)")
    }
    try compare(rows, with: expected, in: stage)
    let group = try stage.works("groups", "describe", "classify", "--json", "--data-dir", "killed")
    let described = try #require(try group.objects().first)
    #expect(described["lag"] as? Int == 0)
    #expect(described["log_end_offset"] as? Int == expected.records)
  }

  @Test func `a file in several partitions is collected once whatever kills it`() throws {
    var random = Seed.random()
    let stage = Stage()
    let environment = ["GROUSE_LOG_PARTITIONS": "3", "GROUSE_LOG_SEGMENT_BYTES": "200000"]
    let count = Program.isDebug ? 2_000 : 20_000
    // Plain text has no keys, so that lines go round; every tenth is a file's own failure.
    let lines = (0..<count).map {
      "where is parcel number \($0)? \(String(repeating: "é", count: 90))"
    }
    let file = try stage.write("posts.txt", lines.joined(separator: "\n"))
    try stage.train()
    var kills = 0
    for _ in 0..<100 where kills < 12 {
      let process = try RunningProgram(
        ["run", "--file", file, "--exit", "--progress"], in: stage.folder,
        environment: environment)
      if Bool.random(using: &random) { _ = process.nextErrorLine() }
      spin(Int.random(in: 0...(1 << Int.random(in: 8...22, using: &random)), using: &random))
      process.send(SIGKILL)
      if process.wait().signal == SIGKILL { kills += 1 }
    }
    try stage.works("run", "--file", file, "--exit", environment: environment)
    let values = try stage.works("consume", "posts").lines.map(String.init)
    #expect(values.count == count)
    expectSame(Set(values), Set(lines), "records")
    #expect(try stage.postCount() == count)
    try stage.works("check")
  }

  private func compare(
    _ rows: [[String: String]], with expected: ExpectedPosts, in stage: Stage
  ) throws {
    #expect(rows.count == expected.kept.count)
    expectSame(Set(rows.compactMap { $0["id"] }), Set(expected.kept.keys), "ids")
    var minutes: [Int64: (posts: Int, complaints: Int)] = [:]
    var complaints: Set<String> = []
    var different = 0
    for row in rows {
      let id = row["id"] ?? ""
      guard let post = expected.kept[id] else { continue }
      if row["text"] != post.text || row["offset"] != "\(post.offset)" { different += 1 }
      let isComplaint = row["label"] == "complaint"
      if isComplaint { complaints.insert(id) }
      let minute = post.createdAt / 60_000
      minutes[minute, default: (0, 0)].posts += 1
      minutes[minute, default: (0, 0)].complaints += isComplaint ? 1 : 0
    }
    #expect(different == 0, "rows with another text or offset")
    #expect(complaints.count > expected.kept.count / 10)

    let counts = try self.rows(
      stage, "SELECT minute, posts, complaints FROM grouse.counts_by_minute", in: "killed")
    let wanted = minutes.map { "\($0.key) \($0.value.posts) \($0.value.complaints)" }
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    let found = counts.filter { $0["posts"] != "0" }.map { row in
      let text = (row["minute"] ?? "").replacingOccurrences(of: " ", with: "T")
      let minute = formatter.date(from: text).map { Int64($0.timeIntervalSince1970 / 60) } ?? -1
      return "\(minute) \(row["posts"] ?? "") \(row["complaints"] ?? "")"
    }
    expectSame(Set(found), Set(wanted), "counts by minute")
    #expect(found.count == wanted.count)

    let cases = try self.rows(
      stage, "SELECT post_id FROM grouse.cases WHERE brand = 'asos' AND state = 'open'",
      in: "killed")
    // One a conversation and author, named by the earliest complaint.
    let threads = Dictionary(grouping: complaints) { expected.kept[$0]?.thread ?? "" }
    let openings = threads.values.compactMap { thread in
      thread.min { left, right in
        let times = [left, right].map { expected.kept[$0]?.createdAt ?? 0 }
        return times[0] == times[1] ? left < right : times[0] < times[1]
      }
    }
    #expect(openings.count < complaints.count)
    #expect(cases.count == openings.count)
    expectSame(Set(cases.compactMap { $0["post_id"] }), Set(openings), "cases")
    try compareDead(expected, in: stage)
  }

  private func compareDead(_ expected: ExpectedPosts, in stage: Stage) throws {
    let letters = try stage.works("consume", "posts.dead", "--json", "--data-dir", "killed")
      .objects().compactMap { $0["headers"] as? [String: String] }
    #expect(letters.count == expected.dead.count)
    let reasons = Dictionary(
      letters.map { ($0["origin"] ?? "", $0["reason"] ?? "") }, uniquingKeysWith: { $1 })
    expectSame(Set(reasons.keys), Set(expected.dead.map(\.origin)), "origins")
    for dead in expected.dead {
      #expect(reasons[dead.origin]?.contains(dead.reason) == true, "\(dead)")
    }
  }

  /// The rows of a SELECT by their ids, every value as text.
  private func rows(
    _ stage: Stage, _ select: String, in data: String
  ) throws -> [[String: String]] {
    let outcome = try stage.works("cql", "-e", select, "--json", "--data-dir", data)
    return try outcome.objects().map { $0.mapValues { "\($0)" } }
      .sorted { ($0["id"] ?? "", "\($0)") < ($1["id"] ?? "", "\($1)") }
  }

  private func sampleTexts() throws -> [String] {
    let outcome = try Stage().works(
      "train", Program.samples + "/sample-texts.csv", "--folds", "0", "--json")
    #expect(outcome.code == 0)
    let stage = Stage()
    try stage.train()
    return try stage.works("classify", Program.samples + "/sample-texts.csv").objects()
      .compactMap { $0["text"] as? String }
  }

  /// Compares without describing the difference, which for so many values takes hours.
  private func expectSame<Values: Equatable>(
    _ found: Values, _ wanted: Values, _ what: Comment,
    at place: SourceLocation = #_sourceLocation
  ) {
    let isSame = found == wanted
    #expect(isSame, what, sourceLocation: place)
  }

  /// Waits a little without a clock.
  private func spin(_ rounds: Int) {
    var random = SeededRandom(seed: 1)
    var sum: UInt64 = 0
    for _ in 0..<rounds { sum ^= random.next() }
    #expect(sum != 1)
  }
}
