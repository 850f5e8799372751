import Machine
import TestSupport
import Testing

@testable import XAPI

@Suite struct LineAssemblerTests {
  private static func lines(_ pieces: [[UInt8]], limit: Int = 64) -> [String] {
    var assembler = LineAssembler(limit: limit)
    var found: [String] = []
    for piece in pieces {
      piece.withUnsafeBytes { bytes in
        assembler.feed(bytes) { item in
          switch item {
          case .line(let line): found.append(String(decoding: line, as: UTF8.self))
          case .keepAlive: found.append("~")
          case .tooLong(_, let length): found.append("too long: \(length)")
          }
        }
      }
    }
    return found
  }

  @Test func `any chunking gives the same lines`() {
    var random = Seed.random()
    for _ in 0..<300 {
      var bytes: [UInt8] = []
      var expected: [String] = []
      for _ in 0..<Int.random(in: 0..<12, using: &random) {
        let letters = ["a", "é", "😀", " ", "{", "\\"]
        let line = String(
          (0..<Int.random(in: 0..<40, using: &random)).map { _ in
            Character(letters.randomElement(using: &random) ?? "a")
          })
        let isCarried = Bool.random(using: &random)
        bytes += Array(line.utf8) + (isCarried ? [13, 10] : [10])
        let length = line.utf8.count + (isCarried ? 1 : 0)
        expected.append(length > 64 ? "too long: \(length)" : line.isEmpty ? "~" : line)
      }
      // What has no end is no line.
      bytes += Array("rest".utf8)
      var pieces: [[UInt8]] = []
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Int.random(in: 1...(Bool.random(using: &random) ? 1 : 50), using: &random)
        pieces.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      #expect(Self.lines(pieces) == expected)
      #expect(Self.lines([bytes]) == expected)
    }
  }

  @Test func `a line without an end takes no more memory than a line may`() {
    var assembler = LineAssembler(limit: 100)
    let piece = [UInt8](repeating: 65, count: 1_000)
    for _ in 0..<1_000 {
      piece.withUnsafeBytes { assembler.feed($0) { _ in Issue.record("there is no line") } }
    }
    #expect(assembler.unfinishedBytes == 1_000_000)
    var lengths: [Int] = []
    [UInt8](arrayLiteral: 10, 66, 10).withUnsafeBytes { bytes in
      assembler.feed(bytes) { item in
        switch item {
        case .tooLong(let kept, let length):
          #expect(kept.count <= 101)
          lengths.append(length)
        case .line(let line): lengths.append(line.count)
        case .keepAlive: Issue.record("nothing is empty")
        }
      }
    }
    #expect(lengths == [1_000_000, 1])
  }
}
