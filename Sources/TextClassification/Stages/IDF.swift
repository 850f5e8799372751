#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Weights terms by how rare they are; SparkML's stage of this name:
/// ln((texts + 1) / (texts with the term + 1)).
public struct IDF: Estimator {
  /// Texts that a term must stand in, else it counts for nothing.
  public let minDocFreq: Int

  /// SparkML's default is 0.
  public init(minDocFreq: Int = 0) { self.minDocFreq = minDocFreq }

  /// Throws `TrainingError.noExamples` where there are none.
  public func fit(_ examples: Examples<SparseVector>) throws(TrainingError) -> IDFModel {
    guard let size = examples.values.first?.size else { throw .noExamples }
    var texts = [Int](repeating: 0, count: size)
    for vector in examples.values {
      for (index, value) in zip(vector.indices, vector.values) where value > 0 {
        texts[Int(index)] += 1
      }
    }
    return model(texts: texts, of: examples.count)
  }

  /// Of each place, how many of `count` texts had its term.
  func model(texts: [Int], of count: Int) -> IDFModel {
    let count = Double(count + 1)
    return IDFModel(
      idf: texts.map { $0 >= minDocFreq ? log(count / Double($0 + 1)) : 0 },
      docFreq: texts.map { $0 >= minDocFreq ? $0 : 0 })
  }
}

/// Multiplies each place of a vector by its term's rarity.
public struct IDFModel: Transformer {
  /// Each place's factor.
  public let idf: [Double]
  /// Texts that each place's term stood in, 0 where they were too few; empty where not known.
  public let docFreq: [Int]

  /// Factors from elsewhere.
  public init(idf: [Double], docFreq: [Int] = []) {
    self.idf = idf
    self.docFreq = docFreq
  }

  /// The vector, weighted. It has as many places as the model.
  public func transform(_ vector: SparseVector) -> SparseVector {
    vector.map { $1 * idf[$0] }
  }
}
