/// The limits of the application.
package enum Limits {
  /// Bytes of a model's weights: a file larger than this is none of ours.
  static let weightsBytes = 1 << 30
  /// Bytes of a post's id: the row's key and the index that leads to it hold it, and LMDB's keys
  /// end at 511 bytes.
  static let postIDBytes = 128
  /// Bytes of the brand that a post's rule names, which its row's key holds too.
  static let brandBytes = 64
  /// Bytes of posts' texts and names that one batch of the query takes.
  static let batchTextBytes = 48 << 20
  /// Bytes of a file of labelled posts that is read whole for training.
  package static let datasetBytes = 2 << 30
  /// Different labels in a column that is imported: one of more is no column of labels.
  static let labelKinds = 1_000
  /// Milliseconds that a silence between two posts counts for where posts are paced by their times.
  static let longestSilence: Int64 = 86_400_000
}
