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
/// `documents` are the drawings of formats that lie beside the code.
func target(
  _ name: String, _ dependencies: [Target.Dependency] = [], documents: [String] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: documents, swiftSettings: settings)
}

/// Tests; `data` are folders beside them that they read.
func tests(
  _ name: String, _ dependencies: [Target.Dependency], data: [String] = []
) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: data, swiftSettings: settings)
}

let package = Package(
  name: "grouse",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "grouse", targets: ["grouse"]),
    .library(name: "TextClassification", targets: ["TextClassification"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    // Without traits: what they add needs Foundation, and a second reader of configurations.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
  ],
  targets: [
    // ground
    .target(name: "CCRC32C"),
    target("Bytes", ["CCRC32C"]),
    tests("BytesTests", ["Bytes", "Machine", "TestSupport"]),
    .target(name: "CPlatform"),
    target("Machine", ["CPlatform"]),
    tests("MachineTests", ["Machine", "TestSupport"]),
    .systemLibrary(
      name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"]), .brew(["lmdb"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CSnappy", pkgConfig: "snappy",
      providers: [.apt(["libsnappy-dev"]), .brew(["snappy"])]),
    .systemLibrary(
      name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
    .systemLibrary(
      name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(
      name: "CEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
    target("Curl", ["CCurl", "Machine"]),
    tests("CurlTests", ["Curl", "Machine", "TestSupport"]),
    target("Compression", ["CZlib", "CSnappy", "CLZ4", "CZstd", "Bytes"]),
    tests("CompressionTests", ["Compression", "Bytes", "Machine", "TestSupport"]),
    target("LMDB", ["CLMDB", "Machine"]),
    tests("LMDBTests", ["LMDB", "Machine"]),
    // languages
    target("Records", ["Compression", "Bytes"], documents: ["FORMAT.md"]),
    tests("RecordsTests", ["Records", "Bytes", "Machine", "TestSupport"]),
    target("CQL"),
    tests("CQLTests", ["CQL"]),
    target("Posts", ["Bytes"]),
    tests("PostsTests", ["Posts", "Machine", "TestSupport"]),
    // engines
    target(
      "Tables", ["CQL", "LMDB", "Bytes", "Machine"], documents: ["DIFFERENCES.md", "FORMAT.md"]),
    tests("TablesTests", ["Tables", "CQL", "LMDB", "Bytes", "Machine"], data: ["Golden"]),
    target("CommitLog", ["Records", "Bytes", "Machine"], documents: ["FORMAT.md"]),
    tests("CommitLogTests", ["CommitLog", "Records", "Bytes", "Machine", "TestSupport"]),
    target(
      "TextClassification", ["Bytes", "CPlatform", "Machine"], documents: ["MODEL-FORMAT.md"]),
    tests(
      "TextClassificationTests",
      ["TextClassification", "Bytes", "Machine", "TestSupport", "CAllocationCount"],
      data: ["Golden"]),
    // Counts the memory that tests ask for; nothing else may link it.
    .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
    target("XAPI", ["Posts", "Curl", "Bytes", "Machine"], documents: ["X.md"]),
    tests("XAPITests", ["FakeX", "XAPI", "Posts", "Curl", "Bytes", "Machine", "TestSupport"]),
    target(
      "Bluesky",
      [
        "Posts", "Curl", "Bytes", "Machine",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    tests(
      "BlueskyTests", ["Bluesky", "FakeJetstream", "Posts", "Bytes", "Machine", "TestSupport"]),
    // A local Jetstream, for tests.
    .target(
      name: "FakeJetstream",
      dependencies: [
        "Machine",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
      ], path: "Tests/FakeJetstream", swiftSettings: settings),
    target("Streams", ["Bytes", "Machine"], documents: ["FORMAT.md"]),
    tests("StreamsTests", ["Streams", "Bytes", "Machine", "TestSupport"]),
    // application
    target(
      "SupportDesk",
      [
        "Streams", "TextClassification", "Tables", "Posts", "Records", "Bytes", "Machine",
        .product(name: "GRDB", package: "GRDB.swift"),
      ], documents: ["WORKBENCH.md"]),
    tests(
      "SupportDeskTests",
      [
        "SupportDesk", "Node", "CommitLog", "Streams", "Tables", "TextClassification", "Posts",
        "Records", "Compression", "Bytes", "Machine", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    // faces
    target(
      "Listeners",
      [
        "Streams", "Bytes", "Machine",
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "CoreMetrics", package: "swift-metrics"),
      ], documents: ["INTERFACE.md"]),
    tests(
      "ListenersTests",
      [
        "Listeners", "Curl", "Streams", "Bytes", "Machine", "TestSupport",
        .product(name: "CoreMetrics", package: "swift-metrics"),
      ]),
    // A local X, for tests and demonstrations.
    target(
      "FakeX",
      [
        "CZlib", "Bytes", "Machine",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ], documents: ["FAKEX.md"]),
    tests("FakeXTests", ["FakeX", "CZlib", "Bytes", "Machine", "TestSupport"]),
    tests("PeerTests", ["FakeX", "CommitLog", "Records", "Bytes", "Machine", "TestSupport"]),
    .executableTarget(
      name: "fake-x",
      dependencies: [
        "FakeX", "Machine",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Tools/FakeX", swiftSettings: settings),
    // program
    target(
      "Node",
      [
        "Listeners", "SupportDesk", "CommitLog", "Streams", "Tables", "TextClassification",
        "Posts", "Records", "Compression", "CQL", "LMDB", "XAPI", "Bluesky", "Curl", "Bytes",
        "Machine", .product(name: "Yams", package: "Yams"),
      ]),
    tests(
      "NodeTests",
      [
        "Node", "SupportDesk", "XAPI", "Tables", "CQL", "Bytes", "Machine", "TestSupport",
      ]),
    target("Terminal", ["CEdit", "Machine"]),
    target("Shell", ["Terminal", "Tables", "CQL", "Bytes", "Machine"]),
    tests(
      "ShellTests", ["Shell", "Terminal", "Tables", "CQL", "Machine", "TestSupport"],
      data: ["Golden"]),
    .executableTarget(
      name: "grouse",
      dependencies: [
        "Shell", "Terminal", "Node", "SupportDesk", "CommitLog", "Tables", "TextClassification",
        "CQL", "Posts", "Records", "Compression", "XAPI", "FakeX", "Curl", "LMDB", "Bytes",
        "Machine", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),
    .target(name: "CLogFloor", dependencies: ["CCRC32C"], path: "Tools/Benchmarks/Floor"),
    .target(name: "CTableFloor", dependencies: ["CLMDB"], path: "Tools/Benchmarks/TableFloor"),
    .executableTarget(
      name: "grouse-benchmarks",
      dependencies: [
        "CLogFloor", "CTableFloor", "TestSupport",
        "Node", "SupportDesk", "CommitLog", "Streams", "Tables", "TextClassification", "Posts",
        "Records",
        "LMDB", "Bytes", "Machine",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Tools/Benchmarks", exclude: ["run", "Floor", "TableFloor"], swiftSettings: settings),
    tests(
      "EndToEndTests", ["FakeX", "FakeJetstream", "Curl", "Machine", "TestSupport", "grouse"]),
    // what tests share
    .target(
      name: "TestSupport", dependencies: ["Machine"], path: "Tests/TestSupport",
      swiftSettings: settings),
    // the style, as a test
    tests("TidyTests", []),
  ],
  swiftLanguageModes: [.v6]
)
