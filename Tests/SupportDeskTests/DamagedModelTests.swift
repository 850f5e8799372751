import Foundation
import Machine
import SupportDesk
import TestSupport
import Testing

@Suite struct DamagedModelTests {
  private let folder = TemporaryDirectory()
  private let disk = LocalDisk()

  private var registry: ModelRegistry {
    ModelRegistry(folder("models"), workbench: folder("workbench.sqlite"))
  }

  private func save(_ name: String, times: Int = 1) throws {
    for _ in 0..<times { _ = try registry.save(Desk.angry, Desk.manifest(name)) }
  }

  private func message(_ body: () throws(ModelError) -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return ""
  }

  @Test(arguments: ["weights", "topics", "manifest.json"])
  func `a file that is missing, or no file, is said with what to do`(file: String) throws {
    try save("m")
    let path = folder("models/m/1/" + file)
    try disk.remove(path)
    func load() -> String { message { () throws(ModelError) in _ = try registry.load("m@1") } }
    #expect(load().contains("models/m/1 is damaged: its \(file) is missing; take a copy"))
    // Waiting for who writes to it, a program would not end.
    #expect(mkfifo(path, 0o600) == 0)
    #expect(load().contains("\(file): it is a pipe or a device"))
    #expect(try registry.check().faults.count == 1)
  }

  @Test func `promotions that are a pipe, or damaged, are said`() throws {
    try save("m")
    let path = folder("models/m/promotions")
    try disk.replace(path, with: Array("1\nx\n".utf8))
    #expect(try registry.check().faults.count == 1)
    #expect(try registry.check().faults.first?.contains("promotions is damaged") == true)
    // What the database knows is not read there.
    #expect(try registry.manifest("m").version == 1)
    try disk.remove(path)
    try disk.remove(folder("workbench.sqlite"))
    #expect(mkfifo(path, 0o600) == 0)
    #expect(throws: ModelError.self) { try registry.load("m") }
    #expect(try registry.check().faults.count == 1)
  }

  @Test func `a version whose folder is gone is missed, until it is deleted`() throws {
    try save("m", times: 3)
    try save("n")
    try disk.remove(folder("models/m/2"))
    try disk.remove(folder("models/n"))
    let faults = try registry.check().faults
    #expect(faults.count == 2 && faults[0].contains("m@2") && faults[1].contains("n@1"))
    #expect(faults.allSatisfy { $0.contains("models delete") })
    try registry.delete("m@2")
    try registry.delete("n@1")
    #expect(try registry.check() == (2, []))
    try registry.delete("m@3")
    #expect(try registry.versions(of: "m") == [1])
    #expect(try disk.list(folder("models/m")) == ["1"])
    #expect(throws: ModelError.self) { try registry.delete("m@3") }
    #expect(throws: ModelError.self) { try registry.delete("n@1") }
    for wrong in ["m", "m@", "../m@1", "m@1@1"] {
      #expect(throws: ModelError.self) { try registry.delete(wrong) }
    }
    // Numbers that were given stay given.
    try save("m")
    try save("n")
    #expect(try registry.versions(of: "m") == [1, 4])
    #expect(try registry.versions(of: "n") == [2])
    #expect(try registry.check() == (3, []))
  }

  @Test func `what is promoted is not deleted, and a folder may come back`() throws {
    try save("m", times: 2)
    _ = try registry.export("m@2", to: folder("out"))
    _ = try registry.promote("m@2")
    #expect(message { () throws(ModelError) in try registry.delete("m@2") }.contains("promoted"))
    #expect(try registry.versions(of: "m") == [1, 2])
    _ = try registry.rollBack("m")
    try registry.delete("m@2")
    try disk.createDirectory(folder("models/m/2"))
    for file in try disk.list(folder("out")) {
      try disk.copy(folder("out/" + file), to: folder("models/m/2/" + file))
    }
    #expect(try registry.check() == (2, []))
    #expect(try registry.promote("m@2").version == 2)
    #expect(try registry.check() == (2, []))
  }

  @Test func `only folders are versions`() throws {
    try save("m")
    try disk.replace(folder("models/m/88"), with: [1])
    #expect(try registry.versions(of: "m") == [1])
    try save("m")
    #expect(try registry.versions(of: "m") == [1, 2])
  }

  @Test func `an export into a folder without a name is refused`() throws {
    try save("m")
    let said = message { () throws(ModelError) in _ = try registry.export("m", to: "") }
    #expect(said.contains("name is empty"))
  }
}
