import Bytes
import FakeX
import Testing

/// `/2/tweets/search/stream/rules`.
@Suite struct RuleEndpointTests {
  private let path = "/2/tweets/search/stream/rules"

  private func add(_ values: String...) -> JSON {
    ["add": .array(values.map { ["value": .text($0), "tag": "t"] })]
  }

  @Test func `good rules are created, others told apart`() throws {
    let served = try Served(rules: [])
    let made = try served.client.post(path, add("asos", "lang:en", "asos", "late"))
    #expect(made.status == 201)
    let json = try made.json
    #expect(json["data"]?.elements?.map { $0["value"]?.text } == ["asos", "late"])
    let summary = json["meta"]?["summary"]
    #expect(summary?["created"]?.integer == 2 && summary?["not_created"]?.integer == 2)
    #expect(summary?["valid"]?.integer == 3 && summary?["invalid"]?.integer == 1)
    let errors = json["errors"]?.elements ?? []
    #expect(errors.map { $0["title"]?.text } == ["UnprocessableEntity", "DuplicateRule"])
    #expect(errors[0]["details"]?.elements?.count == 1)
    #expect(errors[1]["id"] == json["data"]?.elements?[0]["id"])
    let none = try served.client.post(path, add("--b"))
    #expect(none.status == 200)
    #expect(try none.json["data"] == nil)
    let error = try none.json["errors"]?.elements?[0]
    #expect(error?["type"]?.text?.hasSuffix("/invalid-rules") == true)
  }

  @Test func `length and number have limits`() throws {
    let served = try Served(rules: []) { $0.caps.rules = 2 }
    let long = String(repeating: "a", count: 1_025)
    let made = try served.client.post(path, add("a", long, "b", "c")).json
    #expect(made["data"]?.elements?.count == 2)
    let types = (made["errors"]?.elements ?? []).compactMap {
      $0["type"]?.text?.split(separator: "/").last
    }
    #expect(types == ["invalid-rules", "rule-cap"])
    #expect(try served.client.post(path, add(String(long.dropLast()))).json["data"] == nil)
    let counts = try served.client.get(path + "/counts").json["data"]
    #expect(counts?["cap_per_client_app"]?.text == "2")
    #expect(counts?["client_app_rules_count"]?["rule_count"]?.integer == 2)
  }

  @Test func `rules are listed, by pages too, and data is left out where there are none`() throws {
    let served = try Served(rules: [])
    let empty = try served.client.get(path).json
    #expect(empty["data"] == nil && empty["meta"]?["result_count"]?.integer == 0)
    #expect(served.fake.addRule("a") && served.fake.addRule("b") && served.fake.addRule("c"))
    let page = try served.client.get(path + "?max_results=2").json
    #expect(page["data"]?.elements?.count == 2)
    let token = try #require(page["meta"]?["next_token"]?.text)
    #expect(token.count >= 16)
    let rest = try served.client.get(path + "?max_results=2&pagination_token=" + token).json
    #expect(rest["data"]?.elements?.map { $0["value"]?.text } == ["c"])
    let id = try #require(rest["data"]?.elements?.first?["id"]?.text)
    #expect(try served.client.get(path + "?ids=" + id).json["data"]?.elements?.count == 1)
    #expect(try served.client.get(path + "?pagination_token=x").status == 400)
  }

  @Test func `rules are deleted by id, by value, and all`() throws {
    let served = try Served(rules: ["a", "b", "c", "d"])
    let id = try #require(try served.client.get(path).json["data"]?.elements?[0]["id"])
    let first = try served.client.post(path, ["delete": ["ids": [id, "17"]]]).json
    #expect(first["meta"]?["summary"]?["deleted"]?.integer == 1)
    #expect(first["meta"]?["summary"]?["not_deleted"]?.integer == 1)
    #expect(first["errors"]?.elements?.count == 1)
    _ = try served.client.post(path, ["delete": ["values": ["b"]]])
    #expect(served.fake.status.rules == 2)
    let all = try served.client.send("POST", path + "?delete_all=true", "{}").json
    #expect(all["meta"]?["summary"]?["deleted"]?.integer == 2 && served.fake.status.rules == 0)
  }

  @Test func `a dry run changes nothing`() throws {
    let served = try Served(rules: ["a"])
    let made = try served.client.post(path + "?dry_run=true", add("b", "a"))
    #expect(made.status == 201)
    #expect(try made.json["meta"]?["summary"]?["created"]?.integer == 1)
    let gone = try served.client.post(path + "?dry_run=true", ["delete": ["values": ["a"]]]).json
    #expect(gone["meta"]?["summary"]?["deleted"]?.integer == 1)
    #expect(served.fake.status.rules == 1)
  }

  @Test func `what is no request for rules is refused`() throws {
    let served = try Served()
    for body in ["", "[", "{}", #"{"add":[{"tag":"x"}]}"#, #"{"add":[]}"#, #"{"delete":{}}"#] {
      #expect(try served.client.send("POST", path, body).status == 400, "\(body)")
    }
  }
}
