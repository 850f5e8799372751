internal import ArgumentParser
internal import Machine
internal import Node
internal import SupportDesk
internal import Terminal
internal import TextClassification

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

struct Label: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge posts by single keys, and bring labels in and out.",
    discussion: """
      Shows posts of the tables that nobody has judged, those first of which the model is least \
      certain. c: a complaint, o: other, u: unsure, s: skip; 1 to 9 or t: what it is about; n: a \
      note; z: take the last verdict back; q: end. A verdict is on the disk before the next post is \
      shown. Several people can judge at once, also beside a running `grouse run`.

      From a pipe it reads a key a line, with what belongs to it behind (`t delivery`, `n is it \
      ours?`), and prints each post on a line.

      Example: grouse label
               grouse label --order random --subject refund --count 50
               grouse label --second-opinion
               grouse label --export labels.csv
               grouse label --import seed.csv --text text --label sentiment
               grouse label --agreement
      """)

  @Option(
    help: "Which posts come first: uncertain, random or newest.", transform: Label.order)
  var order = LabelQueue.Order.uncertain
  @Option(help: "Only posts that the model takes to be about this.") var subject: String?
  @Option(
    parsing: .unconditional, help: "At most so many posts.",
    transform: wholeNumber(1...100_000))
  var count = 1_000
  @Option(
    parsing: .unconditional, help: "Decides what is random.",
    transform: wholeNumber(0...UInt64.max))
  var seed: UInt64 = 1
  @Flag(help: "Show posts that others have judged, without their verdicts.")
  var secondOpinion = false
  @Option(help: "Who judges (default: your name on this machine); with --import: whose labels.")
  var labeller: String?
  @Option(help: "Write the labels to this CSV file (- for standard output), and end.")
  var export: String?
  @Option(
    help: "With --export: one label a post, by majority or by this labeller (default: everyone's).")
  var by: String?
  @Flag(help: "With --export: also posts that were skipped or of which somebody was unsure.")
  var all = false
  @Option(name: .customLong("import"), help: "Take the labels of this CSV or JSON lines file in.")
  var importing: String?
  @Option(help: "With --import: the column with the text (default: as `run` finds it).")
  var text: String?
  @Option(help: "With --import: the column with the label (default: label, sentiment …).")
  var label: String?
  @Option(help: "With --import: the column with what a post is about (default: topic, if there).")
  var topic: String?
  @Option(help: "With --import: the label that means a complaint.") var positive: String?
  @Flag(help: "Show how far labellers agree (Cohen's kappa).") var agreement = false
  @OptionGroup var options: GlobalOptions

  private static func order(_ text: String) throws -> LabelQueue.Order {
    guard let order = LabelQueue.Order(rawValue: text) else {
      throw ValidationError(
        "unknown order \"\(text)\"; there are: "
          + LabelQueue.Order.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return order
  }

  func validate() throws {
    let tasks = [export != nil, importing != nil, agreement, secondOpinion].count { $0 }
    guard tasks < 2 else {
      throw ValidationError("give one of --export, --import, --agreement and --second-opinion")
    }
    guard export != nil || by == nil && !all else {
      throw ValidationError("--by and --all are for --export")
    }
    guard by == nil || !all else {
      throw ValidationError("--by leaves skipped and unsure posts out: --all is not for it")
    }
    guard importing != nil || text == nil && label == nil && topic == nil && positive == nil else {
      throw ValidationError("--text, --label, --topic and --positive are for --import")
    }
    if let labeller, labeller.isEmpty || labeller.utf8.count > 128 {
      throw ValidationError("--labeller must have 1 to 128 bytes")
    }
  }

  func run() throws {
    let configuration = try options.configuration()
    if let importing { return try bringIn(importing, configuration) }
    if let export { return try bringOut(export, configuration) }
    if agreement { return try showAgreement(configuration) }
    try judge(configuration)
  }

  /// The name of whoever runs the program.
  private var ownName: String {
    if let labeller { return labeller }
    guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else {
      return "user-\(getuid())"
    }
    return String(cString: name)
  }

  private func judge(_ configuration: Configuration) throws {
    let interruption = Interruption()
    let (path, directory) = try DataDirectory.workbenchForChange(
      in: configuration.dataDirectory, purpose: "grouse label")
    let book = try LabelBook(writing: path, except: directory.forgottenCheck)
    let model = try? directory.models.load(configuration.model)
    let queue = LabelQueue(
      order: order, seed: seed, limit: count, subject: subject,
      threshold: model?.classifier.threshold ?? 0.5)
    let (posts, all) =
      try secondOpinion
      ? queue.secondOpinions(book, labeller: ownName)
      : queue.posts(in: directory.readTables(), book, labeller: ownName)
    guard !posts.isEmpty else {
      Messages.line(nothing(all))
      if options.json { try LabelTally(given: [:], takenBack: 0, left: 0).print() }
      return
    }
    let session = try LabelSession(
      book, labeller: ownName, posts, isSecondOpinion: secondOpinion)
    var desk = LabelDesk(
      session, topics: model?.classifier.topics?.names ?? [], json: options.json,
      isInterrupted: { interruption.isRequested })
    try desk.run()
    try interruption.throwIfRequested("every verdict that was given is kept")
    if desk.mistakes > 0 { throw ExitCode.failure }
  }

  private func nothing(_ all: Int) -> String {
    if all == 0 {
      return secondOpinion
        ? "nobody has judged a post yet"
        : "the tables hold no posts yet: `grouse run --file FILE --exit` brings some in"
    }
    return "nothing is left to judge of \(Shown.count(all, "post"))"
      + (subject.map { " about \(Shown.plain($0))" } ?? "")
  }

  private func bringIn(_ file: String, _ configuration: Configuration) throws {
    Interruption.endProcess(saying: "no label was taken in")
    let rows = LabelImport(
      file, .init(text: text, label: label, topic: topic, positive: positive))
    // A wrong name should not leave a data directory behind.
    try rows.check()
    let (path, directory) = try DataDirectory.workbenchForChange(
      in: configuration.dataDirectory, purpose: "grouse label")
    let name = labeller ?? "import"
    let book = try LabelBook(writing: path, except: directory.forgottenCheck)
    let outcome = try rows.run(into: book, labeller: name, now: Clock.system.milliseconds)
    if options.json {
      var line = JSONLine()
      line.add("added", outcome.added)
      line.add("known", outcome.known)
      line.add("forgotten", outcome.forgotten)
      line.add("passed_over", outcome.passedOver)
      line.add("complaints", outcome.complaints)
      line.add("positive", outcome.positive)
      return try StandardOutput.line(line.text)
    }
    Messages.line(
      "\(Shown.count(outcome.added, "label")) of \(file) taken in, "
        + "\"\(Shown.plain(outcome.positive))\" as complaint"
        + (outcome.known > 0 ? "; \(Shown.number(outcome.known)) were there already" : "")
        + (outcome.forgotten > 0
          ? "; \(Shown.number(outcome.forgotten)) of posts that were to be forgotten refused" : "")
        + (outcome.passedOver > 0
          ? "; \(Shown.count(outcome.passedOver, "row")) without text or label passed over" : ""))
  }
}
