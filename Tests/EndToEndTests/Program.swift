import Foundation
import Machine
import TestSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The real program, run in processes of its own.
enum Program {
  /// `GROUSE_BINARY`, else the program that was built beside the tests.
  static let path: String = {
    if let named = ProcessInfo.processInfo.environment["GROUSE_BINARY"] { return named }
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    for bundle in CommandLine.arguments where bundle.hasSuffix(".xctest") {
      folder = URL(fileURLWithPath: bundle).deletingLastPathComponent()
    }
    while folder.path != "/" {
      let found = folder.appendingPathComponent("grouse").path
      if FileManager.default.isExecutableFile(atPath: found), !LocalDisk().isDirectory(found) {
        return found
      }
      folder.deleteLastPathComponent()
    }
    return "grouse"
  }()

  /// A build without optimisation gets less to do.
  static let isDebug = path.contains("/debug/")

  /// The project's folder `data`.
  static let samples = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("data").path

  /// Runs to the end.
  static func run(
    _ arguments: [String], in folder: TemporaryDirectory, input: [UInt8]? = nil,
    environment: [String: String] = [:], readsOutputBytes limit: Int? = nil,
    memoryMiB: Int? = nil, processorSeconds: Int? = nil, fileMiB: Int? = nil
  ) throws -> Outcome {
    let process = try RunningProgram(
      arguments, in: folder, environment: environment, memoryMiB: memoryMiB,
      processorSeconds: processorSeconds, fileMiB: fileMiB)
    if let input { process.write(input) }
    process.closeInput()
    return process.wait(readingOutput: limit)
  }
}

/// How a process ended and what it wrote.
struct Outcome {
  /// Nil where a signal ended it.
  var code: Int32?
  var signal: Int32?
  var output: [UInt8]
  var errors: String

  var text: String { String(decoding: output, as: UTF8.self) }

  /// The lines of standard output.
  var lines: [Substring] { text.split(separator: "\n") }

  /// The lines of standard output as JSON objects.
  func objects() throws -> [[String: Any]] {
    try lines.map { line in
      let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
      guard let object = value as? [String: Any] else { throw NotAnObject(line: String(line)) }
      return object
    }
  }

  struct NotAnObject: Error { let line: String }

  /// Whether the end was one that the program chose: no signal, no trace of a crash.
  var isOrderly: Bool {
    signal == nil && !errors.contains("Fatal error") && !errors.contains("Stack dump")
      && !errors.contains("Current stack trace")
  }
}

/// A process of the program that is running. Used from one thread.
final class RunningProgram {
  private static let spawning = NSLock()

  struct SpawnError: Error { let code: Int32 }

  let identifier: pid_t
  /// The working folder: it must not go before the process.
  private let folder: TemporaryDirectory
  private var input: Int32
  private let outputPipe: Int32
  private let errorPipe: Int32
  private var errors: [UInt8] = []
  private var errorsRead = 0

  /// Starts the program in `folder`. With `memoryMiB` the system gives it so much memory and no
  /// more: what the system tells of a process's peak begins with that of the one that started it.
  /// With `processorSeconds` it is ended by a signal when it has used so many, which a busy machine
  /// does not hasten. With `fileMiB` it can write no larger file.
  init(
    _ arguments: [String], in folder: TemporaryDirectory,
    environment added: [String: String] = [:], memoryMiB: Int? = nil,
    processorSeconds: Int? = nil, fileMiB: Int? = nil, program: String = Program.path
  ) throws {
    signal(SIGPIPE, SIG_IGN)
    // Between a pipe's making and its mark no other thread may start a process that inherits it.
    Self.spawning.lock()
    defer { Self.spawning.unlock() }
    let (theirInput, ourInput) = try Self.pipe()
    let (ourOutput, theirOutput) = try Self.pipe()
    let (ourErrors, theirErrors) = try Self.pipe()
    defer { for descriptor in [theirInput, theirOutput, theirErrors] { close(descriptor) } }
    var environment = ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("GROUSE_") }
    environment.merge(added) { $1 }
    environment["GROUSE_SAMPLES"] = added["GROUSE_SAMPLES"] ?? Program.samples
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, theirInput, 0)
    posix_spawn_file_actions_adddup2(&actions, theirOutput, 1)
    posix_spawn_file_actions_adddup2(&actions, theirErrors, 2)
    // The signals as a shell gives them, whatever the test runner has made of its own.
    var all = sigset_t()
    sigemptyset(&all)
    posix_spawnattr_setsigmask(&attributes, &all)
    for number in [SIGPIPE, SIGINT, SIGTERM] { sigaddset(&all, number) }
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    let memory = memoryMiB.map { "ulimit -d \($0 << 10) && " } ?? ""
    let time = processorSeconds.map { "ulimit -t \($0) && " } ?? ""
    // In blocks of 512 bytes, by POSIX.
    let files = fileMiB.map { "ulimit -f \($0 << 11) && " } ?? ""
    let script = memory + time + files + "cd \"$0\" && exec \"$@\""
    let shell = ["/bin/sh", "-c", script, folder.path, program]
    let words = (shell + arguments).map { strdup($0) } + [nil]
    let settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + settings { free(text) } }
    var child = pid_t()
    let code = posix_spawn(&child, "/bin/sh", &actions, &attributes, words, settings)
    identifier = child
    self.folder = folder
    input = ourInput
    outputPipe = ourOutput
    errorPipe = ourErrors
    guard code == 0 else { throw SpawnError(code: code) }
  }

  private static func pipe() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [0, 0]
    guard systemPipe(&ends) == 0 else { throw SpawnError(code: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  deinit {
    closeInput()
    close(outputPipe)
    close(errorPipe)
  }

  /// Gives bytes to standard input; a reader that has gone away is no error.
  func write(_ bytes: [UInt8]) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        systemWrite(input, $0.baseAddress.map { $0 + done }, bytes.count - done)
      }
      guard count > 0 else { return }
      done += count
    }
  }

  func write(_ text: String) { write(Array(text.utf8)) }

  func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  func send(_ number: Int32) { kill(identifier, number) }

  /// Waits for the next line of standard error; nil at its end.
  func nextErrorLine() -> String? {
    while true {
      if let end = errors[errorsRead...].firstIndex(of: 10) {
        defer { errorsRead = end + 1 }
        return String(decoding: errors[errorsRead..<end], as: UTF8.self)
      }
      let more = Self.read(errorPipe)
      if more.isEmpty { return nil }
      errors += more
    }
  }

  /// Waits for a line of standard error that contains `text`; false where it never came.
  func waitForError(_ text: String) -> Bool {
    while let line = nextErrorLine() { if line.contains(text) { return true } }
    return false
  }

  /// The process was to do something, and has ended.
  struct EndedEarly: Error, CustomStringConvertible {
    let errors: String
    var description: String { "the program has ended: \(errors)" }
  }

  /// Asks until it is so; throws `EndedEarly` where the process has ended and it is not.
  func wait(until isSo: () throws -> Bool) throws {
    while true {
      let wasRunning = isRunning
      if try isSo() { return }
      guard wasRunning else { throw EndedEarly(errors: wait().errors) }
    }
  }

  private var isRunning: Bool {
    var information = siginfo_t()
    let options = WEXITED | WNOHANG | WNOWAIT
    return waitid(P_PID, id_t(identifier), &information, options) == 0
      && information.si_signo == 0
  }

  /// Waits for the next bytes of standard output.
  func nextOutput() -> [UInt8] { Self.read(outputPipe) }

  /// Waits for the end. With a limit, standard output is closed when so many bytes have been read;
  /// with 0 at once.
  func wait(readingOutput limit: Int? = nil) -> Outcome {
    let rest = Gathered()
    let pipe = errorPipe
    let reading = Worker {
      while true {
        let more = Self.read(pipe)
        if more.isEmpty { return }
        rest.append(more)
      }
    }
    var output: [UInt8] = []
    var isOpen = limit ?? 1 > 0
    while isOpen {
      let more = Self.read(outputPipe)
      output += more
      if more.isEmpty || output.count >= limit ?? .max { isOpen = false }
    }
    // The descriptor stays, so that its number is not given away; nothing reads from it any more.
    if limit != nil { Self.detach(outputPipe) }
    reading.join()
    closeInput()
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
    let signal = status & 0x7F
    return Outcome(
      code: signal == 0 ? (status >> 8) & 0xFF : nil, signal: signal == 0 ? nil : signal,
      output: output, errors: String(decoding: errors + rest.bytes, as: UTF8.self))
  }

  private static func detach(_ descriptor: Int32) {
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    dup2(nothing, descriptor)
    close(nothing)
  }

  private static func read(_ descriptor: Int32) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = buffer.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      return Array(buffer.prefix(max(count, 0)))
    }
  }
}

private final class Gathered: @unchecked Sendable {
  // Unchecked: written by one thread, read behind its end.
  private(set) var bytes: [UInt8] = []
  func append(_ more: [UInt8]) { bytes += more }
}

private func systemPipe(_ ends: inout [Int32]) -> Int32 { pipe(&ends) }

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int
{
  read(descriptor, bytes, count)
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
