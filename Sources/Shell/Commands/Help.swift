/// What HELP says.
enum Help {
  static let overview = [
    "", "Commands of the shell:", "======================",
    "CAPTURE  CLEAR  CONSISTENCY  COPY  DESCRIBE  EXIT  EXPAND  HELP  HISTORY  PAGING  SERIAL",
    "SHOW  SOURCE", "",
    "Statements of CQL end with a semicolon, on this line or a later one; Tab completes.",
    "HELP followed by a command's name tells more, as HELP COPY does.", "",
  ]

  static func text(_ topic: String) -> String? { topics[topic] }

  private static let topics: [String: String] = [
    "CAPTURE": """
    CAPTURE 'file'   appends results to a file instead of showing them
    CAPTURE OFF      shows them again
    CAPTURE          tells which
    """,
    "CLEAR": "CLEAR or CLS      clears the screen",
    "CONSISTENCY": """
    CONSISTENCY [level]   takes Cassandra's levels, for scripts that set one. There is one copy \
    of each row, so that all levels are alike.
    """,
    "SERIAL": "SERIAL CONSISTENCY [level]   takes SERIAL and LOCAL_SERIAL, which are alike here",
    "COPY": """
    COPY table [(column, …)] TO 'file'|STDOUT [WITH option = value [AND …]];
    COPY table [(column, …)] FROM 'file'|STDIN [WITH option = value [AND …]];

      Both:  HEADER=FALSE  DELIMITER=','  QUOTE='"'  ESCAPE='\\'  NULL=''  BOOLSTYLE='True,False'
             DATETIMEFORMAT='%Y-%m-%d %H:%M:%S.%f%z' (of strftime's fields these)
             ENCODING=utf8 (there is no other)
             NUMPROCESSES  MAXATTEMPTS  REPORTFREQUENCY (taken, and change nothing here)
      TO:    PAGESIZE=1000  FLOATPRECISION  DOUBLEPRECISION (digits; default: all it takes)
             BEGINTOKEN  ENDTOKEN (the tokens behind the one and up to the other)
             PAGETIMEOUT  MAXREQUESTS (change nothing here)
      FROM:  CHUNKSIZE=5000 (rows read and committed at a time)  MAXBATCHSIZE (… at most so many)
             MAXROWS=-1  SKIPROWS=0  SKIPCOLS=''  TTL  MAXPARSEERRORS=-1  MAXINSERTERRORS=1000
             INGESTRATE (rows a second at most)
             MINBATCHSIZE  PREPAREDSTATEMENTS (change nothing here)
             ERRFILE='import_keyspace_table.err' (takes the rows that cannot be imported)
      Refused, of cqlsh's: \(CopyOptions.unsupported.sorted().joined(separator: "  "))
    """,
    "DESCRIBE": """
    DESCRIBE KEYSPACES | KEYSPACE [name] | TABLES | TABLE name | TYPES | TYPE name | INDEX name
    DESCRIBE SCHEMA | FULL SCHEMA | CLUSTER | name
      prints names, or the statements that make what is named anew
    """,
    "EXIT": "EXIT or QUIT      ends the shell, as Ctrl-D does",
    "EXPAND": "EXPAND [ON|OFF]   prints each value on a line of its own",
    "HISTORY": "HISTORY [n]       shows the statements typed last",
    "PAGING": """
    PAGING [ON|OFF|rows]   how many rows are fetched at a time, and shown before ---MORE---. \
    Enter shows more; q and Enter, or Ctrl-C, ends the statement.
    """,
    "SHOW": "SHOW VERSION|HOST",
    "SOURCE": "SOURCE 'file'     executes the statements in a file",
    "HELP": "HELP [command]",
  ]
}
