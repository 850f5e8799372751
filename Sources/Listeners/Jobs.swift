package import Bytes
internal import Machine
internal import Synchronization

/// The work that clients have asked for.
package final class Jobs: Sendable {
  private struct State {
    var jobs: [Job] = []
    var last = 0
    var isStopped = false
  }

  /// How many run at a time, and how many ended ones are remembered.
  package static let limits = (running: 4, remembered: 100)

  private let kinds: [JobKind]
  private let state = Mutex(State())

  package init(_ kinds: [JobKind]) { self.kinds = kinds }

  /// Starts a job. Thrown: what is wrong with the arguments; 429 where too many run.
  package func submit(_ kind: String, _ arguments: JSON) throws -> Job {
    guard let known = kinds.first(where: { $0.name == kind }) else {
      let names = kinds.map(\.name).joined(separator: ", ")
      throw InterfaceError.malformed(
        "there is no kind of job \(JSONString.quote(kind)); there are " + names)
    }
    let work = try known.prepare(arguments)
    let job: Job = try state.withLock { state in
      guard !state.isStopped else { throw InterfaceError(503, "the process is ending") }
      guard state.jobs.count(where: { $0.outcome == nil }) < Self.limits.running else {
        throw InterfaceError(
          429, "\(Self.limits.running) jobs run already; wait for one, or cancel one")
      }
      let ended = state.jobs.filter { $0.outcome != nil }
      let surplus = Set(ended.prefix(max(ended.count - Self.limits.remembered, 0)).map(\.id))
      state.jobs.removeAll { surplus.contains($0.id) }
      state.last += 1
      let job = Job(id: "\(state.last)", kind: kind, arguments: arguments)
      state.jobs.append(job)
      return job
    }
    job.start(work)
    return job
  }

  /// A job by its number; thrown: 404.
  package func job(_ id: String) throws(InterfaceError) -> Job {
    guard let job = all.first(where: { $0.id == id }) else {
      throw .missing("there is no job \(id)")
    }
    return job
  }

  /// Those that run and the latest that ended, oldest first.
  package var all: [Job] { state.withLock { $0.jobs } }

  /// Cancels what runs, takes no more, and returns when all have ended.
  package func stop() {
    let jobs = state.withLock { state in
      state.isStopped = true
      return state.jobs
    }
    for job in jobs { job.cancel() }
    for job in jobs { job.wait() }
  }

  /// What is asked of jobs.
  var routes: [Route] {
    [
      Route("GET", "/jobs") { [self] _ in
        .json([
          "jobs": .array(all.map(\.json)),
          "kinds": .array(kinds.map { ["kind": .text($0.name), "summary": .text($0.summary)] }),
        ])
      },
      Route("POST", "/jobs") { [self] request in
        let body = try request.object()
        try body.checkFields("kind", "arguments")
        let arguments = body["arguments"] ?? .object([])
        guard arguments.fields != nil else {
          throw InterfaceError.malformed("\"arguments\" must be an object")
        }
        return .json(try submit(try body.requiredText("kind"), arguments).json, status: 202)
      },
      Route("GET", "/jobs/:id") { [self] request in
        let job = try job(request.parameters["id"] ?? "")
        return request.flag("follow") ? .lines(job.follow()) : .json(job.json)
      },
      Route("DELETE", "/jobs/:id") { [self] request in
        let job = try job(request.parameters["id"] ?? "")
        job.cancel()
        return .json(job.json, status: 202)
      },
    ]
  }
}
