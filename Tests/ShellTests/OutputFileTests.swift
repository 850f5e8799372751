import Foundation
import Machine
import Synchronization
import TestSupport
import Testing

@testable import Shell

@Suite struct `Output files` {
  private let folder = TemporaryDirectory()

  @Test func `files are cut or appended to`() throws {
    let path = folder("out")
    for (text, appending, whole) in [
      ("abc", false, "abc"), ("d", true, "abcd"), ("e", false, "e"),
    ] {
      try OutputFile(path, appending: appending).write(Array(text.utf8))
      #expect(try LocalDisk().readAll(path) == Array(whole.utf8))
    }
  }

  @Test func `what is wrong is said, with the file, and without other places for tables`() throws {
    #expect(
      throws: ShellError("cannot write /dev/full: no space left on the disk")
    ) { try OutputFile("/dev/full").write([1]) }
    #expect(throws: ShellError("cannot open \(folder("")): it is a directory")) {
      _ = try OutputFile(folder(""))
    }
    #expect(throws: ShellError("cannot open \(folder("a/b")): no such file or directory")) {
      _ = try OutputFile(folder("a/b"))
    }
    try OutputFile("/dev/null").write([1])
  }

  @Test func `pipes are written on`() throws {
    let path = folder("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    let read = Mutex<Data?>(nil)
    // A thread of its own: opening waits for the other end, which a task may be kept from.
    let reader = Worker {
      let found = FileHandle(forReadingAtPath: path)?.readDataToEndOfFile()
      read.withLock { $0 = found }
    }
    do {
      let file = try OutputFile(path)
      for number in 0..<100 { try file.write(Array("\(number);".utf8)) }
    }
    reader.join()
    let whole = (0..<100).map { "\($0);" }.joined()
    #expect(read.withLock { $0 } == Data(whole.utf8))
  }
}
