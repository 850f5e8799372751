/// What the parser accepts at most.
package enum CQLLimits {
  /// The bytes of one statement.
  package static let statementBytes = 1 << 20
  /// The bytes of a script.
  package static let scriptBytes = 64 << 20
  /// How deep terms, types, selectors and parenthesised relations may nest.
  package static let nestingDepth = 64
  /// The bind markers of one statement: the protocol counts them in 16 bits.
  package static let markers = 65_535
  /// How many characters of an offending token an error message quotes.
  static let quotedCharacters = 80
}
