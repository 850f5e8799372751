package import Bytes

/// What has happened at a local X so far.
package struct Status: Sendable {
  /// Streams that are open, and that were opened or refused.
  package var openStreams = 0
  package var connects = 0
  /// Streams that were opened.
  package var openedStreams = 0
  /// Posts that were published, and that streams have been given.
  package var published = 0
  package var sent = 0
  package var supplied = 0
  package var keepAlives = 0
  package var sentBytes = 0
  /// Faults by name.
  package var faults: [String: Int] = [:]
  /// Requests in order, such as `GET /2/users/me`; the oldest may be forgotten.
  package var requests: [String] = []
  /// The ids of posts that were written here, in order.
  package var written: [String] = []
  package var rules = 0
  /// What a customer would pay, in thousandths of a US dollar, and for what.
  package var spent = 0
  package var paid: [String: Int] = [:]
  /// Whether the supply has no more posts. The last ones may be on their way.
  package var isSupplyPublished = false
  /// Whether an open stream has also been given the last of them.
  package var isSupplyDelivered = false

  /// The same for other programs.
  package var json: JSON {
    [
      "open_streams": JSON(openStreams), "connects": JSON(connects),
      "opened_streams": JSON(openedStreams), "published": JSON(published), "sent": JSON(sent),
      "supplied": JSON(supplied), "keep_alives": JSON(keepAlives),
      "sent_bytes": JSON(sentBytes), "faults": Self.json(faults),
      "requests": JSON(requests.count), "written": .array(written.map { .text($0) }),
      "rules": JSON(rules), "thousandths_of_a_dollar": JSON(spent), "paid": Self.json(paid),
      "supply_published": .boolean(isSupplyPublished),
      "supply_delivered": .boolean(isSupplyDelivered),
    ]
  }

  private static func json(_ counts: [String: Int]) -> JSON {
    .object(counts.sorted { $0.key < $1.key }.map { JSON.Field($0.key, JSON($0.value)) })
  }
}

extension Service {
  var status: Status {
    var status = Status()
    status.openStreams = connections.open
    status.connects = counts.connects
    status.openedStreams = connections.all.count
    status.published = archive.feed.count
    status.sent = plan.sent
    status.supplied = supplies.published
    status.keepAlives = counts.keepAlives
    status.sentBytes = counts.sentBytes
    status.faults = plan.made
    status.requests = counts.requests
    status.written = people.written.map { "\($0)" }
    status.rules = rules.rules.count
    status.spent = ledger.spent
    status.paid = ledger.counts
    status.isSupplyPublished = supplies.isExhausted && supplies.published > 0
    status.isSupplyDelivered = status.isSupplyPublished && furthest >= archive.feed.count
    return status
  }
}
