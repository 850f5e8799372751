import Foundation
import Machine

/// The machine's own disk without the waits for it, as what a killed process leaves does not depend
/// on them.
struct UnsyncedDisk: FileSystem {
  private let disk = LocalDisk()

  func open(_ path: String, _ mode: OpenMode) throws(IOFailure) -> any File {
    UnsyncedFile(try disk.open(path, mode))
  }

  func list(_ directory: String) throws(IOFailure) -> [String] { try disk.list(directory) }

  func createDirectory(_ path: String) throws(IOFailure) { try disk.createDirectory(path) }

  func exists(_ path: String) -> Bool { disk.exists(path) }

  func isDirectory(_ path: String) -> Bool { disk.isDirectory(path) }

  func rename(_ from: String, to: String) throws(IOFailure) { try disk.rename(from, to: to) }

  func remove(_ path: String) throws(IOFailure) { try disk.remove(path) }

  func syncDirectory(_ path: String) {}
}

private final class UnsyncedFile: File {
  private let file: any File

  init(_ file: any File) { self.file = file }

  var path: String { file.path }

  func size() throws(IOFailure) -> Int64 { try file.size() }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at position: Int64
  ) throws(IOFailure) -> Int { try file.read(into: buffer, at: position) }

  func write(_ bytes: UnsafeRawBufferPointer, at position: Int64) throws(IOFailure) {
    try file.write(bytes, at: position)
  }

  func truncate(to size: Int64) throws(IOFailure) { try file.truncate(to: size) }

  func sync() {}
}

/// Copies of directories.
enum FileCopy {
  /// Of a log that is open, this makes what a killed process leaves.
  static func copy(_ directory: String, to target: String) throws {
    try FileManager.default.copyItem(atPath: directory, toPath: target)
  }
}
