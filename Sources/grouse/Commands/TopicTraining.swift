internal import Terminal
internal import TextClassification

// The part of a training that learns what posts are about.
extension TrainingJob {
  /// Adds topics to the classifier where the posts have them; returns what the folds say of them.
  ///
  /// Posts whose topics nobody named are never a reason to fail: a column that only happens to be
  /// called so is passed over, with a word of why.
  func learnTopics(
    _ classifier: inout TextClassifier, _ data: Data, _ trainer: TextClassifierTrainer,
    _ validation: CrossValidation?, _ bar: ProgressBar
  ) throws -> TopicValidation? {
    let hasTopics = (data.examples + data.prior).contains { $0.topic != nil }
    if columns.topic == nil {
      guard hasTopics else { return nil }
      guard algorithm == .logisticRegression else {
        bar.clear()
        Messages.line(
          "the column \"\(ColumnOptions.usualTopic)\" is passed over: topics are learnt beside "
            + "\(TrainingOptions.Algorithm.logisticRegression) alone, not \(algorithm)")
        return nil
      }
    }
    do throws(TrainingError) {
      var topicTrainer = TopicTrainer(brandNames: trainer.brandNames)
      topicTrainer.rarityPower = trainer.options.rarityPower
      let learnt = try topicTrainer.train(
        classifier, data.examples, prior: data.prior, folds: folds == 0 ? nil : validation?.folds)
      classifier = learnt.classifier
      return learnt.validation
    } catch {
      if columns.topic != nil { throw error }
      bar.clear()
      Messages.line(
        "no topics were learnt from the column \"\(ColumnOptions.usualTopic)\": \(error)")
      return nil
    }
  }
}

/// How well topics were told, for people and as JSON.
struct TopicReport {
  let metrics: TopicMetrics
  let calibration: Calibration

  var json: String {
    var line = JSONLine()
    line.add("count", metrics.count)
    line.add("accuracy", metrics.accuracy)
    line.add("macro_f1", metrics.macroF1)
    line.add("calibration_error", calibration.expectedError)
    line.add(
      "per_topic",
      metrics.names.indices.map { topic in
        var item = JSONLine()
        item.add("topic", metrics.names[topic])
        item.add("count", metrics.texts(of: topic))
        item.add("precision", metrics.precision(of: topic))
        item.add("recall", metrics.recall(of: topic))
        item.add("f1", metrics.f1(of: topic))
        return item
      })
    let rows = metrics.confusion.map { "[" + $0.map(String.init).joined(separator: ", ") + "]" }
    line.add("confusion", raw: "[" + rows.joined(separator: ", ") + "]")
    return line.text
  }

  func print() throws {
    try StandardOutput.line(
      "topics of \(Shown.number(metrics.count)) posts: accuracy "
        + "\(Shown.decimal(metrics.accuracy)), macro-F1 "
        + "\(Shown.decimal(metrics.macroF1)); probabilities come true to within "
        + "\(Shown.decimal(calibration.expectedError)) on average")
    // The columns are numbered, so that many topics find room.
    var table = TextTable(
      ["topic", "posts", "F1", "precision", "recall"] + metrics.names.indices.map { "\($0 + 1)" },
      numeric: [false] + Array(repeating: true, count: metrics.names.count + 4))
    for topic in metrics.names.indices {
      table.rows.append(
        [
          "\(topic + 1) \(Shown.plain(metrics.names[topic]))",
          Shown.number(metrics.texts(of: topic)),
          Shown.decimal(metrics.f1(of: topic)), Shown.decimal(metrics.precision(of: topic)),
          Shown.decimal(metrics.recall(of: topic)),
        ] + metrics.confusion[topic].map { Shown.number($0) })
    }
    try table.print()
    try StandardOutput.line("the last columns count the posts of each topic by the one told")
  }
}

extension TopicReport {
  /// Measures a model on the posts that have a topic; nil where it knows none or they have none.
  init?(_ examples: [LabelledText], _ scorer: TextScorer) {
    guard let topics = scorer.classifier.topics else { return nil }
    let used = examples.filter { $0.topic != nil }
    guard !used.isEmpty else { return nil }
    // Topics that the model does not know come last: it never tells them.
    let names = topics.names + Set(used.compactMap(\.topic)).subtracting(topics.names).sorted()
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var scratch = Scratch()
    var told: [Int] = []
    var probabilities: [Double] = []
    for example in used {
      var text = example.text
      text.withUTF8 { _ = scorer.probability(of: UnsafeRawBufferPointer($0), scratch: &scratch) }
      let verdict = scorer.topicOfLastText(scratch: &scratch)
      told.append(verdict?.place ?? 0)
      probabilities.append(verdict?.probability ?? 0)
    }
    let truth = used.map { places[$0.topic ?? ""] ?? 0 }
    metrics = TopicMetrics(names: names, truth: truth, told: told)
    calibration = Calibration(
      isPositive: zip(truth, told).map { $0 == $1 }, probabilities: probabilities)
  }
}
