internal import Bytes
internal import Posts
package import TextClassification

/// What is known of a model beside its weights: `manifest.json`.
package struct ModelManifest: Sendable {
  package var name: String
  package var version: Int
  /// Milliseconds since 1970.
  package var createdAt: Int64
  package var algorithm: String
  package var labels: ClassLabels
  package var threshold: Double
  package var examples: Int
  /// The file it was trained on.
  package var source: String
  package var seed: UInt64
  /// Cross-validated on the training data: nil where that was not done.
  package var f1: Double?
  package var macroF1: Double?
  package var aucPR: Double?
  /// How far probabilities come true on average, cross-validated.
  package var calibrationError: Double?
  /// How its probabilities were distributed, cross-validated.
  package var distribution: ScoreDistribution?
  /// What the threshold was chosen for.
  package var goal: String?
  /// What was searched for the best training options, and by which metric; nil without a search.
  package var searched: String?
  /// The options that a search chose, `name=value` with blanks between.
  package var chosen: String?
  /// All options that it was trained with, likewise.
  package var parameters: String?
  /// Of the cross-validation; nil without one.
  package var folds: Int?
  /// What it began with; nil where it began with nothing.
  package var prior: Prior?
  /// The program that trained it.
  package var program: String?
  /// Of the texts and labels it was trained on, in their order.
  package var dataChecksum: UInt32?
  /// How often topics were right, cross-validated.
  package var topics: TopicMetrics?

  /// Posts beside the model's own, that it began with.
  package struct Prior: Sendable, Equatable {
    /// The file they came from.
    package var source: String
    /// How many were used.
    package var examples: Int
    /// Of their texts and labels, in their order.
    package var checksum: UInt32

    package init(source: String, examples: Int, checksum: UInt32) {
      self.source = source
      self.examples = examples
      self.checksum = checksum
    }
  }

  /// What is known when a model has been fitted; the registry gives it its version.
  package init(
    name: String, version: Int = 0, createdAt: Int64, algorithm: String, labels: ClassLabels,
    threshold: Double, examples: Int, source: String, seed: UInt64, f1: Double?, macroF1: Double?
  ) {
    self.name = name
    self.version = version
    self.createdAt = createdAt
    self.algorithm = algorithm
    self.labels = labels
    self.threshold = threshold
    self.examples = examples
    self.source = source
    self.seed = seed
    self.f1 = f1
    self.macroF1 = macroF1
  }

  /// Whether it is of hashed n-grams, and not of SparkML's pipeline.
  private var isHashed: Bool {
    TrainingOptions.Algorithm(name: algorithm).map { $0 == .logisticRegression } ?? true
  }

  /// `name@version`, as commands take it and rows keep it.
  package var reference: String { "\(name)@\(version)" }
}

extension ModelManifest {
  /// The name of the last field, whose value is the checksum of all bytes before that name.
  private static let seal = "\"manifest_crc32c\""

  /// The text of `manifest.json`.
  func encode(checksum: UInt32, topicChecksum: UInt32?) -> String {
    var fields = [
      ("format", "1"), ("name", JSONString.quote(name)), ("version", "\(version)"),
      ("created_at", "\(createdAt)"), ("algorithm", JSONString.quote(algorithm)),
      ("negative_label", JSONString.quote(labels.negative)),
      ("positive_label", JSONString.quote(labels.positive)),
      ("threshold", "\(threshold)"), ("examples", "\(examples)"),
      ("source", JSONString.quote(source)), ("seed", "\(seed)"),
      ("weights_crc32c", "\(checksum)"),
    ]
    if let goal { fields.append(("threshold_goal", JSONString.quote(goal))) }
    if let searched { fields.append(("searched", JSONString.quote(searched))) }
    if let chosen { fields.append(("chosen", JSONString.quote(chosen))) }
    if let parameters { fields.append(("parameters", JSONString.quote(parameters))) }
    if let folds { fields.append(("folds", "\(folds)")) }
    if let prior {
      fields.append(("prior_source", JSONString.quote(prior.source)))
      fields.append(("prior_examples", "\(prior.examples)"))
      fields.append(("prior_crc32c", "\(prior.checksum)"))
    }
    if let program { fields.append(("program", JSONString.quote(program))) }
    if let dataChecksum { fields.append(("data_crc32c", "\(dataChecksum)")) }
    for (name, value) in [
      ("f1", f1), ("macro_f1", macroF1), ("auc_pr", aucPR), ("calibration_error", calibrationError),
    ] {
      if let value { fields.append((name, "\(value)")) }
    }
    if let distribution {
      fields.append(
        ("score_bins", JSONString.quote(distribution.bins.map(String.init).joined(separator: " "))))
      if let unseen = distribution.unseen { fields.append(("unseen", "\(unseen)")) }
    }
    if let topicChecksum { fields.append(("topics_crc32c", "\(topicChecksum)")) }
    if let topics { fields += topics.manifestFields }
    let content = "{\n" + fields.map { "  \"\($0.0)\": \($0.1),\n" }.joined() + "  "
    return content + Self.sealed(Array(content.utf8))
  }

  /// What stands behind the other fields' bytes.
  private static func sealed(_ content: [UInt8]) -> String {
    "\(seal): \(CRC32C.checksum(content))\n}\n"
  }

  /// Whether the bytes end with their checksum, as all but those of earlier programs do.
  private static func isSealed(_ bytes: [UInt8]) -> Bool {
    // Within a string its quotation marks would stand behind backslashes.
    let name = Array(seal.utf8)
    let starts = bytes.indices.dropLast(name.count - 1)
    let start = starts.last { bytes[$0] == name[0] && bytes[$0...].starts(with: name) }
    guard let start else { return false }
    return bytes[start...].elementsEqual(sealed(Array(bytes[..<start])).utf8)
  }

  /// A manifest, and the checksums of the files beside it.
  struct Stored {
    var manifest: ModelManifest
    var checksum: UInt32
    /// Nil for a model that tells no topics.
    var topicChecksum: UInt32?
  }

  /// Reads `manifest.json` of a folder.
  static func decode(
    _ bytes: [UInt8], _ folder: String
  ) throws(ModelError) -> Stored {
    func field(_ name: String) -> String? {
      bytes.withUnsafeBytes { try? JSONObject($0).topLevelField(named: name) }
    }
    func number(_ name: String) -> Double? {
      field(name).flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
    }
    guard let format = field("format").flatMap({ Int($0) }) else {
      throw .damaged(
        path: folder,
        reason: "its manifest.json cannot be read")
    }
    guard format == 1 else {
      throw .newer(
        path: folder,
        reason: "its format version is \(format), and this program knows 1; use a newer program")
    }
    guard field("manifest_crc32c") == nil || isSealed(bytes) else {
      throw .damaged(path: folder, reason: "its manifest.json was changed after it was written")
    }
    guard let name = field("name"), let version = field("version").flatMap({ Int($0) }),
      let created = field("created_at").flatMap({ Int64($0) }),
      let negative = field("negative_label"), let positive = field("positive_label"),
      let threshold = number("threshold"),
      let checksum = field("weights_crc32c").flatMap({ UInt32($0) })
    else { throw .damaged(path: folder, reason: "a field is missing in its manifest.json") }
    var manifest = ModelManifest(
      name: name, version: version, createdAt: created, algorithm: field("algorithm") ?? "",
      labels: ClassLabels(negative: negative, positive: positive), threshold: threshold,
      examples: field("examples").flatMap { Int($0) } ?? 0, source: field("source") ?? "",
      seed: field("seed").flatMap { UInt64($0) } ?? 0, f1: number("f1"),
      macroF1: number("macro_f1"))
    manifest.goal = field("threshold_goal")
    manifest.searched = field("searched")
    manifest.chosen = field("chosen")
    manifest.parameters = field("parameters")
    manifest.folds = field("folds").flatMap { Int($0) }
    if let source = field("prior_source"),
      let examples = field("prior_examples").flatMap({ Int($0) }),
      let checksum = field("prior_crc32c").flatMap({ UInt32($0) })
    {
      manifest.prior = Prior(source: source, examples: examples, checksum: checksum)
    }
    manifest.program = field("program")
    manifest.dataChecksum = field("data_crc32c").flatMap { UInt32($0) }
    manifest.aucPR = number("auc_pr")
    manifest.calibrationError = number("calibration_error")
    let bins = field("score_bins").map { $0.split(separator: " ").compactMap { Int($0) } }
    if let bins, bins.allSatisfy({ $0 >= 0 }) {
      // What earlier programs wrote of SparkML's models was never measured.
      let unseen = manifest.isHashed ? number("unseen") : nil
      manifest.distribution = ScoreDistribution(bins: bins, unseen: unseen)
    }
    manifest.topics = TopicMetrics(manifest: field)
    return Stored(
      manifest: manifest, checksum: checksum,
      topicChecksum: field("topics_crc32c").flatMap { UInt32($0) })
  }
}
