package import Bytes
package import Curl
internal import Machine

/// Names that both ends of the interface know.
package enum InterfacePaths {
  /// The socket in the data directory.
  package static let socketName = "grouse.sock"
  /// The type of one record batch in Kafka's format.
  static let batchType = "application/vnd.kafka.record-batch"

  /// The path of a data directory's socket.
  package static func socket(in dataDirectory: String) -> String {
    Path.join(dataDirectory, socketName)
  }
}

/// The running process answered that it did not do what was asked.
package struct RefusedRequest: Error, CustomStringConvertible {
  package let status: Int
  /// The answer: its field `error` says why.
  package let answer: JSON

  package var description: String {
    answer["error"]?.text ?? "the running process answered with status \(status)"
  }
}

/// The process that has a data directory open for writing, spoken to over its socket. For one
/// thread at a time.
package final class RunningProcess {
  private let client: HTTPClient
  /// What it said of itself at first.
  package let health: JSON

  /// Milliseconds in which it must say that it is there.
  private static let patience = 10_000

  /// The process that runs on a data directory; nil where none answers.
  package convenience init?(in dataDirectory: String) {
    let path = InterfacePaths.socket(in: dataDirectory)
    guard LocalDisk().exists(path) else { return nil }
    self.init(.socket(path))
  }

  /// The process that listens on `server`; nil where none answers.
  package init?(_ server: HTTPClient.Server) {
    guard let client = HTTPClient(server) else { return nil }
    // A process that is stopped, as by Ctrl-Z, takes connections and answers nobody.
    client.patience.whole = Self.patience
    guard let answer = try? client.send(HTTPRequest("GET", "/health")), answer.isSuccess,
      let health = try? JSON(parsing: answer.body)
    else { return nil }
    // What is asked for afterwards may take as long as it takes.
    client.patience.whole = nil
    self.client = client
    self.health = health
  }

  /// Who it is: its purpose and its process number.
  package var name: String {
    let purpose = health["purpose"]?.text ?? "another process"
    return health["pid"]?.integer.map { "\(purpose) (process \($0))" } ?? purpose
  }

  /// Asks for something and returns the answer. Thrown: `RefusedRequest`, `CurlError`.
  package func call(
    _ method: String, _ segments: [String], query: [(name: String, value: String)] = [],
    _ body: JSON? = nil, isCancelled: () -> Bool = { false }
  ) throws -> JSON {
    let request = HTTPRequest(
      method, HTTPRequest.path(segments, query), body: body.map { Array($0.line.utf8) },
      type: body == nil ? nil : "application/json")
    return try answer(try client.send(request, isCancelled: isCancelled))
  }

  /// The same with a body that is no JSON.
  package func call(
    _ method: String, _ segments: [String], query: [(name: String, value: String)] = [],
    bytes: [UInt8], type: String
  ) throws -> JSON {
    let path = HTTPRequest.path(segments, query)
    return try answer(
      try client.send(HTTPRequest(method, path, body: bytes, type: type)))
  }

  private func answer(_ response: HTTPResponse) throws -> JSON {
    let json = (try? JSON(parsing: response.body)) ?? .null
    guard response.isSuccess else { throw RefusedRequest(status: response.status, answer: json) }
    return json
  }

  /// Follows something that goes on: `line` has each document that comes, and says whether to go
  /// on. Thrown: `RefusedRequest`, `CurlError`; `CurlError.cancelled` where it did not go on.
  package func follow(
    _ segments: [String], isCancelled: () -> Bool = { false }, line: (JSON) -> Bool
  ) throws {
    let path = HTTPRequest.path(segments, [("follow", "true")])
    let response = try client.stream(HTTPRequest("GET", path), isCancelled: isCancelled) { bytes in
      guard let json = try? JSON(parsing: bytes) else { return true }
      return line(json)
    }
    if !response.isSuccess { _ = try answer(response) }
  }

  /// What became of a job.
  package enum JobEnd: Sendable {
    case done(JSON)
    case failed(String)
    case cancelled(JSON)
  }

  /// Has a job done and waits for its end; `isCancelled` cancels it. `progress` hears how far it
  /// is.
  package func runJob(
    _ kind: String, _ arguments: JSON, isCancelled: () -> Bool, progress: (JSON) -> Void = { _ in }
  ) throws -> JobEnd {
    let job = try submit(kind, arguments)
    return try watch(job, isCancelled: isCancelled, progress: progress)
  }

  /// Has a job begun; returns its number.
  package func submit(_ kind: String, _ arguments: JSON) throws -> String {
    let job = try call("POST", ["jobs"], ["kind": .text(kind), "arguments": arguments])
    return job["id"]?.text ?? ""
  }

  /// Waits for a job's end; `isCancelled` cancels it.
  package func watch(
    _ job: String, isCancelled: () -> Bool, progress: (JSON) -> Void = { _ in }
  ) throws -> JobEnd {
    var latest: JSON = .null
    var hasAsked = false
    while true {
      do {
        try follow(
          ["jobs", job], isCancelled: { !hasAsked && isCancelled() },
          line: { state in
            latest = state
            if let told = state["progress"] { progress(told) }
            return true
          })
      } catch CurlError.cancelled {
        hasAsked = true
        latest = try call("DELETE", ["jobs", job])
      }
      switch latest["state"]?.text {
      case "done": return .done(latest["result"] ?? .null)
      case "failed": return .failed(latest["error"]?.text ?? "it failed")
      case "cancelled": return .cancelled(latest["result"] ?? .null)
      default: continue
      }
    }
  }
}
