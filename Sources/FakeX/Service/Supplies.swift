/// The posts that wait for being published, and how fast that goes.
struct Supplies {
  private var supply: Supply?
  /// Posts a second; nil: as fast as they are read.
  private(set) var rate: Double?
  /// Seconds of the pace that are used up, and when they were last counted.
  private var credit = 0.0
  private var counted: Double?

  /// Whether there are no posts left that streams have not been given.
  var isExhausted: Bool { supply?.isExhausted ?? true }
  var published: Int { supply?.published ?? 0 }
  /// Whether posts come by themselves.
  var isPaced: Bool { rate != nil && !isExhausted }

  mutating func start(_ supply: Supply, rate: Double?) {
    self.supply = supply
    self.rate = rate
    credit = 0
    counted = nil
  }

  /// Stands still while nobody reads.
  mutating func pause() { counted = nil }

  /// The posts that are due at a time in seconds, for a supply with a pace.
  mutating func due(at time: Double) -> [(template: Int, shift: RoundShift)] {
    guard let rate else { return [] }
    credit += (counted.map { time - $0 } ?? 0) * rate
    counted = time
    // A process that was held up makes good for a second at most.
    credit = min(credit, max(1, rate))
    var posts: [(template: Int, shift: RoundShift)] = []
    while credit >= 1, let post = supply?.next() {
      posts.append(post)
      credit -= 1
    }
    return posts
  }

  /// The next posts of a supply that goes as fast as it is read.
  mutating func ahead(_ count: Int) -> [(template: Int, shift: RoundShift)] {
    guard rate == nil else { return [] }
    var posts: [(template: Int, shift: RoundShift)] = []
    while posts.count < count, let post = supply?.next() { posts.append(post) }
    return posts
  }
}

extension Service {
  /// Has posts published one after the other, `rounds` times over, each round some days later.
  mutating func supply(_ lines: [[UInt8]], rounds: Int, rate: Double?) {
    let templates = take(lines)
    let ids = templates.compactMap { archive.templates[$0].post?.id }
    supplies.start(Supply(templates, rounds: rounds, ids: ids), rate: rate)
  }

  /// Publishes what is due of a paced supply.
  mutating func publishDue(at seconds: Double) {
    guard connections.open > 0 else { return supplies.pause() }
    let time = now
    for post in supplies.due(at: seconds) {
      archive.publish(post.template, post.shift, at: time)
    }
  }

  /// Publishes some posts more of a supply without a pace; false: there are none.
  mutating func publishAhead() -> Bool {
    let posts = supplies.ahead(Limits.supplyAhead)
    let time = now
    for post in posts { archive.publish(post.template, post.shift, at: time) }
    return !posts.isEmpty
  }
}
