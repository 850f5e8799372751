import CommitLog
import Machine
import Records
import SupportDesk
import TestSupport
import Testing

@testable import Node

/// The ids that X is asked about.
@Suite struct `Ids of what is kept` {
  @Test func `the smallest of many come, each once and in order`() {
    var random = Seed.random()
    for _ in 0..<200 {
      let numbers = (0..<Int.random(in: 0..<300, using: &random)).map { _ in
        UInt64.random(in: 0..<100, using: &random)
      }
      let limit = Int.random(in: 1..<40, using: &random)
      let last = UInt64.random(in: 0..<100, using: &random)
      var smallest = SmallestNumbers(limit, above: last)
      for number in numbers { smallest.offer(number) }
      let wanted = Set(numbers.filter { $0 > last }).sorted().prefix(limit)
      #expect(smallest.sorted() == Array(wanted))
      #expect(smallest.count <= limit * 2)
    }
  }

  private func kept(
    _ desk: Desk, _ kind: RecordIDs.Kind, limit: Int = 100, above last: UInt64 = 0
  ) throws -> [UInt64] {
    let path = desk.folder("workbench.sqlite")
    return try KeptIDs.next(
      limit, above: last, kind, in: desk.store, try LabelBook(reading: path, except: .never),
      desk.commitLog)
  }

  @Test func `tables, labels and the log have them, and what a post quotes`() throws {
    let desk = try Desk()
    let book = try LabelBook(writing: desk.folder("workbench.sqlite"), except: .never)
    #expect(try kept(desk, .posts).isEmpty, "there is nothing yet")
    // The row is gone from the log, the label from both.
    try desk.append([post(31, "angry parcel")])
    try desk.classify()
    _ = try desk.commitLog.partition(TopicPartition("posts", 0)).deleteRecords(before: 1)
    try book.add(.other, post: "21", text: "nice", by: "ann", of: .init(author: "2"))
    try book.add(.other, post: "h-00", text: "nice", by: "ann", of: .init(author: "did:plc:a"))
    let nested =
      #"{"data":{"id":"13","text":"RT","author_id":"7","referenced_tweets":[{"type":"quoted","#
      + #""id":"11"}]},"includes":{"tweets":[{"id":"11","text":"first","author_id":"5"},"#
      + #"{"id":"12","text":"x","author_id":"6"}],"users":[{"id":"7","username":"a"},"#
      + #"{"id":"8","username":"b"}]}}"#
    let renamed = nested.replacing("\"tweets\":", with: "\"posts\":").replacing("\"1", with: "\"4")
    let old =
      #"{"id_str":"51","id":51,"text":"RT","user":{"id_str":"52","screen_name":"c"},"#
      + #""retweeted_status":{"id_str":"53","text":"o","user":{"id_str":"54","screen_name":"d"}}}"#
    try desk.append([
      post(1, "pas en anglais", language: "fr"), post(2, "RT", retweet: true), nested, renamed, old,
      #"{"id":"007","text":"none of X's","author_id":"0"}"#,
      #"{"id":"at://did:plc:a/app.bsky.feed.post/61","text":"t","author_id":"did:plc:a"}"#,
      "no JSON 71 at all",
    ])
    let posts: [UInt64] = [1, 2, 11, 12, 13, 21, 31, 41, 42, 43, 51, 53]
    #expect(try kept(desk, .posts) == posts)
    #expect(try kept(desk, .users) == [2, 5, 6, 7, 8, 9, 52, 54])
    var asked: [UInt64] = []
    while case let some = try kept(desk, .posts, limit: 5, above: asked.last ?? 0), !some.isEmpty {
      asked += some
    }
    #expect(asked == posts)
    // What is not in the tables leaves the log, too.
    let forgetter = Forgetter(
      desk.commitLog, desk.store, topic: "posts", workbench: desk.folder("workbench.sqlite"))
    _ = try forgetter.forget(Set(posts.map { .post("\($0)") }))
    #expect(try kept(desk, .posts).isEmpty)
    #expect(try desk.values().count == 3)
  }
}
