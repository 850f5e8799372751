import Bytes
import FakeX
import Machine
import TestSupport
import Testing

/// What goes wrong on streams when it is asked to.
@Suite struct FaultTests {
  @Test func `a stream ends in each of the ways that streams end`() throws {
    func end(_ fault: Fault) throws -> (stream: StreamClient, lines: [String]) {
      let served = try Served()
      served.fake.script([1: fault])
      let stream = try served.stream()
      served.fake.deliver(Sample.posts(3))
      var lines: [String] = []
      while let line = stream.line() { lines.append(line) }
      served.fake.wait { $0.openStreams == 0 }
      #expect(served.fake.status.faults == [fault.name: 1])
      return (stream, lines)
    }
    let clean = try end(.cleanEnd)
    #expect(clean.stream.hasEnd && clean.lines.count == 1)
    for type in DisconnectType.allCases {
      let told = try end(.disconnect(type))
      #expect(told.stream.hasEnd && told.lines.count == 2)
      #expect(told.lines[1].contains(#""disconnect_type":"\#(type.rawValue)""#))
    }
    let reset = try end(.reset)
    #expect(!reset.stream.hasEnd && reset.stream.wire.ending == .reset && reset.lines.count == 1)
    let cut = try end(.cutChunk)
    #expect(!cut.stream.hasEnd && cut.stream.wire.ending == .closed && cut.lines.count == 1)
  }

  @Test func `a stalled stream sends nothing, no keep-alive either`() throws {
    let served = try Served()
    let stream = try served.stream()
    served.fake.inject(.stall)
    served.fake.wait { $0.faults["stall"] == 1 }
    served.fake.deliver(Sample.post(11))
    served.fake.sendKeepAlive()
    #expect(served.fake.status.openStreams == 1)
    #expect(served.fake.status.sent == 0 && served.fake.status.keepAlives == 0)
    stream.wire.hangUp()
    served.fake.wait { $0.openStreams == 0 }
  }

  @Test func `what does not end a stream comes beside the posts`() throws {
    func lines(_ fault: Fault, _ count: Int) throws -> [String] {
      let served = try Served()
      served.fake.script([1: fault])
      let stream = try served.stream()
      served.fake.deliver(Sample.posts(3))
      return try (0..<count).map { _ in try #require(stream.line()) }
    }
    let plain = try lines(.withoutTags, 3)
    #expect(!plain[1].contains("tag") && plain[2].contains(#""tag":"brand""#))
    let broken = try lines(.brokenLine, 4)
    #expect((try? JSON(parsing: Array(broken[1].utf8))) == nil)
    #expect(broken[2].contains("1001"))
    #expect(try lines(.unknownMessage, 4)[1].contains("warning"))
    #expect(try lines(.notice(.upstreamOperational), 4)[1].contains("operational-disconnect"))
    let long = try lines(.longLine, 3)[1]
    #expect(long.utf8.count == 100_000)
    #expect(try JSON(parsing: Array(long.utf8))["data"]?["id"]?.text == "1001")
    let twice = try lines(.duplicate, 4)
    #expect(twice[1] == twice[2])
    let swapped = try lines(.swapped, 3)
    #expect(swapped[1].contains("1002") && swapped[2].contains("1001"))
  }

  @Test func `faults drawn from a seed are the same again, and as many as asked for`() throws {
    Seed.printSeed()
    func faults(_ seed: UInt64) throws -> [String: Int] {
      let served = try Served()
      served.fake.fail(every: 50, seed: seed, of: Fault.quick.filter { !$0.isLast })
      let stream = try served.stream()
      served.fake.deliver(Sample.posts(5_000))
      served.fake.wait { $0.sent == 5_000 }
      withExtendedLifetime(stream) {}
      return served.fake.status.faults
    }
    let first = try faults(Seed.value)
    #expect(try faults(Seed.value) == first)
    #expect((60...150).contains(first.values.reduce(0, +)), "\(first)")
  }

  @Test func `a reader that is too slow is cut off`() throws {
    let served = try Served { $0.stream.slowReaderPosts = 2_000 }
    let stream = try StreamClient(served.address, receiveBuffer: 4_096)
    let posts = (0..<20_000).map { Sample.post(UInt64(1_000 + $0), "asos \($0)") }
    served.fake.deliver(posts)
    var last = ""
    while let line = stream.line() { last = line }
    #expect(last.contains("SlowReader"))
    #expect(served.fake.status.sent < posts.count)
  }

  @Test func `names of faults and refusals are taken from command lines`() {
    for fault in Fault.all { #expect(Fault(named: fault.name) == fault) }
    #expect(Fault(named: "fire") == nil)
    for name in ["503", "502", "usage-cap", "hang-up", "reset", "silence", "lost-answer", "418"] {
      #expect(Refusal.Kind(named: name) != nil, "\(name)")
    }
    #expect(Refusal.Kind(named: "200") == nil && Refusal.Kind(named: "tired") == nil)
    #expect(Chunking(named: "bytes=1") == .bytes(1))
    #expect(Chunking(named: "random=7") == .random(seed: 7))
    #expect(Chunking(named: "bytes=0") == nil && Chunking(named: "lines=") == nil)
  }
}
