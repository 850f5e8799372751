internal import Machine

/// The `leader-epoch-checkpoint` of a partition: the offset at which each of its leaders began. On
/// one machine there is one leader, with epoch 0; a log that comes from elsewhere has had others,
/// and goes on in the epoch of the last one.
enum LeaderEpochs {
  static let name = "leader-epoch-checkpoint"

  private typealias Row = (epoch: Int32, start: Int64)

  /// Begins a partition's file.
  static func create(in files: SegmentFiles) throws(IOFailure) { try write([(0, 0)], in: files) }

  /// The epoch of the last leader. Those that begin behind `end` tell of records that are gone, and
  /// are removed.
  static func current(before end: Int64, in files: SegmentFiles) throws(IOFailure) -> Int32 {
    let rows = try read(files)
    let kept = rows.filter { $0.start <= end }
    if kept.count < rows.count { try write(kept, in: files) }
    return kept.last?.epoch ?? 0
  }

  /// Forgets the leaders all of whose records lie before `start`.
  static func moveStart(to start: Int64, in files: SegmentFiles) throws(IOFailure) {
    let rows = try read(files)
    let first = rows.last { $0.start <= start }?.epoch ?? 0
    try write([(first, start)] + rows.filter { $0.start > start }, in: files)
  }

  /// None where the file is missing or cannot be understood.
  private static func read(_ files: SegmentFiles) throws(IOFailure) -> [Row] {
    let path = Path.join(files.directory, name)
    guard files.disk.exists(path) else { return [] }
    let bytes = try files.disk.readAll(path, limit: Limits.textFileBytes)
    var rows: [Row] = []
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst(2) {
      let fields = line.split(separator: " ")
      guard fields.count == 2, let epoch = Int32(fields[0]), let start = Int64(fields[1]) else {
        return []
      }
      rows.append((epoch, start))
    }
    return rows
  }

  private static func write(_ rows: [Row], in files: SegmentFiles) throws(IOFailure) {
    let lines = rows.map { "\($0.epoch) \($0.start)\n" }.joined()
    try files.disk.replace(
      Path.join(files.directory, name), with: Array("0\n\(rows.count)\n\(lines)".utf8))
  }
}
