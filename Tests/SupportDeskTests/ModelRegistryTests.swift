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
