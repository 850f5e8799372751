/// The targets that Package.swift lists, and the names each may use.
struct Manifest: Sendable {
  let uses: [String: Set<String>]

  init(_ file: SourceFile) {
    let text = file.lines.map(\.text).joined(separator: "\n")
    var uses: [String: Set<String>] = [:]
    let declaration =
      /\b(?:target|systemLibrary|executableTarget)\(\s*(?:name:\s*)?"(\w+)"(?:,\s*(?:dependencies:\s*)?\[([^\]]*)\])?/
    for match in text.matches(of: declaration) {
      let names = (match.2 ?? "").matches(of: /"([\w-]+)"/).map { String($0.1) }
      uses[String(match.1)] = Set(names)
    }
    self.uses = uses
  }
}
