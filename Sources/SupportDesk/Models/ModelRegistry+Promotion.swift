internal import Machine

// Which version a model's name alone means: what the workbench's database has of models.
extension ModelRegistry {
  /// The times that versions of a model were promoted, the latest last, with those taken back.
  package func promotions(of name: String) throws(ModelError) -> [Promotion] {
    guard Self.isValid(name) else { return [] }
    if let workbench = try Workbench.openExisting(workbench, disk) {
      let known = try workbench.read { contents throws(ModelError) in
        try contents.knows(name) ? try contents.promotions(of: name) : nil
      }
      if let known { return known }
    }
    return try copiedPromotions(of: name)
  }

  /// The version that the name alone means; nil: the latest.
  package func promoted(_ name: String) throws(ModelError) -> Int? {
    let versions = try versions(of: name)
    return try promotions(of: name)
      .last { $0.takenBackAt == nil && versions.contains($0.version) }?.version
  }

  /// Lets the name alone mean this version from now on. Needs no lock: processes that promote at
  /// the same time do it one after the other.
  package func promote(_ reference: String) throws(ModelError) -> ModelManifest {
    let manifest = try load(reference).manifest
    guard !reference.contains("/") else { throw .invalidName(reference) }
    try change(manifest.name) { contents throws(ModelError) in
      // Deleted meanwhile, it is not there any more.
      guard try versions(of: manifest.name).contains(manifest.version) else {
        throw .unknownVersion(
          name: manifest.name, version: manifest.version, known: try versions(of: manifest.name))
      }
      try contents.promote(manifest.version, of: manifest.name, at: clock.milliseconds)
      try copyPromotions(of: manifest.name, contents)
    }
    return manifest
  }

  /// Takes the last promotion back; returns what the name means now.
  package func rollBack(_ name: String) throws(ModelError) -> ModelManifest {
    guard Self.isValid(name) else { throw .invalidName(name) }
    try change(name) { contents throws(ModelError) in
      let standing = try contents.promotions(of: name).filter { $0.takenBackAt == nil }
      guard !standing.isEmpty else { throw .nothingPromoted(name) }
      // What it would mean then must be there: the latest is no substitute for it.
      let there = try versions(of: name)
      if let former = standing.dropLast().last, !there.contains(former.version) {
        throw .unknownVersion(name: name, version: former.version, known: there)
      }
      try contents.takeBack(name, at: clock.milliseconds)
      try copyPromotions(of: name, contents)
    }
    return try manifest(name)
  }

  /// Runs `body` as one transaction of the database, which then knows all that lies in the folders.
  func change(
    _ name: String, _ body: (Workbench.Contents) throws(ModelError) -> Void
  ) throws(ModelError) {
    try Workbench.open(workbench, disk).write { contents throws(ModelError) in
      for other in try names() {
        // What is wrong with another model does not keep this one from being changed.
        do throws(ModelError) { try adopt(other, contents) } catch {
          if other == name { throw error }
        }
      }
      try body(contents)
    }
  }

  /// Notes a model's versions that the database does not know, and where it knew nothing of it,
  /// what was promoted.
  private func adopt(_ name: String, _ contents: Workbench.Contents) throws(ModelError) {
    let isKnown = try contents.knows(name)
    let promotions = isKnown ? [] : try copiedPromotions(of: name)
    let known = try contents.manifests(of: name)
    for version in try versions(of: name)
    where (known[version] ?? Workbench.deleted) == Workbench.deleted {
      let folder = Path.join(directory, "\(name)/\(version)")
      // What cannot be read is `check`'s to say.
      guard let bytes = try? manifestBytes(folder),
        (try? ModelManifest.decode(bytes, folder)) != nil
      else { continue }
      try contents.add(version, of: name, manifest: String(decoding: bytes, as: UTF8.self))
    }
    for promotion in promotions {
      try contents.promote(promotion.version, of: name, at: nil)
    }
  }

  /// What stands in `<name>/promotions`, a number a line, from which the database is made anew.
  func copiedPromotions(of name: String) throws(ModelError) -> [Promotion] {
    let path = Path.join(directory, "\(name)/\(Self.promotions)")
    guard disk.exists(path) else { return [] }
    let bytes = try io { () throws(IOFailure) in try disk.readAll(path, .readPlain, limit: 1 << 20)
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    var promotions: [Promotion] = []
    for line in lines {
      guard let version = Int(line) else {
        throw .damagedPromotions(
          path: path, reason: "\"\(line.prefix(20))\" is no version")
      }
      promotions.append(Promotion(version: version))
    }
    return promotions
  }

  private func copyPromotions(
    of name: String, _ contents: Workbench.Contents
  ) throws(ModelError) {
    let standing = try contents.promotions(of: name).filter { $0.takenBackAt == nil }
    let text = standing.map { "\($0.version)\n" }.joined()
    try io { () throws(IOFailure) in
      try disk.replace(
        Path.join(directory, "\(name)/\(Self.promotions)"), with: Array(text.utf8))
    }
  }
}
