import Machine
import Node
import SupportDesk
import TestSupport
import Testing
import XAPI

@Suite struct ConfigurationTests {
  private let folder = TemporaryDirectory()

  private func configuration(
    _ yaml: String, environment: [String: String] = [:], overrides: [String: String] = [:]
  ) throws -> Configuration {
    try LocalDisk().replace(folder("grouse.yaml"), with: Array(yaml.utf8))
    return try Configuration(
      file: folder("grouse.yaml"), environment: environment, overrides: overrides)
  }

  @Test func `file, environment and flags, in rising order`() throws {
    let yaml =
      "topic: a\nlog: { partitions: 2, durability: interval(50) }\nbrand:\n  names: [x, y z]\n"
    #expect(try configuration(yaml).topic == "a")
    #expect(try configuration(yaml).partitions == 2)
    #expect(try configuration(yaml).brand.names == ["x", "y z"])
    #expect(try configuration(yaml, environment: ["GROUSE_TOPIC": "b"]).topic == "b")
    #expect(
      try configuration(yaml, environment: ["GROUSE_TOPIC": "b"], overrides: ["topic": "c"]).topic
        == "c")
    #expect(try configuration("").filter == PostFilter(keepsRetweets: false, languages: ["en"]))
    #expect(try configuration("filter: { languages: [] }").filter.languages == [])
  }

  @Test(arguments: [
    ("topik: a", "grouse.yaml:1: unknown key \"topik\"; did you mean \"topic\"?"),
    ("a: 1", "unknown key"),
    (
      "topic: a\nlog:\n  partions: 3",
      "grouse.yaml:3: unknown key \"log.partions\"; did you mean \"log.partitions\"?"
    ),
    ("log: { partitions: many }", "it must be a number from 1 to 1024"),
    ("log: { backend: kafkaesque }", "log.backend cannot be \"kafkaesque\": it must be embedded"),
    ("log: { durability: sometimes }", "it must be batch or interval(MILLISECONDS)"),
    ("topic: [", "it is no YAML"),
    ("- a\n- b", "unknown key"),
    ("just words", "expected keys and values"),
    ("sources: { files: [{a: b}] }", "must be a list of plain words"),
  ])
  func `what is wrong is said with its place`(yaml: String, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try configuration(yaml) }
    let said = error?.description ?? ""
    #expect(said.contains(message))
  }

  @Test func `rules may have commas and tags`() throws {
    let yaml = """
      x:
        rules:
          - asos, "late, again"
          - { value: "@ASOS", tag: mention }
      """
    let rules = try configuration(yaml).xRules
    #expect(rules.map(\.value) == ["asos, \"late, again\"", "@ASOS"])
    #expect(rules.map(\.tag) == ["", "mention"])
    let lines = try configuration("", environment: ["GROUSE_X_RULES": "a => t\nb"]).xRules
    #expect(lines.map(\.value) == ["a", "b"])
    #expect(try configuration("brand: { names: [abc], handles: [] }").xRules[0].tag == "brand:abc")
    for wrong in ["x: { rules: [{tag: a}] }", "x: { rules: [{value: a, other: b}] }"] {
      #expect(throws: ConfigurationError.self) { try configuration(wrong) }
    }
  }

  @Test func `secrets stand in no configuration file, and are not shown`() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try configuration("x: { bearer-token: hush }")
    }
    #expect(error?.description.contains("GROUSE_X_BEARER_TOKEN") == true)
    #expect(error?.description.contains("hush") == false)
    let set = try configuration("", environment: ["GROUSE_X_BEARER_TOKEN": "hush"])
    #expect(set.shown("x.bearer-token") == "***")
    #expect(set.shown("x.base-url") == "https://api.x.com")
    #expect(try set.x().credentials.bearer?.revealed == "hush")
    try LocalDisk().replace(folder("token"), with: Array(" in a file\n".utf8))
    let file = try configuration("x: { bearer-token-file: \(folder("token")) }")
    #expect(try file.x().credentials.bearer?.revealed == "in a file")
    #expect(throws: ConfigurationError.self) {
      try configuration("", environment: ["GROUSE_X_API_KEY": "half of a pair"]).x()
    }
    #expect(throws: ConfigurationError.self) {
      try configuration("x: { bearer-token-file: \(folder("missing")) }").x()
    }
  }

  @Test func `the environment is checked like the file`() {
    let error = #expect(throws: ConfigurationError.self) {
      try configuration("", environment: ["GROUSE_LOG_PARTITIONS": "0"])
    }
    #expect(error?.place == "GROUSE_LOG_PARTITIONS")
  }

  @Test func `a named file must be there`() {
    #expect(throws: IOFailure.self) {
      try Configuration(file: folder("nowhere.yaml"), environment: [:])
    }
  }
}

@Suite struct DataDirectoryTests {
  private let folder = TemporaryDirectory()

  @Test func `one process writes, others are told who`() throws {
    let held = try DataDirectory(writing: folder("data"), purpose: "grouse test")
    let error = #expect(throws: LockError.self) {
      try DataDirectory(writing: folder("data"), purpose: "another")
    }
    #expect("\(error.map(String.init(describing:)) ?? "")".contains("grouse test (process "))
    #expect(DataDirectory.holder(of: held.path)?.contains("grouse test") == true)
    _ = try DataDirectory(reading: folder("data"))
  }

  @Test func `the lock lives as long as what writes`() throws {
    let configuration = try Configuration(file: nil, environment: [:])
    var log: Any? = try DataDirectory(writing: folder("data"), purpose: "grouse test")
      .openLog(configuration)
    #expect(DataDirectory.holder(of: folder("data")) != nil)
    #expect(log != nil)
    log = nil
    #expect(DataDirectory.holder(of: folder("data")) == nil)
  }

  @Test func `a newer format, a file, and nothing at all are refused`() throws {
    _ = try DataDirectory(writing: folder("data"), purpose: "grouse test")
    try LocalDisk().replace(folder("data/grouse.json"), with: Array(#"{"format": 2}"#.utf8))
    #expect(throws: DataDirectoryError.self) { try DataDirectory(reading: folder("data")) }
    #expect(throws: DataDirectoryError.self) {
      try DataDirectory(writing: folder("data"), purpose: "grouse test")
    }
    #expect(throws: DataDirectoryError.self) { try DataDirectory(reading: folder("nowhere")) }
    #expect(throws: DataDirectoryError.self) {
      try DataDirectory(writing: folder("data/grouse.json"), purpose: "grouse test")
    }
  }

  @Test(arguments: ["http://user:hidden@127.0.0.1:9", "https://hidden@api.x.com/2", "hidden"])
  func `an address holds no password, and is not shown where it does`(address: String) throws {
    do {
      _ = try Configuration(file: nil, environment: ["GROUSE_X_BASE_URL": address])
      Issue.record("taken: \(address)")
    } catch {
      #expect("\(error)".contains("x.base-url"))
      #expect(!"\(error)".contains("@"), "\(error)")
    }
    let fine = try Configuration(
      file: nil, environment: ["GROUSE_X_BASE_URL": "http://127.0.0.1:9/a@b"])
    #expect(fine.value("x.base-url") == "http://127.0.0.1:9/a@b")
  }

  @Test func `a secret is one line`() throws {
    for token in ["a\r\nX-Evil: 1", "two\nlines", "a\u{0}b"] {
      let set = try Configuration(file: nil, environment: ["GROUSE_X_BEARER_TOKEN": token])
      #expect(throws: ConfigurationError.self) { try set.secret("x.bearer-token") }
    }
    let set = try Configuration(file: nil, environment: ["GROUSE_X_BEARER_TOKEN": " abc\n"])
    #expect(try set.secret("x.bearer-token")?.revealed == "abc")
  }
}
