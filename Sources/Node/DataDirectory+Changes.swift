package import CommitLog
package import Machine
package import SupportDesk
internal import Tables

/// What a command does its changes through, and what opening the log has repaired.
package struct OpenedChanges {
  package let changes: any LogChanges
  package let repairs: [String]
  /// The process that makes the changes; nil: this one.
  package let process: RunningProcess?
}

extension DataDirectory {
  /// The way to change the log: this process opens it where nobody has it open for writing, else
  /// the one that has is asked over its socket. Thrown: `LockError` where that one does not answer.
  package static func changes(
    _ configuration: Configuration, purpose: String
  ) throws -> OpenedChanges {
    do {
      let directory = try DataDirectory(
        writing: configuration.dataDirectory, purpose: purpose)
      let log = try directory.openLog(configuration)
      return OpenedChanges(
        changes: OpenLogChanges(log) { try directory.openExistingTables(configuration) },
        repairs: log.repairs, process: nil)
    } catch let error as LockError {
      let process = try runningProcess(configuration, unless: error)
      let log = try DataDirectory(reading: configuration.dataDirectory).readLog(configuration)
      return OpenedChanges(
        changes: RemoteLogChanges(process, log), repairs: [], process: process)
    }
  }

  /// The process that holds a data directory, which `error` says. Thrown: `error`, where that one
  /// does not answer.
  package static func runningProcess(
    _ configuration: Configuration, unless error: LockError
  ) throws -> RunningProcess {
    guard case .held = error,
      let process = RunningProcess(in: configuration.dataDirectory)
    else { throw error }
    return process
  }

  /// The way to the application's event log, in the same manner.
  package static func eventLog(
    _ configuration: Configuration, purpose: String
  ) throws -> (log: any EventLog, open: CommitLog?) {
    do {
      let log = try DataDirectory(
        writing: configuration.dataDirectory, purpose: purpose
      ).openLog(configuration)
      return (try EmbeddedEventLog(log), log)
    } catch let error as LockError {
      let process = try runningProcess(configuration, unless: error)
      let log = try DataDirectory(reading: configuration.dataDirectory).readLog(configuration)
      return (RemoteEventLog(process, log), nil)
    }
  }

  /// The models, to add to, also beside a process that has log and tables open: the registry orders
  /// those who change it by itself.
  package static func modelsForChange(
    in path: String, purpose: String
  ) throws -> (models: ModelRegistry, directory: DataDirectory) {
    let directory: DataDirectory
    do { directory = try DataDirectory(writing: path, purpose: purpose) } catch LockError.held {
      directory = try DataDirectory(reading: path)
    }
    return (directory.models, directory)
  }

  /// Where the workbench's database is, to add to, also beside a process that has log and tables
  /// open.
  package static func workbenchForChange(
    in path: String, purpose: String
  ) throws -> (workbench: String, directory: DataDirectory) {
    // Made where it is missing, and let go: nobody is kept from writing while somebody labels.
    if !LocalDisk().exists(path) { _ = try DataDirectory(writing: path, purpose: purpose) }
    return (Path.join(path, workbenchName), try DataDirectory(reading: path))
  }

  /// The labels of a data directory; none where it has none yet. What is to be forgotten is not
  /// among them.
  package static func labels(in path: String) throws -> LabelBook {
    let directory = try DataDirectory(reading: path)
    return try LabelBook(
      reading: Path.join(path, workbenchName), except: directory.forgottenCheck)
  }

  /// Asks the tables what is to be forgotten. They are open only while they are asked: whoever
  /// labels for hours keeps nobody from compacting them.
  package var forgottenCheck: ForgottenCheck {
    ForgottenCheck { try readTables().map { EmbeddedTableStore($0) } }
  }
}
