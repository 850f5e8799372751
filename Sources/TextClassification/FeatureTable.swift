/// The features of every text of a training set, read once and used for every fold.
struct FeatureTable {
  var starts: [Int] = [0]
  var features: [Feature] = []

  init(_ examples: [LabelledText], extractor: FeatureExtractor) {
    let parts = Parts.map(examples.count) { FeatureTable(examples[$0], extractor) }
    features.reserveCapacity(parts.reduce(0) { $0 + $1.features.count })
    for part in parts {
      let before = features.count
      starts += part.starts.dropFirst().lazy.map { before + $0 }
      features += part.features
    }
  }

  private init(_ examples: ArraySlice<LabelledText>, _ extractor: FeatureExtractor) {
    var scratch = Scratch()
    for example in examples {
      example.text.withUTF8Bytes { extractor.extract($0, into: &scratch) }
      features += UnsafeBufferPointer(start: scratch.features.base, count: scratch.featureCount)
      starts.append(features.count)
    }
  }

  /// Whether two settings read the same features from a text: they differ in weights at most.
  static func isSame(_ left: FeatureSettings, _ right: FeatureSettings) -> Bool {
    var right = right
    right.characterWeight = left.characterWeight
    return left == right
  }

  func features(of row: Int) -> ArraySlice<Feature> { features[starts[row]..<starts[row + 1]] }
}
