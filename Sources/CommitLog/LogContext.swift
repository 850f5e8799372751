internal import Machine

/// What the partitions of one log share.
struct LogContext: Sendable {
  let disk: any FileSystem
  let clock: Clock
  let configuration: LogConfiguration
  let arrivals: Signal
  /// Nil where the log was opened for reading only.
  let checkpoints: LogCheckpoints?
}
