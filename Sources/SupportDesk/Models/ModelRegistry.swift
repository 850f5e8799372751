internal import Bytes
package import Machine
internal import Posts
package import TextClassification

/// What is wrong with a model that was asked for or is to be kept.
package enum ModelError: Error, CustomStringConvertible {
  case unknown(String, known: [String])
  case unknownVersion(name: String, version: Int, known: [Int])
  case invalidName(String)
  case damaged(path: String, reason: String)
  case damagedPromotions(path: String, reason: String)
  case newer(path: String, reason: String)
  case nothingPromoted(String)
  /// It cannot be deleted: the name means it.
  case isPromoted(String)
  case exists(String)
  case workbench(String, reason: String)
  case damagedWorkbench(String, reason: String)
  case io(IOFailure)

  package var description: String {
    switch self {
    case .unknown(let name, let known):
      "there is no model \(name); "
        + (known.isEmpty
          ? "`grouse train FILE --model \(name)` makes one"
          : "there are: \(known.joined(separator: ", "))")
    case .unknownVersion(let name, let version, let known):
      "there is no version \(version) of the model \(name); there are "
        + known.map(String.init).joined(separator: ", ")
    case .invalidName(let name):
      "\"\(name)\" cannot be a model's name: use letters, digits, '.', '_' and '-' (no '@', no '/')"
    case .damaged(let path, let reason):
      "the model in \(path) is damaged: \(reason); take a copy from a backup, or remove the folder "
        + "and train it again"
    case .damagedPromotions(let path, let reason):
      "\(path) is damaged: \(reason); remove the file: the name then means its latest version until "
        + "one is promoted"
    case .newer(let path, let reason):
      "the model in \(path) is of a newer program: \(reason)"
    case .nothingPromoted(let name):
      "no version of \(name) has been promoted: the name means the latest one"
    case .isPromoted(let reference):
      "\(reference) is promoted: promote another version, or take that back, before it is deleted"
    case .exists(""): "the folder's name is empty; name one that is not there yet"
    case .exists(let path): "\(path) is there already; name a folder that is not"
    case .workbench(let path, let reason): "\(path) cannot be used: \(reason)"
    case .damagedWorkbench(let path, let reason):
      "\(path) is damaged (\(reason)): take a copy from a backup, or move it away; what it has of "
        + "models is then made anew from their folders, but posts' labels are in it alone"
    case .io(let failure): "\(failure)"
    }
  }
}

/// Fitted models in `models/<name>/<version>/`: `manifest.json` and `weights`, immutable and
/// checksummed. A version appears whole or not at all. What was promoted stands in the workbench's
/// database (WORKBENCH.md), beside what every manifest says.
package struct ModelRegistry: Sendable {
  let directory: String
  let workbench: String
  let disk: any FileSystem
  let clock: Clock
  static let weights = "weights"
  static let topics = "topics"
  static let manifest = "manifest.json"
  static let promotions = "promotions"
  /// What a folder's name may be that is a version.
  private static let versions = 1...1_000_000_000

  /// The models in `directory`, with the database at `workbench`; neither needs to be there.
  package init(
    _ directory: String, workbench: String, disk: any FileSystem = LocalDisk(),
    clock: Clock = .system
  ) {
    self.directory = directory
    self.workbench = workbench
    self.disk = disk
    self.clock = clock
  }

  /// The names of the models there are.
  package func names() throws(ModelError) -> [String] {
    guard disk.exists(directory) else { return [] }
    return try io { () throws(IOFailure) in
      try disk.list(directory).filter { disk.isDirectory(Path.join(directory, $0)) }
    }
  }

  /// The versions of a model, rising.
  package func versions(of name: String) throws(ModelError) -> [Int] {
    let folder = Path.join(directory, name)
    guard Self.isValid(name), disk.isDirectory(folder) else { return [] }
    return try io { () throws(IOFailure) in
      try disk.list(folder).compactMap { Int($0) }
        .filter { Self.versions.contains($0) && disk.isDirectory(Path.join(folder, "\($0)")) }
        .sorted()
    }
  }

  /// Refuses what cannot be a model's name. Thrown: `invalidName`.
  package static func check(name: String) throws(ModelError) {
    guard isValid(name) else { throw .invalidName(name) }
  }

  /// Keeps a model as the next version of its name; it is on the disk whole when this returns.
  package func save(
    _ classifier: TextClassifier, _ manifest: ModelManifest
  ) throws(ModelError) -> ModelManifest {
    try Self.check(name: manifest.name)
    var manifest = manifest
    try change(manifest.name) { contents throws(ModelError) in
      // No number is given twice, so that the rows that a version has written stay its own.
      let kept = try contents.manifests(of: manifest.name).keys.max() ?? 0
      manifest.version = max(try versions(of: manifest.name).last ?? 0, kept) + 1
      let text = try write(classifier, manifest)
      try contents.add(manifest.version, of: manifest.name, manifest: text)
    }
    return manifest
  }

  /// Writes a version's folder; returns the manifest's text.
  private func write(
    _ classifier: TextClassifier, _ manifest: ModelManifest
  ) throws(ModelError) -> String {
    let weights = classifier.encode()
    let parent = Path.join(directory, manifest.name)
    let folder = Path.join(parent, "\(manifest.version)")
    let unfinished = folder + ".new"
    let topics = classifier.topics?.encode()
    let text = manifest.encode(
      checksum: Self.ownChecksum(weights), topicChecksum: topics.map(Self.ownChecksum))
    try io { () throws(IOFailure) in
      if disk.exists(unfinished) { try disk.remove(unfinished) }
      try disk.createDurableDirectory(unfinished)
      try disk.replace(Path.join(unfinished, Self.weights), with: weights)
      if let topics { try disk.replace(Path.join(unfinished, Self.topics), with: topics) }
      try disk.replace(Path.join(unfinished, Self.manifest), with: Array(text.utf8))
      try disk.rename(unfinished, to: folder)
      try disk.syncDirectory(parent)
    }
    return text
  }

  /// Reads a model by `name`, which means the promoted version or else the latest,
  /// `name@version`, or the path of a version's folder.
  package func load(
    _ reference: String
  ) throws(ModelError) -> (classifier: TextClassifier, manifest: ModelManifest) {
    let folder = try resolve(reference)
    let manifest = try readManifest(folder)
    let file = try mapped(Self.weights, in: folder)
    let topics = try topics(in: folder, checksum: manifest.topicChecksum)
    do {
      // This checks the file against its own checksum, which then is the one to compare.
      let classifier = try TextClassifier(decoding: file)
      guard Self.isSum(manifest.checksum, of: file.bytes) else {
        throw ModelFormatError.checksumMismatch
      }
      // Both are shown and used; the manifests of earlier programs have no checksum.
      guard classifier.threshold == manifest.manifest.threshold,
        classifier.labels == manifest.manifest.labels
      else {
        throw ModelError.damaged(
          path: folder,
          reason: "its manifest.json has another threshold or other labels than its weights")
      }
      return (try classifier.with(topics: topics), manifest.manifest)
    } catch let error as ModelError {
      throw error
    } catch {
      throw Self.fault(error, in: Self.weights, of: folder)
    }
  }

  /// A file of a folder, which must be there.
  private func mapped(_ name: String, in folder: String) throws(ModelError) -> MappedFile {
    try file(name, in: folder) { path throws(IOFailure) in
      try MappedFile(path, limit: Limits.weightsBytes, disk: disk)
    }
  }

  private func file<Content>(
    _ name: String, in folder: String, _ read: (String) throws(IOFailure) -> Content
  ) throws(ModelError) -> Content {
    do { return try read(Path.join(folder, name)) } catch {
      guard error.isMissing else { throw .io(error) }
      throw .damaged(path: folder, reason: "its \(name) is missing")
    }
  }

  /// What is wrong with a file's content.
  private static func fault(
    _ error: any Error, in name: String, of folder: String
  ) -> ModelError {
    if case ModelFormatError.newerVersion(let found, let known) = error {
      return .newer(
        path: folder,
        reason: "its \(name) have format version \(found), and this program knows \(known); use a "
          + "newer program")
    }
    // What to do is said of the whole model.
    let reason = "\(error)".split(separator: ";").first ?? ""
    return .damaged(path: folder, reason: "its \(name): \(reason)")
  }

  /// Whether a manifest's checksum is the one at the end of a file that is whole. Once it was that
  /// of the whole file, its own checksum included, which is the same for all.
  private static func isSum(_ checksum: UInt32, of bytes: UnsafeRawBufferPointer) -> Bool {
    let own = bytes.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self)
    return UInt32(littleEndian: own) == checksum || CRC32C.checksum(bytes) == checksum
  }

  /// Reads what tells topics; nil for a model without.
  private func topics(in folder: String, checksum: UInt32?) throws(ModelError) -> TopicModel? {
    guard let checksum else {
      guard !disk.exists(Path.join(folder, Self.topics)) else {
        throw .damaged(path: folder, reason: "its manifest.json does not know the topics there")
      }
      return nil
    }
    let file = try mapped(Self.topics, in: folder)
    do throws(ModelFormatError) {
      // The file's own words first: they tell a newer version from a damaged one.
      let topics = try TopicModel(decoding: file)
      guard Self.isSum(checksum, of: file.bytes) else { throw .checksumMismatch }
      return topics
    } catch {
      throw Self.fault(error, in: Self.topics, of: folder)
    }
  }

  /// The checksum at a file's end, of all before it. With itself in it a checksum would come out
  /// the same for every file.
  private static func ownChecksum(_ bytes: [UInt8]) -> UInt32 {
    CRC32C.checksum(Array(bytes.dropLast(4)))
  }

  /// What is known of a model, by reference.
  package func manifest(_ reference: String) throws(ModelError) -> ModelManifest {
    try readManifest(try resolve(reference)).manifest
  }

  func resolve(_ reference: String) throws(ModelError) -> String {
    if reference.contains("/") {
      guard disk.exists(Path.join(reference, Self.manifest)) else {
        throw .io(IOFailure("read", Path.join(reference, Self.manifest), code: 2))
      }
      return reference
    }
    let parts = reference.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    guard let name = parts.first, Self.isValid(name), parts.count <= 2 else {
      throw .invalidName(reference)
    }
    let versions = try versions(of: name)
    guard let latest = versions.last else {
      // A name alone has no model, where its first one could not be written.
      let known = try names().filter { (try? self.versions(of: $0).isEmpty) == false }
      throw .unknown(name, known: known)
    }
    guard parts.count == 2 else {
      return Path.join(directory, "\(name)/\(try promoted(name) ?? latest)")
    }
    guard let version = Int(parts[1]) else { throw .invalidName(reference) }
    guard versions.contains(version) else {
      throw .unknownVersion(name: name, version: version, known: versions)
    }
    return Path.join(directory, "\(name)/\(version)")
  }

  static func isValid(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 100 && !name.hasPrefix(".")
      && name.utf8.allSatisfy {
        ($0 >= 48 && $0 <= 57) || ($0 | 32 >= 97 && $0 | 32 <= 122) || $0 == 45 || $0 == 46
          || $0 == 95
      }
  }

  private func readManifest(
    _ folder: String
  ) throws(ModelError) -> ModelManifest.Stored {
    var stored = try ModelManifest.decode(try manifestBytes(folder), folder)
    // In the registry its folder says which version it is: one may have been copied by hand.
    let place = folder.split(separator: "/").suffix(2).map(String.init)
    if place.count == 2, folder == Path.join(directory, "\(place[0])/\(place[1])"),
      let version = Int(place[1])
    {
      (stored.manifest.name, stored.manifest.version) = (place[0], version)
    }
    return stored
  }

  func manifestBytes(_ folder: String) throws(ModelError) -> [UInt8] {
    try file(Self.manifest, in: folder) { path throws(IOFailure) in
      try disk.readAll(path, .readPlain, limit: 1 << 20)
    }
  }

  func io<Result>(_ body: () throws(IOFailure) -> Result) throws(ModelError) -> Result {
    do { return try body() } catch { throw .io(error) }
  }
}
