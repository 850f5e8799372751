import Foundation
import Machine

/// A file of posts with everything in it that a stream brings, and what must become of each line.
///
/// An independent, slow model of the whole pipeline: dictionaries and strings.
struct ExpectedPosts {
  /// A post that must have one row.
  struct Kept: Equatable {
    var text: String
    var createdAt: Int64
    var offset: Int
    /// Its conversation and author.
    var thread: String
  }

  /// A record that must be among the dead letters once.
  struct Dead: Hashable {
    var origin: String
    var reason: String
  }

  private(set) var bytes: [UInt8] = []
  private(set) var kept: [String: Kept] = [:]
  private(set) var dead: Set<Dead> = []
  private(set) var duplicates = 0
  private(set) var retweets = 0
  private(set) var otherLanguages = 0
  private(set) var control = 0
  private(set) var tooLong = 0
  /// Records that the topic must hold.
  private(set) var records = 0

  private struct Sent {
    var id: String
    var root: String
    var line: String
  }

  private let fileName: String
  private var line = 0
  private var sent: [Sent] = []
  /// The latest version by the first one's id, of posts that were edited.
  private var latest: [String: String] = [:]
  private var random: SeededRandom
  private var time: Int64 = 1_795_212_000_000
  private var sequence = 0

  /// Makes `count` lines of posts from `texts`. `fileName` is what the program is given.
  init(_ count: Int, texts: [String], fileName: String, random: SeededRandom) {
    self.fileName = fileName
    self.random = random
    formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    bytes.reserveCapacity(count * 500)
    for number in 0..<count {
      // Towards the end, in minutes instead of hours, everybody writes at once.
      let isBurst = number % 6_000 >= 4_200 && number % 6_000 < 4_800
      time += Int64.random(in: 0...(isBurst ? 20 : 500), using: &self.random)
      let text = texts[number % texts.count] + " \(number)"
      switch Int.random(in: 0..<1_000, using: &self.random) {
      case 0..<40: repeatLine()
      case 40..<70: edit(text)
      case 70..<120: retweet(text)
      case 120..<180: other(text)
      case 180..<200: breakLine(text)
      case 200..<205: notice()
      case 205..<206 where tooLong < 4: exceed()
      default: post(text, lang: ["\"en\"", "\"und\"", "\"\"", nil][number % 4])
      }
    }
  }

  private mutating func append(_ text: String) { append(Array(text.utf8)) }

  private mutating func append(_ text: [UInt8]) {
    line += 1
    bytes += text
    bytes.append(10)
  }

  private mutating func nextID() -> String {
    sequence = (sequence + 1) % 4_096
    return "\((time - 1_288_834_974_657) << 22 | Int64(sequence))"
  }

  private let formatter = ISO8601DateFormatter()

  private func record(
    _ id: String, _ root: String, _ text: String, lang: String?, more: String = ""
  ) -> String {
    let date = formatter.string(from: Date(timeIntervalSince1970: Double(time) / 1_000))
    let quoted = (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) }
    let history = root == id ? "\"\(id)\"" : "\"\(root)\",\"\(id)\""
    return
      "{\"data\":{\"id\":\"\(id)\",\"text\":\(quoted ?? "\"\""),\"author_id\":\"\(time % 997)\","
      + "\"conversation_id\":\"\(root.suffix(1))\","
      + "\"created_at\":\"\(date)\",\(lang.map { "\"lang\":\($0)," } ?? "")"
      + "\"edit_history_tweet_ids\":[\(history)]\(more)}}"
  }

  private mutating func post(_ text: String, lang: String?) {
    let id = nextID()
    send(Sent(id: id, root: id, line: record(id, id, text, lang: lang)), text)
  }

  private mutating func send(_ post: Sent, _ text: String) {
    kept[post.id] = Kept(
      text: text, createdAt: time, offset: records,
      thread: "\(post.root.suffix(1)) \(time % 997)")
    sent.append(post)
    records += 1
    append(post.line)
  }

  private mutating func repeatLine() {
    guard let earlier = sent.randomElement(using: &random) else { return notice() }
    duplicates += 1
    records += 1
    append(earlier.line)
  }

  private mutating func edit(_ text: String) {
    guard let earlier = sent.randomElement(using: &random) else { return notice() }
    let id = nextID()
    kept[latest[earlier.root] ?? earlier.root] = nil
    latest[earlier.root] = id
    send(
      Sent(id: id, root: earlier.root, line: record(id, earlier.root, text, lang: "\"en\"")), text)
  }

  private mutating func retweet(_ text: String) {
    let id = nextID()
    retweets += 1
    records += 1
    append(
      record(
        id, id, text, lang: "\"en\"",
        more: ",\"referenced_tweets\":[{\"type\":\"retweeted\",\"id\":\"1\"}]"))
  }

  private mutating func other(_ text: String) {
    let id = nextID()
    otherLanguages += 1
    records += 1
    append(record(id, id, text, lang: "\"fr\""))
  }

  private mutating func notice() {
    if Bool.random(using: &random) { return append("") }
    control += 1
    records += 1
    append(#"{"errors":[{"title":"operational-disconnect","disconnect_type":"Operational"}]}"#)
  }

  private mutating func breakLine(_ text: String) {
    let whole = Array(record(nextID(), "1", text, lang: "\"en\"").utf8)
    let (broken, reason): ([UInt8], String)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: (broken, reason) = (Array(whole.prefix(whole.count - 9)), "ends too early")
    case 1: (broken, reason) = (Array("<html>502 \(records)</html>".utf8), "unexpected character")
    case 2: (broken, reason) = (Array("null".utf8), "neither a JSON object")
    case 3: (broken, reason) = (Array("{\"data\":{\"id\":\"\(records)\"}}".utf8), "holds the text")
    default:
      (broken, reason) = (
        whole.map { $0 == UInt8(ascii: "\"") ? $0 : $0 == UInt8(ascii: "T") ? 0xFF : $0 },
        "not UTF-8"
      )
    }
    dead.insert(Dead(origin: "posts-0@\(records)", reason: reason))
    records += 1
    append(broken)
  }

  /// Longer than a record may be: it never reaches the topic.
  private mutating func exceed() {
    tooLong += 1
    append([UInt8](repeating: UInt8(ascii: "x"), count: 1_100_000))
    dead.insert(Dead(origin: "\(fileName):\(line)", reason: "too long"))
  }
}
