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
    hashFeatures(&scratch, announce)
    scratch.countFeatures()
  }

  /// Fills `scratch.keys` with the key of each n-gram of the tokens in `scratch`.
  @inline(__always) private func hashFeatures(
    _ scratch: inout Scratch, _ announce: (FeatureKey) -> Void
  ) {
    let tokens = scratch.tokens.base
    let tokenCount = scratch.tokenCount
    let units = scratch.units.base
    scratch.keys.require(featureBound(scratch))
    let keys = scratch.keys.base
    var count = 0
    let shortest = settings.wordNgrams.lowerBound
    let longest = settings.wordNgrams.upperBound
    let shortestRun = settings.characterNgrams?.lowerBound ?? 1
    let runs = settings.characterNgrams?.count ?? 0
    var fromStart = FeatureHash.adding(FeatureHash.textStart, to: FeatureHash.wordNgram)
    for last in 0..<min(longest - 1, tokenCount) {
      fromStart = FeatureHash.adding(tokens[last].hash, to: fromStart)
      keys[count] = .word(bucket(fromStart))
      announce(keys[count])
      count &+= last &+ 2 >= shortest ? 1 : 0
    }
    for first in 0..<tokenCount {
      var state = FeatureHash.wordNgram
      for last in first..<min(first &+ longest, tokenCount) {
        state = FeatureHash.adding(tokens[last].hash, to: state)
        keys[count] = .word(bucket(state))
        announce(keys[count])
        count &+= last &- first &+ 1 >= shortest ? 1 : 0
      }
      if settings.skipPairs, first &+ 2 < tokenCount {
        let before = FeatureHash.adding(tokens[first].hash, to: FeatureHash.skipPair)
        keys[count] = .word(bucket(FeatureHash.adding(tokens[first &+ 2].hash, to: before)))
        announce(keys[count])
        count &+= 1
      }
      guard tokens[first].kind == .word, runs > 0 else { continue }
      let end = Int(tokens[first].unitEnd) &+ 1
      var start = Int(tokens[first].unitStart) &- 1
      while start <= end &- shortestRun {
        var state = FeatureHash.characterNgram
        for index in start..<(start &+ shortestRun &- 1) {
          state = FeatureHash.adding(UInt64(units[index]), to: state)
        }
        // Runs beyond the word are hashed, too, and overwritten: to stop earlier takes longer.
        let next = start &+ shortestRun &- 1
        for run in 0..<runs {
          state = FeatureHash.adding(UInt64(units[next &+ run]), to: state)
          keys[count &+ run] = .characters(bucket(state))
          announce(keys[count &+ run])
        }
        count &+= min(runs, end &- next)
        start &+= 1
      }
    }
    scratch.keyCount = count
  }

  /// Calls `body` with the place of each n-gram's feature among those of the text in `scratch`, the
  /// first and last token it comes from, whether it sees the text's start, and whether it is a pair
  /// with a token between.
  @inline(__always) func forEachFeature(
    _ scratch: borrowing Scratch,
    _ body: (_ feature: Int, Int, Int, _ isStart: Bool, _ isPair: Bool) -> Void
  ) {
    let tokens = scratch.tokens.base
    let tokenCount = scratch.tokenCount
    let places = scratch.places.base
    var count = 0
    func next() -> Int {
      count &+= 1
      return Int(places[count &- 1])
    }
    let lengths = settings.wordNgrams
    for last in 0..<min(lengths.upperBound - 1, tokenCount) where last + 2 >= lengths.lowerBound {
      body(next(), 0, last, true, false)
    }
    for first in 0..<tokenCount {
      for length in lengths where first + length <= tokenCount {
        body(next(), first, first + length - 1, false, false)
      }
      if settings.skipPairs, first + 2 < tokenCount { body(next(), first, first + 2, false, true) }
      guard tokens[first].kind == .word, let runs = settings.characterNgrams else { continue }
      let unitCount = Int(tokens[first].unitEnd - tokens[first].unitStart) + 2
      for start in 0..<unitCount {
        for run in runs where start + run <= unitCount { body(next(), first, first, false, false) }
      }
    }
  }

  @inline(__always) private func bucket(_ state: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: FeatureHash.finish(state) >> shift)
  }

  /// At least as many features as the tokens in `scratch` can have, and those beyond a word's end.
  @inline(__always) private func featureBound(_ scratch: borrowing Scratch) -> Int {
    settings.wordNgrams.upperBound + scratch.tokenCount * (settings.wordNgrams.count + 1)
      + (scratch.unitCount + 1) * (settings.characterNgrams?.count ?? 0)
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
  /// Fills `features` with `keys`, each once, in order of first appearance; `announce` hears of
  /// each as soon as it is met.
  @inline(__always) fileprivate mutating func countFeatures() {
    let keys = UnsafeBufferPointer(start: keys.base, count: keyCount)
    var slotCount = 64
    while slotCount < 4 * keys.count { slotCount *= 2 }
    slots.require(slotCount)
    self.features.require(keys.count)
    self.places.require(keys.count)
    let slots = slots.base
    slots.initialize(repeating: 0, count: slotCount)
    let features = features.base
    let places = places.base
    let mask = slotCount - 1
    var count = 0
    var largest: UInt32 = 1
    for number in 0..<keys.count {
      let key = keys[number]
      var slot = key.bucket & mask
      while true {
        let entry = Int(slots[slot])
        if entry == 0 {
          features[count] = Feature(key: key, count: 1)
          places[number] = UInt32(truncatingIfNeeded: count)
          count &+= 1
          slots[slot] = UInt32(truncatingIfNeeded: count)
          break
        }
        if features[entry &- 1].key == key {
          places[number] = UInt32(truncatingIfNeeded: entry &- 1)
          features[entry &- 1].count &+= 1
          largest = max(largest, features[entry &- 1].count)
          break
        }
        slot = (slot &+ 1) & mask
      }
    }
    featureCount = count
    largestCount = largest
  }
}
