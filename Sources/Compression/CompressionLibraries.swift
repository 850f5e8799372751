internal import CLZ4
internal import CZlib
internal import CZstd

/// The system's libraries that compress.
package enum CompressionLibraries {
  /// Their versions by name, as they tell them at run time; snappy does not tell.
  package static var versions: [(name: String, version: String)] {
    [
      ("zlib", text(zlibVersion())), ("lz4", text(LZ4_versionString())),
      ("zstd", text(ZSTD_versionString())),
    ]
  }

  private static func text(_ characters: UnsafePointer<CChar>?) -> String {
    characters.map { String(cString: $0) } ?? "unknown"
  }
}
