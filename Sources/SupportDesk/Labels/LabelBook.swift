internal import GRDB
package import Machine
package import TextClassification

/// What people have said of posts, in the workbench's database. Any number of processes may add to
/// it at once: each verdict is a row of its own, and on the disk when it is accepted.
package struct LabelBook {
  let workbench: Workbench?
  private let path: String
  private let forgotten: ForgottenCheck
  private let clock: Clock

  /// Opens for adding, making the database, or its tables of labels, where they are missing. What
  /// is `forgotten` is neither taken in nor given out.
  package init(
    writing path: String, except forgotten: ForgottenCheck, disk: any FileSystem = LocalDisk(),
    clock: Clock = .system
  ) throws(ModelError) {
    workbench = try Workbench.open(path, disk)
    self.path = path
    self.forgotten = forgotten
    self.clock = clock
  }

  /// Opens for reading; without labels where there are none yet.
  package init(
    reading path: String, except forgotten: ForgottenCheck, disk: any FileSystem = LocalDisk(),
    clock: Clock = .system
  ) throws(ModelError) {
    let found = try Workbench.openExisting(path, disk)
    let hasLabels =
      try found?.read { look throws(ModelError) in try look.hasLabels() } ?? false
    workbench = hasLabels ? found : nil
    self.path = path
    self.forgotten = forgotten
    self.clock = clock
  }

  /// Opens to take posts out; without labels where there are none yet. The tables of an earlier
  /// program become those of this one.
  package init(
    forgettingIn path: String, disk: any FileSystem = LocalDisk()
  ) throws(ModelError) {
    try self.init(reading: path, except: .never, disk: disk)
    try workbench?.write { change throws(ModelError) in try change.define() }
  }

  /// The tables, to ask what is to be forgotten; nil where nothing is.
  private func currentLook() throws(ModelError) -> ForgottenCheck.Look? {
    try asking { try forgotten.look() }
  }

  private func asking<Result>(_ body: () throws -> Result) throws(ModelError) -> Result {
    do { return try body() } catch {
      throw (error as? ModelError)
        ?? .workbench(path, reason: "what is to be forgotten cannot be read: \(error)")
    }
  }

  /// Whether a post is to be forgotten, as the tables know it now.
  package func isForgotten(
    _ post: String, _ provenance: PostProvenance
  ) throws(ModelError) -> Bool {
    guard let look = try currentLook() else { return false }
    return try asking { try look.contains(post, provenance) }
  }

  /// Keeps a verdict; on the disk when this returns. Earlier ones on the post stay, and count no
  /// more. False where the post is to be forgotten: nothing is kept of it.
  @discardableResult
  package func add(
    _ verdict: Verdict, post: String, text: String, topic: String? = nil, note: String? = nil,
    by labeller: String, of provenance: PostProvenance = PostProvenance()
  ) throws(ModelError) -> Bool {
    let label = PostLabel(
      post: post, text: text, verdict: verdict, topic: topic, note: note, labeller: labeller,
      labelledAt: clock.milliseconds, provenance: provenance)
    return try workbench?.write { change throws(ModelError) in
      // Inside the transaction: who forgets says so in the tables first, and deletes then, which
      // waits for this one.
      guard try !isForgotten(post, provenance) else { return false }
      try change.add(label)
      return true
    } ?? false
  }

  /// What became of a label that was to be taken in.
  package enum Taken: Sendable {
    case new, known
    /// Its post is to be forgotten.
    case refused
  }

  /// Adds what was imported, all or nothing; returns how many are new. `hasTimes`: the labels have
  /// times of their own, by which they are known again.
  package func add(
    imported hasTimes: Bool, _ labels: (_ add: (PostLabel) throws -> Taken) throws -> Void
  ) throws -> Int {
    var added = 0
    var failure: (any Error)?
    do {
      try workbench?.write { change throws(ModelError) in
        do {
          let look = try currentLook()
          try labels { label in
            if try look?.contains(label.post, label.provenance) == true { return .refused }
            guard try !change.knows(label, atItsTime: hasTimes) else { return .known }
            try change.add(label)
            added += 1
            return .new
          }
        } catch {
          failure = error
          throw (error as? ModelError) ?? .workbench("", reason: "\(error)")
        }
      }
    } catch {
      throw failure ?? error
    }
    return added
  }

  /// Takes back the verdict that a labeller gave last; nil: there is none. Those on posts that are
  /// to be forgotten are taken away with them on the way.
  package func takeBack(by labeller: String) throws(ModelError) -> PostLabel? {
    guard let workbench else { return nil }
    return try workbench.write { change throws(ModelError) in
      while let last = try change.lastGiven(by: labeller) {
        guard try !isForgotten(last.label.post, last.label.provenance) else {
          var pending = Forgetting.Pending()
          pending.posts = [last.label.post]
          _ = try change.forget(pending)
          continue
        }
        try change.takeBack(label: last.number, at: clock.milliseconds)
        return last.label
      }
      return nil
    }
  }

  /// Gives each label that stands to `body`, by its number: the latest of each labeller on each
  /// post.
  package func visit(_ body: (PostLabel) throws -> Void) throws(ModelError) {
    try labels("ORDER BY number", [], body)
  }

  /// The same with those of posts that are to be forgotten, for who gives out no texts of them: the
  /// tables are not asked, and may be open.
  package func visitAll(_ body: (PostLabel) throws -> Void) throws(ModelError) {
    try workbench?.read { contents throws(ModelError) in
      try contents.labels("ORDER BY number", [], body)
    }
  }

  private func labels(
    _ condition: String, _ arguments: StatementArguments, _ body: (PostLabel) throws -> Void
  ) throws(ModelError) {
    try workbench?.read { contents throws(ModelError) in
      let look = try currentLook()
      try contents.labels(condition, arguments) { label in
        if try look?.contains(label.post, label.provenance) != true { try body(label) }
      }
    }
  }

  /// What all have said of a post.
  package func labels(of post: String) throws(ModelError) -> [PostLabel] {
    var found: [PostLabel] = []
    try labels("WHERE post = ? ORDER BY number", [post]) { found.append($0) }
    return found
  }

  /// One label for each post that one can be chosen for, in the order of their first labels; and
  /// how many posts were left out because as many say one thing as the other.
  package func chosen(
    _ choice: LabelChoice
  ) throws(ModelError) -> (labels: [PostLabel], undecided: Int) {
    if case .labeller(let name) = choice {
      var own: [PostLabel] = []
      try labels("WHERE labeller = ? ORDER BY number", [name]) {
        if $0.verdict.isDecided { own.append($0) }
      }
      return (own, 0)
    }
    var labels: [PostLabel] = []
    var undecided = 0
    var group: [PostLabel] = []
    func settle() {
      guard !group.isEmpty else { return }
      if let label = Self.majority(group) { labels.append(label) } else { undecided += 1 }
      group.removeAll()
    }
    try self.labels(
      "WHERE verdict IN ('complaint', 'other') ORDER BY post, number", []
    ) { label in
      if group.first?.post != label.post { settle() }
      group.append(label)
    }
    settle()
    return (labels, undecided)
  }

  /// The latest label that says what most say, with the topic that most of those name.
  private static func majority(_ labels: [PostLabel]) -> PostLabel? {
    let complaints = labels.count { $0.verdict == .complaint }
    guard complaints * 2 != labels.count else { return nil }
    let verdict = complaints * 2 > labels.count ? Verdict.complaint : .other
    let agreeing = labels.filter { $0.verdict == verdict }
    var label = agreeing.last
    let topics = agreeing.compactMap(\.topic).reduce(into: [String: Int]()) {
      $0[$1, default: 0] += 1
    }
    let most = topics.values.max() ?? 0
    let named = topics.filter { $0.value == most }.keys
    label?.topic = named.count == 1 ? named.first : nil
    return label
  }

  /// How far each two labellers agree, on verdicts and on topics.
  package func agreement() throws(ModelError) -> [LabellerAgreement] {
    guard let workbench else { return [] }
    return try workbench.read { look throws(ModelError) in
      LabellerAgreement.all(
        verdicts: try look.pairs(of: "verdict"), topics: try look.pairs(of: "topic"))
    }
  }
}

/// How far two people agree on the posts that both have judged.
package struct LabellerAgreement: Equatable, Sendable {
  package var labellers: [String]
  package var verdicts: Agreement
  /// Nil: there is no post on which both named a topic.
  package var topics: Agreement?

  static func all(verdicts: [LabelPair], topics: [LabelPair]) -> [LabellerAgreement] {
    func agreement(_ pairs: [LabelPair], _ labellers: [String]) -> Agreement? {
      let own = pairs.filter { $0.labellers == labellers }
      return own.isEmpty ? nil : Agreement(own.map { ($0.values[0], $0.values[1], $0.count) })
    }
    var known: [[String]] = []
    for pair in verdicts where known.last != pair.labellers { known.append(pair.labellers) }
    return known.compactMap { labellers in
      agreement(verdicts, labellers).map {
        LabellerAgreement(
          labellers: labellers, verdicts: $0, topics: agreement(topics, labellers))
      }
    }
  }
}
