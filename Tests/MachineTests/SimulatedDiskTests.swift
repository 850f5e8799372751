import Foundation
import Machine
import TestSupport
import Testing

@Suite struct SimulatedDiskTests {
  let disk = SimulatedDisk(seed: Seed.value)

  private func file(_ name: String, _ bytes: [UInt8]) throws -> any File {
    let file = try disk.open(name, .readWrite)
    try file.write(bytes, at: 0)
    return file
  }

  @Test func `synced content under a synced name survives`() throws {
    let file = try file("a", [1, 2, 3])
    try file.sync()
    try disk.syncDirectory("/")
    try file.write([9, 9, 9, 9], at: 1)
    disk.crash(.dropped)
    #expect(try disk.readAll("a") == [1, 2, 3])
    #expect(throws: IOFailure.self) { try file.size() }
  }

  @Test func `a name that was not synced is gone, or there, as told`() throws {
    try file("a", [1]).sync()
    let other = disk.copy()
    disk.crash(.dropped)
    #expect(!disk.exists("a"))
    other.crash(.kept)
    #expect(try other.readAll("a") == [1])
  }

  @Test func `torn writes give every outcome between nothing and all`() throws {
    _ = try file("a", [1, 2, 3])
    try disk.syncDirectory("/")
    var seen: Set<[UInt8]> = []
    for seed in 0..<200 as Range<UInt64> {
      let disk = SimulatedDisk(seed: seed)
      let file = try disk.open("a", .readWrite)
      try disk.syncDirectory("/")
      try file.write([1, 2, 3], at: 0)
      disk.crash(.torn)
      seen.insert(try disk.readAll("a"))
    }
    #expect(seen == [[], [1], [1, 2], [1, 2, 3]])
  }

  @Test func `a failed sync loses what it was to write, and the next one does not bring it back`()
    throws
  {
    var seen: Set<[UInt8]> = []
    for seed in 0..<100 as Range<UInt64> {
      let disk = SimulatedDisk(seed: seed)
      try disk.replace("a", with: [1])
      let file = try disk.open("a", .readWrite)
      try file.write([2], at: 0)
      disk.arm(.init(operation: 1))
      #expect(throws: IOFailure("sync", "a", code: EIO)) { try file.sync() }
      try file.sync()
      #expect(try disk.readAll("a") == [2])
      disk.crash(.kept)
      seen.insert(try disk.readAll("a"))
    }
    #expect(seen == [[1], [2]])
  }

  @Test func `a rename is atomic and durable after the directory's sync`() throws {
    try disk.replace("a", with: [1])
    try disk.replace("b", with: [2])
    try disk.rename("b", to: "a")
    let other = disk.copy()
    disk.crash(.dropped)
    #expect(try disk.readAll("a") == [1] && disk.readAll("b") == [2])
    try other.syncDirectory("/")
    other.crash(.dropped)
    #expect(try other.readAll("a") == [2] && other.list("/") == ["a"])
  }

  @Test func `a fault strikes once, or from then on`() throws {
    disk.arm(.init(operation: 2, code: ENOSPC))
    try disk.createDirectory("x")
    #expect(throws: IOFailure("list", "x", code: ENOSPC)) { try disk.list("x") }
    #expect(try disk.list("x") == [])
    disk.arm(.init(operation: 1, isPersistent: true))
    for _ in 0..<3 { #expect(throws: IOFailure.self) { try disk.list("x") } }
    #expect(disk.hasFailed && disk.operations == 3)
  }

  @Test func `a full disk takes what fits and says that it is full`() throws {
    let file = try file("a", [1, 2])
    disk.limit(to: 4)
    #expect(throws: IOFailure("write", "a", code: ENOSPC)) { try file.write([3, 4, 5], at: 2) }
    #expect(try disk.readAll("a") == [1, 2, 3, 4])
    try file.truncate(to: 1)
    try file.write([7, 8, 9], at: 1)
    #expect(try disk.readAll("a") == [1, 7, 8, 9])
  }

  @Test func `directories hold what was put there until removed`() throws {
    try disk.createDirectory("a/b")
    try disk.replace("a/b/c", with: [1])
    #expect(throws: IOFailure.self) { try disk.open("a/b", .read) }
    #expect(throws: IOFailure.self) { try disk.open("a/x/c", .readWrite) }
    #expect(throws: IOFailure.self) { try disk.list("a/b/c") }
    #expect(try disk.list("a") == ["b"] && disk.isDirectory("a/b") && !disk.isDirectory("a/b/c"))
    try disk.remove("a")
    #expect(!disk.exists("a/b/c") && !disk.exists("a"))
  }
}
