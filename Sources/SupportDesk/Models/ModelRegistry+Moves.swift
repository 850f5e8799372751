internal import Machine

// Models that come from elsewhere and go there.
extension ModelRegistry {
  /// Copies a model into the folder `target`, where nothing may be yet; there it is whole or not at
  /// all.
  package func export(_ reference: String, to target: String) throws(ModelError) -> ModelManifest {
    let manifest = try load(reference).manifest
    let folder = try resolve(reference)
    let target = Path.withoutTrailingSlashes(target)
    guard !target.isEmpty, !disk.exists(target) else { throw .exists(target) }
    // What a kill has left here is this command's own.
    let unfinished = Path.join(
      Path.parent(of: target), ".\(Path.name(of: target)).grouse-export")
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

  /// Copies every version there is, and what is known of them, to where nothing is yet; returns how
  /// many versions.
  package func copy(to target: ModelRegistry) throws(ModelError) -> Int {
    var count = 0
    // The database first: what it knows is then in the folders.
    if let workbench = try Workbench.openExisting(workbench, disk) {
      try workbench.copy(to: target.workbench, disk)
    }
    for name in try names() {
      for version in try versions(of: name) {
        let place = "\(name)/\(version)"
        let (from, to) = (Path.join(directory, place), Path.join(target.directory, place))
        try io { () throws(IOFailure) in
          try disk.createDurableDirectory(to)
          for file in try disk.list(from) {
            try disk.copy(Path.join(from, file), to: Path.join(to, file))
          }
          try disk.syncDirectory(to)
        }
        count += 1
      }
      let promotions = Path.join(directory, "\(name)/\(Self.promotions)")
      guard disk.exists(promotions) else { continue }
      try io { () throws(IOFailure) in
        let folder = Path.join(target.directory, name)
        try disk.createDurableDirectory(folder)
        try disk.copy(promotions, to: Path.join(folder, Self.promotions))
        try disk.syncDirectory(folder)
      }
    }
    return count
  }
}
