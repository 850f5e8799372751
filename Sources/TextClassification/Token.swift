/// What a token stands for. Everything but a word is known by its kind (an emoji and a mark of
/// punctuation by kind and sign), so that a model does not learn particular names or numbers.
package enum TokenKind: UInt8, Sendable, BitwiseCopyable {
  case word
  /// One of the brand's own names or handles.
  case brand
  /// Anyone else's @handle.
  case mention
  case url
  case number
  /// A number of at least six digits: an order, a parcel, a telephone.
  case reference
  /// A number with a currency sign before or after it.
  case price
  case emoji
  case punctuation
}

/// A token's kind, its place in the text and its place among the folded characters.
struct Token: BitwiseCopyable {
  var kind: TokenKind
  /// Byte range in the text.
  var start: Int32
  var end: Int32
  /// Folded characters in the scratch, without the blanks around them; empty but for words and
  /// numbers.
  var unitStart: Int32
  var unitEnd: Int32
  /// Identity for word n-grams.
  var hash: UInt64
  /// Hash of the folded characters as they are spelled; 0 where there are none.
  var spelling: UInt64
}
