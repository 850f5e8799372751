import Foundation
import Machine
import Synchronization
import TestSupport
import Testing

@Suite struct LocalDiskTests {
  @Test func `a file's descriptor reads its bytes`() throws {
    let directory = TemporaryDirectory()
    let file = try LocalDisk().open(directory("a"), .readWrite)
    try file.write(Array("hello".utf8), at: 0)
    let descriptor = try #require(file.descriptor)
    var bytes = [UInt8](repeating: 0, count: 3)
    #expect(pread(descriptor, &bytes, 3, 2) == 3 && bytes == Array("llo".utf8))
  }

  let disk = LocalDisk()
  let directory = TemporaryDirectory()

  private func code(_ body: () throws(IOFailure) -> Void) -> Int32? {
    do { try body() } catch { return error.code }
    return nil
  }

  @Test func `a reader beside replacements sees the old content or the new, never a mix`() throws {
    let path = directory("state")
    let contents = (0..<40).map { [UInt8](repeating: UInt8($0), count: $0 % 2 == 0 ? 9_000 : 70) }
    try disk.replace(path, with: contents[0])
    let writer = Worker {
      for content in contents { try? LocalDisk().replace(path, with: content) }
    }
    var last: UInt8 = 0
    while last < 39 {
      let found = try disk.readAll(path)
      let first = try #require(found.first)
      #expect(contents.contains(found), "a mix of \(found.count) bytes")
      #expect(first >= last)
      last = first
    }
    writer.join()
    #expect(try disk.list(directory.path) == ["state"])
  }

  @Test func `a pipe is no plain file, and is not waited for`() throws {
    let path = directory("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    #expect(code { () throws(IOFailure) in _ = try disk.open(path, .readPlain) } == ESPIPE)
    #expect(code { () throws(IOFailure) in _ = try MappedFile(path, limit: 1) } == ESPIPE)
    #expect(code { () throws(IOFailure) in _ = try disk.open("/dev/null", .readPlain) } == ESPIPE)
    #expect(
      code { () throws(IOFailure) in _ = try disk.open(directory.path, .readPlain) } == EISDIR)
    try disk.replace(directory("file"), with: [1, 2])
    #expect(try disk.readAll(directory("file"), .readPlain) == [1, 2])
  }

  @Test func `what is wrong with a path is told by its code`() throws {
    try disk.replace(directory("file"), with: [1])
    #expect(code { () throws(IOFailure) in _ = try disk.open(directory("none"), .read) } == ENOENT)
    #expect(code { () throws(IOFailure) in _ = try disk.open(directory.path, .read) } == EISDIR)
    #expect(
      code { () throws(IOFailure) in _ = try disk.open(directory.path, .readWrite) } == EISDIR)
    #expect(
      code { () throws(IOFailure) in _ = try disk.open(directory("file/x"), .read) } == ENOTDIR)
    #expect(code { () throws(IOFailure) in _ = try disk.list(directory("none")) } == ENOENT)
    #expect(code { () throws(IOFailure) in _ = try disk.list(directory("file")) } == ENOTDIR)
    #expect(
      code { () throws(IOFailure) in try disk.createDirectory(directory("file")) } == ENOTDIR)
    #expect(code { () throws(IOFailure) in try disk.remove(directory("none")) } == ENOENT)
    #expect(
      code { () throws(IOFailure) in try disk.rename(directory("none"), to: directory("x")) }
        == ENOENT)
    #expect(code { () throws(IOFailure) in try disk.syncDirectory(directory("none")) } == ENOENT)
  }

  @Test(.disabled(if: geteuid() == 0, "root may read everything"))
  func `a file without permission says so`() throws {
    try disk.replace(directory("secret"), with: [1])
    chmod(directory("secret"), 0)
    #expect(
      code { () throws(IOFailure) in _ = try disk.open(directory("secret"), .read) } == EACCES)
  }

  @Test func `files are private and directories are made with all above them`() throws {
    try disk.createDirectory(directory("a/b/c"))
    try disk.createDirectory(directory("a/b/c"))
    try disk.replace(directory("a/b/c/file"), with: [1])
    let attributes = try FileManager.default.attributesOfItem(atPath: directory("a/b/c/file"))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(disk.isDirectory(directory("a/b")) && !disk.isDirectory(directory("a/b/c/file")))
    try disk.remove(directory("a"))
    #expect(!disk.exists(directory("a")))
  }

  @Test func `reads and writes take any position and stop at the end`() throws {
    let file = try disk.open(directory("file"), .readWrite)
    try file.write([1, 2, 3], at: 5)
    #expect(try file.size() == 8)
    #expect(try disk.readAll(directory("file")) == [0, 0, 0, 0, 0, 1, 2, 3])
    #expect(try disk.readAll(directory("file"), limit: 6) == [0, 0, 0, 0, 0, 1])
    try file.truncate(to: 6)
    try file.sync()
    var buffer = [UInt8](repeating: 9, count: 4)
    let read = try buffer.withUnsafeMutableBytes { try file.read(into: $0, at: 4) }
    #expect(read == 2 && buffer == [0, 1, 9, 9])
    #expect(throws: IOFailure.self) {
      try disk.open(directory("file"), .read).write([1], at: 0)
    }
  }

  @Test func `paths are joined and cut`() {
    #expect(Path.join("a", "b") == "a/b" && Path.join("/", "b") == "/b")
    for (path, bare) in [("a//", "a"), ("a/b", "a/b"), ("/", "/"), ("//", "/"), ("", "")] {
      #expect(Path.withoutTrailingSlashes(path) == bare)
    }
    #expect(Path.parent(of: "a/b") == "a" && Path.parent(of: "/a") == "/")
    #expect(Path.parent(of: "a") == "." && Path.name(of: "x/y") == "y" && Path.name(of: "y") == "y")
  }
}

@Suite struct DirectoryLockTests {
  @Test func `the second lock hears the words of the first, and gets it when that one goes`() throws
  {
    let directory = TemporaryDirectory()
    let path = directory("lock")
    var first: DirectoryLock? = try DirectoryLock(path, purpose: "grouse run with a long purpose")
    _ = withExtendedLifetime(first) {
      #expect(
        throws: LockError.held(
          path: path, holder: "grouse run with a long purpose (process \(getpid()))")
      ) { _ = try DirectoryLock(path, purpose: "other") }
    }
    first = nil
    let second = try DirectoryLock(path, purpose: "b")
    _ = withExtendedLifetime(second) {
      #expect(throws: LockError.held(path: path, holder: "b (process \(getpid()))")) {
        _ = try DirectoryLock(path, purpose: "other")
      }
    }
  }

  @Test func `a lock in a directory that is not there fails with the reason`() {
    #expect(throws: LockError.failed(IOFailure("open", "/nowhere/lock", code: ENOENT))) {
      _ = try DirectoryLock("/nowhere/lock", purpose: "")
    }
  }
}
