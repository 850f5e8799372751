internal import ArgumentParser
internal import Machine
internal import Terminal

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The program: finds complaints in what people post about a brand.
@main
struct Grouse: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grouse",
    abstract: "Finds complaints in what people post about a brand, and helps to answer.",
    discussion: """
      Start with `grouse demo`: it trains a model, streams sample posts through the whole path and \
      shows what it found. Every command has an example in its --help.
      """,
    version: "grouse \(version)",
    groupedSubcommands: [
      CommandGroup(name: "Start", subcommands: [Demo.self, Doctor.self]),
      CommandGroup(
        name: "Posts",
        subcommands: [
          Run.self, ReplayCommand.self, Collect.self, Work.self, Queries.self, JobCommands.self,
        ]),
      CommandGroup(
        name: "Models",
        subcommands: [
          Train.self, Evaluate.self, Classify.self, Explain.self, Models.self, Label.self,
        ]),
      CommandGroup(
        name: "Log",
        subcommands: [
          Topics.self, Produce.self, Consume.self, Groups.self, LogCommand.self,
        ]),
      CommandGroup(name: "X", subcommands: [X.self]),
      CommandGroup(name: "Tables", subcommands: [CQLCommand.self]),
      CommandGroup(
        name: "Care",
        subcommands: [Check.self, Forget.self, BackupCommand.self, CompactCommand.self]),
    ])

  static let version = "0.1.0"

  static func main() {
    HostSystem.holdStandardDescriptors()
    Interruption.letWritesFail()
    HostSystem.raiseOpenFileLimit()
    do {
      var command = try parseAsRoot()
      try command.run()
      try StandardOutput.flush()
    } catch let error as ClosedPipe {
      // Whoever read has had enough, as `head` does: no error, and the shell's usual code for it.
      endProcess(error.exitCode)
    } catch let error as ExitCode {
      try? StandardOutput.flush()
      endProcess(error.rawValue)
    } catch {
      // What was done before the failure is shown before the failure.
      try? StandardOutput.flush()
      exit(withError: error)
    }
  }
}

private func endProcess(_ code: Int32) -> Never { exit(code) }
