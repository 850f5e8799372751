internal import Bytes

/// Counts terms by their hash, without a vocabulary; SparkML's stage of this name, with its hash
/// (MurmurHash3 x86 32-bit, seed 42) and so its places.
public struct HashingTF: StatelessStage {
  /// Places, at least 1.
  public let numFeatures: Int
  /// Whether a place counts once however often its terms stand in a text.
  public let binary: Bool

  /// Throws `TrainingError.invalidOption` where `numFeatures` is not within 1...2^30.
  public init(numFeatures: Int = 1 << 18, binary: Bool = false) throws(TrainingError) {
    guard (1...(1 << 30)).contains(numFeatures) else {
      throw .invalidOption("\(numFeatures) features are not within 1...2^30")
    }
    self.numFeatures = numFeatures
    self.binary = binary
  }

  /// A term's place.
  public func place(of term: String) -> Int {
    let hash = Int32(bitPattern: term.withUTF8Bytes { Murmur.hash3x32($0, seed: 42) })
    let rest = Int(hash) % numFeatures
    return rest < 0 ? rest + numFeatures : rest
  }

  /// How often terms of each place stand among the tokens.
  public func transform(_ tokens: [String]) -> SparseVector {
    var counts: [Int: Double] = [:]
    for token in tokens { counts[place(of: token), default: 0] += 1 }
    return SparseVector(size: numFeatures, binary ? counts.mapValues { _ in 1 } : counts)
  }
}
