/// `DESCRIBE element WITH INTERNALS`.
package struct Describe: Equatable, Sendable {
  /// What is described.
  package enum Element: Equatable, Sendable {
    case cluster
    /// `SCHEMA`; with `FULL` the system's keyspaces too.
    case schema(full: Bool)
    case keyspaces
    /// `KEYSPACE name`, the current one where none is named; with `ONLY` without what it holds.
    case keyspace(String?, only: Bool)
    case tables
    case table(TableName)
    case index(QualifiedName)
    case materializedView(QualifiedName)
    case types
    case type(QualifiedName)
    case functions
    case function(QualifiedName)
    case aggregates
    case aggregate(QualifiedName)
    /// A name alone: a keyspace, a table, an index or a materialized view.
    case any(QualifiedName)
  }

  package var element: Element
  package var withInternals: Bool

  package init(_ element: Element, withInternals: Bool = false) {
    self.element = element
    self.withInternals = withInternals
  }
}
