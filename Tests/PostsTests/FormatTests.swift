import Posts
import Testing

@Suite struct FormatTests {
  @Test func `a filtered-stream line gives all its fields`() throws {
    #expect(try post(streamLine) == streamPost)
  }

  @Test func `the newer spelling and any order of fields give the same`() throws {
    let renamed = streamLine.replacing("note_tweet", with: "note_post")
      .replacing("referenced_tweets", with: "referenced_posts")
      .replacing("edit_history_tweet_ids", with: "edit_history_post_ids")
      .replacing("\"tweets\":", with: "\"posts\":")
    #expect(try post(renamed) == streamPost)
    let cut = try #require(streamLine.firstRange(of: ",\"includes\""))
    let data = streamLine[streamLine.index(after: streamLine.startIndex)..<cut.lowerBound]
    let rest = streamLine[streamLine.index(after: cut.lowerBound)...].dropLast()
    #expect(try post("{ \(rest) ,\t\(data)\r\n} ") == streamPost)
    #expect(
      try post(streamLine.replacing("\"note_tweet\"", with: #""n\u006fte_tweet""#)) == streamPost)
  }

  @Test func `a retweet has the original's whole text`() throws {
    let line = #"""
      {"data":{"id":"9","text":"RT @a: cut…","author_id":"1","referenced_tweets":[{"type":"retweeted","id":"8"}]},"includes":{"users":[],"tweets":[{"id":"7","text":"no"},{"id":"8","text":"short","note_tweet":{"text":"the whole &lt;text&gt;"}}]}}
      """#
    let found = try post(line)
    #expect(found.text == "the whole <text>")
    #expect(found.isRetweet)
    let bare = try post(#"{"data":{"id":"9","text":"RT @a: cut…"}}"#)
    #expect(bare.text == "RT @a: cut…")
    #expect(bare.isRetweet)
    #expect(bare.createdAt == nil)
  }

  @Test func `a page gives its posts`() throws {
    let page = #"""
      {"data":[{"id":"1","text":"one","author_id":"5"},{"id":"2","text":"two","author_id":"6"}],"includes":{"users":[{"id":"6","username":"six"},{"id":"5","username":"five"}]},"meta":{"result_count":2}}
      """#
    let parsed = try parse(page)
    #expect(parsed.kind == .posts(2))
    #expect(parsed.posts.map(\.screenName) == ["five", "six"])
    #expect(parsed.posts.map(\.text) == ["one", "two"])
    #expect(try parse("[\(page),\(page)]").kind == .posts(4))
    #expect(try parse(#"{"meta":{"result_count":0}}"#).kind == .control(.emptyPage))
    #expect(try parse(#"{"data":[],"meta":{}}"#).kind == .control(.emptyPage))
    #expect(reason(#"{"data":[{"id":"1","text":"a"},{"text":"b"}]}"#) == .noID)
    #expect(reason(#"{"data":[{"id":"1","text":"a"},{"id":"2"}]}"#) == .noText)
  }

  @Test func `a v1 status has its texts in the right order`() throws {
    let user = #""user":{"id":12,"id_str":"12","screen_name":"lou"}"#
    func status(_ texts: String) throws -> ReadPost {
      try post(
        #"{"created_at":"Wed Oct 10 20:19:24 +0000 2018","id":1050118621198921700,"id_str":"1050118621198921728","#
          + #""in_reply_to_status_id":5,"in_reply_to_status_id_str":"5","is_quote_status":true,\#(user),\#(texts),"lang":"en"}"#
      )
    }
    let plain = try status(#""text":"short","truncated":false"#)
    #expect(
      plain
        == ReadPost(
          id: "1050118621198921728", rootID: "1050118621198921728", authorID: "12",
          screenName: "lou", text: "short", language: "en", inReplyToID: "5",
          createdAt: 1_539_202_764_000, isReply: true, isQuote: true))
    #expect(try status(#""full_text":"whole""#).text == "whole")
    #expect(
      try status(#""extended_tweet":{"full_text":"ext"},"text":"s","full_text":"w""#).text == "ext")
    let retweet = try status(
      #""text":"RT @x: s","retweeted_status":{"text":"a","extended_tweet":{"full_text":"orig"},"user":{"screen_name":"x"}}"#
    )
    #expect(retweet.text == "orig")
    #expect(retweet.isRetweet)
    #expect(retweet.screenName == "lou")
    #expect(!(try status(#""text":"a","retweeted_status":null"#).isRetweet))
  }

  @Test func `a flat object is read by common names`() throws {
    for name in ["text", "full_text", "content", "body", "tweet", "message"] {
      #expect(try post(#"{"\#(name)":"hello"}"#).text == "hello")
    }
    for name in ["id", "tweet_id", "post_id"] {
      #expect(try post(#"{"\#(name)":"k1","text":"a"}"#).id == "k1")
      #expect(try post(#"{"\#(name)":42,"text":"a"}"#).id == "42")
    }
    for name in ["screen_name", "username", "user", "author", "handle"] {
      #expect(try post(#"{"\#(name)":"@zoe","text":"a"}"#).screenName == "zoe")
    }
    for name in ["created_at", "date", "timestamp", "time"] {
      #expect(
        try post(#"{"\#(name)":"2015-02-24 11:35:52 -0800","text":"a"}"#).createdAt
          == 1_424_806_552_000)
      #expect(try post(#"{"\#(name)":1424806552,"text":"a"}"#).createdAt == 1_424_806_552_000)
    }
    #expect(try post(#"{"language":"de","user_id":7,"brand":"b","text":"a"}"#).brandTag == "b")
    #expect(
      try post(#"{"created_at":"2015\/2\/4","text":"a","id":"1050118621198921728"}"#).createdAt
        == 1_539_202_764_211)
    #expect(
      try post(#"{"date":"2\/24\/2015 11:35","text":"a","id":"1"}"#).createdAt
        == 1_424_777_700_000)
  }

  @Test func `a post without an id gets the same id each time`() throws {
    let one = try post(#"{"text":"hello","user":"a"}"#)
    #expect(one.id.count == 34 && one.id.hasPrefix("h-") && one.rootID == one.id)
    #expect(try post(#"{"user":"a", "text":"hello"}"#).id == one.id)
    #expect(try post(#"{"user":"b","text":"hello"}"#).id != one.id)
    #expect(try post("hello", as: .text).id == post(#"{"text":"hello"}"#).id)
    #expect(try post(#"{"id":5.70306E+17,"text":"hello","user":"a"}"#).id == one.id)
    #expect(try post(#"{"id":"570306133677760513.0","text":"x"}"#).id == "570306133677760513")
  }

  @Test func `known CSV dumps are read by their headers`() throws {
    let support = try header(
      "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id")
    let row =
      "119237,105834,True,Wed Oct 11 06:55:44 +0000 2017,\"@Shop it \"\"broke\"\",\nagain &gt;:(\",\"11,12\",119236.0"
    #expect(
      try post(row, as: .csv(support))
        == ReadPost(
          id: "119237", rootID: "119237", authorID: "105834",
          text: "@Shop it \"broke\",\nagain >:(", inReplyToID: "119236",
          createdAt: 1_507_704_944_000, isReply: true))
    #expect(try post("1,Shop,False,,sorry!,,", as: .csv(support)).isOutbound)
    let airline = try header("tweet_id,airline_sentiment,airline,name,text,tweet_created")
    #expect(
      try post(
        "570306133677760513,neutral,Virgin,cairdin,what said,2015-02-24 11:35:52 -0800",
        as: .csv(airline))
        == ReadPost(
          id: "570306133677760513", rootID: "570306133677760513", screenName: "cairdin",
          text: "what said", brandTag: "Virgin", createdAt: 1_424_806_552_000))
    #expect(try post("a,b", as: .csv(header(" Sentiment ,\"TEXT\""))).text == "b")
    #expect(reason("a,b,c", as: .csv(support)) == .columnCount(expected: 7, found: 3))
    #expect(reason("a,b", as: .csv(try header("x,y"))) == .noText)
    #expect(reason("a,\"b", as: .csv(try header("x,text"))) == .unterminatedQuote)
  }

  @Test func `plain text is one post a record`() throws {
    #expect(
      try post("I'm &quot;cross&quot; &amp;amp; tired &#39; & so on &", as: .text).text
        == "I'm \"cross\" &amp; tired ' & so on &")
    #expect(reason(" \t\u{3000}\u{200B}", as: .text) == .blankText)
    #expect(reason("", as: .text) == .blankText)
  }

  @Test func `control records are told apart`() throws {
    let known: [(String, ControlKind)] = [
      ("", .keepAlive), ("\r\n", .keepAlive), (" ", .keepAlive),
      (#"{"delete":{"status":{"id":1}}}"#, .delete), (#"{"limit":{"track":3}}"#, .limit),
      (#"{"warning":{"code":"FALLING_BEHIND","message":"slow"}}"#, .warning),
      (#"{"disconnect":{"code":4}}"#, .disconnect), (#"{"scrub_geo":{"user_id":1}}"#, .scrubGeo),
      (#"{"status_withheld":{"id":1}}"#, .statusWithheld),
      (#"{"user_withheld":{"id":1}}"#, .userWithheld),
      (#"{"data":{"delete":{"tweet":{"id":"1"}}}}"#, .delete),
      (#"{"data":{"tweet_edit":{"tweet":{"id":"1"}}}}"#, .compliance),
      (#"{"data":{"withheld":{"tweet":{"id":"1"}}}}"#, .statusWithheld),
      (#"{"errors":[{"title":"operational-disconnect","detail":"text"}]}"#, .errors),
      (#"{"title":"ConnectionException","detail":"x","type":"y"}"#, .errors),
    ]
    for (line, kind) in known { #expect(try parse(line).kind == .control(kind), "\(line)") }
    #expect(Set(known.map { "\($0.1)" }).count + 1 == ControlKind.allCases.count)
    #expect(reason(#"{"hello":1}"#) == .noText)
    #expect(try parse(#"{"errors":[{}],"data":{"id":"1","text":"a"}}"#).kind == .posts(1))
  }

  @Test func `a parser and a batch used again keep nothing of the record before`() throws {
    let lines = [
      streamLine, #"{"text":"a"}"#, #"{"data":[{"id":"1","text":"x","author_id":"555"}]}"#, "",
      #"{"text":"a","user":{"id":1}}"#, #"{"broken":"#, #"{"delete":{}}"#, #"{"lang":"en"}"#,
      #"{"id":"2","text":"b","data":{"id":"3","text":"c"}}"#, #"[{"text":"d"},{"limit":{}}]"#,
    ]
    var parser = PostParser()
    var batch = PostBatch(capacity: 16)
    for round in 0..<3 {
      var expected: [ReadPost] = []
      for line in round == 1 ? lines.reversed() : lines {
        let fresh = try? parse(line)
        let kind = Array(line.utf8).withUnsafeBytes {
          try? parser.parse($0, as: .json, into: &batch)
        }
        #expect(kind == fresh?.kind, "\(line)")
        expected += fresh?.posts ?? []
        #expect(read(batch) == expected)
      }
      batch.removeAll()
      #expect(batch.count == 0 && batch.byteCount == 0)
    }
  }

  private func header(_ row: String) throws -> CSVHeader {
    try Array(row.utf8).withUnsafeBytes { try CSVHeader($0) }
  }
}
