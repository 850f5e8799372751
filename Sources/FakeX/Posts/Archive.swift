internal import Bytes
internal import Machine

/// All posts there are, in the two orders that matter: as they were published, for streams, and by
/// id, for everything else.
struct Archive {
  private(set) var templates: [Template] = []
  /// In the order of publication.
  private(set) var feed: [Item] = []
  /// In the order of ids, each once.
  private(set) var entries: [Entry] = []
  private var deleted: Set<UInt64> = []
  /// The ids of all templates, which change from round to round wherever they stand.
  private(set) var ids: Set<UInt64> = []

  /// What streams send.
  struct Item {
    var template: Int
    var shift: RoundShift
    /// The service's time when it was published.
    var time: Int64
  }

  /// What is found.
  struct Entry {
    var id: UInt64
    var template: Int
    var shift: RoundShift
  }

  /// Makes a template known; it is not published yet.
  mutating func add(_ template: Template) -> Int {
    templates.append(template)
    if let id = template.post?.id { ids.insert(id) }
    return templates.count - 1
  }

  /// Publishes a template's copy: streams will send it, and others find it.
  mutating func publish(_ template: Int, _ shift: RoundShift = RoundShift(), at time: Int64) {
    feed.append(Item(template: template, shift: shift, time: time))
    file(template, shift)
  }

  /// Lets a template's copy be found without streams having sent it.
  mutating func file(_ template: Int, _ shift: RoundShift = RoundShift()) {
    guard let post = templates[template].post else { return }
    let entry = Entry(id: post.id &+ shift.ids, template: template, shift: shift)
    let place = firstIndex(from: entry.id)
    if place < entries.count, entries[place].id == entry.id {
      entries[place] = entry
    } else {
      entries.insert(entry, at: place)
    }
  }

  /// The index of the first entry whose id is at least `id`.
  func firstIndex(from id: UInt64) -> Int {
    if let last = entries.last, last.id < id { return entries.count }
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }

  mutating func delete(_ id: UInt64) { deleted.insert(id) }
  func isDeleted(_ id: UInt64) -> Bool { deleted.contains(id) }

  /// The post of an id, with what the round changes changed; nil where there is none, or no more.
  func post(_ id: UInt64) -> Template.Content? {
    let place = firstIndex(from: id)
    guard place < entries.count, entries[place].id == id, !isDeleted(id) else { return nil }
    return content(entries[place])
  }

  /// What an entry stands for.
  func content(_ entry: Entry) -> Template.Content? {
    guard var post = templates[entry.template].post else { return nil }
    guard entry.shift.days != 0 else { return post }
    var days = DayText()
    func shifted(_ json: JSON) -> JSON {
      var bytes: [UInt8] = []
      Line(Array(json.line.utf8), ids: ids).write(shift: entry.shift, &days, to: &bytes)
      return (try? JSON(parsing: bytes)) ?? json
    }
    post.data = shifted(post.data)
    post.includes = shifted(post.includes)
    post.id = entry.id
    return post
  }
}
