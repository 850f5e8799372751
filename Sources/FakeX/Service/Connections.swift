internal import Bytes
internal import Machine

/// The streams that are open, those that were, and those whose place is still taken.
struct Connections {
  struct Connection {
    var id: Int
    var uuid: String
    var opened: Int64
    var closed: Int64?
    var reason: String?
    /// Until when its place is taken; for one that is open, forever.
    var heldUntil: Int64 = .max
  }

  private(set) var all: [Connection] = []

  /// How many are open.
  var open: Int { all.count { $0.closed == nil } }

  /// How many places are taken.
  func held(at now: Int64) -> Int { all.count { $0.heldUntil > now } }

  mutating func add(at now: Int64) -> Int {
    let id = all.count
    let digits = String(1_000_000_000_000 + id)
    all.append(
      Connection(id: id, uuid: "00000000-0000-4000-8000-\(digits.dropFirst())0", opened: now))
    return id
  }

  /// Notes that a connection has ended; its place is free at `heldUntil`.
  mutating func end(_ id: Int, at now: Int64, heldUntil: Int64, reason: String) {
    guard all.indices.contains(id), all[id].closed == nil else { return }
    all[id].closed = now
    all[id].reason = reason
    all[id].heldUntil = min(all[id].heldUntil, heldUntil)
  }

  /// Frees the places of some; gives those that were taken.
  mutating func kill(at now: Int64, _ isMeant: (Connection) -> Bool) -> [Connection] {
    let meant = all.filter { $0.heldUntil > now && isMeant($0) }
    for connection in meant { all[connection.id].heldUntil = now }
    return meant
  }
}

extension Service {
  /// `GET /2/connections`.
  mutating func listConnections(_ request: Request) throws(Problem) -> Answer {
    let wanted = request.value("status") ?? "active"
    let time = now
    let listed = connections.all.filter {
      switch wanted {
      case "active": $0.heldUntil > time
      case "inactive": $0.heldUntil <= time
      default: true
      }
    }
    let data: [JSON] = listed.reversed().prefix(100).map { connection in
      var json: JSON = [
        "id": .text(connection.uuid), "endpoint_name": "filtered_stream",
        "connected_at": .text(UTCTime.text(milliseconds: connection.opened)),
        "client_ip": "127.0.0.1",
      ]
      if let closed = connection.closed {
        json = json.setting("disconnected_at", .text(UTCTime.text(milliseconds: closed)))
          .setting("disconnect_reason", .text(connection.reason ?? ""))
      }
      return json
    }
    let meta: JSON = ["result_count": JSON(data.count)]
    return Answer(data.isEmpty ? ["meta": meta] : ["data": .array(data), "meta": meta])
  }

  /// `DELETE /2/connections`, `…/all` and `…/{endpoint_id}`.
  mutating func killConnections(_ request: Request, _ endpoint: String?) throws(Problem) -> Answer {
    var uuids: [String]?
    if endpoint == nil {
      let body = try Self.body(request)
      guard let listed = body["uuids"]?.texts, !listed.isEmpty else {
        throw .invalid("uuids", [], "uuids must be a list of connections")
      }
      uuids = listed
    } else if endpoint != "all", endpoint != "filtered_stream" {
      throw .invalid(
        "endpoint_id", [endpoint ?? ""], "endpoint_id is not one of [filtered_stream]")
    }
    let killed = connections.kill(at: now) { uuids?.contains($0.uuid) ?? true }
    chores.closing.formUnion(killed.filter { $0.closed == nil }.map(\.id))
    let missing = (uuids ?? []).filter { uuid in !killed.contains { $0.uuid == uuid } }
    let results: [JSON] =
      killed.map { ["uuid": .text($0.uuid), "success": true] }
      + missing.map {
        ["uuid": .text($0), "success": false, "error_message": "Connection not found"]
      }
    return Answer([
      "data": [
        "successful_kills": JSON(killed.count), "failed_kills": JSON(missing.count),
        "results": .array(results),
      ]
    ])
  }
}
