/// The options of COPY, by cqlsh's names and with its defaults.
struct CopyOptions {
  var fields = FieldFormat()
  var hasHeader = false
  /// Nil: numbers are written so that they are read as the same ones.
  var floatDigits: Int?
  var doubleDigits: Int?
  var pageRows = 1_000
  /// The rows that are read at a time, and committed at a time unless `batchRows` is less.
  var chunkRows = 5_000
  var batchRows: Int?
  /// Nil: no limit.
  var maxRows: Int?
  var skippedRows = 0
  var skippedColumns: Set<String> = []
  var maxParseErrors: Int?
  var maxInsertErrors: Int? = 1_000
  var errorFile: String?
  var ttl: Int?
  var beginToken: Int64?
  var endToken: Int64?
  /// Rows that are read in a second at most; nil: as fast as it goes.
  var rowsPerSecond: Int?

  private static let shared: Set = [
    "DELIMITER", "QUOTE", "ESCAPE", "HEADER", "NULL", "DATETIMEFORMAT", "BOOLSTYLE", "ENCODING",
    "NUMPROCESSES", "MAXATTEMPTS", "REPORTFREQUENCY",
  ]
  private static let from: Set = [
    "CHUNKSIZE", "MAXBATCHSIZE", "MAXROWS", "SKIPROWS", "SKIPCOLS", "MAXPARSEERRORS",
    "MAXINSERTERRORS", "ERRFILE", "TTL", "INGESTRATE", "MINBATCHSIZE", "PREPAREDSTATEMENTS",
  ]
  private static let to: Set = [
    "PAGESIZE", "FLOATPRECISION", "DOUBLEPRECISION", "BEGINTOKEN", "ENDTOKEN", "PAGETIMEOUT",
    "MAXREQUESTS",
  ]
  /// Options of cqlsh's that would change what is written or read, and are rare.
  static let unsupported: Set = [
    "DECIMALSEP", "THOUSANDSSEP", "CONFIGFILE", "RATEFILE", "MAXOUTPUTSIZE",
  ]

  /// The options that COPY takes in a direction, for completion.
  static func names(_ direction: CopyCommand.Direction) -> [String] {
    shared.union(direction == .to ? to : from).sorted()
  }

  init(_ command: CopyCommand) throws(ShellError) {
    let known = Set(Self.names(command.direction))
    let unknown = command.options.map(\.name).filter { !known.contains($0) }
    if let name = unknown.first(where: Self.unsupported.contains) {
      throw ShellError("The option \(name) of COPY is not supported")
    }
    guard unknown.isEmpty else {
      let names = unknown.map { $0.lowercased() }.joined(separator: ", ")
      throw ShellError("Unrecognized COPY \(command.direction.rawValue) options: \(names)")
    }
    for option in command.options { try set(option) }
    let signs = [fields.delimiter, fields.quote, fields.escape]
    guard fields.delimiter != fields.quote, fields.delimiter != fields.escape,
      !signs.contains(0x0A), !signs.contains(0x0D)
    else { throw ShellError("DELIMITER, QUOTE and ESCAPE must tell fields and lines apart") }
  }

  private mutating func set(_ option: CopyCommand.Option) throws(ShellError) {
    switch option.name {
    case "DELIMITER": fields.delimiter = try Self.sign(option)
    case "QUOTE": fields.quote = try Self.sign(option)
    case "ESCAPE": fields.escape = try Self.sign(option)
    case "HEADER": hasHeader = try Self.boolean(option)
    case "NULL": fields.null = option.value
    case "DATETIMEFORMAT":
      guard let format = TimeFormat(option.value) else {
        throw ShellError(
          "DATETIMEFORMAT takes the fields %Y %m %d %H %M %S %f %z, not '\(option.value)'")
      }
      fields.times = format
    case "BOOLSTYLE":
      let styles = option.value.split(separator: ",").map {
        String($0.trimmed)
      }
      guard styles.count == 2, styles[0].lowercased() != styles[1].lowercased(),
        !styles.contains("")
      else { throw ShellError("Invalid boolean styles '\(option.value)'") }
      fields.booleans = (styles[0], styles[1])
    case "ENCODING":
      guard ["utf8", "utf-8"].contains(option.value.lowercased()) else {
        throw ShellError("ENCODING can only be utf8, not '\(option.value)'")
      }
    case "FLOATPRECISION": floatDigits = try Self.number(option, from: 1)
    case "DOUBLEPRECISION": doubleDigits = try Self.number(option, from: 1)
    case "PAGESIZE": pageRows = try Self.number(option, from: 1)
    case "CHUNKSIZE": chunkRows = min(try Self.number(option, from: 1), 100_000)
    case "MAXBATCHSIZE": batchRows = try Self.number(option, from: 1)
    case "MAXROWS": maxRows = try Self.limit(option)
    case "SKIPROWS": skippedRows = try Self.number(option, from: 0)
    case "SKIPCOLS":
      skippedColumns = Set(option.value.split(separator: ",").map { String($0.trimmed) })
    case "MAXPARSEERRORS": maxParseErrors = try Self.limit(option)
    case "MAXINSERTERRORS": maxInsertErrors = try Self.limit(option)
    case "ERRFILE": errorFile = option.value
    case "BEGINTOKEN": beginToken = try Self.token(option)
    case "ENDTOKEN": endToken = try Self.token(option)
    case "INGESTRATE": rowsPerSecond = try Self.number(option, from: 1)
    case "PREPAREDSTATEMENTS": _ = try Self.boolean(option)
    case "REPORTFREQUENCY":
      guard let seconds = Double(option.value), seconds > 0 else {
        throw ShellError("REPORTFREQUENCY must be seconds, not '\(option.value)'")
      }
    // How cqlsh shares the work out among its processes and the servers: here one does it all.
    case "NUMPROCESSES", "MAXATTEMPTS", "MINBATCHSIZE", "PAGETIMEOUT", "MAXREQUESTS":
      _ = try Self.number(option, from: 1)
    default: ttl = try Self.number(option, from: 0)
    }
  }

  private static func number(
    _ option: CopyCommand.Option, from least: Int
  ) throws(ShellError) -> Int {
    guard let number = Int(option.value), number >= least, number <= Int(Int32.max) else {
      throw ShellError("\(option.name) must be a number from \(least) on, not '\(option.value)'")
    }
    return number
  }

  /// Nil for -1.
  private static func limit(_ option: CopyCommand.Option) throws(ShellError) -> Int? {
    option.value == "-1" ? nil : try number(option, from: 0)
  }

  private static func token(_ option: CopyCommand.Option) throws(ShellError) -> Int64 {
    guard let token = Int64(option.value) else {
      throw ShellError("\(option.name) must be a token, not '\(option.value)'")
    }
    return token
  }

  private static func boolean(_ option: CopyCommand.Option) throws(ShellError) -> Bool {
    switch option.value.lowercased() {
    case "true": return true
    case "false": return false
    default: throw ShellError("\(option.name) must be TRUE or FALSE, not '\(option.value)'")
    }
  }

  /// One ASCII character; a tab may be written `\t`.
  private static func sign(_ option: CopyCommand.Option) throws(ShellError) -> UInt8 {
    if option.value == "\\t" { return 0x09 }
    if option.value == "\\\\" { return UInt8(ascii: "\\") }
    guard let byte = option.value.utf8.first, option.value.utf8.count == 1, byte < 128 else {
      throw ShellError("\(option.name) must be one ASCII character, not '\(option.value)'")
    }
    return byte
  }
}

/// How the fields of a file that COPY reads or writes are written.
struct FieldFormat {
  var delimiter = UInt8(ascii: ",")
  var quote = UInt8(ascii: "\"")
  var escape = UInt8(ascii: "\\")
  var null = ""
  var times: TimeFormat?
  var booleans = (true: "True", false: "False")
}

extension StringProtocol {
  /// Without the blanks around it.
  var trimmed: SubSequence {
    let start = firstIndex { !$0.isWhitespace } ?? endIndex
    let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? start
    return self[start..<end]
  }
}
