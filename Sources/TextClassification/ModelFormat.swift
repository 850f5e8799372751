import Bytes

/// Why bytes are not a model.
public enum ModelFormatError: Error, Equatable, CustomStringConvertible {
  /// The bytes do not begin as a model does.
  case notAModel
  /// The model is of a version this program does not know.
  case newerVersion(found: Int, known: Int)
  /// The bytes end early or go on too long.
  case wrongLength(expected: UInt64, found: Int)
  /// The bytes were changed after they were written.
  case checksumMismatch
  /// A field holds what it must not.
  case invalidField(String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .notAModel: "this is not a text classification model"
    case .newerVersion(let found, let known):
      "the model has format version \(found), this program reads up to \(known); "
        + "use a newer program or train the model again"
    case .wrongLength(let expected, let found):
      "the model should have \(expected) bytes but has \(found); copy or train it again"
    case .checksumMismatch: "the model's checksum does not match; copy or train it again"
    case .invalidField(let field): "the model's \(field) is out of range; train it again"
    }
  }
}

/// Numbers of the model file; MODEL-FORMAT.md draws it.
enum ModelFormat {
  static let magic: [UInt8] = Array("GRTC".utf8)
  /// The newest that is read; a model is written in the oldest that can say what it is.
  static let version: UInt16 = 2
  /// The first that knows stems.
  static let versionOfStems: UInt16 = 2
  static let headerBytes = 64
  static let entryBytes = 12
  static let checksumBytes = 4
}

extension TextClassifier {
  /// The model as bytes, the same for the same model.
  public func encode() -> [UInt8] {
    var entries = ByteBuffer(capacity: 1 << 16)
    let entryCount: Int
    if let terms {
      entryCount = terms.terms.count
      encode(terms, to: &entries)
    } else {
      let buckets = weights.indices.filter { weights[$0] != .unknown }
      entryCount = buckets.count
      for bucket in buckets {
        entries.append(littleEndian: UInt32(bucket))
        entries.append(littleEndian: weights[bucket].idf.bitPattern)
        entries.append(littleEndian: weights[bucket].weight.bitPattern)
      }
    }
    let negative = Array(labels.negative.utf8)
    let positive = Array(labels.positive.utf8)
    let length =
      ModelFormat.headerBytes + negative.count + positive.count + entries.count
      + ModelFormat.checksumBytes
    var output = ByteBuffer(capacity: length)
    output.append(ModelFormat.magic)
    output.append(littleEndian: features.stems ? ModelFormat.versionOfStems : 1)
    output.append(algorithm.rawValue)
    output.append(
      (features.punctuation ? 1 : 0) | (features.skipPairs ? 2 : 0) | (features.stems ? 4 : 0))
    output.append(littleEndian: UInt64(length))
    let runs = features.characterNgrams
    for setting in [
      features.bucketBits, features.wordNgrams.lowerBound, features.wordNgrams.upperBound,
      runs?.lowerBound ?? 0, runs?.upperBound ?? 0, 0, 0, 0,
    ] {
      output.append(UInt8(truncatingIfNeeded: setting))
    }
    output.append(littleEndian: features.characterWeight.bitPattern)
    output.append(littleEndian: threshold.bitPattern)
    output.append(littleEndian: intercept.bitPattern)
    output.append(littleEndian: UInt64(exampleCount))
    output.append(littleEndian: UInt16(truncatingIfNeeded: negative.count))
    output.append(littleEndian: UInt16(truncatingIfNeeded: positive.count))
    output.append(littleEndian: UInt32(entryCount))
    output.append(negative)
    output.append(positive)
    entries.withBytes { output.append($0) }
    let checksum = output.withBytes { CRC32C.checksum($0) }
    output.append(littleEndian: checksum)
    return output.toArray()
  }

  private func encode(_ terms: TermModel, to output: inout ByteBuffer) {
    for intercept in terms.intercepts { output.append(littleEndian: intercept.bitPattern) }
    for (place, term) in terms.terms.enumerated() {
      let bytes = Array(term.utf8.prefix(Int(UInt16.max)))
      output.append(littleEndian: UInt16(truncatingIfNeeded: bytes.count))
      output.append(bytes)
      for number in [terms.idf[place], terms.weights[0][place], terms.weights[1][place]] {
        output.append(littleEndian: number.bitPattern)
      }
    }
  }

  /// Reads a model from the bytes that `encode()` gave.
  public init(decoding bytes: [UInt8]) throws(ModelFormatError) {
    let result: Result<TextClassifier, ModelFormatError> = bytes.withUnsafeBytes { bytes in
      do throws(ModelFormatError) {
        try ModelReader.check(bytes)
        var reader = ModelReader(bytes: bytes)
        return .success(try reader.classifier())
      } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }
}

extension ModelFormat {
  /// What a model's files have in common: magic, version, length and, at the end, a checksum.
  static func checkFrame(
    _ bytes: UnsafeRawBufferPointer, magic: [UInt8], version: UInt16, least: Int
  ) throws(ModelFormatError) {
    guard bytes.starts(with: magic) else { throw .notAModel }
    guard bytes.count >= least else {
      throw .wrongLength(expected: UInt64(least), found: bytes.count)
    }
    let found = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self))
    guard found <= version else { throw .newerVersion(found: Int(found), known: Int(version)) }
    guard found > 0 else { throw .invalidField("version") }
    let length = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    guard length == UInt64(bytes.count) else {
      throw .wrongLength(expected: length, found: bytes.count)
    }
    let end = bytes.count - checksumBytes
    let checksum = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: end, as: UInt32.self))
    guard CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<end])) == checksum else {
      throw .checksumMismatch
    }
  }
}

/// Takes a model file apart, field by field.
private struct ModelReader {
  private var reader: ByteReader

  init(bytes: UnsafeRawBufferPointer) { reader = ByteReader(bytes, offset: 16) }

  /// Magic, version, length and checksum.
  static func check(_ bytes: UnsafeRawBufferPointer) throws(ModelFormatError) {
    try ModelFormat.checkFrame(
      bytes, magic: ModelFormat.magic, version: ModelFormat.version,
      least: ModelFormat.headerBytes + ModelFormat.checksumBytes)
    guard TrainingOptions.Algorithm(rawValue: bytes[6]) != nil else {
      throw .invalidField("algorithm")
    }
    let knowsStems = UInt16(bytes[4]) >= ModelFormat.versionOfStems
    guard bytes[7] <= (knowsStems ? 7 : 3) else { throw .invalidField("flags") }
  }

  mutating func classifier() throws(ModelFormatError) -> TextClassifier {
    let features = try featureSettings()
    let threshold = Double(bitPattern: try integer())
    guard (0...1).contains(threshold) else { throw .invalidField("threshold") }
    let intercept = Double(bitPattern: try integer())
    guard intercept.isFinite else { throw .invalidField("intercept") }
    guard let exampleCount = Int(exactly: try integer() as UInt64) else {
      throw .invalidField("number of examples")
    }
    let negativeBytes: UInt16 = try integer()
    let positiveBytes: UInt16 = try integer()
    let entryCount: UInt32 = try integer()
    let labels = ClassLabels(
      negative: try label(Int(negativeBytes)), positive: try label(Int(positiveBytes)))
    let rest = reader.remaining - ModelFormat.checksumBytes
    let algorithm = TrainingOptions.Algorithm(rawValue: reader.bytes[6]) ?? .logisticRegression
    if algorithm != .logisticRegression {
      let terms = try terms(Int(entryCount))
      guard reader.remaining == ModelFormat.checksumBytes else {
        throw .invalidField("number of entries")
      }
      return TextClassifier(
        algorithm: algorithm, labels: labels, threshold: threshold, features: features,
        exampleCount: exampleCount, intercept: intercept, weights: [], terms: terms)
    }
    guard entryCount <= 1 << features.bucketBits,
      rest == Int(entryCount) * ModelFormat.entryBytes
    else { throw .invalidField("number of entries") }
    return TextClassifier(
      labels: labels, threshold: threshold, features: features, exampleCount: exampleCount,
      intercept: intercept,
      weights: try weights(Int(entryCount), buckets: 1 << features.bucketBits))
  }

  private mutating func terms(_ count: Int) throws(ModelFormatError) -> TermModel {
    func number() throws(ModelFormatError) -> Double {
      let number = Double(bitPattern: try integer())
      guard number.isFinite else { throw .invalidField("weight") }
      return number
    }
    let intercepts = [try number(), try number()]
    var terms: [String] = []
    var numbers: [[Double]] = [[], [], []]
    for _ in 0..<count {
      let length: UInt16 = try integer()
      guard let run = try? reader.run(Int(length)),
        let term = String(validating: run, as: UTF8.self)
      else { throw .invalidField("term") }
      terms.append(term)
      for place in 0..<3 { numbers[place].append(try number()) }
    }
    guard Set(terms).count == count else { throw .invalidField("term") }
    return TermModel(
      terms: terms, idf: numbers[0], intercepts: intercepts, weights: [numbers[1], numbers[2]])
  }

  private mutating func featureSettings() throws(ModelFormatError) -> FeatureSettings {
    var settings = FeatureSettings()
    settings.punctuation = reader.bytes[7] & 1 == 1
    settings.skipPairs = reader.bytes[7] & 2 == 2
    settings.stems = reader.bytes[7] & 4 == 4
    settings.bucketBits = Int(try integer() as UInt8)
    guard let words = try lengths() else { throw .invalidField("word n-grams") }
    settings.wordNgrams = words
    settings.characterNgrams = try lengths()
    let reserved = (try integer() as UInt8, try integer() as UInt16)
    settings.characterWeight = Double(bitPattern: try integer())
    guard settings.problem == nil, reserved == (0, 0) else { throw .invalidField("features") }
    return settings
  }

  /// A shortest and a longest length, nil for 0 and 0.
  private mutating func lengths() throws(ModelFormatError) -> ClosedRange<Int>? {
    let shortest: UInt8 = try integer()
    let longest: UInt8 = try integer()
    guard shortest <= longest else { throw .invalidField("n-grams") }
    return longest == 0 ? nil : Int(shortest)...Int(longest)
  }

  private mutating func label(_ count: Int) throws(ModelFormatError) -> String {
    guard count <= Limits.labelBytes, let run = try? reader.run(count),
      let label = String(validating: run, as: UTF8.self)
    else { throw .invalidField("label") }
    return label
  }

  private mutating func weights(
    _ count: Int, buckets: Int
  ) throws(ModelFormatError) -> [BucketWeights] {
    var weights = [BucketWeights](repeating: .unknown, count: buckets)
    var next = 0
    for _ in 0..<count {
      let bucket = Int(try integer() as UInt32)
      let entry = BucketWeights(
        idf: Float(bitPattern: try integer()), weight: Float(bitPattern: try integer()))
      guard bucket >= next, bucket < buckets else { throw .invalidField("bucket") }
      guard entry.idf.isFinite, entry.idf >= 0, entry.weight.isFinite else {
        throw .invalidField("weight")
      }
      weights[bucket] = entry
      next = bucket + 1
    }
    return weights
  }

  private mutating func integer<Integer: FixedWidthInteger>() throws(ModelFormatError) -> Integer {
    do {
      return try reader.integer(Integer.self).byteSwapped
    } catch {
      throw .invalidField("length")
    }
  }
}
