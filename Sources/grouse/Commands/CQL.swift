internal import ArgumentParser
internal import Bytes
internal import Machine
internal import Node
internal import Shell
internal import Tables
internal import Terminal

struct CQLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cql",
    abstract: "Ask the tables in CQL, as with cqlsh.",
    discussion: """
      Without -e and -f, statements are typed, or read from standard input. Each ends with a \
      semicolon. Beside a running `grouse run` that one writes what statements change. HELP lists the \
      shell's own commands, such as COPY and EXPAND.

      Example: grouse cql -e "SELECT opened_at, screen_name, text FROM grouse.cases LIMIT 5"
      """)

  // A text may begin with a comment, that is, with dashes.
  @ArgumentParser.Option(
    name: [.short, .long], parsing: .unconditional, help: "Statements to execute.")
  var execute: String?
  @ArgumentParser.Option(
    name: [.short, .long], help: "A file of statements to execute; - is standard input.")
  var file: String?
  @ArgumentParser.Option(name: [.short, .long], help: "The keyspace to use.")
  var keyspace: String?
  @ArgumentParser.Flag(
    name: .customLong("continue"),
    help: "Go on behind a statement that failed; the exit code tells in the end.")
  var continuesAfterErrors = false
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if execute != nil && file != nil { throw ValidationError("give -e or -f, not both") }
  }

  func run() throws {
    let configuration = try options.configuration()
    let session = ShellSession(Self.access(configuration), shellOptions(configuration))
    guard try session.useKeyspace() else { throw ExitCode.failure }
    let isGood: Bool
    if let execute {
      isGood = try session.run(text: execute, name: "-e")
    } else if file == nil, StandardInput.isTerminal, Messages.isTerminal {
      try session.converse(historyPath: UserPath.history)
      isGood = true
    } else {
      isGood = try session.run(file: file)
    }
    if !isGood { throw ExitCode.failure }
  }

  private func shellOptions(_ configuration: Configuration) -> ShellOptions {
    var shell = ShellOptions()
    shell.json = options.json
    shell.continuesAfterErrors = continuesAfterErrors
    shell.keyspace = keyspace
    shell.program = "grouse \(Grouse.version)"
    shell.place = configuration.dataDirectory
    return shell
  }

  private static func access(_ configuration: Configuration) -> TableAccess {
    TableAccess(
      read: {
        let directory = try DataDirectory(reading: configuration.dataDirectory)
        guard let tables = try directory.readTables() else {
          throw NoTables(path: configuration.dataDirectory)
        }
        return tables
      },
      write: {
        do {
          return .here(
            try DataDirectory(writing: configuration.dataDirectory, purpose: "grouse cql")
              .openTables(configuration))
        } catch let error as LockError {
          return .elsewhere(
            RemoteStatements(
              process: try DataDirectory.runningProcess(configuration, unless: error)))
        }
      })
  }
}

/// A data directory that has no tables yet.
private struct NoTables: Error, CustomStringConvertible {
  let path: String
  var description: String {
    "\(path): there are no tables yet; `grouse run` or `grouse demo` makes them"
  }
}

/// Statements that the process executes which has the tables open for writing.
private struct RemoteStatements: StatementExecutor {
  let process: RunningProcess

  func execute(_ statement: String, keyspace: String?) throws -> Page {
    let answer = try call(
      ["statement": .text(statement), "keyspace": keyspace.map { .text($0) } ?? .null])
    guard let page = Page(nativeJSON: answer) else { throw UnknownAnswer(process: process.name) }
    return page
  }

  func execute(_ statement: String, rows: [[[UInt8]?]]) throws {
    _ = try call(["statement": .text(statement), "rows": .array(rows.map { Cells.encode($0) })])
  }

  private func call(_ body: JSON) throws -> JSON {
    var fields = body.fields ?? []
    fields.append(.init("form", "native"))
    do {
      return try process.call("POST", ["cql"], .object(fields))
    } catch let error as RefusedRequest {
      throw TableError(json: error.answer) ?? error as any Error
    }
  }
}

/// The running process answers in another way than this program knows.
private struct UnknownAnswer: Error, CustomStringConvertible {
  let process: String
  var description: String {
    "\(process) answers in a way that this program does not know: is it of another version?"
  }
}
