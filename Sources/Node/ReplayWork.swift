package import Bytes
internal import CQL
package import CommitLog
internal import Listeners
internal import Records
package import SupportDesk

/// What a replay is asked to do: the options of `grouse replay`, or the arguments of the job.
package struct ReplayRequest: Sendable {
  /// In the keyspace `grouse`; nil: named after the model.
  package var table: String?
  /// NAME, NAME@VERSION or a folder; nil: the configured one.
  package var model: String?
  /// As `StartPosition` is written; nil: all of it.
  package var from, to: String?
  package var again = false
  package var compares = false
  /// Flipped posts that a comparison tells.
  package var posts = 20
  package var swaps = false
  package var undoes = false

  package init() {}

  /// What cannot be asked for, in words; nil where all is well.
  package var fault: String? {
    for (name, text) in [("from", from), ("to", to)] {
      if let text, StartPosition(parsing: text) == nil {
        return "\(name) \(text): \(StartPosition.forms)"
      }
    }
    if posts < 0 || posts > 10_000 { return "posts must be 0 to 10000" }
    if swaps || undoes, from != nil || to != nil {
      return "a swap and its undoing are for all of the topic: without from and to"
    }
    if swaps, model?.contains("/") == true {
      return "a folder's model cannot go live: keep it first, with `grouse models import`"
    }
    if let table, !Replay.Plan.isName(table) || !Self.isFree(table) {
      return ReplayError.invalidTable(table).description
    }
    if undoes, swaps || again || compares { return "undo stands alone, with a model or a table" }
    return nil
  }

  /// Whether CQL takes the name as it is.
  private static func isFree(_ table: String) -> Bool {
    (try? CQLParser.parse("SELECT a FROM grouse.\(table)")) != nil
  }

  /// The arguments of the job.
  package init(_ json: JSON) throws {
    try json.checkFields(
      "table", "model", "from", "to", "again", "compare", "posts", "swap", "undo")
    table = json["table"]?.text
    model = json["model"]?.text
    from = json["from"]?.text
    to = json["to"]?.text
    again = json["again"]?.boolean ?? false
    compares = json["compare"]?.boolean ?? false
    posts = json["posts"]?.integer ?? 20
    swaps = json["swap"]?.boolean ?? false
    undoes = json["undo"]?.boolean ?? false
    if let fault { throw ReplayFault(message: fault) }
  }

  /// The same as the job takes them.
  package var json: JSON {
    func text(_ value: String?) -> JSON { value.map { .text($0) } ?? .null }
    return [
      "table": text(table), "model": text(model), "from": text(from), "to": text(to),
      "again": .boolean(again), "compare": .boolean(compares), "posts": JSON(posts),
      "swap": .boolean(swaps), "undo": .boolean(undoes),
    ]
  }
}

/// Why a replay's arguments cannot be.
package struct ReplayFault: Error, CustomStringConvertible {
  let message: String
  package var description: String { message }
}

/// Does what a replay is asked to, in the process that has the data directory.
package struct ReplayWork {
  private let request: ReplayRequest
  private let configuration: Configuration
  private let registry: ModelRegistry
  private let commitLog: CommitLog
  private let log: EmbeddedEventLog
  private let store: EmbeddedTableStore
  /// Whether the live query runs beside it.
  private let isBesideLive: Bool
  /// Runs the exchange while the live query, where it runs, stands still, and lets it go on by
  /// what the exchange returns.
  private let pausing: (() throws -> Judge) throws -> Void

  package init(
    _ request: ReplayRequest, _ configuration: Configuration, _ registry: ModelRegistry,
    _ commitLog: CommitLog, _ log: EmbeddedEventLog, _ store: EmbeddedTableStore,
    isBesideLive: Bool, pausing: @escaping (() throws -> Judge) throws -> Void
  ) {
    self.request = request
    self.configuration = configuration
    self.registry = registry
    self.commitLog = commitLog
    self.log = log
    self.store = store
    self.isBesideLive = isBesideLive
    self.pausing = pausing
  }

  /// How far it is: what is being done, how many posts of how many.
  package typealias Report = (_ stage: String, _ done: Int, _ of: Int) -> Void

  /// Does it; what is returned has the table, and `totals`, `comparison`, `swapped` or `undone`.
  /// Stopped, it throws `ReplayError.stopped`, and goes on where it was when it is asked again.
  package func run(
    isStopped: @escaping @Sendable () -> Bool, report: Report
  ) throws -> JSON {
    let (classifier, manifest) = try registry.load(request.model ?? configuration.model)
    let table = request.table ?? Self.table(of: manifest.reference)
    var result: [JSON.Field] = [.init("table", .text("grouse.\(table)"))]
    let swapped = try Replay.swapped(table, in: store)
    if let model = try Replay.unpromoted(in: store) {
      // A kill came between the exchange and this.
      let note = try promote(try registry.load(model).manifest)
      if request.undoes, swapped == nil {
        return .object(result + [.init("undone", .text(model))] + note)
      }
      if request.swaps, swapped?.live == model {
        return .object(result + [.init("swapped", .text(model))] + note)
      }
    }
    if request.undoes {
      guard let swapped else { throw ReplayError.notSwapped(table) }
      let former = try registry.load(swapped.former)
      let replay = Replay(
        log, store, live: configuration.query, try plan(table, swapped.former),
        classifier: former.classifier, isLive: isBesideLive)
      let note = try exchange(
        replay, Judge(former.classifier, former.manifest), former.manifest,
        liveModel: swapped.live, isStopped, report)
      return .object(result + [.init("undone", .text(swapped.former))] + note)
    }
    if swapped != nil { throw ReplayError.isSwapped(table) }
    if request.again { try Replay.drop(table, in: store) }
    let replay = Replay(
      log, store, live: configuration.query, try plan(table, manifest.reference),
      classifier: classifier, isLive: isBesideLive)
    let totals = try replay.run(isStopped: isStopped) { progress in
      report("replaying", progress.totals.read, progress.totals.read + Int(progress.lag))
    }
    if isStopped() { throw ReplayError.stopped }
    result.append(.init("totals", Self.json(totals)))
    if request.compares {
      let found = try ReplayComparison(
        of: table, in: store, limit: request.posts, isStopped: isStopped,
        progress: { report("comparing", $0, $0) })
      if isStopped() { throw ReplayError.stopped }
      result.append(.init("comparison", found.json))
    }
    if request.swaps {
      let note = try exchange(
        replay, Judge(classifier, manifest), manifest,
        liveModel: try registry.load(configuration.model).manifest.reference, isStopped, report)
      result += [.init("swapped", .text(manifest.reference))] + note
    }
    return .object(result)
  }

  /// Exchanges the tables and lets the model judge what comes next, too.
  private func exchange(
    _ replay: Replay, _ judge: Judge, _ manifest: ModelManifest, liveModel: String,
    _ isStopped: @escaping @Sendable () -> Bool, _ report: Report
  ) throws -> [JSON.Field] {
    // Most of it before anybody waits.
    try replay.run(isStopped: isStopped) { progress in
      report("catching up", progress.totals.read, progress.totals.read + Int(progress.lag))
    }
    try pausing {
      try replay.swap(liveModel: liveModel, isStopped: isStopped)
      return judge
    }
    return try promote(manifest)
  }

  /// Lets the configured name mean the model; what is to be said where it cannot.
  private func promote(_ manifest: ModelManifest) throws -> [JSON.Field] {
    let configured = configuration.model
    var note: [JSON.Field] = []
    if manifest.name == configured {
      _ = try registry.promote(manifest.reference)
    } else if manifest.reference != configured {
      note = [
        .init(
          "note",
          .text(
            "the next run judges by \(configured) again: set model.name to \(manifest.reference)"))
      ]
    }
    try Replay.promoted(in: store)
    return note
  }

  private func plan(_ table: String, _ model: String) throws -> Replay.Plan {
    let topic = configuration.topic
    func offsets(_ text: String?) throws -> [Int64] {
      let position = text.flatMap { StartPosition(parsing: $0) } ?? .earliest
      return try (0..<log.partitionCount(of: topic)).map { number in
        try position.offset(
          in: try commitLog.partition(TopicPartition(topic, number)), isStrict: false)
      }
    }
    return try Replay.Plan(
      table: table, model: model, from: try offsets(request.from),
      to: request.to == nil ? nil : try offsets(request.to),
      range: "from \(request.from ?? "earliest") to \(request.to ?? "now")")
  }

  /// `complaints@2` goes into `posts_complaints_2`.
  private static func table(of reference: String) -> String {
    let name = reference.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    return String(("posts_" + String(name)).prefix(32))
  }

  private static func json(_ totals: QueryTotals) -> JSON {
    .object(totals.fields.map { .init($0.name, JSON($0.count)) })
  }
}
