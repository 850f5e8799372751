internal import Bytes

/// What a customer would pay.
struct Ledger {
  /// How often each kind of thing was had.
  private(set) var counts: [String: Int] = [:]
  /// In thousandths of a US dollar.
  private(set) var spent = 0
  private(set) var postsRead = 0
  private var paidPosts: Set<UInt64> = []
  private var paidUsers: Set<String> = []
  private var day: Int64 = 0

  /// Books posts that were read; one is paid for once a day.
  mutating func read(_ id: UInt64, _ kind: String, _ price: Int, now: Int64) {
    begin(now)
    guard paidPosts.insert(id).inserted else { return }
    postsRead += 1
    book(kind, price)
  }

  /// Books a user that was read, once a day as well.
  mutating func read(user id: String, _ price: Int, now: Int64) {
    begin(now)
    if paidUsers.insert(id).inserted { book("user_read", price) }
  }

  private mutating func begin(_ now: Int64) {
    let today = now / 86_400_000
    guard today != day else { return }
    day = today
    paidPosts = []
    paidUsers = []
  }

  /// Books anything else.
  mutating func book(_ kind: String, _ price: Int) {
    counts[kind, default: 0] += 1
    spent += price
  }

  var json: JSON {
    [
      "thousandths_of_a_dollar": JSON(spent), "posts_read": JSON(postsRead),
      "counts": .object(
        counts.sorted { $0.key < $1.key }.map { JSON.Field($0.key, JSON($0.value)) }),
    ]
  }
}
