import Machine
import SupportDesk
import TestSupport
import Testing

@Suite struct WorkbenchTests {
  private let folder = TemporaryDirectory()
  private let disk = LocalDisk()
  private var database: String { folder("workbench.sqlite") }

  private func registry(at time: Int64 = 0) -> ModelRegistry {
    ModelRegistry(
      folder("models"), workbench: database, clock: Clock(microseconds: { time * 1_000 }))
  }

  private func save(_ name: String, times: Int = 1) throws {
    for _ in 0..<times { _ = try registry().save(Desk.angry, Desk.manifest(name)) }
  }

  @Test func `promotions are kept with their times, also those taken back`() throws {
    try save("m", times: 2)
    _ = try registry(at: 10).promote("m@2")
    _ = try registry(at: 20).promote("m@1")
    _ = try registry(at: 30).rollBack("m")
    #expect(
      try registry().promotions(of: "m") == [
        Promotion(version: 2, promotedAt: 10),
        Promotion(version: 1, promotedAt: 20, takenBackAt: 30),
      ])
    #expect(try registry().promoted("m") == 2)
    #expect(try registry().promotions(of: "n") == [])
    #expect(try registry().check() == (2, []))
  }

  @Test func `a directory without a database is read as it is, and taken over by a change`() throws
  {
    try save("m", times: 3)
    try save("n", times: 2)
    try disk.remove(database)
    try disk.replace(folder("models/m/promotions"), with: Array("3\n1\n".utf8))
    func expectPromotions() throws {
      #expect(try registry().promotions(of: "m").map(\.version) == [3, 1])
      #expect(try registry().manifest("m").version == 1)
      #expect(try registry().manifest("n").version == 2)
    }
    try expectPromotions()
    #expect(try registry().check() == (5, []))
    #expect(!disk.exists(database), "reading makes nothing")
    try save("n")
    #expect(disk.exists(database))
    #expect(try registry().manifest("n").version == 3)
    #expect(try registry().promotions(of: "m").map(\.promotedAt) == [nil, nil])
    #expect(try registry().rollBack("m").version == 3)
    // Once taken over the database decides, not the file it was taken from.
    try disk.replace(folder("models/m/promotions"), with: Array("2\n".utf8))
    #expect(try registry().manifest("m").version == 3)
  }

  @Test func `a database that was lost comes back from the folders`() throws {
    try save("m", times: 4)
    for version in [2, 3, 1] { _ = try registry().promote("m@\(version)") }
    _ = try registry().rollBack("m")
    try disk.remove(database)
    #expect(try registry().manifest("m").version == 3)
    #expect(try registry(at: 5).promote("m@4").version == 4)
    #expect(try registry().rollBack("m").version == 3)
    #expect(try registry().rollBack("m").version == 2)
    #expect(try registry().check() == (4, []))
  }

  @Test func `an empty file is no database yet`() throws {
    try save("m")
    try disk.remove(database)
    _ = try disk.open(database, .readWrite)
    #expect(try registry().manifest("m").version == 1)
    try save("m")
    #expect(try registry().promote("m@2").version == 2)
  }

  @Test func `a model whose folder was put there by hand brings its promotions`() throws {
    try save("m", times: 2)
    _ = try registry().promote("m@1")
    let other = ModelRegistry(folder("new/models"), workbench: folder("new/workbench.sqlite"))
    _ = try other.save(Desk.angry, Desk.manifest("n"))
    for version in ["1", "2"] {
      try disk.createDirectory(folder("new/models/m/\(version)"))
      for file in try disk.list(folder("models/m/1")) {
        try disk.copy(
          folder("models/m/\(version)/\(file)"), to: folder("new/models/m/\(version)/\(file)"))
      }
    }
    try disk.copy(folder("models/m/promotions"), to: folder("new/models/m/promotions"))
    #expect(try other.manifest("m").version == 1)
    _ = try other.save(Desk.angry, Desk.manifest("n"))
    #expect(try other.manifest("m").version == 1)
    #expect(try other.promotions(of: "m").map(\.version) == [1])
    #expect(try other.check() == (4, []))
  }

  @Test func `a version's number is not given twice`() throws {
    try save("m", times: 2)
    try disk.remove(folder("models/m/2"))
    try save("m")
    #expect(try registry().versions(of: "m") == [1, 3])
  }

  @Test func `many that promote at the same time all do`() throws {
    try save("m", times: 4)
    let count = 12
    let workers = (0..<4).map { worker in
      Worker { [folder] in
        let registry = ModelRegistry(folder("models"), workbench: folder("workbench.sqlite"))
        for _ in 0..<count { _ = try? registry.promote("m@\(worker + 1)") }
      }
    }
    for worker in workers { worker.join() }
    let promotions = try registry().promotions(of: "m")
    for version in 1...4 {
      #expect(promotions.filter { $0.version == version }.count == count)
    }
    #expect(try registry().promoted("m") == promotions.last?.version)
    let lines = String(
      decoding: try disk.readAll(folder("models/m/promotions")), as: UTF8.self)
    #expect(lines.split(separator: "\n").compactMap { Int($0) } == promotions.map(\.version))
  }

  @Test func `what is damaged, newer or of another program is said and not written to`() throws {
    try save("m")
    let whole = try disk.readAll(database)
    func fault(_ bytes: [UInt8]) throws -> String {
      try disk.replace(database, with: bytes)
      let found = #expect(throws: ModelError.self) { try registry().load("m") }
      #expect(throws: ModelError.self) { try registry().promote("m@1") }
      #expect(try registry().check().faults.count == 1)
      // Nothing of the model itself is lost.
      #expect(try registry().load("m@1").classifier == Desk.angry)
      #expect(try disk.readAll(database) == bytes)
      return found.map(String.init(describing:)) ?? ""
    }
    #expect(try fault(Array(repeating: 7, count: 5_000)).contains("is damaged"))
    var newer = whole
    newer[63] = 4
    #expect(try fault(newer).contains("version 4 is newer"))
    var foreign = whole
    foreign[71] ^= 1
    #expect(try fault(foreign).contains("not of this program"))
    try disk.replace(database, with: whole)
    #expect(try registry().check() == (1, []))
  }

  @Test func `a manifest that is not the one that was kept is noticed`() throws {
    try save("m")
    let path = folder("models/m/1/manifest.json")
    let text = String(decoding: try disk.readAll(path), as: UTF8.self)
    try disk.replace(path, with: Array(text.replacing("72", with: "73").utf8))
    #expect(try registry().check().faults.count == 1)
  }

  @Test func `damage to one model's promotions concerns that model alone`() throws {
    try save("m")
    try save("n")
    try disk.remove(database)
    try disk.replace(folder("models/m/promotions"), with: Array("1\nx\n".utf8))
    #expect(throws: ModelError.self) { try registry().manifest("m") }
    #expect(throws: ModelError.self) { try registry().promote("m@1") }
    #expect(try registry().manifest("m@1").version == 1)
    #expect(try registry().promote("n@1").version == 1)
  }
}
