import GRDB
import Machine
import Node
import SupportDesk
import Synchronization
import Tables
import TestSupport
import Testing

/// Labels of posts that are to be forgotten: before, while and after somebody judges them.
@Suite struct `Labels of forgotten posts` {
  private let desk: Desk
  private let workbench: String
  private let book: LabelBook
  private let forgetter: Forgetter

  init() throws {
    desk = try Desk()
    workbench = desk.folder("workbench.sqlite")
    book = try LabelBook(writing: workbench, except: ForgottenCheck(desk.store))
    forgetter = Forgetter(desk.commitLog, desk.store, topic: "posts", workbench: workbench)
  }

  private static func line(_ id: Int, by author: Int, _ handle: String, _ text: String) -> String {
    #"{"data":{"id":"\#(id)","text":"\#(text)","author_id":"\#(author)","lang":"en","#
      + #""created_at":"2026-11-20T10:10:00.000Z"},"includes":{"users":[{"id":"\#(author)","#
      + #""username":"\#(handle)"}]}}"#
  }

  private func collect(_ lines: String...) throws {
    try desk.append(lines)
    try desk.classify()
  }

  private func session() throws -> LabelSession {
    let queue = LabelQueue(order: .newest, limit: 1_000)
    return try LabelSession(
      book, labeller: "ann", queue.posts(in: desk.tables, book, labeller: "ann").posts,
      isSecondOpinion: false)
  }

  private func labelled() throws -> [String] {
    var posts: [String] = []
    try LabelBook(reading: workbench, except: .never).visit { posts.append($0.post) }
    return posts.sorted()
  }

  /// Whether words stand anywhere in the database's file.
  private func holds(_ words: String) throws -> Bool {
    let bytes = try LocalDisk().readAll(workbench)
    return bytes.firstRange(of: Array(words.utf8)) != nil
  }

  /// Rows whose posts were made by now go, as with `retention.days`.
  private func expire() throws {
    #expect(try forgetter.expire(before: 1_795_200_000_000) > 0)
    #expect(try desk.rows("SELECT id FROM grouse.posts").isEmpty)
  }

  @Test func `a session that is open brings nothing back`() throws {
    try collect(
      Self.line(1, by: 770, "mara", "angry secret one"),
      Self.line(2, by: 771, "nils", "angry secret two"),
      Self.line(3, by: 772, "olga", "nice three"), Self.line(4, by: 773, "paul", "nice four"))
    var session = try session()
    while session.current?.id != "2" { try session.give(.unsure) }
    let left = session.left
    #expect(left >= 2)
    _ = try forgetter.forget([.author("770"), .post("2")])
    #expect(try !session.give(.complaint), "of what is gone nothing is kept")
    while session.current != nil {
      #expect(session.current?.id != "1")
      #expect(try session.give(.complaint))
    }
    #expect(session.forgotten >= 1 && session.left == 0)
    #expect(try labelled() == ["3", "4"])
    #expect(try !holds("secret"))
    #expect(
      try !book.add(
        .other, post: "9", text: "angry secret three", by: "bob",
        of: PostProvenance(author: "770", createdAt: 1)))
    #expect(try labelled() == ["3", "4"])
  }

  @Test func `while people judge, forgetting leaves no label behind`() throws {
    for _ in 0..<3 {
      let desk = try Self()
      try desk.judgeBesideForgetting()
    }
  }

  private func judgeBesideForgetting() throws {
    let lines = (0..<120).map {
      Self.line(100 + $0, by: 900 + $0 % 6, "name\($0 % 6)", "angry \($0)")
    }
    try desk.append(lines)
    try desk.classify()
    let given = Mutex(0)
    let moved = Signal()
    let worker = Worker { [forgetter] in
      for author in 0..<3 {
        while true {
          let seen = moved.generation
          if given.withLock({ $0 }) > author * 10 { break }
          moved.wait(since: seen)
        }
        do {
          _ = try forgetter.forget([author == 1 ? .handle("Name1") : .author("\(900 + author)")])
        } catch { Issue.record(error) }
      }
    }
    var session = try session()
    while session.current != nil {
      try session.give(.complaint)
      given.withLock { $0 += 1 }
      moved.raise()
    }
    worker.join()
    let wanted = (0..<120).filter { $0 % 6 > 2 }.map { "\(100 + $0)" }.sorted()
    #expect(try labelled() == wanted)
  }

  @Test func `a label outlives its row, and goes with its author all the same`() throws {
    for subject in [
      Forgetting.Subject.author("777"), .handle("MARA"), .handle("mara_before"), .post("1"),
    ] {
      let other = try Self()
      try other.forgetBehindRetention(subject)
    }
  }

  private func forgetBehindRetention(_ subject: Forgetting.Subject) throws {
    try collect(
      Self.line(1, by: 777, "Mara", "angry secret one"),
      Self.line(2, by: 777, "mara_before", "angry secret two"),
      Self.line(3, by: 8, "nils", "nice three"))
    var session = try session()
    while session.current != nil { try session.give(.complaint) }
    try expire()
    #expect(try labelled() == ["1", "2", "3"], "a label is somebody's work: it stays")
    let report = try forgetter.forget([subject])
    let isOne = subject == .post("1")
    #expect(report.labels == (isOne ? 1 : 2))
    #expect(try labelled() == (isOne ? ["2", "3"] : ["3"]))
    #expect(try holds("secret one") == false && holds("secret two") == isOne)
    // A copy of the labels that knows no authors does not bring them back.
    #expect(try !book.add(.complaint, post: "1", text: "angry secret one", by: "import"))
    #expect(try forgetter.forget([subject]).labels == 0)
  }

  @Test func `what was written after an author's end stays`() throws {
    let (before, after) = (1_795_100_000_000 as Int64, 1_795_100_000_002 as Int64)
    for (id, time) in [("1", before), ("2", after)] {
      try book.add(
        .other, post: id, text: "nice", by: "ann",
        of: PostProvenance(author: "did:plc:a", createdAt: time))
    }
    try book.add(.other, post: "3", text: "nice", by: "ann", of: .init(author: "did:plc:a"))
    var pending = Forgetting.Pending()
    pending.authors = ["did:plc:a": before + 1]
    #expect(try book.forget(pending) == 2)
    #expect(try labelled() == ["2"])
  }

  @Test func `all versions of a post are one`() throws {
    func version(_ id: Int) -> String {
      let history = (1...id).map { "\"\($0)\"" }.joined(separator: ",")
      return #"{"data":{"id":"\#(id)","text":"angry secret \#(id)","author_id":"5","lang":"en","#
        + #""created_at":"2026-11-20T10:1\#(id):00.000Z","#
        + #""edit_history_tweet_ids":[\#(history)]}}"#
    }
    try collect(version(1), version(2))
    var early = try session()
    var late = early
    #expect(early.current?.id == "2" && early.current?.provenance.root == "1")
    try early.give(.complaint)
    try collect(version(3))
    #expect(try labelled() == ["2"])
    #expect(try forgetter.forget([.post("3")]).labels == 1)
    #expect(try labelled().isEmpty && !holds("secret"))
    #expect(try !late.give(.complaint))
  }

  @Test func `undoing brings nothing back`() throws {
    try collect(
      Self.line(1, by: 770, "mara", "angry one"), Self.line(2, by: 771, "nils", "angry two"))
    var session = try session()
    while session.current != nil { try session.give(.complaint) }
    // As where the process that forgets was killed behind its first step.
    _ = try Forgetting(desk.store).forget([.author("770"), .author("771")])
    #expect(try labelled() == ["1", "2"])
    var given: [String] = []
    try book.visit { given.append($0.post) }
    #expect(given.isEmpty, "and nothing is given out")
    #expect(try !session.undo() && session.current == nil)
    #expect(try labelled().isEmpty)
  }

  /// The database as the program before left it, with a label on each of these posts.
  private func asOfBefore(_ posts: [(id: String, text: String)]) throws {
    for post in posts { try book.add(.complaint, post: post.id, text: post.text, by: "ann") }
    let queue = try DatabaseQueue(path: workbench)
    try queue.writeWithoutTransaction { database in
      try database.execute(
        sql: """
          DROP VIEW standing_labels; DROP INDEX labelled_posts_by_root;
          DROP INDEX labelled_posts_by_author; DROP INDEX labelled_posts_by_handle;
          ALTER TABLE labelled_posts DROP COLUMN root;
          ALTER TABLE labelled_posts DROP COLUMN author;
          ALTER TABLE labelled_posts DROP COLUMN handle;
          ALTER TABLE labelled_posts DROP COLUMN created_at;
          CREATE VIEW standing_labels AS
            SELECT number, post, text, verdict, topic, note, labeller, labelled_at, source
            FROM labels l JOIN labelled_posts p ON p.id = l.post
            WHERE taken_back_at IS NULL AND number = (
              SELECT o.number FROM labels o
              WHERE o.post = l.post AND o.labeller = l.labeller AND o.taken_back_at IS NULL
              ORDER BY o.labelled_at DESC, o.number DESC LIMIT 1);
          PRAGMA user_version = 2;
          """)
    }
    try queue.close()
  }

  @Test func `an earlier program's labels learn whose they are before rows expire`() throws {
    try collect(
      Self.line(1, by: 777, "mara", "angry secret one"), Self.line(2, by: 8, "nils", "nice two"))
    try asOfBefore([("1", "angry secret one"), ("2", "nice two"), ("3", "in no table")])
    #expect(try labelled() == ["1", "2", "3"], "they are read as they are")
    let before = try LocalDisk().readAll(workbench)
    var authors: [String?] = []
    try LabelBook(reading: workbench, except: .never).forEachPost { authors.append($1) }
    #expect(authors == [nil, nil, nil])
    #expect(try LocalDisk().readAll(workbench) == before, "reading changes nothing")
    try expire()
    try LabelBook(reading: workbench, except: .never).forEachPost { id, author in
      #expect(author == ["1": "777", "2": "8", "3": ""][id])
    }
    #expect(try forgetter.forget([.author("777")]).labels == 1)
    #expect(try labelled() == ["2", "3"] && !holds("secret"))
  }

  @Test func `where rows are gone already, the log tells whose a label's post was`() throws {
    try collect(
      Self.line(1, by: 777, "mara", "angry secret one"), Self.line(2, by: 8, "nils", "nice two"))
    _ = try desk.store.execute("TRUNCATE grouse.posts")
    try asOfBefore([("1", "angry secret one"), ("2", "nice two")])
    let report = try forgetter.forget([.handle("mara")])
    #expect(report.labels == 1 && report.records == 1)
    #expect(try labelled() == ["2"] && !holds("secret"))
  }

  @Test func `an import takes in nothing of what was forgotten`() throws {
    let file = desk.folder("labels.csv")
    let rows =
      "text,label,id,author_id,screen_name,created_at\n"
      + "secret one,1,1,777,mara,2026-11-20T10:10:00.000Z\n"
      + "secret two,1,2,8,Olga,2026-11-20T10:10:00.000Z\n"
      + "secret three,0,3,9,paul,2026-11-20T10:10:00.000Z\n"
      + "nice,0,4,10,quin,2026-11-20T10:10:00.000Z\n"
    try LocalDisk().replace(file, with: Array(rows.utf8))
    _ = try forgetter.forget([.author("777"), .handle("olga"), .post("3")])
    let outcome = try LabelImport(file, .init()).run(into: book, labeller: "import", now: 5)
    #expect(outcome.added == 1 && outcome.forgotten == 3 && outcome.complaints == 0)
    #expect(try labelled() == ["4"] && !holds("secret"))
    #expect(try forgetter.forget([.author("10")]).labels == 1)
  }
}
