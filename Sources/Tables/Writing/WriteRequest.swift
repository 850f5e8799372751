internal import LMDB
internal import Machine

/// Something to be written by the thread that writes.
///
/// Unchecked: whoever made it waits until it is finished, and until then it belongs to that thread.
final class WriteRequest: @unchecked Sendable {
  enum Work {
    /// May run more than once; the last time counts.
    case change((WriteTransaction) throws(TableError) -> Void)
    /// The same for the definitions, which are given as they are, with the timestamp given last.
    case define((inout Schema, inout Int64, borrowing Transaction) throws(TableError) -> Void)
  }

  /// Nil once it is finished: what its closure holds is given back before anyone hears of the end.
  private(set) var work: Work?
  /// Called on the thread that writes, once it is known what became of it; must not block.
  private let finished: ((TableError?) -> Void)?
  /// Why it was not written.
  var failure: TableError?

  init(_ work: Work, finished: ((TableError?) -> Void)? = nil) {
    self.work = work
    self.finished = finished
  }

  /// Takes in what became of the commit.
  func finish(_ failure: TableError?) {
    work = nil
    self.failure = self.failure ?? failure
    finished?(self.failure)
  }

  var isDefinition: Bool {
    if case .define = work { return true }
    return false
  }
}

/// Requests that are committed together. It takes more until the commit begins.
///
/// Unchecked: requests are added under the queue's lock, and looked at under it or behind the end.
final class WriteGroup: @unchecked Sendable {
  private(set) var requests: [WriteRequest]
  /// Raised once for all that wait.
  let finished = Signal()

  /// More are not committed together, so that nobody waits for too many others.
  private static let limit = 1_000

  init(_ request: WriteRequest) { requests = [request] }

  /// Takes one more; false where it must not. A definition is committed alone, as what comes after
  /// it is planned by it.
  func take(_ request: WriteRequest) -> Bool {
    guard !request.isDefinition, !requests[0].isDefinition, requests.count < Self.limit else {
      return false
    }
    requests.append(request)
    return true
  }
}
