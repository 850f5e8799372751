internal import GRDB

/// The part of the workbench's database that holds labels; WORKBENCH.md draws it.
enum LabelTables {
  static let definitions = """
    CREATE TABLE labelled_posts (id TEXT NOT NULL PRIMARY KEY, text TEXT NOT NULL)
      STRICT, WITHOUT ROWID;
    CREATE TABLE labels (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      post TEXT NOT NULL REFERENCES labelled_posts (id) ON DELETE CASCADE,
      labeller TEXT NOT NULL,
      verdict TEXT NOT NULL CHECK (verdict IN ('complaint', 'other', 'unsure', 'skip')),
      topic TEXT, note TEXT, labelled_at INTEGER NOT NULL, source TEXT,
      taken_back_at INTEGER) STRICT;
    CREATE INDEX labels_by_post ON labels (post, labeller, labelled_at, number);
    CREATE INDEX labels_by_labeller ON labels (labeller, number);
    CREATE VIEW standing_labels AS
      SELECT number, post, text, verdict, topic, note, labeller, labelled_at, source
      FROM labels l JOIN labelled_posts p ON p.id = l.post
      WHERE taken_back_at IS NULL AND number = (
        SELECT o.number FROM labels o
        WHERE o.post = l.post AND o.labeller = l.labeller AND o.taken_back_at IS NULL
        ORDER BY o.labelled_at DESC, o.number DESC LIMIT 1);
    """
  /// What the file's third version adds: whose each post is.
  static let provenanceDefinitions = """
    ALTER TABLE labelled_posts ADD COLUMN root TEXT;
    ALTER TABLE labelled_posts ADD COLUMN author TEXT;
    ALTER TABLE labelled_posts ADD COLUMN handle TEXT;
    ALTER TABLE labelled_posts ADD COLUMN created_at INTEGER;
    CREATE INDEX labelled_posts_by_root ON labelled_posts (root);
    CREATE INDEX labelled_posts_by_author ON labelled_posts (author);
    CREATE INDEX labelled_posts_by_handle ON labelled_posts (handle);
    DROP VIEW standing_labels;
    CREATE VIEW standing_labels AS
      SELECT number, post, text, verdict, topic, note, labeller, labelled_at, source,
        root, author, handle, created_at
      FROM labels l JOIN labelled_posts p ON p.id = l.post
      WHERE taken_back_at IS NULL AND number = (
        SELECT o.number FROM labels o
        WHERE o.post = l.post AND o.labeller = l.labeller AND o.taken_back_at IS NULL
        ORDER BY o.labelled_at DESC, o.number DESC LIMIT 1);
    """
  private static let columns =
    "post, text, verdict, topic, note, labeller, labelled_at, source, number"

  /// The columns that `label` reads; of tables without provenance nothing is known of it.
  static func columns(provenance: Bool) -> String {
    columns + ", "
      + (provenance ? "root, author, handle, created_at" : "NULL, NULL, NULL, NULL")
  }

  static func label(_ row: Row) -> PostLabel? {
    Verdict(rawValue: row[2]).map {
      PostLabel(
        post: row[0], text: row[1], verdict: $0, topic: row[3], note: row[4], labeller: row[5],
        labelledAt: row[6], source: row[7],
        provenance: PostProvenance(
          root: row[9], author: known(row[10]), handle: known(row[11]), createdAt: row[12]))
    }
  }

  /// Empty is what nobody knows.
  private static func known(_ text: String?) -> String? { text == "" ? nil : text }
}

extension Workbench.Contents {
  /// Adds a verdict behind all that its labeller has given on the post. The text is the one that
  /// was judged last.
  func add(_ label: PostLabel) throws(ModelError) {
    let provenance = label.provenance
    try sql {
      try $0.execute(
        sql: """
          INSERT INTO labelled_posts (id, text, root, author, handle, created_at)
          VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET text = excluded.text, root = coalesce(excluded.root, root),
            author = coalesce(nullif(excluded.author, ''), author),
            handle = coalesce(nullif(excluded.handle, ''), handle),
            created_at = coalesce(excluded.created_at, created_at)
          """,
        arguments: [
          label.post, label.text, provenance.root == label.post ? nil : provenance.root,
          provenance.author ?? "", provenance.handle?.lowercased() ?? "", provenance.createdAt,
        ])
      // What a person says later counts, also where a clock was set back between.
      try $0.execute(
        sql: """
          INSERT INTO labels (post, labeller, verdict, topic, note, labelled_at, source)
          SELECT ?1, ?2, ?3, ?4, ?5, CASE WHEN ?7 IS NULL THEN max(?6, coalesce((
            SELECT max(labelled_at) FROM labels WHERE post = ?1 AND labeller = ?2), ?6))
            ELSE ?6 END, ?7
          """,
        arguments: [
          label.post, label.labeller, label.verdict.rawValue, label.topic, label.note,
          label.labelledAt, label.source,
        ])
    }
  }

  /// Whether an import would add nothing: the labeller says so already, or said it at that time.
  func knows(_ label: PostLabel, atItsTime: Bool) throws(ModelError) -> Bool {
    try sql {
      try Bool.fetchOne(
        $0,
        sql: """
          SELECT EXISTS (
            SELECT 1 FROM \(atItsTime ? "labels" : "standing_labels")
            WHERE post = ? AND labeller = ? AND verdict = ? AND topic IS ? AND note IS ?
            \(atItsTime ? "AND labelled_at = ?" : ""))
          """,
        arguments: StatementArguments(
          [label.post, label.labeller, label.verdict.rawValue, label.topic, label.note]
            as [(any DatabaseValueConvertible)?])
          + (atItsTime ? [label.labelledAt] : [])) ?? false
    }
  }

  /// The verdict that a labeller gave last and that stands, with its number.
  func lastGiven(by labeller: String) throws(ModelError) -> (number: Int64, label: PostLabel)? {
    try sql {
      let row = try Row.fetchOne(
        $0,
        sql: """
          SELECT \(LabelTables.columns(provenance: true))
          FROM labels l JOIN labelled_posts p ON p.id = l.post
          WHERE labeller = ? AND taken_back_at IS NULL AND source IS NULL
          ORDER BY number DESC LIMIT 1
          """, arguments: [labeller])
      return row.flatMap { row in LabelTables.label(row).map { (row[8], $0) } }
    }
  }

  func takeBack(label number: Int64, at time: Int64) throws(ModelError) {
    try sql {
      try $0.execute(
        sql: "UPDATE labels SET taken_back_at = ? WHERE number = ?", arguments: [time, number])
    }
  }

  /// The labels that stand under a condition, one after the other.
  func labels(
    _ condition: String, _ arguments: StatementArguments, _ body: (PostLabel) throws -> Void
  ) throws(ModelError) {
    let columns = LabelTables.columns(provenance: try hasProvenance())
    try sql {
      let rows = try Row.fetchCursor(
        $0, sql: "SELECT \(columns) FROM standing_labels \(condition)", arguments: arguments)
      while let row = try rows.next() { if let label = LabelTables.label(row) { try body(label) } }
    }
  }

  /// How often two labellers gave which pair of values to the same post: verdicts, or topics.
  func pairs(of column: String) throws(ModelError) -> [LabelPair] {
    try sql {
      try Row.fetchAll(
        $0,
        sql: """
          WITH given AS MATERIALIZED (
            SELECT post, labeller, \(column) AS value FROM standing_labels
            WHERE verdict IN ('complaint', 'other') AND \(column) IS NOT NULL)
          SELECT a.labeller, b.labeller, a.value, b.value, count(*)
          FROM given a JOIN given b ON a.post = b.post AND a.labeller < b.labeller
          GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
          """
      ).map {
        LabelPair(
          labellers: [$0[0], $0[1]], values: [$0[2], $0[3]], count: $0[4])
      }
    }
  }
}

/// How many posts two labellers gave these values.
struct LabelPair {
  var labellers: [String]
  var values: [String]
  var count: Int
}
