import Foundation
import Machine
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The log under a real process that is killed, or whose disk fails.
@Suite struct `The log's crashes` {
  @Test func `what was seen before a kill is there after it, once and in order`() throws {
    var random = Seed.random()
    let stage = Stage()
    try stage.works(
      "topics", "create", "t", "--set", "segment.bytes=3000", "--set", "index.interval.bytes=200")
    var sent = 0
    var seen: [Substring] = []
    var kills = 0
    for _ in 0..<15 {
      let producer = try stage.start("produce", "t")
      // Chunk by chunk, so that each is acknowledged before the next comes.
      for _ in 0..<Int.random(in: 1...12, using: &random) {
        let chunk = (sent..<(sent + 40)).map { "line \($0)\n" }.joined()
        sent += 40
        producer.write(chunk)
        if Int.random(in: 0..<3, using: &random) == 0 {
          seen = try stage.works("consume", "t").lines
        }
      }
      producer.send(SIGKILL)
      if producer.wait().signal == SIGKILL { kills += 1 }
      let found = try stage.works("consume", "t").lines
      #expect(found.starts(with: seen), "\(found.count) after \(seen.count)")
      #expect(Set(found).count == found.count)
      let numbers = found.compactMap { Int($0.dropFirst(5)) }
      #expect(numbers.count == found.count && numbers == numbers.sorted())
      seen = found
      // Opening for writing repairs; then every byte is well.
      try stage.works("produce", "t", input: "")
      try stage.works("check", "log")
      #expect(try stage.works("consume", "t").lines == seen)
    }
    #expect(kills == 15)
  }

  @Test func `what a killed process has acknowledged is there`() throws {
    var random = Seed.random()
    let stage = Stage()
    try stage.works("topics", "create", "t", "--set", "segment.bytes=3000")
    var kept: [Substring] = []
    var cut = 0
    for round in 0..<15 {
      let producer = try stage.start("produce", "t", "--json")
      var sent: [Substring] = []
      var printed: [UInt8] = []
      for chunk in 0..<Int.random(in: 1...40, using: &random) {
        let lines = (0..<100).map { Substring("line \(round).\(chunk).\($0)") }
        sent += lines
        producer.write(lines.joined(separator: "\n") + "\n")
        if chunk == 0 { printed += producer.nextOutput() }
      }
      producer.send(SIGKILL)
      let outcome = producer.wait()
      #expect(outcome.signal == SIGKILL)
      printed += outcome.output
      let last = String(decoding: printed, as: UTF8.self).split(separator: "\n").last {
        $0.hasSuffix("}")
      }
      let acknowledged = Int((last ?? "").filter(\.isNumber)) ?? 0
      #expect(acknowledged >= 100)
      if acknowledged < sent.count { cut += 1 }
      let found = try stage.works("consume", "t").lines
      #expect(found.starts(with: kept))
      let fresh = found.dropFirst(kept.count)
      #expect(fresh.count >= acknowledged, "\(fresh.count) of \(acknowledged)")
      #expect(sent.starts(with: fresh))
      kept = found
    }
    #expect(cut > 0, "nothing was killed in the middle")
    try stage.works("produce", "t", input: "")
    try stage.works("check", "log")
    #expect(try stage.works("consume", "t").lines == kept)
  }

  /// A library that lets the named call fail with EIO from its Nth time on, for files of the log.
  private static let failing = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <errno.h>
    #include <stdlib.h>
    #include <unistd.h>
    static int left(const char *name) {
      static int count = -1;
      const char *call = getenv("FAILING_CALL"), *at = getenv("FAILING_AT");
      for (const char *a = call, *b = name; *a || *b; a++, b++) if (*a != *b) return 1;
      if (count < 0) count = atoi(at);
      return count > 0 ? count-- : 0;
    }
    int fdatasync(int file) {
      if (!left("fdatasync")) { errno = EIO; return -1; }
      return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
    }
    static ssize_t write_at(int file, const void *bytes, size_t size, off_t at, const char *real) {
      if (!left("pwrite")) { errno = EIO; return -1; }
      return ((ssize_t (*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, real))(
          file, bytes, size, at);
    }
    ssize_t pwrite(int f, const void *b, size_t s, off_t a) { return write_at(f, b, s, a, "pwrite"); }
    ssize_t pwrite64(int f, const void *b, size_t s, off_t a) {
      return write_at(f, b, s, a, "pwrite64");
    }
    """

  @Test(
    .enabled(if: DeadlyLibrary.canBeMade, "needs Linux and a C compiler"),
    arguments: ["fdatasync", "pwrite"])
  func `a disk that fails at any call loses nothing acknowledged`(call: String) throws {
    let stage = Stage()
    try stage.write("failing.c", Self.failing)
    let built = try RunningProgram(
      ["-shared", "-fPIC", "-o", "failing.so", "failing.c", "-ldl"], in: stage.folder,
      program: "/usr/bin/cc"
    ).wait()
    try #require(built.code == 0, "\(built.errors)")
    var expected: [Substring] = []
    var failures = 0
    for step in 0..<40 {
      let topic = ["topics", "create", "t", "--set", "segment.bytes=500"]
      if step == 0 { #expect(try Program.run(topic, in: stage.folder).code == 0) }
      let lines = (0..<3).map { "line \(step).\($0)" }
      let outcome = try stage.grouse(
        "produce", "t", input: lines.joined(separator: "\n"),
        environment: [
          "LD_PRELOAD": stage.folder("failing.so"), "FAILING_CALL": call,
          "FAILING_AT": "\(step / 2)",
        ])
      #expect(outcome.isOrderly, "\(step): \(outcome.errors)")
      if outcome.code != 0 {
        failures += 1
        #expect(outcome.errors.contains("input/output error"), "\(outcome.errors)")
      }
      let found = try stage.works("consume", "t").lines
      #expect(found.starts(with: expected))
      let fresh = found.dropFirst(expected.count)
      // Lines that came together are one batch, and the last one has no end: of those refused some
      // may be there, as nobody was told that they are not; acknowledged ones must.
      #expect(lines.map { Substring($0) }.starts(with: fresh), "\(step): \(fresh)")
      if outcome.code == 0 { #expect(fresh.count == 3, "\(step)") }
      expected = found
    }
    #expect(failures > 5)
    try stage.works("produce", "t", input: "the end")
    #expect(try stage.works("consume", "t").lines == expected + ["the end"])
    try stage.works("check", "log")
  }
}
