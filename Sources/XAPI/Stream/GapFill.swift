internal import Machine
internal import Posts

/// Finds by search what a broken stream did not deliver.
extension FilteredStream {
  /// X's searches reach back seven days.
  private static let reach: Int64 = 7 * 86_400_000 - 60_000

  /// Looks for what is missing behind the frontier's position, until it is found, or X will not
  /// tell, which is said. A failure of the sink ends the stream.
  func fillGap() async {
    var failures = 0
    do {
      while isGapDue && !isEnding {
        isGapDue = false
        note { $0.isFillingGap = true }
        do { try await searchGap() } catch let error as XError {
          // What comes of being cancelled: the position stays, and the next run fills the gap.
          if error == .cancelled { return }
          guard error.isPassing else {
            tell(.gapRemains("\(error)"))
            continue
          }
          tell(.failed("searching what the stream has missed: \(error); again in a while"))
          isGapDue = true
          failures += 1
          guard await rest(failures) else { return }
        }
      }
      guard !isEnding else { return }
      note { $0.isFillingGap = false }
      try closeGap()
    } catch {
      end(with: error)
    }
  }

  /// Waits ever longer; false where it is cancelled.
  private func rest(_ failures: Int) async -> Bool {
    let wait = Double(min(5_000 << min(failures - 1, 10), 320_000)) * (1 + client.random() / 10)
    let scaled = Int(wait * client.settings.backoffScale)
    do { try await client.transport.pause(milliseconds: scaled) } catch { return false }
    return true
  }

  private func searchGap() async throws {
    let since = frontier.position.since
    let searches = GapSearch.searches(for: try await client.rules())
    for rule in searches.tooLong {
      tell(.gapRemains("the rule is too long for a search: \(rule)"))
    }
    var posts = 0
    var again: [(search: GapSearch, since: StreamPosition.Since)] = []
    for search in searches.possible {
      let found = try await look(for: search, since: since)
      posts += found.posts
      again.append((search, found.lowest.map { .id($0 &- 1) } ?? since))
    }
    // What was made just now can be found a moment later only.
    let delay = Self.scaled(settings.indexDelay, client)
    do { try await client.transport.pause(milliseconds: delay) } catch { throw XError.cancelled }
    for (search, since) in again { posts += try await look(for: search, since: since).posts }
    tell(.gapFilled(posts: posts))
  }

  /// Keeps what a search finds; returns how many posts were new, and the lowest id of the first
  /// page.
  private func look(
    for search: GapSearch, since: StreamPosition.Since
  ) async throws -> (posts: Int, lowest: UInt64?) {
    do {
      return try await read(.recent(search.query, since: since), of: search)
    } catch XError.refused(400, let problem) where problem.description.contains("since_id") {
      // Longer ago than searches reach: as much as can be had.
      tell(.gapRemains("X's search reaches back seven days only"))
      let start = client.clock.milliseconds - Self.reach
      return try await read(.recent(search.query, since: .time(start)), of: search)
    }
  }

  private func read(
    _ query: PostQuery, of search: GapSearch
  ) async throws -> (posts: Int, lowest: UInt64?) {
    var posts = 0
    var lowest: UInt64?
    var isFirst = true
    for try await page in client.pages(query) {
      var batch = StreamBatch(.search)
      for (id, line) in page.lines(tag: search.tag, ruleID: search.ruleID).reversed() {
        if isFirst, let id { lowest = min(id, lowest ?? id) }
        guard isNew(id) else { continue }
        line.withUnsafeBytes { batch.add($0, id: id) }
      }
      isFirst = false
      posts += batch.posts
      try keep(batch)
    }
    return (posts, lowest)
  }
}

/// A search that finds what rules of one tag would have delivered.
struct GapSearch: Hashable, Sendable {
  var query: String
  var tag: String
  /// The rule's id where it is of one only.
  var ruleID: String?
  var rules = 1

  /// The fewest searches for the rules, and the rules that are too long for one.
  static func searches(
    for rules: [StreamRule], limit: Int = Limits.queryCharacters
  ) -> (possible: [GapSearch], tooLong: [String]) {
    var possible: [GapSearch] = []
    var tooLong: [String] = []
    for rule in rules {
      let value = rule.value
      guard value.unicodeScalars.count <= limit else {
        tooLong.append(value)
        continue
      }
      if let last = possible.lastIndex(where: { $0.tag == rule.tag }) {
        let before = possible[last].query
        let joined = possible[last].rules > 1 ? before : "(\(before))"
        let both = "\(joined) OR (\(value))"
        if both.unicodeScalars.count <= limit {
          possible[last].query = both
          possible[last].ruleID = nil
          possible[last].rules += 1
          continue
        }
      }
      possible.append(GapSearch(query: value, tag: rule.tag, ruleID: rule.id))
    }
    return (possible, tooLong)
  }
}
