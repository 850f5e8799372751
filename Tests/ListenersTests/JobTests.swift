import Bytes
import Curl
import Listeners
import Machine
import Testing

@Suite struct JobTests {
  private struct Failed: Error, CustomStringConvertible {
    let description = "the model is gone"
  }

  /// Counts to `to`, waiting for leave before each step.
  private func counting(_ gate: Gate) -> JobKind {
    JobKind("count", "count") { arguments in
      try arguments.checkFields("to")
      guard let to = try arguments.optionalInteger("to"), to >= 0 else {
        throw InterfaceError.malformed("\"to\" is missing")
      }
      return { control in
        gate.wait()
        for number in 0..<to where !control.isCancelled {
          control.report(["done": JSON(number + 1)])
        }
        return ["counted": JSON(to)]
      }
    }
  }

  /// Runs until it is cancelled.
  private let endless = JobKind("endless", "run for ever") { _ in
    { control in
      control.report(["is": "running"])
      while !control.isCancelled { Worker.yieldProcessor() }
      return ["came": "far"]
    }
  }

  private let failing = JobKind("fail", "fail") { _ in { _ in throw Failed() } }

  @Test func isWatchedToItsEnd() throws {
    let gate = Gate()
    let served = Served(kinds: [counting(gate)])
    let (status, job) = try served.send(
      "POST", "/jobs", "{\"kind\": \"count\", \"arguments\": {\"to\": 3}}")
    #expect(status == 202)
    #expect(job["state"] == "running")
    #expect(job["arguments"] == ["to": 3])
    let id = try #require(job["id"]?.text)
    var states: [JSON] = []
    _ = try served.client().stream(HTTPRequest("GET", "/jobs/\(id)?follow")) { line in
      states.append((try? JSON(parsing: line)) ?? .null)
      gate.open()
      return true
    }
    #expect(states.first?["state"] == "running")
    #expect(states.compactMap { $0["progress"]?["done"]?.integer }.max() == 3)
    #expect(states.last?["state"] == "done")
    #expect(states.last?["result"] == ["counted": 3])
    // Who comes later hears the end alone.
    let late = try served.client().send(HTTPRequest("GET", "/jobs/\(id)?follow"))
    #expect(String(decoding: late.body, as: UTF8.self).split(separator: "\n").count == 1)
    #expect(try JSON(parsing: late.body)["state"] == "done")
    #expect(try served.send("GET", "/jobs/\(id)").json["ended_at"]?.text != nil)
  }

  @Test func isCancelled() throws {
    let served = Served(kinds: [endless])
    let id = try #require(
      try served.send("POST", "/jobs", "{\"kind\": \"endless\"}").json["id"]?.text)
    var last: JSON = .null
    var isCancelled = false
    _ = try served.client().stream(HTTPRequest("GET", "/jobs/\(id)?follow")) { line in
      last = (try? JSON(parsing: line)) ?? .null
      if !isCancelled { #expect((try? served.send("DELETE", "/jobs/\(id)").status) == 202) }
      isCancelled = true
      return true
    }
    #expect(last["state"] == "cancelled")
    #expect(last["result"] == ["came": "far"])
    #expect(try served.send("DELETE", "/jobs/\(id)").status == 202)
  }

  @Test func saysWhyItFailed() throws {
    let served = Served(kinds: [failing])
    let job = try served.jobs.submit("fail", .object([]))
    job.wait()
    let json = try served.send("GET", "/jobs/\(job.id)").json
    #expect(json["state"] == "failed")
    #expect(json["error"] == "the model is gone")
  }

  @Test func refusesWhatItCannotDo() throws {
    let served = Served(kinds: [counting(Gate())])
    for body in [
      "{}", "{\"kind\": 7}", "{\"kind\": \"other\"}", "{\"kind\": \"count\"}",
      "{\"kind\": \"count\", \"arguments\": []}",
      "{\"kind\": \"count\", \"arguments\": {\"too\": 3}}", "{\"king\": \"count\"}",
    ] {
      #expect(try served.send("POST", "/jobs", body).status == 400)
    }
    #expect(try served.send("GET", "/jobs/1").status == 404)
    #expect(try served.send("DELETE", "/jobs/x").status == 404)
    #expect(try served.send("GET", "/jobs").json["jobs"] == [])
  }

  @Test func runsOnlySoManyAtATimeAndForgetsTheOldest() throws {
    let served = Served(kinds: [endless, failing])
    let running = try (0..<Jobs.limits.running).map { _ in
      try served.jobs.submit("endless", .object([]))
    }
    #expect(try served.send("POST", "/jobs", "{\"kind\": \"endless\"}").status == 429)
    for job in running.dropFirst() {
      job.cancel()
      job.wait()
    }
    for _ in 0..<150 { try served.jobs.submit("fail", .object([])).wait() }
    // The one that runs is kept, whatever its age.
    #expect(served.jobs.all.first?.id == running.first?.id)
    #expect(served.jobs.all.count <= Jobs.limits.remembered + 2)
    served.interface.stop()
    #expect(running.first?.outcome == .cancelled(["came": "far"]))
  }
}
