import CQL
import Testing

@testable import Shell

@Suite struct `Commands of the shell` {
  @Test(arguments: [
    ("expand on", ShellCommand.expand(.on)), ("EXPAND", .expand(.show)),
    ("PAGING OFF", .paging(.off, rows: nil)),
    ("PAGING 50", .paging(.on, rows: 50)), ("CONSISTENCY quorum", .consistency("QUORUM")),
    ("CONSISTENCY", .consistency(nil)), ("SERIAL CONSISTENCY", .serialConsistency(nil)),
    ("SHOW host", .showHost), ("CAPTURE", .captureShow), ("CAPTURE off", .captureOff),
    ("CAPTURE 'it''s'", .capture(file: "it's")), ("SOURCE '~/a b.cql'", .source(file: "~/a b.cql")),
    ("quit", .exit), ("? copy", .help(["COPY"])), ("LOGIN me 'secret'", .login),
    ("SHOW SESSION 1-2", .showSession), ("HISTORY 3", .history(3)), ("cls", .clear),
  ]) func `are understood`(text: String, command: ShellCommand) throws {
    #expect(try ShellCommand(text) == command)
  }

  @Test(arguments: [
    "EXPAND maybe", "PAGING 0", "PAGING -1", "CONSISTENCY MOST", "SERIAL", "SHOW", "SHOW ME",
    "CAPTURE file", "SOURCE", "SOURCE 'a' 'b'", "SOURCE 'a", "CLEAR all", "HISTORY x", "TRACING 5",
  ]) func `with something else in them are refused`(text: String) {
    #expect(throws: ShellError.self) { try ShellCommand(text) }
  }

  @Test func `statements are none`() throws {
    for text in ["SELECT 1", "DESCRIBE TABLES", "", "copying", "helped me", "\"HELP\""] {
      #expect(try ShellCommand(text) == nil)
    }
  }

  @Test func `COPY takes names, files and options`() throws {
    guard
      case .copy(let copy)? = try ShellCommand(
        "copy \"K s\".\"t\"\"x\" (A, \"B\") from 'a.csv' with header = true and null='N''A'"
          + " and maxrows = -1")
    else { throw ShellError("not taken for COPY") }
    #expect(copy.table.keyspace == "K s" && copy.table.table == "t\"x")
    #expect(copy.columns == ["a", "B"] && copy.direction == .from && copy.file == "a.csv")
    #expect(copy.options.map(\.name) == ["HEADER", "NULL", "MAXROWS"])
    #expect(copy.options.map(\.value) == ["true", "N'A", "-1"])
  }

  /// As Python's `cmd.Cmd.columnize`, which cqlsh uses, lays them out.
  @Test func `names stand in columns`() {
    let names = (1...20).map { "table_number_\($0)" }
    let lines = Columns.lines(names)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines.count == 5)
    #expect(lines[0] == "table_number_1  table_number_6   table_number_11  table_number_16")
    #expect(Columns.lines(["one"]) == ["one"] && Columns.lines([]) == ["<empty>"])
    #expect(Columns.lines([String(repeating: "x", count: 100), "y"]).count == 2)
  }

  @Test func `times are written and read by a format`() throws {
    let format = try #require(TimeFormat("%d/%m/%Y %H:%M:%S.%f%z %%"))
    for time: Int64 in [0, -1, 1_577_836_800_123, -62_135_596_800_000, 253_402_300_799_999] {
      #expect(format.milliseconds(format.text(time)) == time)
    }
    #expect(format.text(1_577_836_800_123) == "01/01/2020 00:00:00.123000+0000 %")
    #expect(format.milliseconds("01/01/2020 02:30:00.123+0230 %") == 1_577_836_800_123)
    for text in ["", "1/13/2020 00:00:00.0Z %", "30/02/2020 00:00:00.0Z %", "01/01/2020"] {
      #expect(format.milliseconds(text) == nil)
    }
    #expect(TimeFormat("%A") == nil && TimeFormat("%") == nil)
  }
}
