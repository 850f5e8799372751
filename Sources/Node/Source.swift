package import Machine
internal import Posts
package import SupportDesk
internal import XAPI

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Where posts come from.
package enum Source: Hashable, Sendable {
  case file(String)
  case standardInput
  /// The filtered stream of X's API.
  case x
  /// Bluesky's Jetstream.
  case bluesky

  /// The name in messages.
  package var name: String {
    switch self {
    case .file(let path): path
    case .standardInput: "(stdin)"
    case .x: "X"
    case .bluesky: "Bluesky"
    }
  }

  /// Whether it goes on for ever.
  package var isEndless: Bool { self == .x || self == .bluesky }

  /// The file's path; nil for what is none.
  package var path: String? {
    if case .file(let path) = self { path } else { nil }
  }

  /// Says now what is wrong with a file that cannot be read at all. A named pipe is left alone:
  /// whoever writes to it would find it closed again.
  package func check() throws(IOFailure) {
    let disk = LocalDisk()
    guard let path, disk.isPlainFile(path) || disk.isDirectory(path) || !disk.exists(path) else {
      return
    }
    _ = try disk.open(path, .read)
  }

  /// Whether an error says that what comes from here cannot be read, rather than that what it goes
  /// to cannot be written.
  func isAtFault(_ error: any Error) -> Bool {
    switch error {
    case is DatasetError, is SourceError, is StreamFailure, is XError: true
    case let failure as IOFailure: failure.path == name
    default: false
    }
  }

  /// The same source by its one absolute path, whatever links and dots it was named with.
  package var resolved: Source {
    guard let path, let resolved = realpath(path, nil) else { return self }
    defer { free(resolved) }
    return .file(String(cString: resolved))
  }
}

/// What is wrong with a source.
package enum SourceError: Error, Equatable, CustomStringConvertible {
  /// Another program, or another part of this one, collects it at the moment.
  case collectedElsewhere(path: String, holder: String)
  /// It holds fewer records than were collected of it before.
  case shrunk(path: String, collected: Int, found: Int, topic: String)
  /// What it holds cannot be brought back from its compressed form.
  case packed(path: String, String, PackedPlace)

  /// How far compressed data could be read.
  package struct PackedPlace: Equatable, Sendable {
    /// Of the compressed data.
    var byte: Int64
    /// Bytes that came out before.
    var unpacked: Int64
    /// Records that were whole before; nil: nobody has counted.
    var records: Int?
    /// Whether the data is other than what was packed, so that what came out may be wrong as well.
    var isDamaged = false
  }

  package var description: String {
    switch self {
    case .collectedElsewhere(let path, let holder):
      "\(path) is being collected by \(holder): the same command goes on behind it when it has ended"
    case .shrunk(let path, let collected, let found, let topic):
      "\(path) holds \(found) records, but \(collected) of it are in \(topic) already: it was cut "
        + "or replaced; give new posts a file name of their own, or bring them in with "
        + "`grouse collect --again --file`"
    case .packed(let path, let what, let place):
      "\(path): \(what) at byte \(place.byte), where \(place.unpacked) bytes were unpacked"
        + (place.records.map { ": the \($0) records before are kept" } ?? "")
        + (place.isDamaged
          ? ", and some of them may be wrong; get the file anew and bring it in with "
            + "`grouse collect --again --file`: posts that are there already are told apart"
          : path == Source.standardInput.name
            ? "; bring all of it in anew: posts that are there already are told apart"
            : "; get the file anew and give the same command: it goes on behind them")
    }
  }

  /// The same with the number of records that were whole.
  func behind(records: Int) -> SourceError {
    guard case .packed(let path, let what, var place) = self else { return self }
    place.records = records
    return .packed(path: path, what, place)
  }
}

/// Reads a source to its end into a topic.
package struct SourceReader: Sendable {
  private let log: any EventLog
  private let topic: String
  private let partitions: Int
  private let pace: Pace?
  private let follows: Bool
  private let x: XConfiguration
  private let bluesky: BlueskyConfiguration
  /// Where streams show how they do.
  private let streams: LiveStreams
  /// The data directory in which it is noted who collects which file; nil where nobody else does.
  private let locks: String?

  /// A reader of sources. `follows`: a file's end is waited for to grow, as `tail -F` does. Of
  /// those with the same `locks`, one alone collects a file at a time.
  package init(
    into topic: String, of log: any EventLog, partitions: Int, pace: Pace? = nil,
    follows: Bool = false, x: XConfiguration = XConfiguration(),
    bluesky: BlueskyConfiguration = BlueskyConfiguration(), streams: LiveStreams = LiveStreams(),
    locks: String? = nil
  ) {
    self.log = log
    self.topic = topic
    self.partitions = partitions
    self.pace = pace
    self.follows = follows
    self.x = x
    self.bluesky = bluesky
    self.streams = streams
    self.locks = locks
  }

  /// Collects all of `source`, until its end or until `isStopped`. Where `resuming`, a file goes on
  /// where the last such run of it ended, and one that has taken another's place, as rotated logs
  /// do, is read from its start. `progress` hears of each chunk, and `report`, from any thread,
  /// what a stream has to say. A stream always goes on where it ended.
  package func collect(
    _ source: Source, resuming: Bool = false, isStopped: () -> Bool,
    progress: (CollectTotals) -> Void = { _ in },
    report: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> CollectTotals {
    if source == .bluesky {
      return try BlueskySource(
        configuration: bluesky, topic: topic, log: log, partitions: partitions, streams: streams
      ).collect(isStopped: isStopped, progress: progress, report: report)
    }
    if source == .x {
      return try XSource(
        configuration: x, topic: topic, log: log, partitions: partitions, streams: streams
      ).collect(isStopped: isStopped, progress: progress, report: report)
    }
    let lock = try source.resolved.path.flatMap { path throws in
      try locks.map { try FileLock(path, in: $0) }
    }
    defer { withExtendedLifetime(lock) {} }
    return try FileSource(
      source: source, topic: topic, log: log, partitions: partitions, pace: pace, follows: follows
    ).collect(resuming: resuming, isStopped: isStopped, progress: progress, report: report)
  }
}
