internal import Machine

// Which version a model's name alone means, and models that come from and go elsewhere.
extension ModelRegistry {
  /// The versions that were promoted, the latest last, in `<name>/promotions`: a number a line.
  package func promotions(of name: String) throws(ModelError) -> [Int] {
    let path = Path.join(directory, "\(name)/\(Self.promotions)")
    guard Self.isValid(name), disk.exists(path) else { return [] }
    let bytes = try io { () throws(IOFailure) in try disk.readAll(path, limit: 1 << 20) }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    var versions: [Int] = []
    for line in lines {
      guard let version = Int(line) else {
        throw .damaged(path: path, reason: "\"\(line.prefix(20))\" is no version; remove the file")
      }
      versions.append(version)
    }
    return versions
  }

  /// The version that the name alone means; nil: the latest.
  package func promoted(_ name: String) throws(ModelError) -> Int? {
    let versions = try versions(of: name)
    return try promotions(of: name).last { versions.contains($0) }
  }

  /// Lets the name alone mean this version from now on.
  package func promote(_ reference: String) throws(ModelError) -> ModelManifest {
    let manifest = try load(reference).manifest
    guard !reference.contains("/") else { throw .invalidName(reference) }
    try write(try promotions(of: manifest.name) + [manifest.version], manifest.name)
    return manifest
  }

  /// Takes the last promotion back; returns what the name means now.
  package func rollBack(_ name: String) throws(ModelError) -> ModelManifest {
    guard Self.isValid(name) else { throw .invalidName(name) }
    let promotions = try promotions(of: name)
    guard !promotions.isEmpty else { throw .nothingPromoted(name) }
    try write(promotions.dropLast(), name)
    return try manifest(name)
  }

  private func write(_ versions: [Int], _ name: String) throws(ModelError) {
    let text = versions.map { "\($0)\n" }.joined()
    try io { () throws(IOFailure) in
      try disk.replace(
        Path.join(directory, "\(name)/\(Self.promotions)"), with: Array(text.utf8))
    }
  }

  /// Copies a model into the folder `target`, where nothing may be yet; there it is whole or not at
  /// all.
  package func export(_ reference: String, to target: String) throws(ModelError) -> ModelManifest {
    let manifest = try load(reference).manifest
    let folder = try resolve(reference)
    guard !disk.exists(target) else { throw .exists(target) }
    let unfinished = target + ".new"
    try io { () throws(IOFailure) in
      if disk.exists(unfinished) { try disk.remove(unfinished) }
      try disk.createDurableDirectory(unfinished)
      for file in [Self.weights, Self.topics, Self.manifest]
      where disk.exists(Path.join(folder, file)) {
        try disk.copy(Path.join(folder, file), to: Path.join(unfinished, file))
      }
      try disk.syncDirectory(unfinished)
      try disk.rename(unfinished, to: target)
      try disk.syncDirectory(Path.parent(of: target))
    }
    return manifest
  }

  /// Keeps the model in a folder, such as an exported one, as the next version of its name or of
  /// `name`.
  package func importModel(
    from folder: String, name: String? = nil
  ) throws(ModelError) -> ModelManifest {
    var (classifier, manifest) = try load(folder.contains("/") ? folder : "./" + folder)
    manifest.name = name ?? manifest.name
    return try save(classifier, manifest)
  }
}
