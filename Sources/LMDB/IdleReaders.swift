internal import CLMDB
internal import Synchronization

/// Read transactions that have ended and wait to be used again. They hold no state of the data,
/// only their memory and their place in the table of readers: to make both costs as much as a
/// look-up.
final class IdleReaders: Sendable {
  /// More threads than this are seldom reading at once, and each place is one that another process
  /// cannot have.
  private static let most = 16

  /// Handles as plain numbers: only who has taken one uses it.
  private let handles = Mutex<[UInt]>([])

  func take() -> OpaquePointer? {
    handles.withLock { $0.popLast() }.flatMap { OpaquePointer(bitPattern: $0) }
  }

  /// Ends a read transaction.
  func keep(_ transaction: OpaquePointer) {
    mdb_txn_reset(transaction)
    let isKept = handles.withLock { handles in
      guard handles.count < Self.most else { return false }
      handles.append(UInt(bitPattern: transaction))
      return true
    }
    if !isKept { mdb_txn_abort(transaction) }
  }

  /// Gives all of them up, before their environment is closed.
  func removeAll() {
    while let transaction = take() { mdb_txn_abort(transaction) }
  }
}
