import Bytes
import FakeX
import Testing

/// Compliance jobs from the first request to the result.
@Suite struct ComplianceTests {
  private func path(_ url: JSON?, _ served: Served) throws -> String {
    String(try #require(url?.text).dropFirst(served.address.count))
  }

  @Test func `ids go up, and those that must go come down`() throws {
    let served = try Served()
    served.fake.deliver(Sample.post(11), Sample.post(12), Sample.post(13, author: "8"))
    _ = try served.client.post("/_fake/delete", ["ids": ["12"]])
    _ = try served.client.post("/_fake/protect", ["ids": ["8"]])
    let jobs = "/2/compliance/jobs"
    let job = try #require(
      try served.client.post(jobs, ["type": "tweets", "name": "nightly"]).json["data"])
    #expect(job["status"]?.text == "created" && job["name"]?.text == "nightly")
    #expect(try served.client.post(jobs, ["type": "tweets"]).status == 409)
    let own = jobs + "/" + (job["id"]?.text ?? "")
    let upload = try path(job["upload_url"], served)
    let download = try path(job["download_url"], served)
    #expect(try served.client.send("PUT", upload, "11\n").status == 400)
    let up = try served.client.send("PUT", upload, "11\n12\n13\n77\n", type: "text/plain")
    #expect(up.status == 200)
    #expect(try served.client.get(download).status == 404)
    #expect(try served.client.get(own).json["data"]?["status"]?.text == "in_progress")
    #expect(try served.client.get(own).json["data"]?["status"]?.text == "complete")
    let lines = try served.client.get(download).text.split(separator: "\n").map {
      try JSON(parsing: Array($0.utf8))
    }
    #expect(lines.map { $0["id"]?.text } == ["12", "13"])
    #expect(lines.map { $0["reason"]?.text } == ["deleted", "protected"])
    #expect(lines.allSatisfy { $0["action"]?.text == "delete" })
    let listed = try served.client.get(jobs + "?type=tweets").json
    #expect(listed["meta"]?["result_count"]?.integer == 1)
    #expect(try served.client.get(jobs + "?type=users").json["data"] == nil)
  }

  @Test func `users are judged too, and what is not used expires`() throws {
    let served = try Served { $0.compliancePolls = 0 }
    _ = try served.client.post("/_fake/protect", ["ids": ["8"], "reason": "suspended"])
    let jobs = "/2/compliance/jobs"
    let first = try served.client.post(jobs, ["type": "users"]).json["data"]
    served.fake.advance(milliseconds: 900_000)
    let own = jobs + "/" + (first?["id"]?.text ?? "")
    #expect(try served.client.get(own).json["data"]?["status"]?.text == "expired")
    let second = try served.client.post(jobs, ["type": "users"]).json["data"]
    _ = try served.client.send(
      "PUT", path(second?["upload_url"], served), "7\n8", type: "text/plain")
    _ = try served.client.get(jobs + "/" + (second?["id"]?.text ?? ""))
    let result = try served.client.get(path(second?["download_url"], served)).text
    #expect(result.contains(#""id":"8""#) && result.contains("suspended"))
    #expect(!result.contains(#""id":"7""#))
    #expect(try served.client.post(jobs, ["type": "lists"]).status == 400)
    #expect(try served.client.get(jobs + "/5").status == 404)
  }
}
