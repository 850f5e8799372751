internal import Machine
package import SupportDesk
package import Tables

/// Chooses the posts that are to be judged, in memory that does not grow with the tables.
package struct LabelQueue: Sendable {
  /// Which posts come first.
  package enum Order: String, CaseIterable, Sendable {
    /// Those of which the model is least certain.
    case uncertain
    case random
    case newest
  }

  package var order: Order
  /// Decides what is random.
  package var seed: UInt64
  /// At most so many.
  package var limit: Int
  /// Only what the model takes to be about this; nil: everything.
  package var subject: String?
  /// Where the model draws the line.
  package var threshold: Double

  package init(
    order: Order, seed: UInt64 = 1, limit: Int, subject: String? = nil, threshold: Double = 0.5
  ) {
    self.order = order
    self.seed = seed
    self.limit = limit
    self.subject = subject
    self.threshold = threshold
  }

  /// The posts of the tables that nobody has judged, and this labeller has not passed over; of
  /// several with one text the first. And how many posts there are at all.
  package func posts(
    in tables: Tables?, _ book: LabelBook, labeller: String
  ) throws -> (posts: [LabelCandidate], all: Int) {
    var ids: Set<String> = []
    var texts: Set<Int> = []
    try book.visitAll { label in
      if label.labeller == labeller || label.verdict.isDecided { ids.insert(label.post) }
      if label.verdict.isDecided { texts.insert(label.text.hashValue) }
    }
    var best = Best(limit: limit)
    var all = 0
    try read(tables) { post in
      all += 1
      guard subject == nil || post.subject == subject, !ids.contains(post.id),
        !texts.contains(post.text.hashValue)
      else { return }
      best.offer(post, rank(of: post))
    }
    return (try withRoots(best.posts, tables), all)
  }

  /// Later versions of posts with the ids of their first ones, by which all are forgotten.
  private func withRoots(
    _ posts: [LabelCandidate], _ tables: Tables?
  ) throws -> [LabelCandidate] {
    guard let tables else { return posts }
    let roots = try Forgetting(EmbeddedTableStore(tables))
      .firstVersions(of: Set(posts.map(\.id)))
    guard !roots.isEmpty else { return posts }
    return posts.map { post in
      var post = post
      post.provenance.root = roots[post.id]
      return post
    }
  }

  /// The posts that others have judged and this labeller has not.
  package func secondOpinions(
    _ book: LabelBook, labeller: String
  ) throws -> (posts: [LabelCandidate], all: Int) {
    var own: Set<String> = []
    try book.visit { if $0.labeller == labeller { own.insert($0.post) } }
    var seen: Set<String> = []
    var best = Best(limit: limit)
    try book.visit { label in
      guard label.verdict.isDecided, !own.contains(label.post), seen.insert(label.post).inserted
      else { return }
      // What they said is not shown: neither is what the model did.
      let post = LabelCandidate(
        id: label.post, text: label.text, provenance: label.provenance)
      best.offer(post, chance(of: post))
    }
    return (best.posts, seen.count)
  }

  /// Lower comes first.
  private func rank(of post: LabelCandidate) -> Double {
    switch order {
    case .uncertain: abs((post.probability ?? 1) - threshold)
    case .random: chance(of: post)
    case .newest: -Double(post.provenance.createdAt ?? 0)
    }
  }

  /// A number of the seed and the post's id alone, so that neither other posts nor their order
  /// change which ones come.
  private func chance(of post: LabelCandidate) -> Double {
    var state = seed
    for byte in post.id.utf8 {
      var random = SeededRandom(seed: state ^ UInt64(byte))
      state = random.next()
    }
    return Double(state >> 11)
  }

  private func read(_ tables: Tables?, _ body: (LabelCandidate) -> Void) throws {
    guard let tables else { return }
    do throws(TableError) {
      let select = try tables.prepare(
        """
        SELECT id, text, probability, subject, screen_name, created_at, author_id FROM grouse.posts
        """)
      var place: PagingState?
      repeat {
        let page = try tables.execute(select, BoundValues(), from: place)
        for row in page.rows { if let post = Self.post(row) { body(post) } }
        place = page.next
      } while place != nil
    } catch {
      // Without the application's tables there are no posts.
      if error.code != .invalid { throw error }
    }
  }

  private static func post(_ row: [[UInt8]?]) -> LabelCandidate? {
    func text(_ column: Int) -> String? { row[column].map { String(decoding: $0, as: UTF8.self) } }
    func number(_ column: Int) -> UInt64? {
      row[column].map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    }
    guard let id = text(0), let content = text(1) else { return nil }
    return LabelCandidate(
      id: id, text: content, probability: number(2).map { Double(bitPattern: $0) },
      subject: text(3),
      provenance: PostProvenance(
        author: text(6), handle: text(4), createdAt: number(5).map { Int64(bitPattern: $0) }))
  }

  /// The posts of lowest rank, one for each text, among all that are offered.
  private struct Best {
    let limit: Int
    private var kept: [(post: LabelCandidate, rank: Double)] = []

    init(limit: Int) { self.limit = limit }

    mutating func offer(_ post: LabelCandidate, _ rank: Double) {
      kept.append((post, rank))
      if kept.count >= limit * 2 + 1_000 { settle() }
    }

    var posts: [LabelCandidate] {
      var copy = self
      copy.settle()
      return copy.kept.map(\.post)
    }

    private mutating func settle() {
      kept.sort { ($0.rank, $0.post.id) < ($1.rank, $1.post.id) }
      var texts: Set<String> = []
      kept.removeAll { !texts.insert($0.post.text).inserted }
      kept.removeLast(max(kept.count - limit, 0))
    }
  }
}
