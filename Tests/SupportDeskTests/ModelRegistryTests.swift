import Bytes
import Machine
import SupportDesk
import TestSupport
import Testing
import TextClassification

@Suite struct ModelRegistryTests {
  private let folder = TemporaryDirectory()

  private var registry: ModelRegistry {
    ModelRegistry(folder("models"), workbench: folder("workbench.sqlite"))
  }

  private func save(_ name: String) throws -> ModelManifest {
    try registry.save(Desk.angry, Desk.manifest(name))
  }

  @Test func `what was searched and chosen is kept`() throws {
    var manifest = try save("m")
    #expect(try registry.load("m").manifest.searched == nil)
    manifest.searched = "grid, 2 points by f1: regularisation=0.1,1.0"
    manifest.chosen = "regularisation=1.0"
    _ = try registry.save(Desk.angry, manifest)
    let kept = try registry.load("m@2").manifest
    #expect(kept.searched == manifest.searched && kept.chosen == manifest.chosen)
  }

  @Test func `another model's weights are not taken for a model's own`() throws {
    _ = try save("m")
    let path = folder("models/m/1/weights")
    var bytes = try LocalDisk().readAll(path)
    bytes[40] ^= 1
    bytes.replaceSubrange(
      (bytes.count - 4)...,
      with: withUnsafeBytes(of: CRC32C.checksum(Array(bytes.dropLast(4))).littleEndian, Array.init))
    // Whole in itself:
    #expect(throws: Never.self) { try TextClassifier(decoding: bytes) }
    try LocalDisk().replace(path, with: bytes)
    #expect(throws: ModelError.self) { try registry.load("m") }
    #expect(try registry.check().faults.count == 1)
  }

  @Test func `an export touches nothing but its own`() throws {
    _ = try save("m")
    let disk = LocalDisk()
    for name in ["out.new", ".out.new"] {
      try disk.createDirectory(folder(name))
      try disk.replace(folder(name + "/mine"), with: [1])
    }
    _ = try registry.export("m", to: folder("out//"))
    #expect(try registry.load(folder("out")).manifest.reference == "m@1")
    for name in ["out.new", ".out.new"] {
      #expect(try disk.readAll(folder(name + "/mine")) == [1])
    }
    // What a kill has left of an export is taken away by the next one.
    try disk.createDirectory(folder(".more.grouse-export"))
    try disk.replace(folder(".more.grouse-export/weights"), with: [1])
    _ = try registry.export("m", to: folder("more"))
    #expect(try registry.load(folder("more")).classifier == Desk.angry)
    #expect(try !disk.list(folder.path).contains { $0.hasSuffix("grouse-export") })
  }

  @Test func `a version put in place by hand is what its folder says`() throws {
    _ = try save("m")
    let disk = LocalDisk()
    for place in ["m/2", "z/1"] {
      try disk.createDurableDirectory(folder("models/" + place))
      for file in try disk.list(folder("models/m/1")) {
        try disk.copy(folder("models/m/1/" + file), to: folder("models/\(place)/\(file)"))
      }
    }
    #expect(try registry.promote("m@2").reference == "m@2")
    #expect(try registry.promoted("m") == 2)
    #expect(try registry.promote("z@1").reference == "z@1")
    #expect(try registry.promoted("m") == 2)
    #expect(try registry.load("z").manifest.reference == "z@1")
    // No version is 0, and none is behind the highest that there can be.
    for name in ["0", "9223372036854775807"] {
      try disk.createDurableDirectory(folder("models/z/" + name))
    }
    #expect(try registry.versions(of: "z") == [1])
    #expect(try save("z").reference == "z@2")
  }

  @Test func `a manifest that was changed is found out, and crashes nothing`() throws {
    _ = try save("m")
    let path = folder("models/m/1/manifest.json")
    let whole = String(decoding: try LocalDisk().readAll(path), as: UTF8.self)
    let threshold = try #require(whole.split(separator: "\n").first { $0.contains("threshold\"") })
    let label = try #require(whole.split(separator: "\n").first { $0.contains("positive_label") })
    for (line, other) in [
      (threshold, "  \"threshold\": 0.123,"), (threshold, "  \"threshold\": nan,"),
      (label, "  \"positive_label\": \"praise\","),
    ] {
      try LocalDisk().replace(path, with: Array(whole.replacing(line, with: other).utf8))
      #expect(throws: ModelError.self) { try registry.load("m") }
    }
    let bins = "9223372036854775807 1 1 1 1 1 1 1 1 1"
    let forged = whole.replacing(
      threshold, with: threshold + "\n  \"score_bins\": \"\(bins)\", \"unseen\": 0.5,")
    try LocalDisk().replace(path, with: Array(forged.utf8))
    let found = try #require(try registry.load("m").manifest.distribution)
    #expect(found.stabilityIndex(against: found) == 0)
  }

  @Test func `versions are kept and found`() throws {
    #expect(try registry.names() == [])
    #expect(try save("m").reference == "m@1")
    #expect(try save("m").reference == "m@2")
    for reference in ["m", "m@1", "m@2", folder("models/m/1")] {
      let loaded = try registry.load(reference)
      #expect(loaded.classifier == Desk.angry)
      #expect(loaded.manifest.source == "a \"b\".csv" && loaded.manifest.seed == .max)
      #expect(loaded.manifest.f1 == 0.5 && loaded.manifest.macroF1 == nil)
    }
    #expect(try registry.load("m").manifest.version == 2)
    #expect(try registry.check() == (2, []))
  }

  @Test func `a name means what was promoted last, until that is taken back`() throws {
    for _ in 0..<3 { _ = try save("m") }
    #expect(try registry.promoted("m") == nil)
    #expect(try registry.promote("m@1").reference == "m@1")
    #expect(try registry.manifest("m").version == 1)
    #expect(try registry.promote("m@2").version == 2)
    #expect(try save("m").version == 4)
    #expect(try registry.manifest("m").version == 2)
    let copy = ModelRegistry(folder("copy/models"), workbench: folder("copy/workbench.sqlite"))
    #expect(try registry.copy(to: copy) == 4)
    #expect(try copy.manifest("m").version == 2)
    #expect(try registry.rollBack("m").version == 1)
    #expect(try registry.rollBack("m").version == 4)
    #expect(throws: ModelError.self) { try registry.rollBack("m") }
    #expect(throws: ModelError.self) { try registry.promote("m@9") }
    #expect(throws: ModelError.self) { try registry.promote("n") }
  }

  @Test func `an exported model is the same elsewhere`() throws {
    _ = try save("m")
    #expect(try registry.export("m", to: folder("out")).reference == "m@1")
    #expect(throws: ModelError.self) { try registry.export("m@1", to: folder("out")) }
    let other = ModelRegistry(folder("other"), workbench: folder("other.sqlite"))
    #expect(try other.importModel(from: folder("out")).reference == "m@1")
    #expect(try other.importModel(from: folder("out"), name: "n").reference == "n@1")
    #expect(try other.load("n").classifier == Desk.angry)
    #expect(throws: ModelError.self) { try other.importModel(from: folder("nowhere")) }
    #expect(throws: ModelError.self) { try other.importModel(from: folder("out"), name: "../n") }
  }

  @Test(arguments: ["n", "m@3", "m@x", "", "../m", "a b", "m@1@1", "/nowhere/at/all"])
  func `what is not there is said`(reference: String) throws {
    _ = try save("m")
    #expect(throws: ModelError.self) { try registry.load(reference) }
  }

  @Test(arguments: ["weights", "manifest.json"])
  func `every damaged byte is noticed or harmless`(file: String) throws {
    _ = try save("m")
    let path = folder("models/m/1/\(file)")
    let disk = LocalDisk()
    let bytes = try disk.readAll(path)
    for position in stride(from: 0, to: bytes.count, by: max(bytes.count / 97, 1)) {
      var damaged = bytes
      damaged[position] ^= 0x15
      try disk.replace(path, with: damaged)
      if let loaded = try? registry.load("m") { #expect(loaded.classifier == Desk.angry) }
      // Without its last line break a manifest is whole.
      try disk.replace(path, with: Array(bytes.prefix(min(position, bytes.count - 2))))
      #expect(throws: ModelError.self) { try registry.load("m") }
    }
  }

  @Test func `a newer manifest is refused in words`() throws {
    _ = try save("m")
    let path = folder("models/m/1/manifest.json")
    let text = String(decoding: try LocalDisk().readAll(path), as: UTF8.self)
    let newer = text.replacing("\"format\": 1", with: "\"format\": 2")
    try LocalDisk().replace(path, with: Array(newer.utf8))
    let error = #expect(throws: ModelError.self) { try registry.load("m") }
    #expect("\(error.map(String.init(describing:)) ?? "")".contains("format version is 2"))
  }
}

@Suite struct DatasetTests {
  private let folder = TemporaryDirectory()

  private func dataset(_ name: String, _ text: String, label: String? = "label") throws -> Dataset {
    try LocalDisk().replace(folder(name), with: Array(text.utf8))
    return try Dataset(folder(name), .init(text: "text", label: label))
  }

  @Test func `the label to look for is named, tells itself, or is the rarer one`() throws {
    func positive(_ labels: String, _ asked: String? = nil) throws -> String {
      let rows = labels.map { "\($0),t" }.joined(separator: "\n")
      return try dataset("a.csv", "label,text\n\(rows)\n").examples(positive: asked).labels.positive
    }
    #expect(try positive("0110111") == "1")
    #expect(try positive("aabab") == "b")
    #expect(try positive("aabab", "a") == "a")
    #expect(throws: DatasetError.self) { try positive("abc") }
    #expect(throws: DatasetError.self) { try positive("ab", "z") }
  }

  @Test func `errors name the place`() throws {
    func message(_ name: String, _ text: String) -> String {
      do {
        _ = try dataset(name, text)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message("a.csv", "x,label\n1,2\n").contains("a.csv:1: there is no column \"text\""))
    #expect(message("a.csv", "text,label\na,b\nc\n").contains("a.csv:3:"))
    #expect(message("a.jsonl", "{\"text\":\"a\",\"label\":1}\n{oops\n").contains("a.jsonl:2:"))
    #expect(message("a.jsonl", "{\"text\":\"a\"}\n").contains("the row has no \"label\""))
    #expect(message("a.csv", "").contains("holds no posts"))
    #expect(message("a.txt", "hello\n").contains("has no labels"))
  }

  @Test func `the same rows in three formats are the same`() throws {
    let csv = try dataset("a.csv", "text,label\n\"a, b\",1\nc,0\n")
    let json = try dataset(
      "a.jsonl", "{\"label\":\"1\",\"text\":\"a, b\"}\n{\"text\":\"c\",\"label\":0}\n")
    let text = try dataset("a.txt", "a, b\nc\n", label: nil)
    #expect(csv.texts == json.texts && csv.labels == json.labels && csv.texts == text.texts)
  }
}
