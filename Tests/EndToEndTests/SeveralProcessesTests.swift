import Testing

/// What README says of a query in several processes, word for word.
@Suite(.serialized) struct `Several processes` {
  @Test func `workers that have partitions of their own have together what one has`() throws {
    let stage = Stage()
    try stage.train()
    let posts = (0..<300).map { number in
      Stage.post(1_000 + number, "@ASOS where is my parcel, number \(number)?")
        .replacing(#""author_id":"7""#, with: #""author_id":"\#(number % 40)""#)
    }
    try stage.write("posts.jsonl", posts.joined())
    let environment = ["GROUSE_LOG_PARTITIONS": "4"]
    try stage.works("collect", "--file", "posts.jsonl", environment: environment)
    try stage.works("models", "export", "complaints", "model")
    var together: [String] = []
    for worker in 0..<2 {
      let data = "worker-\(worker)"
      try stage.works("models", "import", "model", "--data-dir", data)
      try stage.works("topics", "create", "posts", "--partitions", "4", "--data-dir", data)
      for partition in [2 * worker, 2 * worker + 1] {
        let records = try consumed(stage, partition, worker)
        try stage.works(
          "produce", "posts", "--format", "json", "--data-dir", data, input: records.text)
      }
      try stage.works("work", "--exit", "--data-dir", data, environment: environment)
      let rows = try rows(stage, data)
      #expect(!rows.isEmpty)
      together += rows
    }
    #expect(try consumed(stage, 0, 0).text.isEmpty, "the group has them")
    try stage.works("work", "--exit", environment: environment)
    #expect(try together.sorted() == rows(stage, "grouse-data"))
  }

  private func consumed(_ stage: Stage, _ partition: Int, _ worker: Int) throws -> Outcome {
    try stage.works(
      "consume", "posts", "--partition", "\(partition)", "--group", "to-\(worker)", "--json")
  }

  private func rows(_ stage: Stage, _ data: String) throws -> [String] {
    try stage.works(
      "cql", "--json", "--data-dir", data, "-e",
      "SELECT id, text, label, probability, partition, offset FROM grouse.posts"
    ).lines.map(String.init).sorted()
  }
}
