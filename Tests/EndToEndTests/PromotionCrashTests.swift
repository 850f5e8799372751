import Foundation
import Machine
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The registry of models under real processes that are killed, or come at the same time.
@Suite struct `Promotions by processes` {
  private static func stage() throws -> Stage {
    let stage = Stage()
    let rows = (0..<60).map { number in
      number.isMultiple(of: 3)
        ? "parcel \(number) never came and is late,complaint" : "love my coat \(number),other"
    }
    let csv = try stage.write("some.csv", "text,label\n" + rows.joined(separator: "\n") + "\n")
    for _ in 0..<2 { try stage.works("train", csv, "--folds", "0") }
    return stage
  }

  private static func promotions(_ stage: Stage) throws -> [Int] {
    let shown = try stage.works("models", "show", "complaints", "--json").objects().first
    return (shown?["promotions"] as? [[String: Any]] ?? []).compactMap { $0["version"] as? Int }
  }

  @Test(
    .enabled(if: DeadlyLibrary.canBeMade, "needs Linux and a C compiler"),
    arguments: [false, true])
  func `a kill leaves what was promoted before it, or that and what it was promoting`(
    isTakenOver: Bool
  ) throws {
    let stage = try Self.stage()
    try DeadlyLibrary.make(stage)
    try stage.works("models", "promote", "complaints@1")
    var known = [1]
    var kills = 0
    for moment in 2... {
      // Taken over by the command that is to die.
      let database = stage.data + "/workbench.sqlite"
      if isTakenOver, LocalDisk().exists(database) { try LocalDisk().remove(database) }
      let version = moment % 2 + 1
      let outcome = try stage.grouse(
        "models", "promote", "complaints@\(version)",
        environment: DeadlyLibrary.environment(stage, dyingAt: moment))
      let found = try Self.promotions(stage)
      let after = known + [version]
      #expect(outcome.code == 0 ? found == after : found == known || found == after)
      known = found
      try stage.works("check", "workbench")
      try stage.works("explain", "my parcel is late", "--model", "complaints")
      guard outcome.signal == SIGKILL else {
        #expect(outcome.code == 0, "\(outcome.errors)")
        break
      }
      kills += 1
    }
    #expect(kills > 10)
  }

  @Test func `processes that promote at the same time all do, also beside a run`() throws {
    let stage = try Self.stage()
    let run = try stage.start("run", "--stdin")
    let programs = try (0..<8).map {
      try stage.start("models", "promote", "complaints@\($0 % 2 + 1)")
    }
    for program in programs { #expect(program.wait().code == 0) }
    #expect(try Self.promotions(stage).sorted() == [1, 1, 1, 1, 2, 2, 2, 2])
    run.send(SIGINT)
    #expect(run.wait().isOrderly)
  }
}
