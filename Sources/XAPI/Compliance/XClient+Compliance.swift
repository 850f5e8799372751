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

  /// Ids of one job: 20 MB of them. X names no limit.
  package static let mostIDs = 1_000_000

  /// Whether it is neither over nor given up.
  var isRunning: Bool { status == "created" || status == "in_progress" }

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

  /// Begins a job. X has one at a time: where there is another one, the error names it.
  package func beginCompliance(_ kind: ComplianceJob.Kind) async throws(XError) -> ComplianceJob {
    do throws(XError) {
      return try job(
        await call(XCall("POST", Self.jobs, body: ["type": .text(kind.rawValue)], as: .app)))
    } catch {
      guard case .refused(409, _) = error, let other = try? await running(kind) else { throw error }
      throw .invalid(
        "X has one job at a time, and job \(other.id) is \(other.status): go on with it by "
          + "--job \(other.id)")
    }
  }

  /// The job of a kind that is not over; nil: there is none.
  private func running(_ kind: ComplianceJob.Kind) async throws(XError) -> ComplianceJob? {
    let answer = try await call(
      XCall("GET", Self.jobs, query: [("type", kind.rawValue)], as: .app))
    return answer["data"]?.elements?.lazy.compactMap { ComplianceJob(["data": $0]) }
      .first { $0.isRunning }
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

  /// Has X look at ids, waits until it has, and returns what has to go. Where the ids are there
  /// already, as another process has sent them, they are not sent again: they go up while a job is
  /// `created`.
  package func results(
    of job: ComplianceJob, uploading ids: [UInt64]
  ) async throws(XError) -> [ComplianceResult] {
    var job = job
    if job.status == "created" {
      do throws(XError) { try await upload(ids, for: job) } catch {
        // It may have come all the same, or the job's time may be over.
        guard case .refused = error else { throw error }
        job = try await refreshed(job)
        if job.status == "created" { throw error }
      }
    }
    return try await results(of: job)
  }

  /// Uploads the ids of a job, a line each.
  private func upload(_ ids: [UInt64], for job: ComplianceJob) async throws(XError) {
    var body: [UInt8] = []
    body.reserveCapacity(ids.count * 20)
    for id in ids {
      body += "\(id)".utf8
      body.append(0x0A)
    }
    let answer = try await open("PUT", job.uploadURL, body)
    let text = try await text(answer.body, limit: Limits.refusalBytes)
    guard answer.isSuccess else {
      throw .refused(status: answer.status, XProblem(status: answer.status, body: text))
    }
  }

  private func refreshed(_ old: ComplianceJob) async throws(XError) -> ComplianceJob {
    var job = try await compliance(old.id)
    if job.downloadURL.isEmpty { job.downloadURL = old.downloadURL }
    if job.uploadURL.isEmpty { job.uploadURL = old.uploadURL }
    return job
  }

  /// Waits until a job is over whose ids are there, and returns what has to go.
  private func results(of job: ComplianceJob) async throws(XError) -> [ComplianceResult] {
    var job = job
    var wait = 1_000.0
    while job.isRunning {
      let pause = Int(wait * settings.backoffScale)
      do throws(CurlError) { try await transport.pause(milliseconds: pause) } catch {
        throw .cancelled
      }
      wait = min(wait * 1.5, 60_000)
      job = try await refreshed(job)
    }
    guard job.status == "complete" else {
      throw .invalid("X's compliance job \(job.id) has \(job.status): begin another one")
    }
    let answer = try await open("GET", job.downloadURL, nil)
    guard answer.isSuccess else {
      let text = try await text(answer.body, limit: Limits.refusalBytes)
      throw .refused(status: answer.status, XProblem(status: answer.status, body: text))
    }
    var results: [ComplianceResult] = []
    var rest: [UInt8] = []
    while let piece = try await next(of: answer.body) {
      rest += piece
      guard rest.count <= Limits.answerBytes else { throw unreadable(job, "a line is too long") }
      guard let end = rest.lastIndex(of: 0x0A) else { continue }
      try read(rest[..<end], of: job, into: &results)
      rest.removeSubrange(...end)
    }
    try read(rest[...], of: job, into: &results)
    return results
  }

  private func read(
    _ lines: ArraySlice<UInt8>, of job: ComplianceJob, into results: inout [ComplianceResult]
  ) throws(XError) {
    for line in lines.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      guard let found = try? JSON(parsing: line), let id = found["id"]?.text else {
        throw unreadable(job, "a line is no result")
      }
      results.append(
        ComplianceResult(
          id: id, action: found["action"]?.text ?? "", reason: found["reason"]?.text ?? ""))
    }
  }

  private func unreadable(_ job: ComplianceJob, _ reason: String) -> XError {
    .unreadable(path: "the results of job \(job.id)", reason: reason)
  }

  private func next(of body: HTTPBody) async throws(XError) -> [UInt8]? {
    do throws(CurlError) { return try await body.next() } catch { throw Self.failure(error) }
  }

  private func text(_ body: HTTPBody, limit: Int) async throws(XError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < limit, let piece = try await next(of: body) { bytes += piece }
    return bytes
  }

  private static func failure(_ error: CurlError) -> XError {
    error == .cancelled ? .cancelled : .network(error)
  }

  /// Asks an address that X has named. It carries its own permission: no token goes there.
  private func open(
    _ method: String, _ url: String, _ body: [UInt8]?
  ) async throws(XError) -> HTTPStreamedResponse {
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
      return try await session.open(request, at: .url(String(url[..<slash])), terms)
    } catch {
      throw Self.failure(error)
    }
  }
}
