// swift-tools-version: 6.2
import PackageDescription

// Every target of ours is built with the same settings. Warnings become errors only where
// GROUSE_STRICT is set (Tools/test sets it), so that a newer compiler's new warning never keeps
// a user from building.
let settings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (Context.environment["GROUSE_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// A Swift target; `dependencies` name targets on floors below only (see ARCHITECTURE.md).
func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
  name: "grouse",
  platforms: [.macOS(.v15)],
  products: [

  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // ground
    .target(name: "CCRC32C"),
    target("Bytes", ["CCRC32C"]),
    tests("BytesTests", ["Bytes"]),
    target("Machine"),
    .systemLibrary(
      name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"]), .brew(["lmdb"])]),
    target("LMDB", ["CLMDB"]),
    tests("LMDBTests", ["LMDB", "Machine"]),
    // languages
    target("Records", ["Bytes"]),
    tests("RecordsTests", ["Records", "Bytes", "Machine"]),
    target("CQL"),
    tests("CQLTests", ["CQL"]),
    target("Posts", ["Bytes"]),
    tests("PostsTests", ["Posts"]),
    // engines
    target("Tables", ["CQL", "LMDB", "Bytes", "Machine"]),
    tests("TablesTests", ["Tables", "CQL", "LMDB", "Bytes", "Machine"]),
    target("CommitLog", ["Records", "Bytes", "Machine"]),
    tests("CommitLogTests", ["CommitLog", "Records", "Bytes", "Machine"]),
  ],
  swiftLanguageModes: [.v6]
)
