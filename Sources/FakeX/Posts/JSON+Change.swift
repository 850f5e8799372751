internal import Bytes

extension JSON {
  /// The object with a field set, in its place where it has one; nil takes it away.
  func setting(_ name: String, _ value: JSON?) -> JSON {
    var fields = self.fields ?? []
    let place = fields.firstIndex { $0.name == name }
    switch (place, value) {
    case (let place?, let value?): fields[place].value = value
    case (let place?, nil): fields.remove(at: place)
    case (nil, let value?): fields.append(Field(name, value))
    case (nil, nil): break
    }
    return .object(fields)
  }

  /// The object with its fields' names changed, and those within them.
  func renaming(_ names: [String: String]) -> JSON {
    switch self {
    case .object(let fields):
      .object(
        fields.map { Field(names[$0.name] ?? $0.name, $0.value.renaming(names)) })
    case .array(let elements): .array(elements.map { $0.renaming(names) })
    default: self
    }
  }

  /// The fields of an object whose names are wanted.
  func keeping(_ isWanted: (String) -> Bool) -> JSON {
    .object((fields ?? []).filter { isWanted($0.name) })
  }

  /// The texts of an array.
  var texts: [String] { (elements ?? []).compactMap(\.text) }
}
