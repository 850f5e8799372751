internal import Machine

// Whether models are whole, and what takes one away.
extension ModelRegistry {
  /// Every model that cannot be loaded, and what is wrong with the database, with the reason.
  package func check() throws(ModelError) -> (versions: Int, faults: [String]) {
    var count = 0
    var faults: [String] = []
    var damaged: Set<String> = []
    for name in try names() {
      for version in try versions(of: name) {
        count += 1
        do { _ = try load("\(name)@\(version)") } catch {
          faults.append("\(error)")
          damaged.insert("\(name)/\(version)")
        }
      }
    }
    for name in try names() {
      do { _ = try copiedPromotions(of: name) } catch { faults.append("\(error)") }
    }
    do { try checkWorkbench(&faults, besides: damaged) } catch { faults.append("\(error)") }
    return (count, faults)
  }

  /// Adds what is wrong with the database, and what it knows better than the folders; of those that
  /// are `damaged` enough has been said.
  private func checkWorkbench(
    _ faults: inout [String], besides damaged: Set<String>
  ) throws(ModelError) {
    guard let workbench = try Workbench.openExisting(workbench, disk) else { return }
    faults += try workbench.read { contents throws(ModelError) in
      var found = try contents.faults().map { "\(self.workbench): \($0)" }
      for name in Set(try names()).union(try contents.models()).sorted() {
        let known = try contents.manifests(of: name).filter { $0.value != Workbench.deleted }
        let there = try versions(of: name)
        let promoted = try contents.promotions(of: name).last { $0.takenBackAt == nil }
        if let promoted, !there.contains(promoted.version) {
          found.append(
            "\(name)@\(promoted.version) is promoted and its folder is gone: the name means another "
              + "version; take the folder from a backup, or promote one that is there")
        }
        for version in known.keys.sorted()
        where !there.contains(version) && version != promoted?.version {
          found.append(
            "the folder of \(name)@\(version) is gone: take it from a backup, or say with `grouse "
              + "models delete \(name)@\(version)` that it is to be so")
        }
        for version in there where !damaged.contains("\(name)/\(version)") {
          let folder = Path.join(directory, "\(name)/\(version)")
          guard let text = known[version], let bytes = try? manifestBytes(folder) else { continue }
          if !text.utf8.elementsEqual(bytes) {
            found.append("\(folder): its manifest.json is not the one that was kept")
          }
        }
      }
      return found
    }
  }

  /// Takes away a version, `name@version`, for good; its number is not given again. One whose
  /// folder is gone already is then no longer missed.
  package func delete(_ reference: String) throws(ModelError) {
    let parts = reference.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, Self.isValid(parts[0]), let version = Int(parts[1]) else {
      throw .invalidName(reference)
    }
    let name = parts[0]
    try change(name) { contents throws(ModelError) in
      let there = try versions(of: name)
      let known = try contents.manifests(of: name).filter { $0.value != Workbench.deleted }.keys
      let all = Set(there).union(known).sorted()
      if all.isEmpty { throw .unknown(name, known: try names()) }
      guard all.contains(version) else {
        throw .unknownVersion(name: name, version: version, known: all)
      }
      let promoted = try contents.promotions(of: name)
        .last { $0.takenBackAt == nil && there.contains($0.version) }
      guard promoted?.version != version else { throw .isPromoted(reference) }
      try contents.forget(version, of: name)
      let parent = Path.join(directory, name)
      let gone = Path.join(parent, "\(version).gone")
      guard there.contains(version) else {
        // What a kill has left of it.
        return try io { () throws(IOFailure) in if disk.exists(gone) { try disk.remove(gone) } }
      }
      // It is gone at once or not at all.
      try io { () throws(IOFailure) in
        if disk.exists(gone) { try disk.remove(gone) }
        try disk.rename(Path.join(parent, "\(version)"), to: gone)
        try disk.syncDirectory(parent)
        try disk.remove(gone)
      }
    }
  }
}
