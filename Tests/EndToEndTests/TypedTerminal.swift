import Foundation
import TestSupport
import Testing

/// The program on a pseudo-terminal, typed at (`Tools/type-at-terminal`, which wants Python).
enum TypedTerminal {
  /// What is typed, and what is waited for then: nothing means the program's end.
  typealias Step = (typed: String, wanted: String)

  private static let script = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Tools/type-at-terminal")

  /// Whether there is a Python to drive the terminal.
  static let isThere: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import pty, os; os.waitstatus_to_exitcode"]
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  /// What the program showed at each step, and its exit code.
  static func run(
    _ arguments: [String], in folder: TemporaryDirectory, _ steps: [Step]
  ) throws -> (shown: [String], code: Int32) {
    let typed = try steps.map { step in
      String(decoding: try JSONEncoder().encode([step.typed, step.wanted]), as: UTF8.self) + "\n"
    }.joined()
    let input = URL(fileURLWithPath: folder("steps"))
    try Data(typed.utf8).write(to: input)
    let process = Process()
    let output = Pipe()
    process.executableURL = script
    process.arguments = [Program.path] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    var environment = ProcessInfo.processInfo.environment
    environment["NO_COLOR"] = nil
    process.environment = environment.merging([
      "HOME": folder.path, "TERM": "xterm", "LANG": "C.UTF-8", "XDG_STATE_HOME": "",
    ]) { $1 }
    process.standardInput = try FileHandle(forReadingFrom: input)
    process.standardOutput = output
    try process.run()
    let lines = output.fileHandleForReading.readDataToEndOfFile().split(separator: 10)
    process.waitUntilExit()
    let shown = try lines.dropLast().map { line in
      try JSONDecoder().decode([String].self, from: Data("[".utf8) + line + Data("]".utf8))[0]
    }
    let code = lines.last.flatMap { Int32(String(decoding: $0, as: UTF8.self)) } ?? -1
    #expect(
      process.terminationStatus == 0,
      "step \(shown.count) of \(steps.count): \(shown)")
    return (shown, code)
  }
}
