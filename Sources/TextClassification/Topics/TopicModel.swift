/// What a text is about, of several topics: multinomial logistic regression over the features of
/// the classifier that it belongs to.
public struct TopicModel: Sendable, Equatable {
  /// The topics, in the order of their scores.
  public let names: [String]
  /// How many texts the topics were learnt from.
  public let exampleCount: Int
  /// As of the classifier that the model belongs to.
  let bucketBits: Int
  /// Each topic's score of a text without a known feature, in groups of 16, the last filled up.
  let intercepts: [TopicGroup]
  /// Of each bucket that has weights, ascending, the topics' side by side, times the IDF, in groups
  /// as above.
  let weights: FileTable<TopicGroup>
  /// Where a bucket's weights are.
  let index: FileTable<TopicIndex>

  /// `buckets` ascend and are below 2^`bucketBits`; there are as many groups as they and the names
  /// ask for.
  init(
    names: [String], exampleCount: Int, bucketBits: Int, intercepts: [TopicGroup],
    buckets: [UInt32], weights: [TopicGroup]
  ) {
    self.names = names
    self.exampleCount = exampleCount
    self.bucketBits = bucketBits
    self.intercepts = intercepts
    self.weights = FileTable(weights)
    index = FileTable(TopicIndex.all(buckets, bucketBits: bucketBits))
  }

  /// The same of tables that are in a file.
  init(
    names: [String], exampleCount: Int, bucketBits: Int, intercepts: [TopicGroup],
    index: FileTable<TopicIndex>, weights: FileTable<TopicGroup>
  ) {
    self.names = names
    self.exampleCount = exampleCount
    self.bucketBits = bucketBits
    self.intercepts = intercepts
    self.index = index
    self.weights = weights
  }

  /// The buckets that have weights, ascending.
  var buckets: [UInt32] {
    index.withUnsafeBufferPointer { index in
      index.indices.flatMap { place in
        (0..<64).filter { index[place].present >> $0 & 1 == 1 }.map { UInt32(place * 64 + $0) }
      }
    }
  }

  /// How many groups hold `count` topics.
  static func groups(_ count: Int) -> Int {
    (count + TopicGroup.scalarCount - 1) / TopicGroup.scalarCount
  }

  var groupCount: Int { intercepts.count }

  /// What a feature of a bucket adds to a topic's score before its block is scaled; 0 for a bucket
  /// without weights.
  func weight(of bucket: Int, topic: Int) -> Float {
    let place = index.withUnsafeBufferPointer { TopicIndex.place(of: bucket, in: $0) }
    guard place >= 0 else { return 0 }
    let (group, lane) = topic.quotientAndRemainder(dividingBy: TopicGroup.scalarCount)
    return weights[place * groupCount + group][lane]
  }
}

/// Which of 64 buckets have weights, and where the first one's are. All together are a quarter of a
/// megabyte where a place for each bucket would be four, which is too far from the processor.
struct TopicIndex: BitwiseCopyable, Equatable {
  var present: UInt64 = 0
  var first: UInt32 = 0
  /// Zero: an entry has 16 bytes in a file, too.
  var reserved: UInt32 = 0

  /// `buckets` ascend and are below 2^`bucketBits`.
  static func all(_ buckets: [UInt32], bucketBits: Int) -> [TopicIndex] {
    var index = [TopicIndex](repeating: TopicIndex(), count: 1 << (bucketBits - 6))
    for bucket in buckets { index[Int(bucket >> 6)].present |= 1 << UInt64(bucket & 63) }
    var first: UInt32 = 0
    for place in index.indices {
      index[place].first = first
      first += UInt32(truncatingIfNeeded: index[place].present.nonzeroBitCount)
    }
    return index
  }

  /// The place of a bucket among those that have weights; -1 for one that has none.
  @inline(__always) static func place(
    of bucket: Int, in index: UnsafeBufferPointer<TopicIndex>
  ) -> Int {
    let entry = index[bucket >> 6]
    let bit = UInt64(1) << UInt64(bucket & 63)
    let place = Int(entry.first) + (entry.present & (bit &- 1)).nonzeroBitCount
    return entry.present & bit == 0 ? -1 : place
  }
}

/// Numbers of 16 topics side by side: a cache line.
typealias TopicGroup = SIMD16<Float>

extension TextClassifier {
  /// The same classifier with another model of topics, or none. Throws where that model's buckets
  /// are not the classifier's.
  public func with(topics: TopicModel?) throws(ModelFormatError) -> TextClassifier {
    if let topics, terms != nil || topics.bucketBits != features.bucketBits {
      throw .invalidField("topics' number of buckets")
    }
    var classifier = self
    classifier.topics = topics
    return classifier
  }
}
