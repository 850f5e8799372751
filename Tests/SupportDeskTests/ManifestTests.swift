import Bytes
import Foundation
import Machine
import SupportDesk
import TestSupport
import Testing
import TextClassification

@Suite struct ManifestTests {
  private let folder = TemporaryDirectory()
  private let disk = LocalDisk()
  private var path: String { folder("models/m/1/manifest.json") }

  private var registry: ModelRegistry {
    ModelRegistry(folder("models"), workbench: folder("workbench.sqlite"))
  }

  private func text() throws -> String {
    String(decoding: try disk.readAll(path), as: UTF8.self)
  }

  private func write(_ text: String) throws { try disk.replace(path, with: Array(text.utf8)) }

  /// The manifest as earlier programs wrote it.
  private func withoutChecksum(_ text: String) throws -> String {
    let end = try #require(text.range(of: ",\n  \"manifest_crc32c\""))
    return text[..<end.lowerBound] + "\n}\n"
  }

  private func line(_ name: String) throws -> String {
    let lines = try text().split(separator: "\n")
    return String(try #require(lines.first { $0.contains("\"\(name)\"") }))
  }

  @Test func `what was trained with is kept, also by who takes the model`() throws {
    var manifest = Desk.manifest("m")
    manifest.parameters = "regularisation=0.1 stems=yes"
    manifest.folds = 7
    manifest.prior = .init(source: "p \"manifest_crc32c\": 1.csv", examples: 9, checksum: .max)
    _ = try registry.save(Desk.angry, manifest)
    _ = try registry.export("m", to: folder("out"))
    for reference in ["m", folder("out")] {
      let kept = try registry.load(reference).manifest
      #expect(kept.parameters == manifest.parameters && kept.folds == 7)
      #expect(kept.prior == manifest.prior)
    }
    #expect(try registry.importModel(from: folder("out")).prior == manifest.prior)
    #expect(try registry.load("m@2").manifest.parameters == manifest.parameters)
  }

  @Test func `a manifest ends with the checksum of all before it, which none of old has`() throws {
    _ = try registry.save(Desk.angry, Desk.manifest("m"))
    let whole = try text()
    let name = try #require(whole.range(of: "\"manifest_crc32c\": "))
    let sum = CRC32C.checksum(Array(whole[..<name.lowerBound].utf8))
    #expect(whole[name.upperBound...] == "\(sum)\n}\n")
    let figure = try line("f1")
    #expect(figure == "  \"f1\": 0.5,")
    for changed in [
      whole.replacing(figure, with: "  \"f1\": 0.6,"), whole.replacing(figure + "\n", with: ""),
      whole.replacing("\n", with: " "), whole.replacing("}\n", with: ", \"f1\": 0.99}\n"),
    ] {
      try write(changed)
      #expect(throws: ModelError.self) { try registry.load("m") }
      #expect(throws: ModelError.self) { try registry.manifest("m") }
      #expect(throws: ModelError.self) { try registry.importModel(from: folder("models/m/1")) }
    }
    try write(try withoutChecksum(whole))
    #expect(try registry.load("m").manifest.f1 == 0.5)
  }

  @Test func `a manifest that was changed is held to its weights, and crashes nothing`() throws {
    _ = try registry.save(Desk.angry, Desk.manifest("m"))
    let whole = try withoutChecksum(try text())
    let threshold = try line("threshold")
    let label = try line("positive_label")
    for (line, other) in [
      (threshold, "  \"threshold\": 0.123,"), (threshold, "  \"threshold\": nan,"),
      (label, "  \"positive_label\": \"praise\","),
    ] {
      try write(whole.replacing(line, with: other))
      #expect(throws: ModelError.self) { try registry.load("m") }
    }
    let bins = "9223372036854775807 1 1 1 1 1 1 1 1 1"
    try write(
      whole.replacing(
        threshold, with: threshold + "\n  \"score_bins\": \"\(bins)\", \"unseen\": 0.5,"))
    let found = try #require(try registry.load("m").manifest.distribution)
    #expect(found.stabilityIndex(against: found) == 0)
  }
}
