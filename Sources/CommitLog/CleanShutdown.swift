internal import Bytes
internal import Machine

/// `.kafka_cleanshutdown`: there while a log that was closed in order is not open.
struct CleanShutdown {
  private let directory: String
  private let disk: any FileSystem
  private var path: String { Path.join(directory, ".kafka_cleanshutdown") }

  init(_ directory: String, _ disk: any FileSystem) {
    self.directory = directory
    self.disk = disk
  }

  /// Whether the log was closed in order, and is not open.
  var isThere: Bool { disk.exists(path) }

  /// Whether the log was closed in order; from here on it no longer is, whatever comes.
  func take() throws(IOFailure) -> Bool {
    guard disk.exists(path) else { return false }
    try disk.remove(path)
    try disk.syncDirectory(directory)
    return true
  }

  func leave() throws(IOFailure) {
    try disk.replace(path, with: Array(#"{"version":0,"brokerEpoch":-1}"#.utf8))
  }
}

/// `meta.properties`: whose log this is.
enum MetaProperties {
  static let name = "meta.properties"

  static func ensure(
    in directory: String, _ disk: any FileSystem, clusterID: String?
  ) throws(LogError) {
    let path = Path.join(directory, name)
    guard !disk.exists(path) else { return try check(path, disk) }
    let cluster = clusterID ?? Base64URL.encode(Entropy.identifier())
    let text = """
      cluster.id=\(cluster)
      directory.id=\(Base64URL.encode(Entropy.identifier()))
      node.id=1
      version=1

      """
    try onDisk { () throws(IOFailure) in try disk.replace(path, with: Array(text.utf8)) }
  }

  /// Refuses a folder of a later version than this program knows.
  private static func check(_ path: String, _ disk: any FileSystem) throws(LogError) {
    let bytes = try onDisk { () throws(IOFailure) in
      try disk.readAll(path, limit: Limits.textFileBytes)
    }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      guard line.hasPrefix("version=") else { continue }
      let version = String(line.dropFirst("version=".count))
      // Kafka's 0 (with ZooKeeper) and 1 name the same files.
      if version != "0" && version != "1" { throw .newerFormat(path: path, version: version) }
    }
  }
}
