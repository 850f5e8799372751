import GRDB
import Machine
import Node
import SupportDesk
import TestSupport
import Testing
import TextClassification

@Suite struct LabelBookTests {
  private let folder = TemporaryDirectory()
  private var database: String { folder("workbench.sqlite") }

  private func book(at time: Int64 = 0) throws -> LabelBook {
    try LabelBook(writing: database, except: .never, clock: Clock(microseconds: { time * 1_000 }))
  }

  private func all(_ book: LabelBook) throws -> [PostLabel] {
    var labels: [PostLabel] = []
    try book.visit { labels.append($0) }
    return labels
  }

  @Test func `the latest verdict of each labeller stands`() throws {
    let early = try book(at: 100)
    try early.add(.other, post: "1", text: "one", by: "ann")
    try early.add(.complaint, post: "1", text: "one", topic: "delivery", note: "why?", by: "bob")
    // Of a clock that went back the later word counts all the same.
    try book(at: 50).add(.complaint, post: "1", text: "one", by: "ann")
    let labels = try all(early)
    #expect(labels.map(\.labeller) == ["bob", "ann"])
    #expect(labels.map(\.verdict) == [.complaint, .complaint])
    #expect(labels.first?.topic == "delivery" && labels.first?.note == "why?")
    #expect(labels.map(\.labelledAt) == [100, 100])
    #expect(try early.labels(of: "2").isEmpty)
  }

  @Test func `what is taken back leaves the verdict before it`() throws {
    let book = try book(at: 7)
    try book.add(.other, post: "1", text: "one", by: "ann")
    try book.add(.unsure, post: "2", text: "two", by: "ann")
    try book.add(.complaint, post: "1", text: "one", by: "ann")
    try book.add(.skip, post: "3", text: "three", by: "bob")
    #expect(try book.takeBack(by: "ann")?.verdict == .complaint)
    #expect(try book.labels(of: "1").map(\.verdict) == [.other])
    #expect(try book.takeBack(by: "ann")?.post == "2")
    #expect(try book.takeBack(by: "ann")?.post == "1")
    #expect(try book.takeBack(by: "ann") == nil)
    #expect(try all(book).map(\.labeller) == ["bob"])
  }

  @Test func `most decide, and a draw decides nothing`() throws {
    let book = try book()
    for (labeller, verdict, topic) in [
      ("ann", Verdict.complaint, "delivery"), ("bob", .complaint, "refund"),
      ("cyd", .complaint, "refund"), ("dee", .other, "app"), ("eve", .unsure, "app"),
    ] {
      try book.add(verdict, post: "1", text: "one", topic: topic, by: labeller)
    }
    try book.add(.complaint, post: "2", text: "two", by: "ann")
    try book.add(.other, post: "2", text: "two", by: "bob")
    try book.add(.skip, post: "3", text: "three", by: "ann")
    let (labels, undecided) = try book.chosen(.majority)
    #expect(labels.map(\.post) == ["1"] && undecided == 1)
    #expect(labels.first?.verdict == .complaint && labels.first?.topic == "refund")
    #expect(try book.chosen(.labeller("ann")).labels.map(\.post) == ["1", "2"])
    #expect(try book.chosen(.labeller("nobody")).labels.isEmpty)
  }

  @Test func `agreement counts the posts that both have decided`() throws {
    var random = Seed.random()
    let book = try book()
    let names = ["ann", "bob", "cyd"]
    var given: [[Verdict?]] = []
    for post in 0..<60 {
      let verdicts = names.map { _ in
        Bool.random(using: &random) ? Verdict.allCases.randomElement(using: &random) : nil
      }
      given.append(verdicts)
      for (name, verdict) in zip(names, verdicts) {
        if let verdict { try book.add(verdict, post: "\(post)", text: "t", by: name) }
      }
    }
    for pair in try book.agreement() {
      let places = pair.labellers.compactMap { names.firstIndex(of: $0) }
      let both = given.compactMap { row -> (Verdict, Verdict)? in
        guard let a = row[places[0]], let b = row[places[1]], a.isDecided, b.isDecided else {
          return nil
        }
        return (a, b)
      }
      #expect(pair.verdicts.count == both.count)
      #expect(pair.verdicts.same == both.count { $0.0 == $0.1 })
    }
    #expect(try book.agreement().count == 3)
  }

  @Test func `a database of an earlier program gets its tables, and keeps what it has`() throws {
    let registry = ModelRegistry(folder("models"), workbench: database)
    _ = try registry.save(Desk.angry, Desk.manifest("m"))
    _ = try registry.promote("m@1")
    // As that program left it.
    let queue = try DatabaseQueue(path: database)
    try queue.writeWithoutTransaction { database in
      try database.execute(
        sql: """
          DROP VIEW standing_labels; DROP TABLE labels; DROP TABLE labelled_posts;
          PRAGMA user_version = 1;
          """)
    }
    try queue.close()
    let reading = try LabelBook(reading: database, except: .never)
    #expect(try all(reading).isEmpty && reading.agreement().isEmpty)
    #expect(try registry.promoted("m") == 1)
    try book().add(.other, post: "1", text: "one", by: "ann")
    #expect(try all(try LabelBook(reading: database, except: .never)).count == 1)
    #expect(try registry.promoted("m") == 1 && registry.check() == (1, []))
  }

  @Test func `a session passes over what others have judged meanwhile, and undoes`() throws {
    let book = try book()
    let posts = (1...4).map { LabelCandidate(id: "\($0)", text: "text \($0)") }
    var session = try LabelSession(book, labeller: "ann", posts, isSecondOpinion: false)
    try book.add(.other, post: "2", text: "text 2", by: "bob")
    try book.add(.skip, post: "3", text: "text 3", by: "bob")
    session.name(topic: "delivery")
    session.write(note: "late")
    try session.give(.complaint)
    #expect(session.current?.id == "3" && session.topic == nil && session.note == nil)
    let undone = try session.undo()
    #expect(undone && session.current?.id == "1" && session.topic == "delivery")
    try session.give(.other)
    try session.give(.unsure)
    try session.give(.other)
    #expect(session.current == nil && session.left == 0 && session.takenBack == 1)
    #expect(session.given == [.complaint: 0, .other: 2, .unsure: 1])
    #expect(try book.labels(of: "1").map(\.verdict) == [.other])

    let opinions = try LabelQueue(order: .random, limit: 9).secondOpinions(book, labeller: "bob")
    #expect(Set(opinions.posts.map(\.id)) == ["1", "4"])
    var second = try LabelSession(
      book, labeller: "bob", opinions.posts, isSecondOpinion: true)
    try second.give(.other)
    #expect(second.current != nil)
  }

  @Test func `the queue is the same for a seed, whatever else is there`() throws {
    let desk = try Desk()
    try desk.append(
      (0..<50).map { #"{"id":"\#($0)","text":"angry \#($0 / 2)","author_id":"a"}"# })
    try desk.classify()
    let book = try book()
    func chosen(_ order: LabelQueue.Order, seed: UInt64 = 1, limit: Int = 10) throws -> [String] {
      try LabelQueue(order: order, seed: seed, limit: limit)
        .posts(in: desk.tables, book, labeller: "ann").posts.map(\.id)
    }
    let first = try chosen(.random)
    #expect(try first.count == 10 && first == chosen(.random) && first != chosen(.random, seed: 2))
    #expect(Set(try chosen(.random, limit: 100)).count == 25, "one post of each text")
    try book.add(.skip, post: first[0], text: "skipped", by: "bob")
    #expect(try chosen(.random) == first, "whom another has skipped is shown")
    let text = try LabelQueue(order: .random, limit: 1)
      .posts(in: desk.tables, book, labeller: "ann").posts[0].text
    try book.add(.complaint, post: first[0], text: text, by: "bob")
    let rest = try chosen(.random)
    #expect(rest.prefix(9) == first.dropFirst(), "and not its text under another id")
    #expect(try chosen(.uncertain).count == 10 && chosen(.newest).count == 10)
  }
}
