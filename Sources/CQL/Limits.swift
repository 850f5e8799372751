/// What the parser accepts at most.
package enum CQLLimits {
  /// The bytes of one statement.
  package static let statementBytes = 16 << 20
  /// The words, literals and signs of one statement, each of which takes memory of its own.
  package static let tokens = 4 << 20
  /// The bytes of a script.
  package static let scriptBytes = 64 << 20
  /// How deep terms, types, selectors and parenthesised relations may nest.
  package static let nestingDepth = 64
  /// The bind markers of one statement: the protocol counts them in 16 bits.
  package static let markers = 65_535
  /// The options of one WITH clause.
  package static let options = 128
  /// How many characters of an offending token an error message quotes.
  static let quotedCharacters = 2_000
  /// How many tokens before the offending one an error message shows, blanks among them.
  static let snippetTokens = 10
}
