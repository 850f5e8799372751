import Curl
import Foundation
import Machine
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite(.serialized) struct `Beside a running Grouse` {
  /// Starts `grouse run` and waits until it is up.
  private func run(
    _ stage: Stage, _ arguments: String..., environment: [String: String] = [:]
  ) throws -> RunningProgram {
    let process = try RunningProgram(
      ["run"] + arguments, in: stage.folder, environment: environment)
    #expect(process.waitForError("Ctrl-C ends it in order"))
    return process
  }

  /// What a person might do, in order; each as words, with its standard input.
  private func script(_ stage: Stage) throws -> [(words: [String], input: String?)] {
    try stage.write("rows.csv", "1,one\n2,\"tw\"\"o\"\nx,bad\n3,three\n")
    try stage.write("more.jsonl", Stage.posts(50..<60))
    let cql = { (text: String) in (words: ["cql", "-e", text], input: nil as String?) }
    return [
      (["topics", "create", "notes", "--partitions", "2", "--set", "retention.ms=86400000"], nil),
      (["topics", "create", "notes"], nil),
      (["topics", "create", "x/y"], nil),
      (["topics", "alter", "notes", "--partitions", "3", "--unset", "retention.ms"], nil),
      (["topics", "alter", "notes", "--partitions", "1"], nil),
      (["topics", "alter", "notes", "--set", "nonsense=1"], nil),
      (["topics", "describe", "notes", "--json"], nil),
      (["produce", "notes", "--key-separator", ":", "--json"], "a:1\nb:2\nc:3\n"),
      (["produce", "notes", "--key-separator", ":"], "a:4\nno key\nb:5\n"),
      (
        ["produce", "notes", "--format", "json", "--compression", "zstd"],
        #"{"key": "k", "value": "v", "headers": {"h": "x"}, "timestamp": 1763661600000}"# + "\n"
          + #"{"key": "k", "value": null, "partition": 2}"# + "\n{\"valu\": 1}\n"
      ),
      (["produce", "notes", "--partition", "7"], "x\n"),
      (["produce", "made", "--header", "a=b"], "one\ntwo"),
      (["consume", "notes", "--json", "--partition", "0", "-o", "%v"], nil),
      (["consume", "made", "--group", "mine"], nil),
      (["consume", "made", "--group", "mine"], nil),
      (["groups", "describe", "mine"], nil),
      (["groups", "reset", "mine", "--to", "earliest"], nil),
      (["groups", "reset", "mine", "--shift-by", "1", "--json"], nil),
      (["groups", "reset", "other", "--to", "latest"], nil),
      (["groups", "reset", "other", "--to", "latest", "--topic", "made"], nil),
      (["groups", "reset", "other", "--to", "5", "--topic", "none"], nil),
      (["groups", "reset", "o/th er", "--to", "2020-01-01T00:00:00Z", "--topic", "made"], nil),
      (["groups", "list"], nil),
      (["groups", "delete", "mine"], nil),
      (["groups", "delete", "mine"], nil),
      (["topics", "delete-records", "made", "--before", "1"], nil),
      (["topics", "delete-records", "made", "--before", "100"], nil),
      (["topics", "delete-records", "made", "--before", "end", "--json"], nil),
      (["topics", "clean", "--json"], nil),
      (["topics", "delete", "made"], nil),
      (["topics", "delete", "made"], nil),
      cql(
        "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"),
      cql(
        "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"),
      cql(
        "USE k; CREATE TYPE p (x int, y text); "
          + "CREATE TABLE t (a int PRIMARY KEY, b text, c list<int>, d frozen<p>, e map<text, p>)"),
      cql("CREATE TABLE k.t (a int PRIMARY KEY)"),
      cql(
        "INSERT INTO k.t (a, b, c, d) VALUES (1, 'ö''1', [1, 2], {x: 1, y: 'z'}) IF NOT EXISTS; "
          + "INSERT INTO k.t (a, b) VALUES (1, 'again') IF NOT EXISTS; "
          + "UPDATE k.t SET b = 'new' WHERE a = 1 IF b = 'old'; SELECT * FROM k.t"),
      (
        ["cql", "--json", "-e", "INSERT INTO k.t (a, b) VALUES (1, 'again') IF NOT EXISTS"], nil
      ),
      cql("INSERT INTO k.t (a) VALUES ('x')"),
      cql("INSERT INTO k.t (a) VALUES (?)"),
      cql("INSERT INTO k.nothing (a) VALUES (1)"),
      cql("INSERT INTO t (a) VALUES (1)"),
      (["cql", "-k", "k", "-e", "INSERT INTO t (a, b) VALUES (2, 'by -k'); SELECT b FROM t"], nil),
      cql("INSRT INTO k.t"),
      cql(
        "BEGIN BATCH INSERT INTO k.t (a) VALUES (8); DELETE FROM k.t WHERE a = 2; APPLY BATCH; "
          + "SELECT a FROM k.t"),
      cql("CREATE TABLE k.u (n int PRIMARY KEY, s text)"),
      cql("COPY k.u (n, s) FROM 'rows.csv' WITH ERRFILE = 'bad.csv'; SELECT * FROM k.u"),
      cql("CREATE TABLE k.c (n int PRIMARY KEY, s counter); UPDATE k.c SET s = s + 2 WHERE n = 1"),
      cql("SELECT s FROM k.c; TRUNCATE k.u; DROP TABLE k.u; DESCRIBE KEYSPACE k"),
      (["cql"], "INSERT INTO k.t (a) VALUES (9);\nSELECT count(*) FROM k.t;\n"),
      (["collect", "--file", "more.jsonl", "--topic", "side"], nil),
      (["collect", "--file", "more.jsonl", "--topic", "side", "--json"], nil),
      (["collect", "--stdin", "--topic", "side"], Stage.posts(70..<75)),
      (["consume", "side", "-n", "100"], nil),
      (["models", "list"], nil),
    ]
  }

  /// Times and rates differ from one run to the next, and so do the identifiers of topics.
  private func withoutChance(_ text: String) -> String {
    var text = text
    for pattern in [
      #""topic_id": "[^"]*""#, #"in [0-9.]+ seconds"#, #"[0-9 ]+ rows/s"#,
      #"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"#, #""committed_at": [0-9]+"#,
      #"/[^ ]*grouse-test-[^/ ]*/"#, #"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+Z?"#,
    ] {
      text = text.replacingOccurrences(of: pattern, with: "·", options: .regularExpression)
    }
    return text
  }

  @Test func `commands give what they give alone`() throws {
    let alone = Stage()
    let beside = Stage()
    for stage in [alone, beside] {
      try stage.train()
      // Both have a log and tables with the same in them.
      try stage.write("first.jsonl", Stage.posts(0..<20))
      try stage.works("run", "--file", "first.jsonl", "--exit")
    }
    let process = try run(beside)
    for (words, input) in try zip(script(alone), script(beside)).map({ $0.0 }) {
      let bytes = input.map { Array($0.utf8) }
      let expected = try Program.run(words, in: alone.folder, input: bytes)
      let found = try Program.run(words, in: beside.folder, input: bytes)
      #expect(found.isOrderly, "\(words): \(found.errors)")
      #expect(found.code == expected.code, "\(words): \(found.errors)")
      #expect(withoutChance(found.text) == withoutChance(expected.text), "\(words)")
      #expect(withoutChance(found.errors) == withoutChance(expected.errors), "\(words)")
    }
    #expect(
      try String(contentsOfFile: beside.folder("bad.csv"), encoding: .utf8)
        == String(contentsOfFile: alone.folder("bad.csv"), encoding: .utf8))
    process.send(SIGTERM)
    let ended = process.wait()
    #expect(ended.code == 0, "\(ended.errors)")
    // What was done beside it is there when it is gone.
    for words in [
      ["topics", "list", "--json"], ["cql", "-e", "SELECT * FROM k.t"], ["groups", "list"],
      ["consume", "notes", "--json", "--partition", "1", "-o", "%k %v"],
    ] {
      // The end of a run commits its group, and one of the two has had one more.
      let texts = try [alone, beside].map { stage in
        try Program.run(words, in: stage.folder).lines
          .filter { !$0.contains("__consumer_offsets") }.joined(separator: "\n")
      }
      #expect(withoutChance(texts[1]) == withoutChance(texts[0]), "\(words)")
    }
    try beside.works("check")
    #expect(!LocalDisk().exists(Path.join(beside.data, "grouse.sock")))
  }

  @Test func `posts that are produced beside it are classified`() throws {
    let stage = Stage()
    try stage.train()
    let process = try run(stage, "--progress")
    let follower = try stage.start("queries", "progress", "classify", "--follow", "--json")
    try stage.works("produce", "posts", input: Stage.posts(0..<30))
    var read = 0
    var pending: [UInt8] = []
    func follow(to count: Int) throws {
      while read < count {
        let bytes = follower.nextOutput()
        if bytes.isEmpty { break }
        pending += bytes
        while let end = pending.firstIndex(of: 10) {
          let object = try JSONSerialization.jsonObject(with: Data(pending[..<end]))
          read += (object as? [String: Any])?["numInputRows"] as? Int ?? 0
          pending.removeSubrange(...end)
        }
      }
      #expect(read == count)
    }
    try follow(to: 30)
    #expect(try stage.postCount() == 30)
    let listed = try #require(try stage.works("queries", "list", "--json").objects().first)
    #expect(listed["name"] as? String == "classify")
    #expect(listed["isActive"] as? Bool == true)
    #expect(listed["numInputRows"] as? Int == 30)
    try stage.works("queries", "describe", "classify")
    try stage.works("queries", "progress", "classify")
    try stage.fails("queries", "progress", "other", saying: ["no query other"])
    // Its own offsets are not moved under a query that runs.
    try stage.fails(
      "groups", "reset", "classify", "--to", "earliest", saying: ["classify is running"])
    try stage.fails("topics", "delete", "posts", saying: ["classify needs the topic posts"])
    try stage.works("topics", "delete-records", "posts", "--before", "end")
    try stage.works("produce", "posts", input: Stage.posts(30..<31))
    try follow(to: 31)
    try stage.works("topics", "clean")
    let number = try stage.works("topics", "clean", "--force", "--detach").lines.joined()
    let job = try #require(
      try stage.works("jobs", "show", number, "--follow").objects().last)
    #expect(job["state"] as? String == "done")
    #expect(job["arguments"] as? [String: Bool] == ["force": true])
    #expect(try stage.works("jobs", "list", "--json").objects().count == 2)
    try stage.works("jobs", "cancel", number)
    try stage.fails("jobs", "show", "77", saying: ["no job 77"])
    let doctor = try stage.works("doctor", "--json").objects()
    #expect((doctor.first?["socket"] as? String)?.contains("answers") == true)
    // Who follows does not keep it from ending, and ends with it.
    process.send(SIGTERM)
    #expect(process.wait().code == 0)
    #expect(follower.wait().code == 0)
    let stored = try #require(try stage.works("queries", "list", "--json").objects().first)
    #expect(stored["isActive"] as? Bool == false)
    let progress = stored["lastProgress"] as? [String: Any]
    let source = (progress?["sources"] as? [[String: Any]])?.first
    #expect(source?["endOffset"] as? [String: Int] == ["0": 31])
    #expect(source?["latestOffset"] as? [String: Int] == ["0": 31])
    try stage.works("queries", "describe", "classify")
    try stage.fails("queries", "progress", "classify", saying: ["is not running"])
    try stage.fails("queries", "describe", "other", saying: ["no query other"])
    try stage.fails("jobs", "list", saying: ["no Grouse runs"])
    try stage.fails("topics", "clean", "--detach", saying: ["no Grouse runs"])
  }

  @Test func `hostile requests leave it as it is`() throws {
    var random = Seed.random()
    let stage = Stage()
    try stage.train()
    try stage.works("topics", "create", "t")
    let process = try run(stage)
    let client = try #require(HTTPClient(.socket(Path.join(stage.data, "grouse.sock"))))
    let routes = [
      ("POST", "/topics"), ("PATCH", "/topics/t"), ("PATCH", "/topics/posts"),
      ("POST", "/topics/t/records"), ("POST", "/topics/t/records?partition=-1"),
      ("POST", "/topics/__consumer_offsets/records"), ("DELETE", "/topics/__consumer_offsets"),
      ("DELETE", "/topics/posts"), ("DELETE", "/topics/..%2f..%2f"),
      ("DELETE", "/topics/t/records?before=99999999999999999999"),
      ("DELETE", "/topics/t/records?before=-9&partition=9223372036854775807"),
      ("POST", "/groups/classify/reset"), ("POST", "/groups/%00/reset"),
      ("POST", "/groups/g/offsets"), ("DELETE", "/groups/classify"), ("POST", "/cql"),
      ("POST", "/jobs"), ("DELETE", "/jobs/-1"), ("GET", "/queries/%2e%2e/progress"),
    ]
    let bodies = [
      "{\"name\": \"t\", \"partitions\": -1}", "{\"name\": \"../x\"}",
      "{\"name\": \"y\", \"partitions\": 9223372036854775807}",
      "{\"settings\": {\"segment.bytes\": \"-1\"}}", "{\"settings\": {\"x\": [1]}}",
      "{\"partitions\": 99999999999999999999}", "{\"to\": -5}", "{\"to\": \"earliest\"}",
      "{\"shift_by\": -9223372036854775808, \"topic\": \"t\"}",
      "{\"time\": 9223372036854775807, \"topic\": \"t\", \"partition\": -1}",
      "{\"offsets\": [{\"topic\": \"t\", \"partition\": -1, \"offset\": 1}]}",
      "{\"statement\": \"INSERT INTO\"}", "{\"statement\": 7}",
      "{\"statement\": \"SELECT * FROM grouse.posts\", \"page_rows\": 0}",
      "{\"statement\": \"SELECT * FROM grouse.posts\", \"rows\": [[\"AA==\"]]}",
      "{\"kind\": \"clean\", \"arguments\": {\"force\": 1}}", "[[[[[[[[", "\u{0}\u{1}",
    ]
    let types = [
      "application/json", "application/x-ndjson", "application/vnd.kafka.record-batch", "image/gif",
    ]
    for _ in 0..<400 {
      guard let (method, path) = routes.randomElement(using: &random),
        let body = bodies.randomElement(using: &random),
        let type = types.randomElement(using: &random)
      else { continue }
      var bytes = Array(body.utf8)
      if Bool.random(using: &random), !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      let answer = try client.send(HTTPRequest(method, path, body: bytes, type: type))
      let text = String(decoding: answer.body, as: UTF8.self)
      #expect(answer.status < 500, "\(method) \(path) \(bytes): \(text)")
    }
    try stage.works("produce", "posts", input: Stage.posts(0..<5))
    process.send(SIGTERM)
    let ended = process.wait()
    #expect(ended.isOrderly && ended.code == 0, "\(ended.errors)")
    try stage.works("check")
    try stage.works("work", "--exit")
    #expect(try stage.postCount() == 5)
  }

  @Test func `a killed process's socket is in nobody's way`() throws {
    let stage = Stage()
    try stage.train()
    let first = try run(stage)
    first.send(SIGKILL)
    _ = first.wait()
    let socket = Path.join(stage.data, "grouse.sock")
    #expect(LocalDisk().exists(socket))
    // Nobody holds the directory, so the command does it itself.
    try stage.works("topics", "create", "by-hand")
    let second = try run(stage)
    try stage.works("topics", "create", "beside")
    let status = try FileManager.default.attributesOfItem(atPath: socket)
    #expect(status[.posixPermissions] as? Int == 0o600)
    let client = try #require(HTTPClient(.socket(socket)))
    let stopped = try client.send(HTTPRequest("POST", "/stop"))
    #expect(stopped.status == 202)
    #expect(second.wait().code == 0)
    #expect(try stage.works("topics", "list").text.contains("beside"))
  }

  @Test func `whoever holds the directory without a socket is named as before`() throws {
    let stage = Stage()
    try stage.works("topics", "create", "t")
    let writer = try stage.start("produce", "t", "--json")
    writer.write("one\n")
    _ = writer.nextOutput()
    try stage.fails("topics", "create", "u", saying: ["in use by grouse produce"])
    try stage.fails("cql", "-e", "CREATE KEYSPACE k WITH replication = {}", saying: ["in use by"])
    writer.closeInput()
    #expect(writer.wait().code == 0)
  }

  @Test func `a path too long for a socket is said, and the run goes on`() throws {
    let stage = Stage()
    let long = stage.folder(String(repeating: "d", count: 120))
    try stage.works(
      "train", Program.samples + "/complaints.csv", "--folds", "0", "--no-topics", "--data-dir",
      long)
    try stage.write("posts.jsonl", Stage.posts(0..<5))
    let outcome = try stage.works("run", "--file", "posts.jsonl", "--exit", "--data-dir", long)
    #expect(outcome.errors.contains("shorter --data-dir"))
  }

  @Test func `metrics are on a port where one is asked for`() throws {
    let stage = Stage()
    try stage.train()
    let port = try freePort()
    let process = try run(stage, environment: ["GROUSE_HTTP_PORT": "\(port)"])
    let client = try #require(HTTPClient(.url("http://127.0.0.1:\(port)")))
    let metrics = try client.send(HTTPRequest("GET", "/metrics"))
    #expect(metrics.status == 200)
    let text = String(decoding: metrics.body, as: UTF8.self)
    #expect(text.contains("kafka_log_log_logendoffset{topic=\"posts\",partition=\"0\"} 0"))
    #expect(try client.send(HTTPRequest("POST", "/stop")).status == 403)
    #expect(try client.send(HTTPRequest("POST", "/cql", body: [])).status == 403)
    process.send(SIGINT)
    #expect(process.wait().code == 0)
  }

  /// A port of this machine that nobody listens on.
  private func freePort() throws -> Int {
    #if canImport(Glibc)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(descriptor, $0, size)
        _ = getsockname(descriptor, $0, &size)
      }
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
