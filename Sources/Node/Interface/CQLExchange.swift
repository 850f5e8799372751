package import Bytes
internal import CQL
internal import LMDB
package import Tables

// How statements' results cross the interface: as they are, so that whoever gets them shows them as
// if the tables were its own.

extension Page {
  /// The page with its values in the native protocol's bytes, in base 64.
  package var nativeJSON: JSON {
    [
      "columns": .array(columns.map { ["name": .text($0.name), "type": $0.type.structure] }),
      "cells": .array(
        rows.map { Cells.encode($0) }),
    ]
  }

  /// The page for people: an object a row, as SELECT JSON writes values.
  var readableJSON: JSON {
    [
      "columns": .array(
        columns.map { ["name": .text($0.name), "type": .text($0.type.name)] }),
      "rows": .array(
        rows.map { row in (try? JSON(parsing: Array(json(row).utf8))) ?? .null }),
      "more": .boolean(next != nil),
    ]
  }

  /// Reads what `nativeJSON` wrote; nil where it is something else.
  package init?(nativeJSON json: JSON) {
    guard let columns = json["columns"]?.elements, let cells = json["cells"]?.elements else {
      return nil
    }
    var read: [ResultColumn] = []
    for column in columns {
      guard let name = column["name"]?.text,
        let type = column["type"].flatMap({ DataType(structure: $0) })
      else { return nil }
      read.append(ResultColumn(name: name, type: type))
    }
    var rows: [[[UInt8]?]] = []
    for row in cells {
      guard let values = row.elements, let row = Cells.decode(values), row.count == read.count
      else { return nil }
      rows.append(row)
    }
    self.init(columns: read, rows: rows)
  }
}

/// Values in base 64; null is null.
package enum Cells {
  /// The values of a row.
  package static func encode(_ row: [[UInt8]?]) -> JSON {
    .array(row.map { value in value.map { .text(Base64.encode($0)) } ?? .null })
  }

  /// Nil where a value is neither null nor base 64.
  static func decode(_ values: [JSON]) -> [[UInt8]?]? {
    var row: [[UInt8]?] = []
    for value in values {
      if value == .null {
        row.append(nil)
      } else if let bytes = value.text.flatMap({ Base64.decode($0) }) {
        row.append(bytes)
      } else {
        return nil
      }
    }
    return row
  }
}

extension DataType {
  private static let scalars: [DataType] = [
    .ascii, .text, .blob, .boolean, .tinyint, .smallint, .int, .bigint, .varint, .counter, .float,
    .double, .decimal, .timestamp, .date, .time, .duration, .uuid, .timeuuid, .inet,
  ]

  /// The type with all that is in it, user-defined types too.
  fileprivate var structure: JSON {
    switch self {
    case .list(let element): ["list": element.structure]
    case .set(let element): ["set": element.structure]
    case .map(let key, let value): ["map": [key.structure, value.structure]]
    case .tuple(let fields): ["tuple": .array(fields.map(\.structure))]
    case .multiCell(let whole): ["cells": whole.structure]
    case .user(let type):
      [
        "user": [
          "keyspace": .text(type.keyspace), "name": .text(type.name),
          "fields": .array(
            type.fields.map { ["name": .text($0.name), "type": $0.type.structure] }),
        ]
      ]
    default: .text(name)
    }
  }

  fileprivate init?(structure json: JSON) {
    if let name = json.text {
      guard let scalar = Self.scalars.first(where: { $0.name == name }) else { return nil }
      self = scalar
      return
    }
    guard let field = json.fields?.first else { return nil }
    let parts = (field.value.elements ?? [field.value]).map { DataType(structure: $0) }
    switch (field.name, parts.first) {
    case ("list", let element??): self = .list(element)
    case ("set", let element??): self = .set(element)
    case ("cells", let whole??): self = .multiCell(whole)
    case ("map", let key??):
      guard parts.count == 2, let value = parts[1] else { return nil }
      self = .map(key, value)
    case ("tuple", _):
      let whole = parts.compactMap { $0 }
      guard whole.count == parts.count else { return nil }
      self = .tuple(whole)
    case ("user", _):
      guard let type = UserType(structure: field.value) else { return nil }
      self = .user(type)
    default: return nil
    }
  }
}

extension UserType {
  fileprivate init?(structure json: JSON) {
    guard let keyspace = json["keyspace"]?.text, let name = json["name"]?.text,
      let fields = json["fields"]?.elements
    else { return nil }
    var read: [Field] = []
    for field in fields {
      guard let name = field["name"]?.text,
        let type = field["type"].flatMap({ DataType(structure: $0) })
      else { return nil }
      read.append(Field(name: name, type: type))
    }
    self.init(keyspace: keyspace, name: name, fields: read)
  }
}

extension TableError {
  /// What the interface tells of the error beside its message.
  package var details: [JSON.Field] {
    var fields: [JSON.Field] = [.init("code", JSON(code.rawValue))]
    if let existing {
      fields.append(
        .init(
          "existing",
          ["keyspace": .text(existing.keyspace ?? ""), "table": .text(existing.table)]))
    }
    if let storage { fields.append(.init("storage", JSON(storage.code))) }
    return fields
  }

  /// The status that goes with it.
  var status: Int {
    switch code {
    case .serverError: 500
    case .alreadyExists: 409
    case .unauthorized: 403
    default: 400
    }
  }

  /// Reads an error of the interface; nil where it is none of a statement's.
  package init?(json: JSON) {
    guard let code = json["code"]?.integer.flatMap({ Code(rawValue: $0) }),
      let message = json["error"]?.text
    else { return nil }
    self.init(code, message)
    if let table = json["existing"]?["table"]?.text {
      existing = TableName(keyspace: json["existing"]?["keyspace"]?.text, table: table)
    }
    if let code = json["storage"]?.integer {
      storage = LMDBError(operation: "write", path: "the tables", code: Int32(clamping: code))
    }
  }
}
