import Foundation

/// Copies of directories.
enum FileCopy {
  /// Of a log that is open, this makes what a killed process leaves.
  static func copy(_ directory: String, to target: String) throws {
    try FileManager.default.copyItem(atPath: directory, toPath: target)
  }
}
