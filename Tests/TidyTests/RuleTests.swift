import Testing

/// Each rule finds what it is against, and lets alone what it is not.
@Suite struct RuleTests {
  private let manifest = Manifest(
    SourceFile(
      path: "Package.swift",
      text: """
        let package = Package(
          name: "grouse",
          targets: [
            .target(name: "CCRC32C"),
            target("Bytes", ["CCRC32C"]),
            tests("BytesTests", ["Bytes", "Stray"]),
            target("Machine"),
            .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
            target("Tables", ["CQL", "Machine"], documents: ["FORMAT.md"]),
            target("CommitLog", [
              "Bytes",
            ]),
            target("Posts", ["Bytes", "Machine"]),
            target("SupportDesk", ["Tables", "TextClassification", "CommitLog"]),
            target("Stray"),
            .executableTarget(
              name: "grouse", dependencies: ["Node", .product(name: "Yams", package: "Yams")]),
          ])
        """))

  @Test func `the manifest's lists are read`() {
    #expect(manifest.uses["CCRC32C"] == [])
    #expect(manifest.uses["CLMDB"] == [])
    #expect(manifest.uses["Bytes"] == ["CCRC32C"])
    #expect(manifest.uses["Machine"] == [])
    #expect(manifest.uses["Tables"] == ["CQL", "Machine"])
    #expect(manifest.uses["CommitLog"] == ["Bytes"])
    #expect(manifest.uses["grouse"] == ["Node", "Yams"])
    #expect(manifest.uses["BytesTests"] == nil)
  }

  @Test(arguments: [
    ("Tables", "CommitLog", "engine Tables knows engine CommitLog"),
    ("Tables", "SupportDesk", "Tables (engines) climbs to SupportDesk (application)"),
    ("Posts", "Tables", "Posts (languages) climbs to Tables (engines)"),
    ("Posts", "Machine", "Posts (languages) does input or output through Machine"),
    ("Machine", "Bytes", "Machine imports Bytes, which Package.swift does not list for it"),
    ("Tables", "LMDB", "Tables imports LMDB, which Package.swift does not list for it"),
    ("SupportDesk", "CommitLog", "SupportDesk (application) reaches past the ports for CommitLog"),
    ("Tables", "Stray", "Stray stands on no floor: add it to Floors.targets"),
    ("Stray", "Bytes", "Stray stands on no floor: add it to Floors.targets"),
  ])
  func `an import against the floors`(importer: String, imported: String, objection: String) {
    let found = Floors.rule(manifest).findings(
      "import Swift\n\npackage import \(imported)\n", path: "Sources/\(importer)/Snippet.swift")
    #expect(found == ["3 \(objection)"])
  }

  @Test(arguments: [
    ("Tables", "internal import CQL"), ("Bytes", "import CCRC32C"), ("Posts", "import Bytes"),
    ("SupportDesk", "package import struct Tables.Row"), ("grouse", "import Node"),
    ("SupportDesk", "@preconcurrency import TextClassification"), ("Tables", "import Glibc"),
    ("Tables", "// import CommitLog"), ("Tables", #"let text = "import CommitLog""#),
  ])
  func `an import the floors allow`(importer: String, line: String) {
    let found = Floors.rule(manifest).findings(line, path: "Sources/\(importer)/Snippet.swift")
    #expect(found == [])
  }

  @Test func `an import of Foundation`() {
    #expect(Floors.foundation.findings("import Foundation") == ["1 import Foundation"])
    #expect(
      Floors.foundation.findings("#if x\n  internal import FoundationEssentials\n#endif")
        == ["2 import FoundationEssentials"])
    #expect(Floors.foundation.findings("import class Foundation.Bundle").count == 1)
    #expect(Floors.foundation.findings("// import Foundation\nimport Glibc\n") == [])
  }

  @Test func `a file that is too long`() {
    let line = "let a = 1\n"
    #expect(Style.length.findings(String(repeating: line, count: 600)) == [])
    #expect(Style.length.findings(String(repeating: line, count: 601)) == ["601 601 lines"])
  }

  @Test func `a line that is too wide`() {
    let wide = String(repeating: "a", count: 101)
    #expect(Style.width.findings("a\n// " + wide) == ["2 104 columns"])
    #expect(Style.width.findings(String(wide.dropLast())) == [])
    #expect(Style.width.findings("let text = \"\(wide)\"") == [])
    #expect(Style.width.findings("let text = \"\"\"\n  \(wide)\n  \"\"\"") == [])
  }

  @Test(arguments: [
    ("let a = try! b()", "try!"), ("let a = b as! C", "as!"),
    ("fatalError(\"no\")", "fatalError("),
    ("default: preconditionFailure()", "preconditionFailure("),
    ("let a = b!", "forced unwrap b!"), ("return b[0]!.c", "forced unwrap !"),
    ("let a = b()! + 1", "forced unwrap !"), ("a!.b = 1", "forced unwrap a!"),
    ("var a: Int!", "forced unwrap Int!"), ("let a = b.unsafelyUnwrapped", "unsafelyUnwrapped"),
    (#"print("\(b!) is it")"#, "forced unwrap b!"),
    (##"let a = #"say "\#(b!)" twice"#"##, "forced unwrap b!"),
    ("let a = \"\"\"\n  \\(b!)\n  \"\"\"", "forced unwrap b!"),
    ("/* a /* b */ c */ let d = e!", "forced unwrap e!"),
  ])
  func `a crash`(code: String, what: String) {
    #expect(Style.crashes.findings(code).map { $0.drop { $0 != " " }.dropFirst() } == [what[...]])
  }

  @Test(arguments: [
    "guard a != b, !c, !(d) else { return }", "precondition(a >= 0)",
    "// never try! or fatalError( here, not b!", "/* a /* b! */ c! */", "let a = \"stop!\"",
    #"let a = "say \"no!\" \(b) now!" "#, ##"let a = #"\(b!) "go!" "#"##,
    "let a = \"\"\"\n  stop! \"go!\"\n  \"\"\"", "func `it works!`() {}", "try? b() as? C",
  ])
  func `no crash`(code: String) {
    #expect(Style.crashes.findings(code) == [])
  }

  @Test func `work left undone`() {
    for note in ["TODO", "FIXME", "XXX", "HACK"] {
      #expect(Style.notes.findings("let a = 1  // \(note): later") == ["1 \(note)"])
    }
    #expect(Style.notes.findings("\nthrow E(\"Not implemented\")") == ["2 not implemented"])
    #expect(Style.notes.findings("mktemp /tmp/grouse.XXXXXX # hackney, TODOS") == [])
  }

  @Test func `code that sleeps`() {
    #expect(Style.sleeping.findings("try await Task.sleep(for: .seconds(1))") == ["1 sleep("])
    #expect(Style.sleeping.findings("a()\nusleep(10)") == ["2 usleep("])
    #expect(Style.sleeping.findings("Thread.sleep(forTimeInterval: 1)") == ["1 sleep("])
    #expect(Style.sleeping.findings("// may sleep(1)\nasleep(\"sleep(1)\")") == [])
  }

  @Test func `a path of one machine`() {
    let rule = MachinePaths.rule
    #expect(rule.findings("cd /work/main", path: "Tools/x") == ["1 /work/"])
    #expect(rule.findings("a\nx=\"/home/ann/data\"", path: "README.md") == ["2 /home/"])
    #expect(rule.findings("(/root/x)", path: "README.md") == ["1 /root/"])
    #expect(rule.findings("see ../shared", path: "Sources/A/A.swift") == ["1 ../shared"])
    #expect(rule.findings("see ../shared", path: "Tests/A/A.swift") == [])
    #expect(rule.findings("https://host.org/home/page $PWD/work/x ~/root/", path: "a.md") == [])
  }

  @Test(arguments: [
    ("package struct A {}", "struct A"), ("package func a() {}", "func a"),
    ("package static let a = 1", "let a"), ("package var a: Int { 1 }", "var a"),
    ("@inlinable package init() {}\npackage enum B {", "enum B"),
    ("/// A.\n\npackage func a() {}", "func a"), ("// A.\npackage func a() {}", "func a"),
    ("package subscript(at: Int) -> Int { 1 }", "subscript subscript"),
    ("public var a: Int", "var a"), ("public init(a: Int) {", "init init"),
    ("public private(set) var a = 1", "var a"), ("package typealias A = Int", "typealias A"),
    ("@inlinable @inline(__always)\npackage mutating func a() {", "func a"),
    ("/// A.\npackage protocol A {\n  var a: Int { get }\n}", "var a"),
    ("/// A.\npackage protocol A {\n  @discardableResult\n  func a()\n}", "func a"),
    ("package func open(_ path: String) {", "func open"),
    ("package struct A: Codec {\n  package func open() {}\n}", "struct A"),
  ])
  func `a declaration without a comment`(code: String, what: String) {
    let found = Documentation.rule(["Codec": ["open"]]).findings(code)
    #expect(found.map { $0.drop { $0 != " " }.dropFirst() } == ["\(what) has no comment"])
  }

  @Test(arguments: [
    "/// A.\npackage struct A {}", "/// A.\n@inlinable\n@frozen\npublic struct A {}",
    "struct A {}", "private func a() {}", "package init(a: Int) {", "package var a: Int",
    "package private(set) var a = 1", "package var description: String { \"a\" }",
    "package static func == (left: Self, right: Self) -> Bool {",
    "package static func < (left: Self, right: Self) -> Bool {",
    "package func hash(into hasher: inout Hasher) {", "package import Bytes",
    "extension A: Codec {\n  package func open() {}\n}", "// package func a() {}",
    "let a = \"package func a\"", "protocol A {\n  func a()\n}",
  ])
  func `a declaration that needs none, or has one`(code: String) {
    #expect(Documentation.rule(["Codec": ["open"]]).findings(code) == [])
  }

  @Test func `a protocol's requirements are known by name`() {
    let file = SourceFile(
      path: "Sources/A/A.swift",
      text: """
        /// A.
        package protocol Store: Sendable {
          /// B.
          var size: Int { get }

          /// C.
          mutating func read(
            from start: Int
          ) throws
        }
        protocol Hidden {
          func a()
        }
        """)
    #expect(Documentation.requirements(in: [file]) == ["Store": ["size", "read"]])
  }

  @Test func `an exception that nothing needs fails, and one that is needed does not`() {
    let path = "Sources/Tables/Snippet.swift"
    let good = SourceFile(path: path, text: "a")
    let bad = SourceFile(path: path, text: "\na!")
    var rule = Style.crashes
    #expect(rule.complaints(about: [good]) == [])
    #expect(rule.complaints(about: [bad]) == ["\(path):2: forced unwrap a!. \(rule.reason)"])
    rule.exceptions = [path: "to be tried out"]
    #expect(rule.complaints(about: [bad]) == [])
    #expect(
      rule.complaints(about: [good])
        == ["\(path): excepted from a rule that it keeps; remove the exception"])
  }
}
