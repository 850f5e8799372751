internal import Machine

/// Kafka's checkpoint files: `0`, the number of lines, then `topic partition offset` a line.
struct Checkpoint {
  static let recoveryPoint = "recovery-point-offset-checkpoint"

  let path: String
  let disk: any FileSystem

  /// The offsets kept; none where the file is missing or not to be understood, which costs a
  /// longer check at the start and nothing else.
  func read() throws(IOFailure) -> [TopicPartition: Int64] {
    guard disk.exists(path) else { return [:] }
    let text = String(decoding: try disk.readAll(path), as: UTF8.self)
    let lines = text.split(separator: "\n")
    guard lines.count >= 2, lines[0] == "0", Int(lines[1]) == lines.count - 2 else { return [:] }
    var offsets: [TopicPartition: Int64] = [:]
    for line in lines.dropFirst(2) {
      let fields = line.split(separator: " ")
      guard fields.count == 3, let partition = Int(fields[1]), let offset = Int64(fields[2]) else {
        return [:]
      }
      offsets[TopicPartition(String(fields[0]), partition)] = offset
    }
    return offsets
  }

  func write(_ offsets: [TopicPartition: Int64]) throws(IOFailure) {
    let lines = offsets.sorted { $0.key < $1.key }
      .map { "\($0.key.topic) \($0.key.partition) \($0.value)\n" }
    try disk.replace(path, with: Array(("0\n\(lines.count)\n" + lines.joined()).utf8))
  }
}
