internal import CQL

// What of a table's options its rows depend on.
extension Table {
  /// Whether the columns outside the key are counters.
  var isCounter: Bool { columns.last?.type == .counter }

  /// Seconds that a row lives where its statement says nothing; 0: for ever.
  var defaultTimeToLive: Int64 { seconds("default_time_to_live") ?? 0 }

  /// Seconds that deletions are kept.
  var gcGraceSeconds: Int64 { seconds("gc_grace_seconds") ?? 864_000 }

  private func seconds(_ option: String) -> Int64? {
    for setting in options.split(separator: " AND ") where setting.hasPrefix(option + " = ") {
      return Int64(setting.dropFirst(option.count + 3))
    }
    return nil
  }
}
