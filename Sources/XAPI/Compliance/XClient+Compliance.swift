internal import Bytes
internal import Curl

/// One batch compliance job: ids go up, and those of them that have to be deleted come down.
package struct ComplianceJob: Hashable, Sendable {
  /// What the ids are of.
  package enum Kind: String, CaseIterable, Sendable {
    case posts = "tweets"
    case users
  }

  package var id: String
  package var kind: Kind
  /// `created`, `in_progress`, `complete`, `failed` or `expired`.
  package var status: String
  package var uploadURL: String
  package var downloadURL: String

  init?(_ answer: JSON) {
    guard let data = answer["data"], let id = data["id"]?.text,
      let status = data["status"]?.text
    else { return nil }
    self.id = id
    kind = data["type"]?.text.flatMap { Kind(rawValue: $0) } ?? .posts
    self.status = status
    uploadURL = data["upload_url"]?.text ?? ""
    downloadURL = data["download_url"]?.text ?? ""
  }
}

/// Somebody or something that X says has to go.
package struct ComplianceResult: Hashable, Sendable {
  package var id: String
  package var action: String
  package var reason: String
}

extension XClient {
  private static let jobs = ["2", "compliance", "jobs"]

  /// Begins a job. X has one at a time.
  package func beginCompliance(_ kind: ComplianceJob.Kind) async throws(XError) -> ComplianceJob {
    try job(
      await call(XCall("POST", Self.jobs, body: ["type": .text(kind.rawValue)], as: .app)))
  }

  /// How a job is.
  package func compliance(_ id: String) async throws(XError) -> ComplianceJob {
    try job(
      await call(XCall("GET", Self.jobs + [id], as: .app, kind: "/2/compliance/jobs")))
  }

  private func job(_ answer: JSON) throws(XError) -> ComplianceJob {
    guard let job = ComplianceJob(answer) else {
      throw .unreadable(path: "/2/compliance/jobs", reason: "it names no job")
    }
    return job
  }

  /// Uploads the ids of a job, a line each.
  package func upload(_ ids: [String], for job: ComplianceJob) async throws(XError) {
    let body = Array((ids.joined(separator: "\n") + "\n").utf8)
    let answer = try await send("PUT", job.uploadURL, body)
    guard answer.isSuccess else {
      throw .refused(
        status: answer.status, XProblem(status: answer.status, body: answer.body))
    }
  }

  /// Waits until a job is over, and returns what has to go.
  package func results(of job: ComplianceJob) async throws(XError) -> [ComplianceResult] {
    var job = job
    var wait = 1_000.0
    while job.status == "created" || job.status == "in_progress" {
      let pause = Int(wait * settings.backoffScale)
      do throws(CurlError) { try await transport.pause(milliseconds: pause) } catch {
        throw .cancelled
      }
      wait = min(wait * 1.5, 60_000)
      let download = job.downloadURL
      job = try await compliance(job.id)
      if job.downloadURL.isEmpty { job.downloadURL = download }
    }
    guard job.status == "complete" else {
      throw .invalid("X's compliance job \(job.id) has \(job.status): begin another one")
    }
    let answer = try await send("GET", job.downloadURL, nil)
    guard answer.isSuccess else {
      throw .refused(
        status: answer.status, XProblem(status: answer.status, body: answer.body))
    }
    var results: [ComplianceResult] = []
    for line in answer.body.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      guard let found = try? JSON(parsing: line), let id = found["id"]?.text else {
        throw .unreadable(path: "the results of job \(job.id)", reason: "a line is no result")
      }
      results.append(
        ComplianceResult(
          id: id, action: found["action"]?.text ?? "", reason: found["reason"]?.text ?? ""))
    }
    return results
  }

  /// Asks an address that X has named. It carries its own permission: no token goes there.
  private func send(
    _ method: String, _ url: String, _ body: [UInt8]?
  ) async throws(XError) -> HTTPResponse {
    guard let scheme = url.firstRange(of: "://"), url.hasPrefix("http") else {
      throw .unreadable(path: "/2/compliance/jobs", reason: "it names no address")
    }
    let slash = url[scheme.upperBound...].firstIndex(of: "/") ?? url.endIndex
    guard let session = HTTPSession(userAgent: "grouse") else {
      throw .invalid("libcurl is out of memory")
    }
    let path = slash == url.endIndex ? "/" : String(url[slash...])
    let request = HTTPRequest(method, path, body: body, type: body == nil ? nil : "text/plain")
    var terms = HTTPTerms()
    terms.silence = 60_000
    do throws(CurlError) {
      return try await session.send(request, to: .url(String(url[..<slash])), terms)
    } catch {
      throw error == .cancelled ? .cancelled : .network(error)
    }
  }
}
