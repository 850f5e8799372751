/// Turns a text into hashed features: the buckets its word and character n-grams fall into.
struct FeatureExtractor: Sendable {
  let settings: FeatureSettings
  let brands: BrandNames
  private let shift: UInt64

  /// `settings` must be valid.
  init(settings: FeatureSettings, brands: BrandNames) {
    self.settings = settings
    self.brands = brands
    shift = UInt64(64 - settings.bucketBits)
  }

  /// Fills `scratch.features` with the buckets of `text` in order of first appearance; `announce`
  /// hears of each as soon as it is met.
  @inline(__always) func extract(
    _ text: UnsafeRawBufferPointer, into scratch: inout Scratch,
    announce: (FeatureKey) -> Void = { _ in }
  ) {
    Tokenizer.scan(text, brands: brands, stems: settings.stems, into: &scratch)
    if !settings.punctuation { FeatureExtractor.dropPunctuation(&scratch) }
    let bound = featureBound(scratch)
    var slotCount = 64
    while slotCount < 2 * bound { slotCount *= 2 }
    scratch.slots.require(slotCount)
    scratch.features.require(bound)
    let slots = scratch.slots.base
    slots.initialize(repeating: 0, count: slotCount)
    let features = scratch.features.base
    let mask = slotCount - 1
    var count = 0
    forEachFeature(scratch) { key, _, _, _, _ in
      var slot = key.bucket & mask
      while true {
        let entry = Int(slots[slot])
        if entry == 0 {
          features[count] = Feature(key: key, count: 1)
          count &+= 1
          slots[slot] = UInt32(truncatingIfNeeded: count)
          announce(key)
          return
        }
        if features[entry - 1].key == key {
          features[entry - 1].count &+= 1
          return
        }
        slot = (slot + 1) & mask
      }
    }
    scratch.featureCount = count
    scratch.slotMask = mask
  }

  /// Calls `body` with the key of each n-gram of the tokens in `scratch`, the first and last token
  /// it comes from, whether it sees the text's start, and whether it is a pair with a token
  /// between.
  @inline(__always) func forEachFeature(
    _ scratch: borrowing Scratch,
    _ body: (FeatureKey, Int, Int, _ isStart: Bool, _ isPair: Bool) -> Void
  ) {
    let tokens = scratch.tokens.base
    let tokenCount = scratch.tokenCount
    let units = scratch.units.base
    let shortest = settings.wordNgrams.lowerBound
    let longest = settings.wordNgrams.upperBound
    let shortestRun = settings.characterNgrams?.lowerBound ?? 1
    let longestRun = settings.characterNgrams?.upperBound ?? 0
    var fromStart = FeatureHash.adding(FeatureHash.textStart, to: FeatureHash.wordNgram)
    for last in 0..<min(longest - 1, tokenCount) {
      fromStart = FeatureHash.adding(tokens[last].hash, to: fromStart)
      if last + 2 >= shortest { body(.word(bucket(fromStart)), 0, last, true, false) }
    }
    for first in 0..<tokenCount {
      var state = FeatureHash.wordNgram
      for last in first..<min(first + longest, tokenCount) {
        state = FeatureHash.adding(tokens[last].hash, to: state)
        if last - first + 1 >= shortest { body(.word(bucket(state)), first, last, false, false) }
      }
      if settings.skipPairs, first + 2 < tokenCount {
        let before = FeatureHash.adding(tokens[first].hash, to: FeatureHash.skipPair)
        let pair = FeatureHash.adding(tokens[first + 2].hash, to: before)
        body(.word(bucket(pair)), first, first + 2, false, true)
      }
      guard tokens[first].kind == .word, longestRun > 0 else { continue }
      let unitEnd = Int(tokens[first].unitEnd) + 1
      var start = Int(tokens[first].unitStart) - 1
      while start <= unitEnd - shortestRun {
        var state = FeatureHash.characterNgram
        var index = start
        while index < start + shortestRun - 1 {
          state = FeatureHash.adding(UInt64(units[index]), to: state)
          index += 1
        }
        let end = min(start + longestRun, unitEnd)
        while index < end {
          state = FeatureHash.adding(UInt64(units[index]), to: state)
          body(.characters(bucket(state)), first, first, false, false)
          index += 1
        }
        start += 1
      }
    }
  }

  @inline(__always) private func bucket(_ state: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: FeatureHash.finish(state) >> shift)
  }

  /// At least as many features as the tokens in `scratch` can have.
  private func featureBound(_ scratch: borrowing Scratch) -> Int {
    settings.wordNgrams.upperBound + scratch.tokenCount * (settings.wordNgrams.count + 1)
      + scratch.unitCount * (settings.characterNgrams?.count ?? 0)
  }

  private static func dropPunctuation(_ scratch: inout Scratch) {
    let tokens = scratch.tokens.base
    var kept = 0
    for index in 0..<scratch.tokenCount where tokens[index].kind != .punctuation {
      tokens[kept] = tokens[index]
      kept += 1
    }
    scratch.tokenCount = kept
  }
}

extension Scratch {
  /// How often a feature of the last extracted text stands in it.
  @inline(__always) func count(of key: FeatureKey) -> UInt32 {
    var slot = key.bucket & slotMask
    while slots.base[slot] != 0 {
      let feature = features.base[Int(slots.base[slot]) - 1]
      if feature.key == key { return feature.count }
      slot = (slot + 1) & slotMask
    }
    return 1
  }
}
