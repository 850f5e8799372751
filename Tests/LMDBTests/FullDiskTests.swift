#if os(Linux)
  import Foundation
  import Machine
  import Testing

  @testable import LMDB

  /// A small file system in memory.
  private final class SmallDisk {
    let path = "/tmp/grouse-small-disk-\(UUID().uuidString)"

    init?(_ options: String) {
      try? LocalDisk().createDirectory(path)
      guard Self.call("mount", "-t", "tmpfs", "-o", options, "tmpfs", path) else { return nil }
    }

    deinit {
      _ = Self.call("umount", path)
      try? LocalDisk().remove(path)
    }

    /// Mounts it anew with another size.
    func resize(_ size: String) -> Bool { Self.call("mount", "-o", "remount,size=\(size)", path) }

    private static func call(_ program: String, _ arguments: String...) -> Bool {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [program] + arguments
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return false }
      process.waitUntilExit()
      return process.terminationStatus == 0
    }

    static let canBeMade = SmallDisk("size=1m") != nil
  }

  @Suite(.enabled(if: SmallDisk.canBeMade, "needs the right to mount a tmpfs (root on Linux)"))
  struct `Full disks` {
    @Test func `a full disk loses nothing, and writing goes on once there is room`() throws {
      let disk = try #require(SmallDisk("size=2m"))
      let environment = try Environment(disk.path + "/data.mdb", databases: ["a"])
      let small = [UInt8](repeating: 1, count: 1_500)
      let large = [UInt8](repeating: 2, count: 100_000)
      let unchanged: (LMDBError) -> LMDBError = { $0 }
      var kept = 0
      var refused = 0
      /// Writes pages of both kinds: values within them, and runs of pages for large ones.
      func write(_ number: Int) throws(LMDBError) {
        try environment.write(mapping: unchanged) { transaction throws(LMDBError) in
          let database = try transaction.database("a")
          try database.put([UInt8(number), 0], small)
          try database.put([UInt8(number), 1], large)
        }
      }
      for round in 0..<3 {
        for number in (round * 40)..<(round * 40 + 40) {
          do throws(LMDBError) {
            try write(number)
            kept += 2
          } catch {
            refused += 1
            #expect(error.description.contains("free some space"), "\(error)")
            #expect(error.description.contains(disk.path))
          }
          let found = try environment.read(mapping: unchanged) { transaction throws(LMDBError) in
            try transaction.database("a").all()
          }
          #expect(found.count == kept)
          #expect(found.values.allSatisfy { $0 == small || $0 == large })
        }
        #expect(refused > 0)
        #expect(disk.resize("\((round + 2) * 4)m"))
        try write(200 + round)
        kept += 2
      }
    }
  }
#endif
