internal import GRDB
package import Machine
package import TextClassification

/// What people have said of posts, in the workbench's database. Any number of processes may add to
/// it at once: each verdict is a row of its own, and on the disk when it is accepted.
package struct LabelBook {
  private let workbench: Workbench?
  private let clock: Clock

  /// Opens for adding, making the database, or its tables of labels, where they are missing.
  package init(
    writing path: String, disk: any FileSystem = LocalDisk(), clock: Clock = .system
  ) throws(ModelError) {
    workbench = try Workbench.open(path, disk)
    self.clock = clock
  }

  /// Opens for reading; without labels where there are none yet.
  package init(
    reading path: String, disk: any FileSystem = LocalDisk(), clock: Clock = .system
  ) throws(ModelError) {
    let found = try Workbench.openExisting(path, disk)
    let hasLabels =
      try found?.read { look throws(ModelError) in try look.hasLabels() } ?? false
    workbench = hasLabels ? found : nil
    self.clock = clock
  }

  /// Keeps a verdict; on the disk when this returns. Earlier ones on the post stay, and count no
  /// more.
  package func add(
    _ verdict: Verdict, post: String, text: String, topic: String? = nil, note: String? = nil,
    by labeller: String
  ) throws(ModelError) {
    let label = PostLabel(
      post: post, text: text, verdict: verdict, topic: topic, note: note, labeller: labeller,
      labelledAt: clock.milliseconds)
    try workbench?.write { change throws(ModelError) in try change.add(label) }
  }

  /// Adds what was imported, all or nothing; returns how many are new. `hasTimes`: the labels have
  /// times of their own, by which they are known again.
  package func add(
    imported hasTimes: Bool, _ labels: (_ add: (PostLabel) throws -> Bool) throws -> Void
  ) throws -> Int {
    var added = 0
    var failure: (any Error)?
    do {
      try workbench?.write { change throws(ModelError) in
        do {
          try labels { label in
            guard try !change.knows(label, atItsTime: hasTimes) else { return false }
            try change.add(label)
            added += 1
            return true
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

  /// Takes back the verdict that a labeller gave last; nil: there is none.
  package func takeBack(by labeller: String) throws(ModelError) -> PostLabel? {
    guard let workbench else { return nil }
    return try workbench.write { change throws(ModelError) in
      guard let last = try change.lastGiven(by: labeller) else { return nil }
      try change.takeBack(label: last.number, at: clock.milliseconds)
      return last.label
    }
  }

  /// Takes posts away with their texts and all that was said of them.
  package func forget(_ posts: Set<String>) throws(ModelError) {
    guard !posts.isEmpty else { return }
    try workbench?.write { change throws(ModelError) in try change.forget(posts) }
  }

  /// Gives each label that stands to `body`, by its number: the latest of each labeller on each
  /// post.
  package func visit(_ body: (PostLabel) throws -> Void) throws(ModelError) {
    try labels("ORDER BY number", [], body)
  }

  private func labels(
    _ condition: String, _ arguments: StatementArguments, _ body: (PostLabel) throws -> Void
  ) throws(ModelError) {
    try workbench?.read { look throws(ModelError) in
      try look.labels(condition, arguments, body)
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
