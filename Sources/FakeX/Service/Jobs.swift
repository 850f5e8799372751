internal import Bytes
internal import Machine

/// Batch compliance jobs: ids go up, and those that must be deleted come down.
struct Jobs {
  struct Job {
    var id: String
    var type: String
    var name: String?
    var created: Int64
    var status = "created"
    /// How often its state is still asked for until it is complete.
    var polls: Int
    var ids: [String] = []

    var isRunning: Bool { status == "created" || status == "in_progress" }
  }

  var all: [Job] = []
}

extension Service {
  /// How long the addresses of a job are good.
  private static let addressLife: Int64 = 900_000

  mutating func findCompliance(
    _ request: Request, _ parts: [String]
  ) throws(Problem) -> Answer {
    switch (request.method, parts) {
    case ("POST", ["jobs"]):
      try admit(request, "POST /2/compliance/jobs", [.app])
      return try makeJob(request)
    case ("GET", ["jobs"]):
      try admit(request, "GET /2/compliance/jobs", [.app])
      let type = request.value("type")
      guard type == "tweets" || type == "users" else {
        throw .invalid("type", [type ?? ""], "The `type` query parameter can not be empty")
      }
      let listed = jobs.all.indices.filter { jobs.all[$0].type == type }.map { job($0) }
      let meta: JSON = ["result_count": JSON(listed.count)]
      return Answer(listed.isEmpty ? ["meta": meta] : ["data": .array(listed), "meta": meta])
    case ("GET", _) where parts.count == 2 && parts[0] == "jobs":
      try admit(request, "GET /2/compliance/jobs", [.app])
      guard let index = jobs.all.firstIndex(where: { $0.id == parts[1] }) else {
        throw .plain(404, "Not Found", "Could not find compliance job with id: [\(parts[1])].")
      }
      advanceJob(index)
      return Answer(["data": job(index)])
    default: throw .notFound
    }
  }

  private mutating func makeJob(_ request: Request) throws(Problem) -> Answer {
    let body = try Self.body(request)
    guard let type = body["type"]?.text, type == "tweets" || type == "users" else {
      throw .invalid("type", [body["type"]?.line ?? ""], "type is not one of [tweets,users]")
    }
    expireJobs()
    if jobs.all.contains(where: { $0.type == type && $0.isRunning }) {
      throw .plain(409, "Conflict", "A job of this type is running; one at a time is allowed.")
    }
    jobs.all.append(
      Jobs.Job(
        id: "\(1_450_000_000_000_000_000 + jobs.all.count)", type: type,
        name: body["name"]?.text, created: now, polls: settings.compliancePolls))
    return Answer(["data": job(jobs.all.count - 1)])
  }

  private mutating func expireJobs() {
    for index in jobs.all.indices
    where jobs.all[index].status == "created"
      && now >= jobs.all[index].created + scaled(Self.addressLife)
    {
      jobs.all[index].status = "expired"
    }
  }

  private mutating func advanceJob(_ index: Int) {
    expireJobs()
    guard jobs.all[index].status == "in_progress" else { return }
    if jobs.all[index].polls <= 0 {
      jobs.all[index].status = "complete"
    } else {
      jobs.all[index].polls -= 1
    }
  }

  private func job(_ index: Int) -> JSON {
    let job = jobs.all[index]
    let end = JSON.text(
      UTCTime.text(milliseconds: job.created + scaled(Self.addressLife)))
    let json: JSON = [
      "id": .text(job.id), "type": .text(job.type), "status": .text(job.status),
      "created_at": .text(UTCTime.text(milliseconds: job.created)), "resumable": false,
      "upload_url": .text("\(address)/_compliance/\(job.id)/upload?signature=fake"),
      "upload_expires_at": end,
      "download_url": .text("\(address)/_compliance/\(job.id)/download?signature=fake"),
      "download_expires_at": end,
    ]
    return job.name.map { json.setting("name", .text($0)) } ?? json
  }

  /// What goes up to, and comes down from, the addresses that a job was given.
  mutating func exchange(
    _ request: Request, _ id: String, _ direction: String
  ) throws(Problem) -> Answer {
    guard let index = jobs.all.firstIndex(where: { $0.id == id }),
      request.value("signature") == "fake"
    else { throw .forbidden("The signature does not match.") }
    expireJobs()
    switch (request.method, direction) {
    case ("PUT", "upload"):
      guard jobs.all[index].status == "created" else {
        throw .forbidden("The address has expired.")
      }
      guard request.header("content-type")?.hasPrefix("text/plain") == true else {
        throw .plain(400, "Bad Request", "The content-type must be text/plain.")
      }
      let lines = request.body.split(whereSeparator: { $0 == 10 || $0 == 13 })
      jobs.all[index].ids = lines.map { String(decoding: $0, as: UTF8.self) }
      jobs.all[index].status = "in_progress"
      return Answer(type: "text/plain", text: "")
    case ("GET", "download"):
      guard jobs.all[index].status == "complete" else {
        throw .plain(404, "Not Found", "The result is not there yet.")
      }
      return Answer(type: "text/plain", text: result(jobs.all[index]))
    default: throw .notFound
    }
  }

  /// A line for each id that must go. Ids that were never seen are fine.
  private func result(_ job: Jobs.Job) -> String {
    var lines = ""
    let time = JSON.text(UTCTime.text(milliseconds: now))
    for id in job.ids {
      let reason: String
      if job.type == "users" {
        guard let gone = people.gone[id] else { continue }
        reason = gone
      } else if UInt64(id).map(archive.isDeleted) == true {
        reason = "deleted"
      } else {
        guard let post = UInt64(id).flatMap(archive.post),
          let gone = people.gone[post.data["author_id"]?.text ?? ""]
        else { continue }
        reason = gone
      }
      let line: JSON = [
        "id": .text(id), "action": "delete", "created_at": time, "redacted_at": time,
        "reason": .text(reason),
      ]
      lines += line.line + "\n"
    }
    return lines
  }
}
