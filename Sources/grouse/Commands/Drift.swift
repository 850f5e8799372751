internal import Node
internal import SupportDesk
internal import Tables
internal import Terminal
internal import TextClassification

/// How posts were scored, held against how training's were.
struct Drift {
  let distribution: ScoreDistribution
  let training: ScoreDistribution

  /// Posts of which an index says something; of a handful it cries wolf.
  private static let leastPosts = 100

  /// Posts that were scored.
  var posts: Int { Int(min(distribution.bins.reduce(0.0) { $0 + Double($1) }, 1e15)) }

  /// Nil: there are too few posts to tell.
  var stabilityIndex: Double? {
    posts < Self.leastPosts ? nil : distribution.stabilityIndex(against: training)
  }

  /// In words.
  var verdict: String {
    guard let stabilityIndex else { return "too few posts to tell" }
    return switch stabilityIndex {
    case ..<0.1: "alike"
    case ..<0.25: "somewhat different"
    default: "different"
    }
  }

  /// In numbers, both.
  var figures: String {
    guard let stabilityIndex else { return "it takes \(Self.leastPosts)" }
    let index = "PSI \(Shown.decimal(stabilityIndex))"
    guard let now = distribution.unseen, let then = training.unseen else {
      return index + "; features not met in training are not counted with this model"
    }
    return index + ", \(Shown.decimal(now)) of features not met in training (there "
      + "\(Shown.decimal(then)))"
  }

  /// Adds the fields that scripts rely on; those of what is not measured are left out.
  func add(to line: inout JSONLine) {
    line.add("psi", stabilityIndex ?? .nan)
    if let unseen = distribution.unseen { line.add("unseen", unseen) }
    if let unseen = training.unseen { line.add("unseen_in_training", unseen) }
  }
}

extension Drift {
  /// Nil where nothing was scored or training's scores are not known.
  init?(_ distribution: ScoreDistribution, against training: ScoreDistribution?) {
    guard let training, distribution.bins.contains(where: { $0 > 0 }) else { return nil }
    self.init(distribution: distribution, training: training)
  }
}

/// How a model scored what the stream read lately.
struct StreamDrift {
  /// Hours in which it read something, of the last 24 such.
  let hours: Int
  let posts: Int
  let drift: Drift

  /// Nil: the stream has not read with this model, or that was not cross-validated.
  init?(_ directory: DataDirectory, _ manifest: ModelManifest) throws {
    guard let tables = try directory.readTables() else { return nil }
    let found: Page
    do throws(TableError) {
      var values = BoundValues()
      values.append(manifest.reference)
      found = try tables.execute(
        try tables.prepare(HourlyScores.select + " 24"), values, pageRows: 24)
    } catch {
      // Made by an earlier program, or not at all.
      if error.code == .invalid { return nil }
      throw error
    }
    var sum = ScoreTally()
    let tallies = found.rows.compactMap { HourlyScores.tally($0) }
    for tally in tallies { sum += tally }
    guard let drift = Drift(sum.distribution, against: manifest.distribution) else { return nil }
    self.drift = drift
    hours = tallies.count
    posts = sum.count
  }
}
