internal import Machine
internal import Posts

/// Finds by search what a broken stream did not deliver.
extension FilteredStream {
  /// X's searches reach back seven days.
  private static let reach: Int64 = 7 * 86_400_000 - 60_000

  /// Looks for what is missing in the gaps, until it is found, or X will not tell, which is said. A
  /// failure of the sink ends the stream, and so does that no more posts may be read: the next run
  /// goes on with the gaps then.
  func fillGaps() async {
    var failures = 0
    do {
      while isGapDue && !isEnding {
        isGapDue = false
        note { $0.isFillingGap = true }
        do { try await searchGaps() } catch let error as XError {
          // What comes of being cancelled: the position stays, and the next run fills the gap.
          if error == .cancelled { return }
          if case .usageCapped(let problem) = error { throw StreamFailure.usageCapped(problem) }
          guard error.isPassing else {
            tell(.gapRemains("\(error)"))
            gaps.all.forEach(close)
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

  private func searchGaps() async throws {
    let searches = GapSearch.searches(for: try await client.rules())
    for rule in searches.tooLong {
      tell(.gapRemains("the rule is too long for a search: \(rule)"))
    }
    var posts = 0
    var isAnswered = searches.possible.isEmpty
    for gap in gaps.all {
      if let found = try await search(gap, searches.possible) {
        posts += found
        isAnswered = true
      }
      close(gap)
    }
    if isAnswered { tell(.gapFilled(posts: posts)) }
  }

  /// Returns how many posts of a gap were new; nil: X has refused all searches.
  private func search(_ gap: Gaps.Gap, _ searches: [GapSearch]) async throws -> Int? {
    var range = SearchRange(gap)
    let earliest = client.clock.milliseconds - Self.reach
    if range.cut(to: earliest) {
      tell(.gapRemains("X's search reaches back seven days only"))
      if range.isOver(at: earliest) { return nil }
    }
    range.until = until(of: range)
    var posts = 0
    var again: [(search: GapSearch, range: SearchRange)] = []
    for search in searches {
      for (search, found) in try await look(for: search, in: range) {
        posts += found.posts
        var rest = found.range
        if let lowest = found.lowest { rest.since = .id(lowest &- 1) }
        again.append((search, rest))
      }
    }
    guard !again.isEmpty else { return nil }
    // What was made just now can be found a moment later only.
    let delay = Self.scaled(settings.indexDelay, client)
    do { try await client.transport.pause(milliseconds: delay) } catch { throw XError.cancelled }
    for (search, range) in again {
      for (_, found) in try await look(for: search, in: range) { posts += found.posts }
    }
    return posts
  }

  /// Searches for the rules of one search together, or, where X refuses that, for each alone. A
  /// rule whose search is refused is said, and has no part in what is returned.
  private func look(
    for search: GapSearch, in range: SearchRange
  ) async throws -> [(search: GapSearch, found: Found)] {
    do { return [(search, try await reachableRead(range, of: search))] } catch let error as XError {
      guard case .refused = error, !error.isPassing else { throw error }
      guard search.parts.isEmpty else {
        var found: [(search: GapSearch, found: Found)] = []
        for part in search.parts { found += try await look(for: part, in: range) }
        return found
      }
      tell(.gapRemains("\(error), in a search for the rule \(search.query)"))
      return []
    }
  }

  /// Reads a range as far as X's searches reach, whatever X counts as seven days.
  private func reachableRead(
    _ range: SearchRange, of search: GapSearch
  ) async throws -> Found {
    do { return try await read(range, of: search) } catch XError.refused(400, let problem) {
      let words = problem.description
      var other = range
      if range.until != nil, words.contains("until_id") {
        other.until = nil
        other.isUnbounded = true
      } else if words.contains("since_id") || words.contains("start_time"), !range.isPressed {
        // Its clock is not ours.
        if !range.isCut { tell(.gapRemains("X's search reaches back seven days only")) }
        other.press(to: client.clock.milliseconds - Self.reach + 3_600_000)
      } else {
        throw XError.refused(status: 400, problem)
      }
      return try await reachableRead(other, of: search)
    }
  }

  /// The id up to which a search of a gap is asked for. X may not take one that no post has yet,
  /// and it matters where many posts have come since.
  private func until(of range: SearchRange) -> UInt64? {
    guard !range.isUnbounded, let until = gaps.end(of: range.gap),
      PostTime.ofSnowflake(until) + Int64(Self.scaled(settings.overlap, client))
        <= client.clock.milliseconds
    else { return nil }
    return until
  }

  /// What the first look of a search has found.
  private struct Found {
    /// How many posts were new.
    var posts = 0
    /// The lowest id of the first page that has posts of the gap.
    var lowest: UInt64?
    /// What X has taken to be searched.
    var range: SearchRange
  }

  /// Keeps what a search finds. Posts above the gap are the stream's to bring: those that it has
  /// brought may be forgotten by now.
  private func read(_ range: SearchRange, of search: GapSearch) async throws -> Found {
    var found = Found(range: range)
    var query = PostQuery.recent(search.query, since: range.since, until: range.until)
    query.isBooked = false
    for try await page in client.pages(query) {
      var batch = StreamBatch(.search)
      let end = gaps.end(of: range.gap) ?? .max
      let lines = page.lines(tag: search.tag, ruleID: search.ruleID)
        .filter { $0.id.map { $0 < end } ?? true }
      // A search that had to wait before there was an end would read all that has come since.
      if lines.isEmpty, !page.posts.isEmpty, range.until == nil, let until = until(of: range) {
        var bounded = range
        bounded.until = until
        return try await reachableRead(bounded, of: search)
      }
      if found.lowest == nil { found.lowest = lines.compactMap(\.id).min() }
      for (id, line) in lines.reversed() where isNew(id) {
        line.withUnsafeBytes { batch.add($0, id: id) }
      }
      found.posts += batch.posts
      try keep(batch)
    }
    return found
  }
}

/// What of a gap is searched.
private struct SearchRange {
  var since: StreamPosition.Since
  var until: UInt64?
  /// Whether it begins where searches do, and not where the gap does.
  private(set) var isCut = false
  /// Whether X has refused to begin there as well.
  private(set) var isPressed = false
  /// Whether X has refused the end.
  var isUnbounded = false
  /// The gap's number.
  let gap: Int

  init(_ gap: Gaps.Gap) {
    since = gap.since
    until = gap.until
    self.gap = gap.number
  }

  /// Leaves out what is earlier than a time, which X would refuse to search for; false where
  /// nothing is known to be so early.
  mutating func cut(to time: Int64) -> Bool {
    let isEarly: Bool
    switch since {
    case .time(let since): isEarly = since < time
    // Other ids than X's own tell no time.
    case .id(let id): isEarly = id >= 1 << 50 && PostTime.ofSnowflake(id) < time
    }
    guard isEarly else { return false }
    since = .time(time)
    isCut = true
    return true
  }

  /// X has refused the beginning: begins at a time that it must take.
  mutating func press(to time: Int64) {
    since = .time(time)
    isCut = true
    isPressed = true
  }

  /// Whether all of it is earlier than a time.
  func isOver(at time: Int64) -> Bool {
    until.map { $0 <= PostTime.firstSnowflake(at: time) } ?? false
  }
}
