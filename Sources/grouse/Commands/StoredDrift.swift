internal import Node
internal import SupportDesk
internal import Tables
internal import TextClassification

/// How far the posts in the tables are from those that a model was trained on.
struct StoredDrift {
  /// Posts looked at.
  let posts: Int
  let drift: Drift

  /// The posts that are looked at, at most: the newest of each day first, days in no order.
  private static let limit = 10_000

  /// Nil: the tables have no post of the model, or it was not cross-validated.
  init?(
    _ directory: DataDirectory, _ classifier: TextClassifier, _ manifest: ModelManifest,
    brandNames: [String]
  ) throws {
    guard let training = manifest.distribution, let tables = try directory.readTables() else {
      return nil
    }
    let found: Page
    do throws(TableError) {
      let select = try tables.prepare(
        "SELECT text FROM grouse.posts WHERE model = ? LIMIT \(Self.limit) ALLOW FILTERING")
      var values = BoundValues()
      values.append(manifest.reference)
      found = try tables.execute(select, values, pageRows: Self.limit)
    } catch {
      // Without the application's tables there are no posts.
      if error.code == .invalid { return nil }
      throw error
    }
    let scorer = classifier.scorer(brandNames: brandNames)
    var scratch = Scratch()
    var probabilities: [Double] = []
    var unseen: [Double] = []
    for case let text?? in found.rows.map(\.first) {
      text.withUnsafeBytes { probabilities.append(scorer.probability(of: $0, scratch: &scratch)) }
      if let part = scorer.unseenPartOfLastText(scratch: scratch) { unseen.append(part) }
    }
    guard !probabilities.isEmpty else { return nil }
    posts = probabilities.count
    drift = Drift(
      distribution: ScoreDistribution(probabilities: probabilities, unseen: unseen),
      training: training)
  }
}
