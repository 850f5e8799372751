import Bytes
import Curl
import FakeX
import Testing

@testable import XAPI

/// Batch compliance jobs against the local X, however far another run came.
@Suite struct ComplianceTests {
  private let time = StandingClock()
  private let x: FakeX
  private let client: XClient
  private let ids: [UInt64]

  /// Three posts, of which the second is deleted.
  init() throws {
    var settings = Settings()
    settings.clock = time.clock
    x = FakeX(settings)
    let address = try x.start()
    var own = XCredentials()
    own.bearer = Secret(settings.bearer)
    var pace = XClient.Settings()
    pace.backoffScale = 0.001
    client = XClient(
      XNetwork(try #require(HTTPSession()), url: address), own, pace, clock: time.clock)
    let posts = (0..<3).map { StreamStage.post($0) }
    x.deliver(posts.map(\.line))
    ids = posts.map(\.id)
    let body = Array(#"{"ids":["\#(ids[1])"]}"#.utf8)
    let answer = try #require(HTTPClient(.url(address))).send(
      HTTPRequest("POST", "/_fake/delete", body: body, type: "application/json"))
    try #require(answer.isSuccess)
  }

  @Test func `ids go up, and what has to go comes down`() async throws {
    let job = try await client.beginCompliance(.posts)
    let found = try await client.results(of: job, uploading: ids)
    #expect(found == [ComplianceResult(id: "\(ids[1])", action: "delete", reason: "deleted")])
  }

  @Test func `a job that was cut off before its upload is gone on with`() async throws {
    let begun = try await client.beginCompliance(.posts)
    let error = await #expect(throws: XError.self) {
      try await client.beginCompliance(.posts)
    }
    let said = "\(try #require(error))"
    #expect(said.contains("--job \(begun.id)") && said.contains("created"))
    let job = try await client.compliance(begun.id)
    #expect(job.status == "created")
    let found = try await client.results(of: job, uploading: ids)
    #expect(found.map(\.id) == ["\(ids[1])"])
    _ = try await client.beginCompliance(.posts)
  }

  @Test func `what another run has sent is not sent again`() async throws {
    let begun = try await client.beginCompliance(.posts)
    _ = try await client.results(of: begun, uploading: ids)
    // Of the job as it was before: X takes no more ids, and has its results.
    let found = try await client.results(of: begun, uploading: [1])
    #expect(found.map(\.id) == ["\(ids[1])"])
    let over = try await client.compliance(begun.id)
    #expect(over.status == "complete")
    #expect(try await client.results(of: over, uploading: [1]) == found)
  }

  @Test func `a job whose time is over is not waited for`() async throws {
    let job = try await client.beginCompliance(.posts)
    time.advance(milliseconds: 900_001)
    let error = await #expect(throws: XError.self) {
      try await client.results(of: job, uploading: ids)
    }
    #expect("\(try #require(error))".contains("expired"))
    _ = try await client.beginCompliance(.posts)
  }

  @Test func `an upload that X refuses ends it, and is said`() async throws {
    var job = try await client.beginCompliance(.posts)
    job.uploadURL = job.uploadURL.replacing("signature=fake", with: "signature=other")
    let error = await #expect(throws: XError.self) {
      try await client.results(of: job, uploading: ids)
    }
    guard case .refused(403, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let again = try await client.compliance(job.id)
    #expect(try await client.results(of: again, uploading: ids).count == 1)
  }
}
