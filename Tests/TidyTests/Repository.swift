import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The repository that this file lies in.
enum Repository {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// All text files except data and what git ignores.
  static let files: [SourceFile] = {
    let ignored = ignoredNames()
    var files: [SourceFile] = []
    var folders = [""]
    while let folder = folders.popLast() {
      let place = root.appending(path: folder).path
      for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [] {
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        if path == "data" || ignored.contains(where: { fnmatch($0, name, 0) == 0 }) { continue }
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(
          atPath: root.appending(path: path).path, isDirectory: &isFolder)
        if isFolder.boolValue {
          folders.append(path)
        } else if let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) {
          files.append(SourceFile(path: path, text: text))
        }
      }
    }
    return files.sorted { $0.path < $1.path }
  }()

  static func files(under folders: String...) -> [SourceFile] {
    files.filter { file in folders.contains { file.path.hasPrefix("\($0)/") } }
  }

  static let manifest = Manifest(
    files.first { $0.path == "Package.swift" } ?? SourceFile(path: "Package.swift", text: ""))

  private static func ignoredNames() -> [String] {
    let text = try? String(contentsOf: root.appending(path: ".gitignore"), encoding: .utf8)
    return [".git"]
      + (text ?? "").split(separator: "\n").map {
        $0.hasSuffix("/") ? String($0.dropLast()) : String($0)
      }
  }
}
