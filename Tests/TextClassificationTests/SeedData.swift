import Foundation
import Testing

/// A real labelled set of posts and what SparkML makes of it, which are not part of the repository.
enum SeedData {
  static let folder: URL =
    ProcessInfo.processInfo.environment["GROUSE_SEED_DATA"].map { URL(filePath: $0) }
    ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "../shared/data")

  static let isPresent = FileManager.default.fileExists(
    atPath: folder.appending(path: "asos_seed.csv").path)

  static let absence: Comment =
    "asos_seed.csv is neither in ../shared/data nor in the folder that GROUSE_SEED_DATA names"

  static func data(_ name: String) throws -> Data {
    try Data(contentsOf: folder.appending(path: name))
  }

  /// The fields of each line of a file without quotes, behind the header.
  static func rows(_ name: String) throws -> [[Substring]] {
    try String(decoding: data(name), as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
  }
}
