/// The limits of the application.
package enum Limits {
  /// Bytes of a model's weights: a file larger than this is none of ours.
  static let weightsBytes = 1 << 30
  /// Bytes of a file of labelled posts that is read whole for training.
  package static let datasetBytes = 2 << 30
}
