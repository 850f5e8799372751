/// What one record's pass has found: where the fields of its posts stand, whatever their order.
///
/// A row holds one post's fields. Row 0 is the record itself (a flat object, a status, a CSV row,
/// or an envelope around others); an envelope's posts have the rows after it.
struct CapturedFields {
  /// A user of `includes.users`.
  struct IncludedUser {
    var id = RawField()
    var username = RawField()
  }

  /// A post of `includes.tweets` or `includes.posts`.
  struct IncludedPost {
    var id = RawField()
    var text = RawField()
    var noteText = RawField()
  }

  static let width = FieldName.allCases.count

  let table = FieldTable()
  private(set) var rowCount = 0
  private var fields: [RawField] = []
  var users: [IncludedUser] = []
  var originals: [IncludedPost] = []
  /// The first matching rule's tag that begins with `brand:`, without that.
  var brandTag = RawField()
  /// Whether an array of posts (even an empty one) stood in the envelope.
  var isPage = false

  /// Forgets the last record and opens row 0 for the next.
  mutating func begin() {
    rowCount = 0
    users.removeAll(keepingCapacity: true)
    originals.removeAll(keepingCapacity: true)
    brandTag = RawField()
    isPage = false
    openRow()
  }

  /// Opens an empty row after the last.
  mutating func openRow() {
    let start = rowCount * Self.width
    rowCount += 1
    if fields.count < start + Self.width {
      fields.append(contentsOf: repeatElement(RawField(), count: Self.width))
    } else {
      fields.withUnsafeMutableBufferPointer { all in
        all[start..<(start + Self.width)].update(repeating: RawField())
      }
    }
  }

  /// Forgets all rows but row 0.
  mutating func closeRows() { rowCount = 1 }

  /// A field of a row; kind `absent` where the record does not have it.
  subscript(row: Int, name: FieldName) -> RawField {
    @inline(__always) get { fields[row &* Self.width &+ Int(name.rawValue)] }
    @inline(__always) set { fields[row &* Self.width &+ Int(name.rawValue)] = newValue }
  }

  /// A field with something in it, or nil.
  @inline(__always)
  func filled(_ row: Int, _ name: FieldName) -> RawField? {
    let field = self[row, name]
    guard field.count > 0 else { return nil }
    switch field.kind {
    case .text, .escapedText, .number: return field
    case .absent, .null, .yes, .no, .container: return nil
    }
  }

  /// A text field, even an empty one, or nil.
  @inline(__always)
  func text(_ row: Int, _ name: FieldName) -> RawField? {
    let field = self[row, name]
    return field.isText ? field : nil
  }
}
