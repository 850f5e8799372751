/// Memory for reading one text after another without allocating: one for each thread or task that
/// scores. It holds nothing that matters between two calls.
public struct Scratch: ~Copyable, @unchecked Sendable {
  // Unchecked: the memory is owned by this value alone, which cannot be copied.
  var tokens = Workspace<Token>()
  var units = Workspace<UInt32>()
  var tokenCount = 0
  var unitCount = 0
  /// The features in the order that they are met, each as often as it is.
  var keys = Workspace<FeatureKey>()
  /// The place of each key's feature among the features.
  var places = Workspace<UInt32>()
  var keyCount = 0
  /// How often the most frequent of the features stands in the text.
  var largestCount: UInt32 = 0
  var frequencies = FrequencyTable()
  /// Open-addressing table from bucket to its index among the features, plus one; 0 is empty.
  var slots = Workspace<UInt32>()
  var features = Workspace<Feature>()
  var featureCount = 0
  /// What makes each block of the last scored text's values a vector of the block's length.
  var blockScales = SIMD2<Double>()
  /// What each feature contributes each time that it stands in the text, while that is explained.
  var shares = Workspace<Double>()
  /// What each token contributes, while a text is explained.
  var contributions = Workspace<Double>()
  /// The topics' scores.
  var topicScores = Workspace<Float>()
  /// The features that tell topics.
  var topicHits = Workspace<TopicHit>()

  /// A scratch with a little memory; it grows to the longest text it meets.
  public init() {}
}

/// `TermFrequency.sublinear` of all counts up to a largest.
struct FrequencyTable: ~Copyable {
  private var values = Workspace<Float>()
  private var largest: UInt32 = 0

  init() { values.base[0] = 0 }

  /// By count.
  @inline(__always) var base: UnsafePointer<Float> { UnsafePointer(values.base) }

  @inline(__always) mutating func require(_ count: UInt32) {
    if count > largest { grow(to: count) }
  }

  private mutating func grow(to count: UInt32) {
    largest = 2 * count
    values.require(Int(largest) + 1)
    for count in 1...largest { values.base[Int(count)] = TermFrequency.sublinear(count) }
  }
}

/// A bucket that a text fills and how often.
struct Feature: BitwiseCopyable {
  var key: FeatureKey
  var count: UInt32
}

/// A bucket and the block of features that filled it: a bucket has one weight, but the blocks are
/// made unit vectors apart.
struct FeatureKey: BitwiseCopyable, Equatable {
  private static let characterBit: UInt32 = 1 << 31
  private var raw: UInt32

  @inline(__always) static func word(_ bucket: UInt32) -> FeatureKey { FeatureKey(raw: bucket) }

  @inline(__always) static func characters(_ bucket: UInt32) -> FeatureKey {
    FeatureKey(raw: bucket | characterBit)
  }

  @inline(__always) var bucket: Int { Int(raw & ~FeatureKey.characterBit) }

  /// 0 for word n-grams, 1 for character n-grams.
  @inline(__always) var block: Int { Int(raw >> 31) }
}
