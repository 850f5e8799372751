internal import CQL

/// `COPY table (columns) TO|FROM file WITH option = value AND …`.
struct CopyCommand: Equatable {
  enum Direction: String {
    case to = "TO"
    case from = "FROM"
  }

  struct Option: Equatable {
    var name: String
    var value: String
  }

  var table: TableName
  /// Nil: all of the table's.
  var columns: [String]?
  var direction: Direction
  /// Nil: standard input or output.
  var file: String?
  var options: [Option] = []

  /// Reads what stands behind `COPY`.
  init(_ words: inout ShellWords) throws(ShellError) {
    let improper = ShellError(
      "Improper COPY command: COPY table [(column, …)] TO|FROM 'file'|STDOUT|STDIN "
        + "[WITH option = value [AND …]];")
    guard let name = words.takeName() else { throw improper }
    table = TableName(table: name)
    if words.takeSign(".") {
      guard let inner = words.takeName() else { throw improper }
      table = TableName(keyspace: name, table: inner)
    }
    if words.takeSign("(") {
      var names: [String] = []
      repeat {
        guard let column = words.takeName() else { throw improper }
        names.append(column)
      } while words.takeSign(",")
      guard words.takeSign(")") else { throw improper }
      columns = names
    }
    if words.take("TO") {
      direction = .to
    } else if words.take("FROM") {
      direction = .from
    } else {
      throw improper
    }
    if !words.take(direction == .to ? "STDOUT" : "STDIN") {
      guard let path = words.takeString() else { throw improper }
      file = path
    }
    guard words.take("WITH") else { return }
    repeat {
      guard let name = words.takeWord(), words.takeSign("="),
        let value = words.takeString() ?? words.takeWord()
      else { throw improper }
      options.append(Option(name: name.uppercased(), value: value))
    } while words.take("AND")
  }
}
