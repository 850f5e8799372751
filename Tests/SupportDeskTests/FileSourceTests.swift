import Bytes
import Compression
import Machine
import Node
import Records
import SupportDesk
import Synchronization
import TestSupport
import Testing

/// Files as sources: compressed, cut off, grown, replaced, followed.
@Suite struct FileSourceTests {
  enum Packing: CaseIterable, Sendable {
    case none, gzip, zstd

    /// The parts, each a member or frame of its own.
    func pack(_ parts: [[UInt8]]) throws -> [UInt8] {
      var output = ByteBuffer(capacity: 64)
      var gzip = Gzip()
      var zstd = Zstd()
      for part in parts {
        try part.withUnsafeBytes { bytes in
          switch self {
          case .none: output.append(bytes)
          case .gzip: try gzip.compress(bytes, into: &output)
          case .zstd: try zstd.compress(bytes, into: &output)
          }
        }
      }
      return output.toArray()
    }
  }

  private let desk: Desk
  private let path: String
  private let disk = LocalDisk()

  init() throws {
    desk = try Desk()
    path = desk.folder("posts.jsonl")
  }

  private func lines(_ range: Range<Int>) -> [UInt8] {
    Array(range.map { #"{"id":"\#($0)","text":"post \#($0) is here"}"# + "\n" }.joined().utf8)
  }

  private func ids() throws -> [Int] {
    guard try desk.log.hasTopic("posts") else { return [] }
    return try desk.values().compactMap {
      $0.split(separator: "\"").dropFirst(3).first.flatMap { Int($0) }
    }
  }

  private func collect() throws -> CollectTotals {
    try SourceReader(into: "posts", of: desk.log, partitions: 1)
      .collect(.file(path), resuming: true, isStopped: { false })
  }

  @Test(arguments: Packing.allCases)
  func `a second run adds what is new and nothing twice`(packing: Packing) throws {
    var parts = [lines(0..<700), lines(700..<1_000)]
    try disk.replace(path, with: try packing.pack(parts))
    var totals = try collect()
    #expect(totals.records == 1_000 && totals.known == 0 && totals.size == totals.place)
    totals = try collect()
    #expect(totals.records == 0 && totals.known == 1_000)
    parts.append(lines(1_000..<1_200))
    try disk.replace(path, with: try packing.pack(parts))
    totals = try collect()
    #expect(totals.records == 200 && totals.known == 1_000)
    #expect(try ids() == Array(0..<1_200))
  }

  @Test(arguments: [Packing.gzip, .zstd])
  func `what is cut off is named with its place, and goes on when it is whole`(
    packing: Packing
  ) throws {
    var random = Seed.random()
    let whole = try packing.pack([lines(0..<300), lines(300..<500)])
    let cuts = (0..<12).map { _ in Int.random(in: 20..<whole.count, using: &random) }
    for cut in cuts.sorted() {
      try disk.replace(path, with: Array(whole[..<cut]))
      do {
        _ = try collect()
      } catch let error as SourceError {
        let text = "\(error)"
        #expect(text.contains(path) && text.contains("cut short at byte"), "\(text)")
        let count = try ids().count
        #expect(
          count == 0 || text.contains(": the \(count) records before are kept"), "\(text)")
      }
      let found = try ids()
      #expect(found == Array(0..<found.count), "cut at \(cut)")
    }
    try disk.replace(path, with: whole)
    _ = try collect()
    #expect(try ids() == Array(0..<500))
  }

  @Test func `a name's ending tells the format of what is packed`() throws {
    let path = desk.folder("rows.csv.gz")
    try disk.replace(path, with: try Packing.gzip.pack([Array("id,text\n1,one\n".utf8)]))
    _ = try SourceReader(into: "posts", of: desk.log, partitions: 1)
      .collect(.file(path), isStopped: { false })
    #expect(try desk.values() == ["1,one"])
    // Packed twice it is still packed.
    try disk.replace(path, with: try Packing.zstd.pack([Packing.gzip.pack([lines(0..<1)])]))
    #expect(throws: DatasetError.self) {
      try SourceReader(into: "posts", of: desk.log, partitions: 1)
        .collect(.file(path), isStopped: { false })
    }
  }

  /// Follows the file; `step` is called whenever the follower has nothing to read, with the ids so
  /// far, until it says that all is done.
  private func follow(_ step: (_ step: Int, _ ids: [Int]) throws -> Bool?) throws -> [String] {
    var number = 0
    var failure: (any Error)?
    let said = Mutex<[String]>([])
    let reader = SourceReader(into: "posts", of: desk.log, partitions: 1, follows: true)
    _ = try reader.collect(
      .file(path), resuming: true,
      isStopped: {
        do {
          // True: that step is done; nil: the end.
          guard let isDone = try step(number, try ids()) else {
            return true
          }
          if isDone { number += 1 }
          return false
        } catch {
          failure = error
          return true
        }
      }, report: { line in said.withLock { $0.append(line) } })
    if let failure { throw failure }
    return said.withLock { $0 }
  }

  private func append(_ bytes: [UInt8]) throws {
    let file = try disk.open(path, .readWrite)
    try file.write(bytes, at: try file.size())
  }

  @Test(arguments: Packing.allCases)
  func `a file is followed through growth, cuts and rotation`(packing: Packing) throws {
    func part(_ range: Range<Int>) throws -> [UInt8] { try packing.pack([lines(range)]) }
    let said = try follow { step, ids in
      switch step {
      case 0:
        // It may yet have to be made.
        try disk.replace(path, with: try part(0..<50))
        return true
      case 1:
        guard ids == Array(0..<50) else { return false }
        try append(try part(50..<90))
        return true
      case 2:
        guard ids == Array(0..<90) else { return false }
        // Renamed away and made anew; its writer still has a last word.
        try disk.rename(path, to: path + ".1")
        let old = try disk.open(path + ".1", .readWrite)
        try old.write(try part(90..<95), at: try old.size())
        try disk.replace(path, with: try part(95..<120))
        return true
      case 3:
        guard ids == Array(0..<120) else { return false }
        try disk.open(path, .readWrite).truncate(to: 0)
        return true
      case 4:
        try append(try part(120..<130))
        return true
      default: return ids == Array(0..<130) ? nil : false
      }
    }
    #expect(said.contains { $0.contains("waiting for") })
    #expect(try ids() == Array(0..<130))
    // What was followed is known to whoever collects it next.
    #expect(try collect().records == 0)
  }

  @Test func `a line is taken when it is whole`() throws {
    try disk.replace(path, with: lines(0..<2) + Array(#"{"id":"2","te"#.utf8))
    var looks = 0
    _ = try follow { _, ids in
      looks += 1
      #expect(ids.count < 3)
      if looks == 40 { try append(Array(#"xt":"post"}"#.utf8)) }
      return looks > 60 ? nil : false
    }
    #expect(try ids() == [0, 1])
    try append([10])
    #expect(try collect().records == 1)
    #expect(try ids() == [0, 1, 2])
  }

  @Test func `who comes back finds a shorter file in its place, and follows that`() throws {
    try disk.replace(path, with: lines(0..<40))
    _ = try collect()
    try disk.replace(path, with: lines(100..<110))
    #expect(try desk.values().count == 40)
    _ = try follow { step, ids in
      if step == 0, ids.count == 50 {
        try append(lines(110..<115))
        return true
      }
      return ids.count == 55 ? nil : false
    }
    #expect(try ids() == Array(0..<40) + Array(100..<115))
  }
}
