internal import Records
internal import Streams
internal import Tables
package import TextClassification

/// Everything that the log holds of a range, classified anew into tables of its own beside those
/// that are live: rows, cases, counts and alerts as they would be, had the model been there from
/// the start.
///
/// It is the shipped query under another name, so it goes on where it was after a kill, and the
/// same range replayed twice gives the same rows.
package final class Replay: Sendable {
  /// What is replayed, and by what.
  package struct Plan: Sendable, Equatable {
    /// The table of posts, in the keyspace `grouse`; the others' names begin with its name.
    package var table: String
    /// The model, as `name@version`.
    package var model: String
    /// The first offset of each partition.
    package var from: [Int64]
    /// Where each partition ends; nil: where the live query stands when it gets there.
    package var to: [Int64]?
    /// What was asked for, in words: offsets may differ when the same is asked for again.
    package var range: String

    /// Throws `ReplayError` where the table's name is none.
    package init(
      table: String, model: String, from: [Int64], to: [Int64]?, range: String
    ) throws(ReplayError) {
      guard Self.isName(table) else { throw .invalidTable(table) }
      (self.table, self.model, self.from, self.to) = (table, model, from, to)
      self.range = range
    }

    /// Whether a table of a replay can be called so: its name, and those made of it, are none of
    /// the live tables'.
    package static func isName(_ table: String) -> Bool {
      let isPlain = table.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
      }
      return isPlain && (0x61...0x7A).contains(table.utf8.first ?? 0) && table.utf8.count <= 32
        && Set(TableNames(replayInto: table).all).isDisjoint(with: TableNames.live.all)
        && table != "scores_by_hour" && table != "counts"
    }

    /// What tells a plan from another one that would fill the same table.
    fileprivate var text: String { "\(model), \(range)" }
  }

  /// How far it is.
  package struct Progress: Sendable {
    package var totals: QueryTotals
    /// Records still to be read.
    package var lag: Int64
  }

  package let plan: Plan
  private let log: any EventLog
  private let store: any TableStore
  private let settings: ClassifyQuery.Settings
  private let live: ClassifyQuery.Settings
  private let classifier: TextClassifier
  private let isLive: Bool

  /// A replay beside the live query, whose settings are `live`. Where that one `isLive`, batches
  /// are small, so that a post that comes meanwhile has its row soon.
  package init(
    _ log: any EventLog, _ store: any TableStore, live: ClassifyQuery.Settings, _ plan: Plan,
    classifier: TextClassifier, isLive: Bool = false
  ) {
    self.log = log
    self.store = store
    self.plan = plan
    self.live = live
    self.classifier = classifier
    var settings = live
    settings.name = Self.queryName(plan.table)
    settings.tables = TableNames(replayInto: plan.table)
    settings.idleAfter = nil
    self.settings = settings
    self.isLive = isLive
  }

  /// The name of the query that fills a table.
  package static func queryName(_ table: String) -> String { "replay-\(table)" }

  private static func planName(_ table: String) -> String { "replay/\(table)" }

  private static let promotionName = "promote"

  /// The model that judges since the last exchange and is still to be promoted: a kill came
  /// between.
  package static func unpromoted(in store: any TableStore) throws -> String? {
    try store.state(promotionName).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Notes that it was promoted.
  package static func promoted(in store: any TableStore) throws {
    try store.commit { try $0.setState(promotionName, nil) }
  }

  private static func swappedName(_ table: String) -> String { "swapped/\(table)" }

  /// The model whose tables are live since the last swap of a table, and the one whose tables it
  /// holds instead; nil where it was not swapped.
  package static func swapped(
    _ table: String, in store: any TableStore
  ) throws -> (live: String, former: String)? {
    guard let live = try store.state(swappedName(table)),
      let plan = try store.state(planName(table))
    else { return nil }
    let text = String(decoding: plan, as: UTF8.self)
    return (String(decoding: live, as: UTF8.self), String(text.prefix { $0 != "," }))
  }

  /// Runs to the range's end; `isStopped` is asked at each batch, and ends it in order.
  @discardableResult
  package func run(
    isStopped: @escaping @Sendable () -> Bool = { false },
    progress: (Progress) -> Void = { _ in }
  ) throws -> QueryTotals {
    try run(gently: isLive, isStopped: isStopped, progress: progress)
  }

  /// Gently: in small batches, between which others can write.
  private func run(
    gently: Bool, isStopped: @escaping @Sendable () -> Bool, progress: (Progress) -> Void
  ) throws -> QueryTotals {
    try begin()
    var settings = settings
    if gently { (settings.targetMilliseconds, settings.leastRecords) = (10, 256) }
    settings.ends = try plan.to ?? livePositions()
    let query = ClassifyQuery(log, store, settings, classifier: classifier, model: plan.model)
    return try query.run(until: .caughtUp) { batch in
      progress(Progress(totals: batch.totals, lag: batch.lag))
      if isStopped() { query.stop() }
    }
  }

  /// What a plan's place says while its tables are being dropped.
  private static let dropping = "dropping"

  /// Notes the plan, or finds that it is the one that was begun.
  private func begin() throws {
    let name = Self.planName(plan.table)
    var known = try store.state(name).map { String(decoding: $0, as: UTF8.self) }
    if known == Self.dropping {
      try Self.drop(plan.table, in: store)
      known = nil
    }
    let states = TableStateStore(store)
    let found = try settings.tables.all.filter { try Self.exists($0, in: store) }
    if let known {
      guard known == plan.text else {
        throw ReplayError.otherPlan(table: plan.table, was: known, is: plan.text)
      }
      // Somebody has dropped some: what is left is no replay.
      let hasBegun = try QueryPosition(of: settings.name, in: states).map { $0.epoch > 0 } ?? false
      guard !hasBegun || found.count == settings.tables.all.count else {
        throw ReplayError.incomplete(plan.table)
      }
      return
    }
    if let other = found.first { throw ReplayError.taken(other) }
    var position = QueryPosition(beginning: settings.name)
    position.move(live.topic, identity: try log.identifier(of: live.topic), to: plan.from)
    try position.write(to: states)
    try store.commit { try $0.setState(name, Array(plan.text.utf8)) }
  }

  /// Whether there is a table of this name, with its keyspace.
  static func exists(_ table: String, in store: any TableStore) throws -> Bool {
    let name = table.split(separator: ".").last.map(String.init) ?? table
    return try !store.execute(
      """
      SELECT table_name FROM system_schema.tables
      WHERE keyspace_name = 'grouse' AND table_name = '\(name)'
      """
    ).rows.isEmpty
  }

  private func livePositions() throws -> [Int64] {
    try QueryCheckpoint(name: live.name, topic: live.topic).positions(in: store, of: log)
  }

  /// Puts the replayed tables in the place of the live ones, at one moment; what was live, by
  /// `liveModel`, is from then on under the replay's names. First it catches up with what the live
  /// query has read meanwhile. Only what was replayed from the beginning to now can be swapped.
  /// Where they were swapped before, a replay by the former model brings them back.
  package func swap(
    liveModel: String, isStopped: @escaping @Sendable () -> Bool = { false },
    progress: (Progress) -> Void = { _ in }
  ) throws {
    guard plan.to == nil else { throw ReplayError.partial(plan.table) }
    let isBack = try store.state(Self.swappedName(plan.table)) != nil
    for (partition, offset) in plan.from.enumerated() where !isBack {
      let first = try log.bounds(of: TopicPartition(live.topic, partition)).lowerBound
      guard offset <= first else { throw ReplayError.partial(plan.table) }
      guard first == 0 else {
        throw ReplayError.truncated("\(live.topic)-\(partition)", first: first)
      }
    }
    while true {
      let live = try livePositions()
      // The live query stands still meanwhile.
      _ = try run(gently: false, isStopped: isStopped, progress: progress)
      if isStopped() { throw ReplayError.stopped }
      if try exchange(liveModel) { return }
      // Again only where the live query has gone on meanwhile: else the two never meet.
      guard try livePositions() != live else { throw ReplayError.apart(plan.table) }
    }
  }

  /// Exchanges the tables where both queries have read the same; false where they have not.
  private func exchange(_ liveModel: String) throws -> Bool {
    let (now, other) = (TableNames.live, TableNames(replayInto: plan.table))
    return try store.exchange(Array(zip(now.all, other.all))) { state in
      func offsets(_ name: String) throws -> [Int64] {
        try QueryPosition(of: name) { try state.state($0) }?.offsets(of: live.topic) ?? []
      }
      guard try offsets(live.name) == offsets(settings.name) else { return false }
      // The state goes with the tables that it belongs to.
      let ofNow = try GrouseTables.scope(of: now) { try state.state($0) }
      let ofOther = try GrouseTables.scope(of: other) { try state.state($0) }
      try state.setState(GrouseTables.scopeName(now), Array(ofOther.utf8))
      try state.setState(GrouseTables.scopeName(other), Array(ofNow.utf8))
      var former = plan
      former.model = liveModel
      try state.setState(Self.planName(plan.table), Array(former.text.utf8))
      let wasSwapped = try state.state(Self.swappedName(plan.table)) != nil
      try state.setState(
        Self.swappedName(plan.table), wasSwapped ? nil : Array(plan.model.utf8))
      try state.setState(Self.promotionName, Array(plan.model.utf8))
      return true
    }
  }

  /// Forgets a replay: its tables, its state, its place. Killed in between, it goes on when it is
  /// asked for again, or the next replay into the table does. What is no replay is left alone.
  package static func drop(_ table: String, in store: any TableStore) throws {
    guard try store.state(planName(table)) != nil else { return }
    let names = TableNames(replayInto: table)
    let states = TableStateStore(store)
    try store.commit { try $0.setState(planName(table), Array(dropping.utf8)) }
    let scope = try GrouseTables.scope(of: names) { try store.state($0) }
    for name in names.all { try store.execute("DROP TABLE IF EXISTS \(name)") }
    try QueryPosition.forget(queryName(table), in: states)
    // The live tables' state has no name before it, and is not this one's.
    if !scope.isEmpty {
      for kind in ["edits/", "thread/", "pasted/"] {
        try states.remove(Array("\(scope)\(kind)".utf8))
      }
    }
    try store.commit { transaction in
      try transaction.setState(planName(table), nil)
      try transaction.setState(swappedName(table), nil)
      try transaction.setState(GrouseTables.scopeName(names), nil)
    }
  }
}

/// Why a replay cannot be.
package enum ReplayError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The table's name cannot be one.
  case invalidTable(String)
  /// The table holds another replay.
  case otherPlan(table: String, was: String, is: String)
  /// Not all of the topic was replayed.
  case partial(String)
  /// A table of the name is there, and is none of the replay's.
  case taken(String)
  /// Some of the replay's tables are gone.
  case incomplete(String)
  /// The log does not hold all that the live tables were made of.
  case truncated(String, first: Int64)
  /// The live query stands where the replay cannot come to.
  case apart(String)
  /// There is no such table.
  case missing(String)
  /// Nothing was swapped.
  case notSwapped(String)
  /// It was swapped already.
  case isSwapped(String)
  /// It was asked to stop.
  case stopped

  package var description: String {
    switch self {
    case .invalidTable(let table):
      "\(table): a replay's table has a name of 1 to 32 small letters, digits and _ that begins with "
        + "a letter, and none of the live tables'"
    case .otherPlan(let table, let was, let now):
      "grouse.\(table) holds another replay: \(was); asked for: \(now); give --into another table, or "
        + "--again to drop what it holds"
    case .partial(let table):
      "grouse.\(table) holds a part of the topic: only what was replayed from the beginning on, "
        + "without --from and --to, can take the place of the live tables"
    case .taken(let table):
      "\(table) is there already and belongs to no replay into this table: give --into another name"
    case .incomplete(let table):
      "some of the tables of the replay in grouse.\(table) are gone: --again makes all of them anew"
    case .truncated(let partition, let first):
      "\(partition) begins at offset \(first): records before that are gone from the log, and a swap "
        + "would lose their posts"
    case .apart(let table):
      "the live query has not run, or was sent back behind what grouse.\(table) holds: run "
        + "`grouse work --exit` until it has caught up, then swap"
    case .missing(let table): "there is no replay in grouse.\(table): run it first"
    case .notSwapped(let table): "grouse.\(table) has not been swapped: there is nothing to undo"
    case .isSwapped(let table):
      "grouse.\(table) holds what was live before it was swapped: --undo brings that back"
    case .stopped: "stopped before the tables were exchanged"
    }
  }
}
