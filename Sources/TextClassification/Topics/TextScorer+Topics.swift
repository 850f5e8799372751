internal import CPlatform

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A text's most probable topic.
public struct TopicVerdict: Sendable, Equatable {
  /// Its place among the model's names.
  public let place: Int
  /// How probable it is, within 0...1.
  public let probability: Double
}

extension TextScorer {
  /// The topic of the text whose probability this scorer gave last with `scratch`: its features are
  /// not read again, and nothing is allocated. Nil where the model knows no topics.
  public func topicOfLastText(scratch: inout Scratch) -> TopicVerdict? {
    guard let topics = classifier.topics else { return nil }
    topics.score(&scratch)
    let scores = scratch.topicScores.base
    var best = 0
    for topic in 1..<topics.names.count where scores[topic] > scores[best] { best = topic }
    var sum: Float = 0
    for topic in 0..<topics.names.count { sum += exp(scores[topic] - scores[best]) }
    return TopicVerdict(place: best, probability: Double(1 / sum))
  }

  /// The name and probability of each topic of `text`, the most probable first; empty where the
  /// model knows no topics.
  public func topics(of text: String) -> [(name: String, probability: Double)] {
    guard let topics = classifier.topics else { return [] }
    var scratch = Scratch()
    _ = text.withUTF8Bytes { probability(of: $0, scratch: &scratch) }
    topics.score(&scratch)
    let scores = topics.names.indices.map { Double(scratch.topicScores.base[$0]) }
    return zip(topics.names, Softmax.probabilities(scores))
      .map { (name: $0, probability: $1) }.sorted { $0.probability > $1.probability }
  }

  /// What each word of `text` adds to the score of the topic `name`, the strongest first: above 0
  /// it speaks for that topic, below for others. Empty for a topic that the model does not know.
  public func words(of text: String, forTopic name: String) -> [DecidingWord] {
    guard let topics = classifier.topics, let topic = topics.names.firstIndex(of: name) else {
      return []
    }
    var scratch = Scratch()
    _ = text.withUTF8Bytes { probability(of: $0, scratch: &scratch) }
    scratch.contributions.require(scratch.tokenCount)
    let contributions = scratch.contributions.base
    contributions.initialize(repeating: 0, count: scratch.tokenCount)
    let features = scratch.features.base
    extractor.forEachFeature(scratch) { feature, first, last, _, _ in
      let (key, count) = (features[feature].key, features[feature].count)
      let weight = topics.weight(of: key.bucket, topic: topic)
      if weight == 0 { return }
      let frequency = TermFrequency.sublinear(count) / Float(count)
      let share =
        Double(frequency * weight) * scratch.blockScales[key.block] / Double(last - first + 1)
      for token in first...last { contributions[token] += share }
    }
    return text.withUTF8Bytes { strongest($0, scratch, .max) }
  }
}

/// A feature of a text that has topics' weights: where they are, and what they are multiplied by.
struct TopicHit: BitwiseCopyable {
  var place: Int32
  var factor: Float
}

extension TopicModel {
  /// Leaves the topics' scores of the text that was scored last in `scratch.topicScores`.
  fileprivate func score(_ scratch: inout Scratch) {
    let lanes = TopicGroup.scalarCount
    scratch.topicScores.require(groupCount * lanes)
    scratch.topicHits.require(scratch.featureCount + 1)
    let scores = scratch.topicScores.base
    let hits = scratch.topicHits.base
    let features = scratch.features.base
    let frequencies = scratch.frequencies.base
    let scales = SIMD2<Float>(scratch.blockScales)
    // The features that have weights are found first, without a branch that is hard to foresee.
    var hitCount = 0
    weights.withUnsafeBufferPointer { weights in
      index.withUnsafeBufferPointer { index in
        for number in 0..<scratch.featureCount {
          let feature = features[number]
          let place = TopicIndex.place(of: feature.key.bucket, in: index)
          grouse_prefetch(weights.baseAddress.map { $0 + max(place, 0) * groupCount })
          hits[hitCount] = TopicHit(
            place: Int32(truncatingIfNeeded: place),
            factor: frequencies[Int(feature.count)] * scales[feature.key.block])
          hitCount += place < 0 ? 0 : 1
        }
      }
    }
    weights.withUnsafeBufferPointer { weights in
      for group in 0..<groupCount {
        var sums = intercepts[group]
        for number in 0..<hitCount {
          let hit = hits[number]
          sums += hit.factor * weights[Int(hit.place) * groupCount + group]
        }
        for lane in 0..<lanes { scores[group * lanes + lane] = sums[lane] }
      }
    }
  }
}
