internal import CQL

// What may be said after WITH, and what Cassandra says to the rest (`PropertyDefinitions`,
// `TableAttributes`, `TableParams`, `CachingParams`, `CompactionParams`, `CompressionParams`,
// `SpeculativeRetryPolicy`).
extension TableOptions {
  /// Takes over what a statement says. Thrown: where it says what cannot be; then nothing counts.
  mutating func set(_ options: [Option]) throws(TableError) {
    for option in options where option.name != "id" {
      guard TableOption(rawValue: option.name) != nil else {
        throw TableError(.syntaxError, "Unknown property '\(option.name)'")
      }
    }
    var changed = self
    for option in TableOption.allCases {
      guard let term = options.last(where: { $0.name == option.rawValue })?.value else { continue }
      // Cassandra takes extensions, which are its own extenders', and keeps none that CQL gives.
      if option == .extensions { continue }
      changed[option] = try TableOptions.value(term, of: option)
    }
    try changed.check()
    self = changed
  }

  /// The options of a new table.
  init(_ options: [Option]) throws(TableError) {
    self.init()
    try set(options)
    // Without a word on it, this one follows another.
    let isSaid = options.contains { $0.name == TableOption.bloomFilterFPChance.rawValue }
    if !isSaid, case .map(let map) = self[.compaction],
      map["class"]?.hasSuffix(".LeveledCompactionStrategy") ?? false
    {
      self[.bloomFilterFPChance] = .real(0.1)
    }
  }

  private static func value(
    _ term: Term, of option: TableOption
  ) throws(TableError) -> Value {
    let property = Property(Option(name: option.rawValue, value: term))
    switch option {
    case .bloomFilterFPChance, .crcCheckChance: return .real(try property.real())
    case .caching: return .map(try caching(try property.map()))
    case .cdc: return .flag(try property.flag())
    case .comment: return .text(try property.text())
    case .compaction: return .map(try compaction(try property.map()))
    case .compression: return .map(try compression(try property.map()))
    case .defaultTimeToLive, .gcGraceSeconds, .maxIndexInterval, .memtableFlushPeriod,
      .minIndexInterval:
      return .integer(try property.integer())
    case .extensions: return .map(try property.map())
    case .readRepair:
      let text = try property.text().uppercased()
      guard text == "NONE" || text == "BLOCKING" else {
        throw configuration("Invalid value \(text) for option 'read_repair'")
      }
      return .text(text)
    case .additionalWritePolicy, .speculativeRetry:
      return .text(try SpeculativeRetry(try property.text()).text)
    }
  }

  private func check() throws(TableError) {
    func fail(_ option: TableOption, _ what: String) -> TableError {
      configuration("\(option.rawValue) must be \(what) (got \(self[option].cql))")
    }
    if case .real(let chance) = self[.bloomFilterFPChance], !(chance > 6.71e-5 && chance <= 1) {
      throw fail(.bloomFilterFPChance, "larger than 6.71E-5 and less than or equal to 1.0")
    }
    if case .real(let chance) = self[.crcCheckChance], !(chance >= 0 && chance <= 1) {
      throw fail(
        .crcCheckChance, "larger than or equal to 0 and smaller than or equal to 1.0")
    }
    for option in [TableOption.defaultTimeToLive, .gcGraceSeconds, .memtableFlushPeriod] {
      if case .integer(let number) = self[option], number < 0 {
        throw fail(option, "greater than or equal to 0")
      }
    }
    if defaultTimeToLive > Limits.ttlSeconds {
      throw fail(.defaultTimeToLive, "less than or equal to \(Limits.ttlSeconds)")
    }
    guard case .integer(let least) = self[.minIndexInterval],
      case .integer(let most) = self[.maxIndexInterval]
    else { return }
    if least < 1 { throw fail(.minIndexInterval, "greater than or equal to 1") }
    if most < least {
      throw fail(.maxIndexInterval, "greater than or equal to min_index_interval (\(least))")
    }
  }

  private static func caching(
    _ map: [String: String]
  ) throws(TableError) -> [String: String] {
    var result = ["keys": "NONE", "rows_per_partition": "NONE"]
    let others = map.keys.filter { result[$0] == nil }.sorted()
    guard others.isEmpty else {
      throw configuration(
        "Invalid caching sub-options [\(others.joined(separator: ", "))]: only 'keys' and "
          + "'rows_per_partition' are allowed")
    }
    if let keys = map["keys"] {
      result["keys"] = keys.uppercased()
      guard ["ALL", "NONE"].contains(keys.uppercased()) else {
        throw configuration(
          "Invalid value '\(keys)' for caching sub-option 'keys': only 'ALL' and 'NONE' are "
            + "allowed")
      }
    }
    if let rows = map["rows_per_partition"] {
      let number = rows.allSatisfy { $0.isASCII && $0.isNumber } ? Int32(rows) : nil
      switch (rows.uppercased(), number) {
      case ("ALL", _), (_, .some(.max)): result["rows_per_partition"] = "ALL"
      case ("NONE", _), (_, .some(0)): break
      case (_, .some(let number)): result["rows_per_partition"] = "\(number)"
      default:
        throw configuration(
          "Invalid value '\(rows)' for caching sub-option 'rows_per_partition': only 'ALL', "
            + "'NONE', and integer values are allowed")
      }
    }
    return result
  }
}
