import Machine
import TestSupport
import Testing

@testable import Bluesky

@Suite struct PartsTests {
  @Test(arguments: [
    ("wss://jetstream1.us-east.bsky.network/subscribe", "jetstream1.us-east.bsky.network", 443),
    ("ws://127.0.0.1:6008", "127.0.0.1", 6_008), ("ws://[::1]:80/x?y=1", "::1", 80),
    ("wss://host?compress=false", "host", 443),
  ])
  func `addresses are read`(_ text: String, _ host: String, _ port: Int) throws {
    let endpoint = try #require(JetstreamEndpoint(text))
    #expect(endpoint.host == host)
    #expect(endpoint.port == port)
    #expect(endpoint.path.hasPrefix("/"))
    #expect(JetstreamEndpoint(endpoint.description) == endpoint)
  }

  @Test(arguments: [
    "http://host/", "host", "ws://", "ws://host:0/", "ws://host:x/", "ws://host:99999/",
    "ws://a b/", "ws://user@host/", "ws://a:b:1/", "wss://host/\r\nX: y", "ws://host/#part",
  ])
  func `what is no address is refused`(_ text: String) {
    #expect(JetstreamEndpoint(text) == nil)
  }

  @Test func `a query is added to the one that is there`() throws {
    #expect(try #require(JetstreamEndpoint("ws://h/p?a=1")).target([("b", "2")]) == "/p?a=1&b=2")
    #expect(try #require(JetstreamEndpoint("ws://h")).target([("b", "2")]) == "/subscribe?b=2")
  }

  @Test(arguments: [
    ("where is my ASOS order", true), ("@asos help", true), ("#asos", true), ("asos.com", true),
    ("asos's", true), ("(asos)", true), ("casos", false), ("asosial", false), ("asos1", false),
    ("", false), ("aso", false), ("ASOS_HeresToHelp please", true), ("asos😀", true),
    ("éasosé", true), ("Straße ÉCLAIR shop", true), ("éclairs", false),
  ])
  func `names are found as words`(_ text: String, _ isFound: Bool) {
    let match = BrandMatch(["asos", "@ASOS_HeresToHelp", "éclair"])
    #expect(match.matches(Array(text.utf8)) == isFound)
  }

  @Test func `waits grow, stay under their limit and are never the same`() {
    var backoff = Backoff(scale: 1)
    var last = 0
    for _ in 0..<20 {
      let (low, high) = (backoff.next(random: 0), backoff)
      var again = high
      #expect(low <= again.next(random: 1))
      #expect(low >= last)
      #expect(low <= 60_000)
      last = low
    }
    backoff.progressed()
    #expect(backoff.next(random: 1) == 500)
  }

  /// Two servers stamp each event within half the rewind of its time. Whatever comes of the one,
  /// the other sends behind the position all that is not kept, and of what is kept only what lies
  /// behind the mark.
  @Test func `a position misses nothing and marks all that comes twice`() {
    var random = Seed.random()
    for _ in 0..<100 {
      let rewind = Int64.random(in: 10...1_000, using: &random)
      func stamp(_ time: Int64) -> Int64 {
        time + Int64.random(in: -rewind / 2...rewind / 2, using: &random)
      }
      var timeline = Timeline(at: nil, rewind: rewind)
      var others: [Int64] = []
      var time: Int64 = 10_000
      for number in 0..<Int.random(in: 1...300, using: &random) {
        time += Int64.random(in: 0...rewind / 3, using: &random)
        let shown = stamp(time)
        others.append(stamp(time))
        if timeline.isEmpty { timeline.begin(at: shown, mark: [0]) }
        timeline.advance(over: [shown]) { [Int64(number + 1)] }
        let position = timeline.position
        #expect(position.map { time - rewind / 2 >= $0.cursor } == true)
        let unmarked = others.prefix(Int(position?.mark[0] ?? 0))
        #expect(unmarked.allSatisfy { $0 < position?.cursor ?? 0 })
      }
      // Those long past are behind the mark no more.
      #expect((timeline.position?.mark[0] ?? 0) > 0 || others.count < 100)
    }
  }

  /// Killed at any place, from a note of any age, beside either server: each event is kept once.
  @Test func `restarts keep each event once`() {
    var random = Seed.random()
    for _ in 0..<200 {
      let rewind = Int64.random(in: 10...1_000, using: &random)
      var stamps: [[Int64]] = [[], []]
      var time: Int64 = 10_000
      for _ in 0..<Int.random(in: 2...200, using: &random) {
        time += Int64.random(in: 1...rewind / 3, using: &random)
        for server in 0..<2 {
          stamps[server].append(
            time + Int64.random(in: -rewind / 2...rewind / 2, using: &random))
        }
      }
      var kept = [0]
      var first = Timeline(at: nil, rewind: rewind)
      first.begin(at: stamps[0][0], mark: [0])
      var note = first.position
      for life in 0..<8 {
        guard let start = note, let mark = start.mark.first else { break }
        let server = stamps[life % 2]
        let behind = kept[Int(mark)...]
        var known = Set(behind)
        var timeline = Timeline(
          at: start, rewind: rewind, keptUntil: behind.map { server[$0] }.max() ?? 0)
        let end = life == 7 ? server.count : Int.random(in: 0...server.count, using: &random)
        for event in server.indices.prefix(end) where server[event] >= start.cursor {
          if known.insert(event).inserted { kept.append(event) }
          timeline.advance(over: [server[event]]) { [Int64(kept.count)] }
          if Int.random(in: 0..<4, using: &random) == 0 { note = timeline.position }
        }
      }
      #expect(kept.sorted() == Array(stamps[0].indices))
    }
  }

  @Test func `handles are read from documents`() {
    func handle(_ text: String) -> String? { Handles.handle(in: Array(text.utf8)) }
    #expect(handle(#"{"alsoKnownAs":["at://mara.bsky.social"]}"#) == "mara.bsky.social")
    #expect(handle(#"{"alsoKnownAs":["https://x","at://a.b"]}"#) == "a.b")
    #expect(handle(#"{"alsoKnownAs":["at://<b>"]}"#) == nil)
    #expect(handle(#"{"alsoKnownAs":[]}"#) == nil)
    #expect(handle("[]") == nil)
    #expect(handle("") == nil)
  }
}
