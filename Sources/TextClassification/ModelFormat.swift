internal import Bytes
package import Machine

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
  static let version: UInt16 = 3
  static let headerBytes = 80
  /// Of versions 1 and 2, which have no least norms.
  static let oldHeaderBytes = 64
  /// Of version 1.
  static let entryBytes = 12
  static let checksumBytes = 4

  /// The zeros behind `offset`, so that the table begins at a cache line.
  static func padding(behind offset: Int) -> Int { (64 - offset % 64) % 64 }
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
      let labelBytes = labels.negative.utf8.count + labels.positive.utf8.count
      let padding = ModelFormat.padding(behind: ModelFormat.headerBytes + labelBytes)
      for _ in 0..<padding { entries.append(UInt8(0)) }
      weights.append(to: &entries)
      entryCount = weights.filledCount ?? 0
    }
    let negative = Array(labels.negative.utf8)
    let positive = Array(labels.positive.utf8)
    let length =
      ModelFormat.headerBytes + negative.count + positive.count + entries.count
      + ModelFormat.checksumBytes
    var output = ByteBuffer(capacity: length)
    output.append(ModelFormat.magic)
    output.append(littleEndian: ModelFormat.version)
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
    output.append(littleEndian: leastNorms[0].bitPattern)
    output.append(littleEndian: leastNorms[1].bitPattern)
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
      let bytes = Array(term.utf8)
      output.append(littleEndian: UInt32(truncatingIfNeeded: bytes.count))
      output.append(bytes)
      for number in [terms.idf[place], terms.weights[0][place], terms.weights[1][place]] {
        output.append(littleEndian: number.bitPattern)
      }
    }
  }

  /// Reads a model from the bytes that `encode()` gave.
  public init(decoding bytes: [UInt8]) throws(ModelFormatError) {
    let result: Result<TextClassifier, ModelFormatError> = bytes.withUnsafeBytes { bytes in
      Result { () throws(ModelFormatError) in try TextClassifier(bytes, of: nil) }
    }
    self = try result.get()
  }

  /// Reads a model whose weights stay in the mapped file that they are in, where its version allows
  /// that.
  package init(decoding file: MappedFile) throws(ModelFormatError) {
    try self.init(file.bytes, of: file)
  }

  private init(
    _ bytes: UnsafeRawBufferPointer, of file: MappedFile?
  ) throws(ModelFormatError) {
    try ModelReader.check(bytes)
    var reader = ModelReader(bytes: bytes)
    self = try reader.classifier(file)
  }
}

extension ModelFormat {
  /// What a model's files have in common: magic, version, length and, at the end, a checksum.
  static func checkFrame(
    _ bytes: UnsafeRawBufferPointer, magic: [UInt8], versions: ClosedRange<UInt16>, least: Int
  ) throws(ModelFormatError) {
    guard bytes.starts(with: magic) else { throw .notAModel }
    guard bytes.count >= least else {
      throw .wrongLength(expected: UInt64(least), found: bytes.count)
    }
    let found = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self))
    guard found <= versions.upperBound else {
      throw .newerVersion(found: Int(found), known: Int(versions.upperBound))
    }
    guard versions.contains(found) else { throw .invalidField("version") }
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
  private let version: UInt8
  /// Whether it is of version 1.
  private var isOld: Bool { version == 1 }

  init(bytes: UnsafeRawBufferPointer) {
    reader = ByteReader(bytes, offset: 16)
    version = bytes[4]
  }

  /// Magic, version, length and checksum.
  static func check(_ bytes: UnsafeRawBufferPointer) throws(ModelFormatError) {
    try ModelFormat.checkFrame(
      bytes, magic: ModelFormat.magic, versions: 1...ModelFormat.version,
      least: ModelFormat.oldHeaderBytes + ModelFormat.checksumBytes)
    guard TrainingOptions.Algorithm(rawValue: bytes[6]) != nil else {
      throw .invalidField("algorithm")
    }
    guard bytes[7] <= (bytes[4] == 1 ? 3 : 7) else { throw .invalidField("flags") }
  }

  /// The model; its weights stay in `file`, where that is given.
  mutating func classifier(_ file: MappedFile?) throws(ModelFormatError) -> TextClassifier {
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
    let leastNorms = try leastNorms()
    let labels = ClassLabels(
      negative: try label(Int(negativeBytes)), positive: try label(Int(positiveBytes)))
    let algorithm = TrainingOptions.Algorithm(rawValue: reader.bytes[6]) ?? .logisticRegression
    if algorithm != .logisticRegression {
      let terms = try terms(Int(entryCount))
      guard reader.remaining == ModelFormat.checksumBytes else {
        throw .invalidField("number of entries")
      }
      return TextClassifier(
        algorithm: algorithm, labels: labels, threshold: threshold, features: features,
        exampleCount: exampleCount, intercept: intercept, weights: WeightTable([]), terms: terms)
    }
    let buckets = 1 << features.bucketBits
    return TextClassifier(
      labels: labels, threshold: threshold, features: features, exampleCount: exampleCount,
      intercept: intercept, leastNorms: leastNorms,
      weights: isOld
        ? try weights(Int(entryCount), buckets: buckets)
        : try table(Int(entryCount), buckets: buckets, file))
  }

  /// Before version 3 there were none, and every block that is not empty had its length.
  private mutating func leastNorms() throws(ModelFormatError) -> SIMD2<Double> {
    guard version >= 3 else { return SIMD2() }
    let norms = SIMD2(Double(bitPattern: try integer()), Double(bitPattern: try integer()))
    guard (0..<2).allSatisfy({ norms[$0] >= 0 && norms[$0].isFinite }) else {
      throw .invalidField("least norms")
    }
    return norms
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
      let length = isOld ? Int(try integer() as UInt16) : Int(try integer() as UInt32)
      guard let run = try? reader.run(length), let term = String(validating: run, as: UTF8.self)
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

  private mutating func table(
    _ count: Int, buckets: Int, _ file: MappedFile?
  ) throws(ModelFormatError) -> WeightTable {
    let padding = ModelFormat.padding(behind: reader.offset)
    let size = buckets * MemoryLayout<BucketWeights>.stride
    guard reader.remaining == padding + size + ModelFormat.checksumBytes,
      let zeros = try? reader.run(padding), zeros.allSatisfy({ $0 == 0 }),
      let bytes = try? reader.run(size)
    else { throw .invalidField("table's length") }
    let table = WeightTable(bytes, of: file)
    guard let filled = table.filledCount else { throw .invalidField("weight") }
    guard filled == count else { throw .invalidField("number of entries") }
    return table
  }

  /// The table of version 1, which leaves empty buckets out.
  private mutating func weights(
    _ count: Int, buckets: Int
  ) throws(ModelFormatError) -> WeightTable {
    guard count <= buckets,
      reader.remaining == count * ModelFormat.entryBytes + ModelFormat.checksumBytes
    else { throw .invalidField("number of entries") }
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
    return WeightTable(weights)
  }

  private mutating func integer<Integer: FixedWidthInteger>() throws(ModelFormatError) -> Integer {
    do {
      return try reader.integer(Integer.self).byteSwapped
    } catch {
      throw .invalidField("length")
    }
  }
}
