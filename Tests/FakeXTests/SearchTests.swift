import Bytes
import FakeX
import Machine
import TestSupport
import Testing

/// Searches, mentions, and posts and users by their ids.
@Suite struct SearchTests {
  private func ids(_ response: Response) throws -> [String] {
    try (response.json["data"]?.elements ?? []).compactMap { $0["id"]?.text }
  }

  @Test func `pages of any size hold every match once, the newest first`() throws {
    var random = Seed.random()
    let served = try Served()
    var expected: [UInt64] = []
    for id in UInt64(1_000)..<1_200 {
      let isMatch = Bool.random(using: &random)
      if isMatch { expected.append(id) }
      served.fake.deliver(Sample.post(id, isMatch ? "asos late" : "late"))
    }
    for size in [10, 37, 100] {
      var found: [String] = []
      var token = ""
      repeat {
        let page = try served.client.get(
          "/2/tweets/search/recent?query=asos&max_results=\(size)" + token)
        found += try ids(page)
        let meta = try #require(try page.json["meta"])
        #expect(meta["newest_id"]?.text == (try ids(page)).first)
        token = meta["next_token"]?.text.map { "&next_token=" + $0 } ?? ""
        // What comes meanwhile is on none of the pages.
        served.fake.deliver(Sample.post(2_000 + UInt64(found.count), "late"))
      } while token != ""
      #expect(found == expected.reversed().map { "\($0)" })
    }
  }

  @Test func `a search keeps within ids and times, and finds no retweets`() throws {
    let served = try Served { $0.searchReach = nil }
    let retweet: JSON = ["data": ["referenced_tweets": [["type": "retweeted", "id": "1"]]]]
    served.fake.deliver(
      Sample.posts(5) + [Sample.post(1_010, "asos", retweet), Sample.post(4 << 22, "asos")])
    let path = "/2/tweets/search/recent?query=asos"
    #expect(try ids(served.client.get(path + "&since_id=1002")) == ["\(4 << 22)", "1004", "1003"])
    #expect(try ids(served.client.get(path + "&since_id=1000&until_id=1003")) == ["1002", "1001"])
    let start = "&start_time=2010-11-04T01:42:54.660Z"
    #expect(try ids(served.client.get(path + start)) == ["\(4 << 22)"])
    let empty = try served.client.get("/2/tweets/search/recent?query=nothing").json
    #expect(empty["data"] == nil && empty["meta"]?["result_count"]?.integer == 0)
    let first = try served.client.get(path)
    #expect(first.headers["x-rate-limit-limit"] == "450")
    #expect(first.headers["x-rate-limit-remaining"] == "445")
    for wrong in [
      "/2/tweets/search/recent", path + "&max_results=9", path + "&since_id=x",
      path + "&next_token=x", path + "&colour=red", path + "&start_time=now",
      "/2/tweets/search/recent?query=lang%3Aen",
      "/2/tweets/search/recent?query=" + String(repeating: "a", count: 513),
    ] { #expect(try served.client.get(wrong).status == 400, "\(wrong)") }
    #expect(
      try served.client.get(
        "/2/tweets/search/all?max_results=500&query=" + String(repeating: "a", count: 513)
      ).status == 200)
  }

  @Test func `the recent search reaches back seven days, the other one to the first post`() throws {
    let served = try Served()
    let day: Int64 = 86_400_000
    let now = Clock.system.milliseconds
    func id(_ days: Double) -> UInt64 {
      UInt64(now - Int64(days * Double(day)) - 1_288_834_974_657) << 22
    }
    func time(_ days: Double) -> String {
      UTCTime.text(milliseconds: now - Int64(days * Double(day)))
    }
    let ages = [0.1, 6.9, 7.1, 30]
    for age in ages { served.fake.deliver(Sample.post(id(age), "asos")) }
    let path = "/2/tweets/search/recent?query=asos"
    let found = ages.prefix(2).map { "\(id($0))" }
    #expect(try ids(served.client.get(path)) == found)
    #expect(try ids(served.client.get(path + "&start_time=\(time(6.99))")) == found)
    #expect(try ids(served.client.get(path + "&since_id=\(id(6.99))")) == found)
    for bound in [
      "start_time=\(time(7.01))", "end_time=\(time(8))", "since_id=\(id(7.01))",
      "until_id=\(id(8))",
    ] {
      let refused = try served.client.get(path + "&" + bound)
      #expect(refused.status == 400)
      let message = try refused.json["errors"]?.elements?.first?["message"]?.text ?? ""
      #expect(message.contains(bound.split(separator: "=")[0]), "\(message)")
      #expect(message.contains("must be"))
    }
    let all = "/2/tweets/search/all?query=asos&start_time=\(time(40))"
    #expect(try ids(served.client.get(all)) == ages.map { "\(id($0))" })
    served.fake.advance(milliseconds: day)
    #expect(try ids(served.client.get(path)) == Array(found.prefix(1)))
    served.fake.configure { $0.searchReach = nil }
    #expect(try ids(served.client.get(path)).count == 4)
  }

  @Test func `users are paid for once a day`() throws {
    let served = try Served()
    served.fake.deliver(Sample.post(11, author: "7"))
    for _ in 0..<2 { _ = try served.client.get("/2/users?ids=7") }
    _ = try served.client.get("/2/users/by/username/user7")
    #expect(served.fake.status.paid["user_read"] == 1)
    served.fake.advance(milliseconds: 86_400_000)
    _ = try served.client.get("/2/users/7")
    #expect(served.fake.status.paid["user_read"] == 2)
  }

  @Test func `too many searches are refused, until the window ends`() throws {
    let served = try Served { $0.rateLimits["GET /2/tweets/search/recent"] = 2 }
    let path = "/2/tweets/search/recent?query=asos"
    for status in [200, 200, 429, 429] { #expect(try served.client.get(path).status == status) }
    let refused = try served.client.get(path)
    #expect(refused.headers["x-rate-limit-remaining"] == "0")
    let reset = try #require(refused.headers["x-rate-limit-reset"].flatMap { Int64($0) })
    #expect((1...901).contains(reset - Clock.system.milliseconds / 1_000))
    served.fake.advance(milliseconds: 900_000)
    #expect(try served.client.get(path).status == 200)
  }

  @Test func `mentions are those of the account, and cheaper when they are one's own`() throws {
    let served = try Served()
    served.fake.deliver(
      Sample.post(11, "@GrouseDesk help"), Sample.post(12, "@other help"),
      Sample.post(13, "thanks @grousedesk"))
    let path = "/2/users/90210009/mentions"
    #expect(try ids(served.client.get(path + "?since_id=11")) == ["13"])
    #expect(served.fake.status.paid == ["post_read": 1])
    #expect(try ids(Signer().send(served, "GET", path)) == ["13", "11"])
    #expect(served.fake.status.paid == ["post_read": 1, "owned_read": 1])
    #expect(served.fake.status.spent == 6)
    #expect(try served.client.get("/2/users/4/mentions").json["errors"] != nil)
  }

  @Test func `posts by id: what is missing is told beside what is there`() throws {
    let served = try Served()
    served.fake.deliver(Sample.posts(2))
    let answer = try served.client.get("/2/tweets?ids=1000,77,1001&expansions=author_id").json
    #expect(answer["data"]?.elements?.count == 2)
    #expect(answer["includes"]?["users"]?.elements?.count == 1)
    let error = answer["errors"]?.elements?.first
    #expect(error?["resource_id"]?.text == "77" && error?["title"]?.text == "Not Found Error")
    let one = try served.client.get("/2/tweets/1000?post.fields=author_id").json
    #expect(one["data"]?["author_id"]?.text == "7")
    #expect(one["data"]?["edit_history_post_ids"] != nil)
    #expect(try served.client.get("/2/tweets/77").json["errors"] != nil)
    #expect(try served.client.get("/2/tweets?ids=x").status == 400)
    #expect(try served.client.get("/2/tweets").status == 400)
  }

  @Test func `users are known from posts`() throws {
    let served = try Served()
    served.fake.deliver(Sample.post(11, author: "7"), Sample.post(12, author: "8"))
    let users = try served.client.get("/2/users?ids=7,9&user.fields=verified").json
    #expect(users["data"]?.elements?.first?["verified"] == false)
    #expect(users["errors"]?.elements?.count == 1)
    #expect(try ids(served.client.get("/2/users/by?usernames=user7,USER8")) == ["7", "8"])
    #expect(try served.client.get("/2/users/8").json["data"]?["username"]?.text == "user8")
    #expect(try served.client.get("/2/users/by/username/user7").json["data"]?["id"]?.text == "7")
    #expect(try served.client.get("/2/users/me").status == 403)
    let me = try Signer().send(served, "GET", "/2/users/me?user.fields=verified").json
    #expect(me["data"]?["username"]?.text == "GrouseDesk" && me["data"]?["verified"] == false)
  }

  @Test func `what does not exist is not found`() throws {
    let served = try Served()
    for path in ["/", "/2", "/2/tweets/1/2/3", "/2/lists", "/1.1/statuses", "/_fake/x"] {
      #expect(try served.client.get(path).status == 404, "\(path)")
    }
    #expect(try served.client.send("PUT", "/2/tweets").status == 404)
    let wire = try Wire(served.address)
    wire.send(served.client.request("GET", "/2/tweets/%zz?a=%f"))
    #expect(Client.head(wire)?.status == 400)
  }
}
