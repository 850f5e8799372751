/// The floors of the program, from the ground up, and the rule that nothing reaches back up.
struct Floors: Sendable {
  enum Floor: Int, Comparable, CaseIterable, Sendable {
    case ground, languages, engines, application, faces, program

    static func < (left: Floor, right: Floor) -> Bool { left.rawValue < right.rawValue }
  }

  static let targets: [Floor: [String]] = [
    .ground: [
      "CCRC32C", "CPlatform", "CLMDB", "CZlib", "CSnappy", "CLZ4", "CZstd", "CEdit",
      "CCurl", "Bytes", "Machine", "Compression", "LMDB", "Curl",
    ],
    .languages: ["Records", "CQL", "Posts"],
    .engines: ["CommitLog", "Streams", "Tables", "TextClassification", "XAPI", "Bluesky"],
    .application: ["SupportDesk"],
    .faces: ["FakeX", "Listeners"],
    .program: ["Terminal", "Shell", "Node", "grouse"],
  ]

  /// Where data lives. The application and the faces reach it through the two ports alone.
  static let storage: Set = ["CommitLog", "Tables"]

  /// What only engines and the program may touch: a language turns bytes into values and does
  /// neither read nor write them.
  static let doors: Set = ["Machine", "LMDB", "CLMDB"]

  /// Imports that the floors forbid and that are good all the same, as `importer imported`.
  static let exceptions = [
    "SupportDesk Tables": "the values that the port TableStore speaks in are the engine's own"
  ]

  static func floor(of target: String) -> Floor? {
    targets.first { $0.value.contains(target) }?.key
  }

  /// What is wrong with `importer` importing `imported`, both of this package; nil if nothing is.
  static func objection(
    to imported: String, in importer: String, _ manifest: Manifest
  ) -> String? {
    guard let from = floor(of: importer) else {
      return "\(importer) stands on no floor: add it to Floors.targets"
    }
    guard let onto = floor(of: imported) else {
      return "\(imported) stands on no floor: add it to Floors.targets"
    }
    if exceptions["\(importer) \(imported)"] != nil { return nil }
    if onto > from { return "\(importer) (\(from)) climbs to \(imported) (\(onto))" }
    if onto == from && from == .engines { return "engine \(importer) knows engine \(imported)" }
    if storage.contains(imported), from == .application || from == .faces {
      return "\(importer) (\(from)) reaches past the ports for \(imported)"
    }
    if doors.contains(imported), from == .languages {
      return "\(importer) (\(from)) does input or output through \(imported)"
    }
    if manifest.uses[importer]?.contains(imported) != true {
      return "\(importer) imports \(imported), which Package.swift does not list for it"
    }
    return nil
  }

  /// The rule on imports, with the package's targets as `manifest` lists them.
  static func rule(_ manifest: Manifest) -> Rule {
    Rule(
      reason: "A target uses only what stands below it, so that a post travels down once and"
        + " each part can be read and tested without those above."
    ) { file in
      guard let importer = file.target else { return [] }
      return imports(of: file).compactMap { line, module in
        guard floor(of: module) != nil || manifest.uses[module] != nil else { return nil }
        return objection(to: module, in: importer, manifest)
          .map { Finding(path: file.path, line: line, what: $0) }
      }
    }
  }

  static let foundation = Rule(
    reason: "Foundation starts slowly, weighs tens of megabytes and turns bytes into objects; the"
      + " standard library and Machine have what is needed."
  ) { file in
    imports(of: file).filter { $0.module.hasPrefix("Foundation") }
      .map { Finding(path: file.path, line: $0.line, what: "import \($0.module)") }
  }

  /// The modules that a file imports, without their submodules.
  static func imports(of file: SourceFile) -> [(line: Int, module: String)] {
    let kinds: Set<Substring> = [
      "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
    ]
    return file.lines.compactMap { line in
      let words = line.trimmed.split(separator: " ")
      guard let place = words.firstIndex(of: "import"),
        words[..<place].allSatisfy({ $0.first == "@" || Declaration.accessLevels.contains($0) })
      else { return nil }
      var rest = words[(place + 1)...]
      if let kind = rest.first, kinds.contains(kind) { rest = rest.dropFirst() }
      return rest.first.map { (line.number, String($0.prefix { $0 != "." })) }
    }
  }
}
