internal import GRDB
internal import Machine

/// One time that a version was promoted.
package struct Promotion: Sendable, Equatable {
  package var version: Int
  /// Milliseconds since 1970; nil where an earlier program kept no time.
  package var promotedAt: Int64?
  /// When it was taken back; nil: it stands.
  package var takenBackAt: Int64?

  package init(version: Int, promotedAt: Int64? = nil, takenBackAt: Int64? = nil) {
    self.version = version
    self.promotedAt = promotedAt
    self.takenBackAt = takenBackAt
  }
}

/// `workbench.sqlite`, which WORKBENCH.md draws. Any number of processes may read and write it:
/// SQLite orders them.
struct Workbench {
  private static let version = 3
  /// `GRWB`.
  private static let applicationID = 0x4752_5742
  /// What each version of the file has added to the one before it.
  private static let definitions = [
    """
    CREATE TABLE model_versions (
      model TEXT NOT NULL, version INTEGER NOT NULL, manifest TEXT NOT NULL,
      PRIMARY KEY (model, version)) STRICT, WITHOUT ROWID;
    CREATE TABLE promotions (
      id INTEGER PRIMARY KEY, model TEXT NOT NULL, version INTEGER NOT NULL,
      promoted_at INTEGER, taken_back_at INTEGER) STRICT;
    CREATE INDEX promotions_by_model ON promotions (model, id);
    CREATE VIEW models AS
      SELECT model, version,
        version IS (
          SELECT p.version FROM promotions p
          WHERE p.model = v.model AND p.taken_back_at IS NULL ORDER BY id DESC LIMIT 1
        ) AS promoted,
        manifest ->> 'created_at' AS created_at, manifest ->> 'algorithm' AS algorithm,
        manifest ->> 'examples' AS examples, manifest ->> 'source' AS source,
        manifest ->> 'threshold' AS threshold, manifest ->> 'f1' AS f1,
        manifest ->> 'macro_f1' AS macro_f1, manifest ->> 'auc_pr' AS auc_pr,
        manifest ->> 'calibration_error' AS calibration_error, manifest
      FROM model_versions v;
    PRAGMA application_id = \(applicationID);
    """, LabelTables.definitions, LabelTables.provenanceDefinitions,
  ]

  /// What stands in the place of a manifest whose version was taken away: JSON, so that the view
  /// has nulls for it.
  static let deleted = "null"

  private let queue: DatabaseQueue
  private let path: String

  /// Opens the database at `path`, making it where it is missing.
  static func open(_ path: String, _ disk: any FileSystem) throws(ModelError) -> Workbench {
    if !disk.exists(path) {
      // So that it begins with mode 0600, which its journal takes over.
      do {
        try disk.createDurableDirectory(Path.parent(of: path))
        _ = try disk.open(path, .readWrite)
        try disk.syncDirectory(Path.parent(of: path))
      } catch { throw .io(error) }
    }
    let workbench = try Workbench(path)
    try workbench.write { change throws(ModelError) in try change.define() }
    return workbench
  }

  /// Opens the database at `path` for reading; nil where there is none yet.
  static func openExisting(
    _ path: String, _ disk: any FileSystem
  ) throws(ModelError) -> Workbench? {
    guard disk.exists(path) else { return nil }
    let workbench = try Workbench(path)
    // A kill between making the file and filling it leaves it empty.
    return try workbench.read { look throws(ModelError) in try look.isDefined() } ? workbench : nil
  }

  /// Opened for writing also where it is only to be read: after a kill the first one to come
  /// finishes what the journal holds.
  private init(_ path: String) throws(ModelError) {
    self.path = path
    var configuration = GRDB.Configuration()
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase {
      // What is forgotten is not to be found in the file's unused pages either.
      try $0.execute(sql: "PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON")
    }
    do { queue = try DatabaseQueue(path: path, configuration: configuration) } catch {
      throw Self.failure(error, path)
    }
  }

  /// Runs `body` as one transaction, which no other process's comes between.
  func write<Result>(
    _ body: (Contents) throws(ModelError) -> Result
  ) throws(ModelError) -> Result {
    do { return try queue.write { try body(Contents(database: $0, path: path)) } } catch {
      throw Self.failure(error, path)
    }
  }

  /// Runs `body` on one state of the database.
  func read<Result>(_ body: (Contents) throws(ModelError) -> Result) throws(ModelError) -> Result {
    do { return try queue.read { try body(Contents(database: $0, path: path)) } } catch {
      throw Self.failure(error, path)
    }
  }

  /// Copies all of it into a new file, beside others that write.
  func copy(to target: String, _ disk: any FileSystem) throws(ModelError) {
    do {
      try disk.createDurableDirectory(Path.parent(of: target))
      let file = try disk.open(target, .readWrite)
      try queue.writeWithoutTransaction {
        try $0.execute(sql: "VACUUM INTO ?", arguments: [target])
      }
      try file.sync()
      try disk.syncDirectory(Path.parent(of: target))
    } catch { throw Self.failure(error, path) }
  }

  fileprivate static func failure(_ error: any Error, _ path: String) -> ModelError {
    switch error {
    case let error as ModelError: return error
    case let error as IOFailure: return .io(error)
    case let error as DatabaseError:
      let reason = error.message ?? "\(error.resultCode)"
      switch error.resultCode {
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .damagedWorkbench(path, reason: reason)
      default: return .workbench(path, reason: reason)
      }
    default: return .workbench(path, reason: "\(error)")
    }
  }
}

extension Workbench {
  /// What stands in the database within one transaction.
  struct Contents {
    fileprivate let database: Database
    fileprivate let path: String

    /// Whether the tables have been made.
    func isDefined() throws(ModelError) -> Bool { try definedVersion() > 0 }

    /// Whether there are tables of labels: earlier programs made none.
    func hasLabels() throws(ModelError) -> Bool { try definedVersion() > 1 }

    /// Whether the tables of labels tell whose the posts are: earlier programs' do not.
    func hasProvenance() throws(ModelError) -> Bool { try definedVersion() > 2 }

    /// The version that the tables are of; 0: there are none. Thrown: where a newer program, or
    /// another one, made them.
    private func definedVersion() throws(ModelError) -> Int {
      try sql { database in
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        if version == 0, application == 0 { return 0 }
        guard application == Workbench.applicationID else {
          throw ModelError.workbench(path, reason: "it is not of this program")
        }
        guard version <= Workbench.version else {
          throw ModelError.workbench(
            path,
            reason: "its version \(version) is newer than this program's \(Workbench.version); "
              + "use a newer program")
        }
        return version
      }
    }

    /// Makes the tables that are missing.
    func define() throws(ModelError) {
      let missing = Workbench.definitions[try definedVersion()...]
      guard !missing.isEmpty else { return }
      try sql {
        for definition in missing { try $0.execute(sql: definition) }
        try $0.execute(sql: "PRAGMA user_version = \(Workbench.version)")
      }
    }

    /// Whether anything is known of a model.
    func knows(_ model: String) throws(ModelError) -> Bool {
      try sql {
        try Bool.fetchOne(
          $0,
          sql: """
            SELECT EXISTS (SELECT 1 FROM model_versions WHERE model = ?)
              OR EXISTS (SELECT 1 FROM promotions WHERE model = ?)
            """, arguments: [model, model]) ?? false
      }
    }

    /// The models of which a version was ever kept.
    func models() throws(ModelError) -> [String] {
      try sql {
        try String.fetchAll($0, sql: "SELECT DISTINCT model FROM model_versions ORDER BY model")
      }
    }

    /// The manifests of a model's versions that were ever kept; `deleted` for one taken away.
    func manifests(of model: String) throws(ModelError) -> [Int: String] {
      try sql {
        let rows = try Row.fetchAll(
          $0, sql: "SELECT version, manifest FROM model_versions WHERE model = ?",
          arguments: [model])
        return Dictionary(rows.map { ($0[0] as Int, $0[1] as String) }) { first, _ in first }
      }
    }

    /// Notes a version that is being kept. What SQLite cannot read as JSON, which would break every
    /// query of the view, is left out.
    func add(_ version: Int, of model: String, manifest: String) throws(ModelError) {
      try sql {
        try $0.execute(
          sql: """
            INSERT INTO model_versions (model, version, manifest)
            SELECT ?, ?, ? WHERE json_valid(?)
            ON CONFLICT DO UPDATE SET manifest = excluded.manifest
            """, arguments: [model, version, manifest, manifest])
      }
    }

    /// Notes that a version was taken away; its number stays taken.
    func forget(_ version: Int, of model: String) throws(ModelError) {
      try sql {
        try $0.execute(
          sql: "UPDATE model_versions SET manifest = ? WHERE model = ? AND version = ?",
          arguments: [Workbench.deleted, model, version])
      }
    }

    /// A model's promotions, the latest last, with those that were taken back.
    func promotions(of model: String) throws(ModelError) -> [Promotion] {
      try sql {
        try Row.fetchAll(
          $0,
          sql: """
            SELECT version, promoted_at, taken_back_at FROM promotions
            WHERE model = ? ORDER BY id
            """, arguments: [model]
        ).map { Promotion(version: $0[0], promotedAt: $0[1], takenBackAt: $0[2]) }
      }
    }

    /// Notes a promotion; `time` is nil where it is not known.
    func promote(_ version: Int, of model: String, at time: Int64?) throws(ModelError) {
      try sql {
        try $0.execute(
          sql: "INSERT INTO promotions (model, version, promoted_at) VALUES (?, ?, ?)",
          arguments: [model, version, time])
      }
    }

    /// Takes the last standing promotion back.
    func takeBack(_ model: String, at time: Int64) throws(ModelError) {
      try sql {
        try $0.execute(
          sql: """
            UPDATE promotions SET taken_back_at = ? WHERE id = (
              SELECT max(id) FROM promotions WHERE model = ? AND taken_back_at IS NULL)
            """, arguments: [time, model])
      }
    }

    /// What SQLite finds wrong with the file; empty where nothing is.
    func faults() throws(ModelError) -> [String] {
      try sql { try String.fetchAll($0, sql: "PRAGMA integrity_check") }.filter { $0 != "ok" }
    }

    /// Runs statements, whose errors are then the workbench's.
    func sql<Result>(
      _ body: (Database) throws -> Result
    ) throws(ModelError) -> Result {
      do { return try body(database) } catch { throw Workbench.failure(error, path) }
    }
  }
}
