extension StreamStatus {
  /// How it is doing, in few words, at a moment in milliseconds since 1970: what it does where it
  /// is not open, for how long nothing has come, and by how much posts come late.
  package func words(at now: Int64) -> String {
    var parts: [String]
    switch state {
    case .connecting: parts = ["connecting"]
    case .waiting: parts = ["waiting to connect again"]
    case .stopped: parts = ["stopped"]
    case .connected:
      parts = ["connected"]
      if let lastHeard, now - lastHeard >= 1_000 {
        parts.append("nothing for \(Self.duration(now - lastHeard))")
      }
      if let lag {
        let tenths = max(lag, 0) / 100
        parts.append(
          tenths < 100 ? "\(tenths / 10).\(tenths % 10) s behind" : "\(Self.duration(lag)) behind")
      }
    }
    if isFillingGap { parts.append("searching what was missed") }
    return parts.joined(separator: ", ")
  }

  /// A duration as people say it.
  private static func duration(_ milliseconds: Int64) -> String {
    switch milliseconds {
    case ..<120_000: "\(milliseconds / 1_000) s"
    case ..<7_200_000: "\(milliseconds / 60_000) min"
    default: "\(milliseconds / 3_600_000) h"
    }
  }
}
