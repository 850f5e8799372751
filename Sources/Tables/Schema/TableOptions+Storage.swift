// Options about how Cassandra stores rows: checked and kept, without effect here.
extension TableOptions {
  private static let compactionPackage = "org.apache.cassandra.db.compaction."
  private static let compressionPackage = "org.apache.cassandra.io.compress."

  static func compaction(
    _ map: [String: String]
  ) throws(TableError) -> [String: String] {
    guard let name = map["class"] else {
      throw configuration("Missing sub-option 'class' for the 'compaction' option")
    }
    let full = name.contains(".") ? name : compactionPackage + name
    let short = String(full.dropFirst(compactionPackage.count))
    guard full.hasPrefix(compactionPackage), let known = SubOption.strategies[short] else {
      throw configuration("Unable to find compaction strategy class '\(full)'")
    }
    try SubOption.check(known, in: map)
    let low = Double(map["bucket_low"] ?? "") ?? 0.5
    let high = Double(map["bucket_high"] ?? "") ?? 1.5
    if high <= low {
      throw configuration(
        "bucket_high value (\(JavaNumber.text(high))) is less than or equal to the bucket_low value "
          + "(\(JavaNumber.text(low)))")
    }
    let names = Set(known.map(\.name))
    let unknown = map.keys.filter { $0 != "class" && !names.contains($0) }
    guard unknown.isEmpty else {
      throw configuration(
        "Properties specified [\(unknown.sorted().joined(separator: ", "))] are not understood by "
          + short)
    }
    var result = map
    result["class"] = full
    let least = try threshold("min_threshold", 4, &result)
    let most = try threshold("max_threshold", 32, &result)
    if least <= 0 || most <= 0 {
      throw configuration(
        "Disabling compaction by setting compaction thresholds to 0 has been removed, set the "
          + "compaction option 'enabled' to false instead.")
    }
    if least <= 1 {
      throw configuration("Min compaction threshold cannot be less than 2 (got \(least))")
    }
    if least > most {
      throw configuration(
        "Min compaction threshold (got \(least)) cannot be greater than max compaction threshold "
          + "(got \(most))")
    }
    return result
  }

  private static func threshold(
    _ name: String, _ standard: Int32, _ map: inout [String: String]
  ) throws(TableError) -> Int32 {
    let text = map[name] ?? "\(standard)"
    // Digits alone, as Java's `isNumeric` has it.
    guard !text.hasPrefix("-"), !text.hasPrefix("+"), let number = Int32(text) else {
      throw configuration(
        "Invalid value \(text) for '\(name)' compaction sub-option - must be an integer")
    }
    map[name] = text
    return number
  }

  static func compression(
    _ map: [String: String]
  ) throws(TableError) -> [String: String] {
    var options = map
    let enabled = options.removeValue(forKey: "enabled").map { $0.lowercased() == "true" }
    // The names that these had before.
    if let name = options.removeValue(forKey: "sstable_compression") {
      guard options["class"] == nil else {
        throw configuration(
          "The 'sstable_compression' option must not be used if the compression algorithm is "
            + "already specified by the 'class' option")
      }
      if name.isEmpty { return ["enabled": "false"] }
      options["class"] = name
    }
    if let length = options.removeValue(forKey: "chunk_length_kb") {
      options["chunk_length_in_kb"] = options["chunk_length_in_kb"] ?? length
    }
    if map.isEmpty { return ["enabled": "false"] }
    if enabled == false {
      guard options.isEmpty else {
        throw configuration(
          "If the 'enabled' option is set to false no other options must be specified")
      }
      return ["enabled": "false"]
    }
    guard let name = options["class"] else {
      throw configuration("Missing sub-option 'class' for the 'compression' option.")
    }
    guard !name.isEmpty else {
      throw configuration(
        "The 'class' option must not be empty. To disable compression use 'enabled' : false")
    }
    let full = name.contains(".") ? name : compressionPackage + name
    guard full.hasPrefix(compressionPackage),
      let own = SubOption.compressors[String(full.dropFirst(compressionPackage.count))]
    else { throw configuration("Could not create Compression for type \(full)") }
    let known = Set(own.map(\.name))
      .union(["class", "chunk_length_in_kb", "min_compress_ratio", "crc_check_chance"])
    if let unknown = options.keys.sorted().first(where: { !known.contains($0) }) {
      throw configuration("Unknown compression options \(unknown)")
    }
    try SubOption.check(own, in: options)
    options["class"] = full
    options["chunk_length_in_kb"] = "\(try chunkLength(options["chunk_length_in_kb"] ?? "16"))"
    try checkRatio(&options)
    return options
  }

  private static func chunkLength(_ text: String) throws(TableError) -> Int32 {
    guard let length = Int32(text) else {
      throw configuration("Invalid value for chunk_length_in_kb")
    }
    guard length <= Int32.max / 1_024 else {
      throw configuration("Value of chunk_length_in_kb is too large (\(length))")
    }
    guard length > 0 else { throw configuration("Invalid negative or null chunk_length_in_kb") }
    guard length & (length - 1) == 0 else {
      throw configuration("chunk_length_in_kb must be a power of 2")
    }
    return length
  }

  private static func checkRatio(_ options: inout [String: String]) throws(TableError) {
    guard let text = options["min_compress_ratio"] else { return }
    guard let ratio = Double(text), ratio >= 0 else {
      throw configuration("Invalid negative min_compress_ratio")
    }
    guard ratio == 0 || ratio >= 1 else {
      throw configuration("min_compress_ratio can either be 0 or greater than or equal to 1")
    }
    options["min_compress_ratio"] = ratio == 0 ? nil : Value.real(ratio).cql
  }
}
