import Foundation
import Tables
import TestSupport
import Testing

@testable import Shell

/// What cqlsh shows, as `Tools/golden/make-cqlsh-formats` has it written.
private enum Golden {
  struct Value: Decodable {
    var type: String
    var native: String
    var plain: String
    var width: Int
    var coloured: String
    var colouredWidth: Int
  }

  struct Result: Decodable {
    struct Column: Decodable {
      var name: String
      var type: String
      var kind: String
    }

    var columns: [Column]
    var pages: [[[String?]]]
    var isInteractive: Bool
    var isColoured: Bool
    var isExpanded: Bool
    var lines: [String]
  }

  static func read<Row: Decodable>(_ name: String) throws -> [Row] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden/\(name).jsonl")
    return try Data(contentsOf: file).split(separator: 10)
      .map { try JSONDecoder().decode(Row.self, from: Data($0)) }
  }

  static func bytes(_ hex: String) -> [UInt8] {
    stride(from: 0, to: hex.utf8.count, by: 2).map { start in
      let digits = hex.utf8.dropFirst(start).prefix(2)
      return UInt8(String(decoding: Array(digits), as: UTF8.self), radix: 16) ?? 0
    }
  }
}

@Suite struct `Beside cqlsh` {
  @Test func `values of every type look alike`() throws {
    let values: [Golden.Value] = try Golden.read("values")
    #expect(values.count > 200)
    let types = try TypesByName(Set(values.map(\.type)))
    for value in values {
      let type = try #require(types[value.type])
      var format = ValueFormat()
      let plain = format.show(Golden.bytes(value.native), type)
      #expect(plain.text == value.plain, "\(value.type) \(value.native)")
      #expect(plain.width == value.width, "\(value.type) \(value.plain)")
      format.isColoured = true
      let coloured = format.show(Golden.bytes(value.native), type)
      #expect(coloured.text == value.coloured, "\(value.type) \(value.native)")
      #expect(coloured.width == value.colouredWidth, "\(value.type) \(value.coloured)")
    }
  }

  @Test func `results look alike, page by page`() throws {
    let results: [Golden.Result] = try Golden.read("tables")
    for result in results {
      let types = try TypesByName(Set(result.columns.map(\.type)))
      let columns = try result.columns.map {
        ResultColumn(name: $0.name, type: try #require(types[$0.type]))
      }
      var format = ValueFormat()
      format.isColoured = result.isColoured
      var lines: [String] = []
      var printer = ResultPrinter(
        format, layout: result.isExpanded ? .expanded : .table,
        isInteractive: result.isInteractive, write: { lines.append($0) })
      let table = try TypesByName.table(
        result.columns.map { (name: $0.name, type: $0.type, kind: $0.kind) })
      for page in result.pages {
        let rows = page.map { $0.map { $0.map(Golden.bytes) } }
        try printer.print(Page(columns: columns, rows: rows), of: table)
      }
      try printer.finish()
      #expect(lines == result.lines)
    }
  }
}
