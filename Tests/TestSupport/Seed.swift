package import Machine

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Where a test's random input comes from: `GROUSE_TEST_SEED`, or by chance; printed, so that a
/// failure can be had again.
package enum Seed {
  /// The seed of this run.
  package static let value: UInt64 = {
    let given = getenv("GROUSE_TEST_SEED").flatMap { UInt64(String(cString: $0)) }
    return given ?? UInt64.random(in: 0...UInt64(UInt32.max))
  }()

  /// A generator for the test named, with the seed printed.
  package static func random(_ test: String = #function) -> SeededRandom {
    printSeed(test)
    return SeededRandom(seed: value)
  }

  /// Prints what to set to repeat the test.
  package static func printSeed(_ test: String = #function) {
    print("\(test): GROUSE_TEST_SEED=\(value)")
  }
}
