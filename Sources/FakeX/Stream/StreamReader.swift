internal import Bytes

/// How far one stream has read, and how it wants what it reads.
struct StreamReader: Sendable {
  let id: Int
  let selection: Selection
  var cursor: Int
  var chunker: Chunker
  /// The lines of templates as this stream wants them, while the rules stay as they are.
  private var lines: [Int: Rendered?] = [:]
  private var version = -1
  /// A line that is to come behind the next.
  var late: [UInt8] = []
  /// The line that is being made; kept for its memory.
  fileprivate var line: [UInt8] = []
  fileprivate var days = DayText()

  /// A template's line without its last part, and that part with and without tags.
  struct Rendered: Sendable {
    var line: Line
    var rules: [UInt8]
    var bareRules: [UInt8]
    /// Nil: no post.
    var id: UInt64?
  }

  init(id: Int, selection: Selection, cursor: Int, chunking: Chunking) {
    self.id = id
    self.selection = selection
    self.cursor = cursor
    chunker = Chunker(chunking)
  }

  /// Whether what it is given is compressed before it is cut into chunks.
  private(set) var isCompressed = false

  /// Leaves the cutting to whoever compresses.
  mutating func compress() {
    isCompressed = true
    chunker = Chunker(nil)
  }

  /// The line of a template; nil: it is not for this stream.
  mutating func rendered(
    _ index: Int, _ archive: Archive, _ book: RuleBook, sendsAll: Bool
  ) -> Rendered? {
    if version != book.version {
      lines = [:]
      version = book.version
    }
    if let known = lines[index] { return known }
    let rendered = render(archive.templates[index], archive, book, sendsAll)
    lines[index] = .some(rendered)
    return rendered
  }

  private func render(
    _ template: Template, _ archive: Archive, _ book: RuleBook, _ sendsAll: Bool
  ) -> Rendered? {
    guard let post = template.post else {
      return Rendered(line: Line(template.line + Chunker.end), rules: [], bareRules: [])
    }
    var rules = book.matching(post.facts)
    if rules.isEmpty {
      guard sendsAll, let first = book.rules.first else { return nil }
      rules = [first]
    }
    var text = "{\"data\":" + selection.rendered(post: post.data).line
    if let includes = selection.includes(for: [post]) { text += ",\"includes\":" + includes.line }
    return Rendered(
      line: Line(Array(text.utf8), ids: archive.ids),
      rules: Self.ending(rules.map { ["id": .text($0.id), "tag": .text($0.tag)] }),
      bareRules: Self.ending(rules.map { ["id": .text($0.id)] }), id: post.id)
  }

  private static func ending(_ rules: [JSON]) -> [UInt8] {
    Array(",\"matching_rules\":\(JSON.array(rules).line)}\r\n".utf8)
  }
}

extension Service {
  /// Opens a stream. Thrown: why not.
  mutating func openStream(
    _ request: Request
  ) throws(Problem) -> (StreamReader, [(name: String, value: String)]) {
    windows.forgetHeaders()
    _ = try authenticate(request, [.app])
    try count("GET /2/tweets/search/stream", .app)
    try Parameters.check(request, "GET /2/tweets/search/stream")
    counts.connects += 1
    let selection = try Selection(request, settings.spelling, isStream: true)
    let cursor = try backfill(request)
    if ledger.postsRead >= settings.caps.posts { throw .usageCap }
    if rules.rules.isEmpty { throw .noRules }
    let time = now
    if connections.held(at: time) >= settings.stream.connections { throw .tooManyConnections }
    let id = connections.add(at: time)
    let reader = StreamReader(
      id: id, selection: selection, cursor: cursor, chunking: settings.stream.chunking)
    return (reader, windows.headers)
  }

  /// Where in the feed a new stream begins.
  private func backfill(_ request: Request) throws(Problem) -> Int {
    guard let text = request.value("backfill_minutes") else { return archive.feed.count }
    guard let minutes = Int64(text), (0...5).contains(minutes) else {
      throw .invalid(
        "backfill_minutes", [text], "The `backfill_minutes` query parameter is not within [0,5]")
    }
    if minutes == 0 { return archive.feed.count }
    guard settings.isEnterprise else {
      throw .invalid(
        "backfill_minutes", [text],
        "The `backfill_minutes` query parameter is not available to this account")
    }
    let start = now - scaled(minutes * 60_000)
    return archive.feed.firstIndex { $0.time >= start } ?? archive.feed.count
  }

  /// Notes that a stream has ended.
  mutating func closeStream(_ id: Int, reason: String) {
    let time = now
    let ghost = settings.stream.ghost
    connections.end(
      id, at: time, heldUntil: ghost > 0 ? time + scaled(ghost) : time, reason: reason)
  }

  /// What came of an attempt to write more of a stream.
  enum Step {
    /// There may be more.
    case more
    /// All that was published is written.
    case idle
    /// What is written is followed by a fault, and by the line that has it.
    case fault(Fault, line: [UInt8])
  }

  /// Writes the next lines of a stream to `out`, in chunks.
  mutating func fill(_ reader: inout StreamReader, _ out: inout [UInt8]) -> Step {
    if let limit = settings.stream.slowReaderPosts, archive.feed.count - reader.cursor > limit {
      plan.count(.disconnect(.slowReader))
      return .fault(.disconnect(.slowReader), line: [])
    }
    let start = out.count
    defer { counts.sentBytes += out.count - start }
    while out.count - start < Limits.writeBytes {
      if reader.cursor == archive.feed.count, !publishAhead() {
        flush(&reader, &out)
        return .idle
      }
      let item = archive.feed[reader.cursor]
      reader.cursor += 1
      let rendered = reader.rendered(
        item.template, archive, rules, sendsAll: settings.stream.ignoresRules)
      guard let rendered else { continue }
      if let fault = send(rendered, item.shift, &reader, &out) { return fault }
    }
    return .more
  }

  private func flush(_ reader: inout StreamReader, _ out: inout [UInt8]) {
    if !reader.late.isEmpty {
      reader.chunker.add(reader.late, to: &out)
      reader.late = []
    }
    reader.chunker.flush(to: &out)
  }

  /// Writes one line; gives the fault that ends the stream with it.
  private mutating func send(
    _ rendered: StreamReader.Rendered, _ shift: RoundShift, _ reader: inout StreamReader,
    _ out: inout [UInt8]
  ) -> Step? {
    reader.line.removeAll(keepingCapacity: true)
    rendered.line.write(shift: shift, &reader.days, to: &reader.line)
    guard let id = rendered.id else {
      reader.chunker.add(reader.line, to: &out)
      return nil
    }
    ledger.read(id &+ shift.ids, "post_read", settings.prices.postRead, now: now)
    let fault = plan.step()
    let hasTags = settings.stream.hasTags && fault != .withoutTags
    reader.line += hasTags ? rendered.rules : rendered.bareRules
    if fault == nil, reader.late.isEmpty {
      reader.chunker.add(reader.line, to: &out)
      return nil
    }
    let line = reader.line
    if let fault, fault.isLast {
      flush(&reader, &out)
      return .fault(fault, line: line)
    }
    let late = reader.late
    reader.late = []
    if fault == .swapped {
      reader.late = line
    } else {
      write(line, with: fault, &reader, &out)
    }
    if !late.isEmpty { reader.chunker.add(late, to: &out) }
    return nil
  }

  private func write(
    _ line: [UInt8], with fault: Fault?, _ reader: inout StreamReader, _ out: inout [UInt8]
  ) {
    switch fault {
    case .brokenLine:
      reader.chunker.add(Array(line.prefix(line.count / 2)) + Chunker.end, to: &out)
    case .unknownMessage:
      reader.chunker.add(Array("{\"warning\":{\"code\":\"NEW\"}}\r\n".utf8), to: &out)
    case .notice(let type): reader.chunker.add(StreamError.line(type), to: &out)
    case .duplicate: reader.chunker.add(line, to: &out)
    default: break
    }
    guard fault == .longLine else { return reader.chunker.add(line, to: &out) }
    let padding = [UInt8](repeating: UInt8(ascii: "x"), count: max(0, 100_000 - line.count - 13))
    var long = Array(line[..<(line.count - 3)])
    long += Array(",\"padding\":\"".utf8) + padding + Array("\"}\r\n".utf8)
    reader.chunker.add(long, to: &out)
  }
}

/// Errors that come within a stream.
enum StreamError {
  /// The line that says why a stream ends.
  static func line(_ type: DisconnectType) -> [UInt8] {
    let json: JSON = [
      "errors": [
        [
          "title": "operational-disconnect", "disconnect_type": .text(type.rawValue),
          "detail": .text(detail(type)),
          "type": .text(Problem.base + "operational-disconnect"),
        ]
      ]
    ]
    return Array((json.line + "\r\n").utf8)
  }

  private static func detail(_ type: DisconnectType) -> String {
    switch type {
    case .upstreamOperational, .upstreamUnclean:
      "This stream has been disconnected upstream for operational reasons."
    case .slowReader: "This stream has been disconnected because it was read too slowly."
    case .force: "This stream has been disconnected because another one was opened."
    case .invalidRules: "This stream has been disconnected because its rules are invalid."
    default: "This stream has been disconnected for operational reasons."
    }
  }
}
