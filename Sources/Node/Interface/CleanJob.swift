internal import Bytes
internal import CommitLog
internal import Listeners

/// Retention and compaction, asked for.
package enum CleanJob {
  /// The kind's name.
  package static let name = "clean"

  static func kind(_ changes: OpenLogChanges) -> JobKind {
    JobKind(name, "apply retention and compaction to the log: {\"force\": false}") { arguments in
      try arguments.checkFields("force")
      let force = arguments["force"]?.boolean ?? false
      return { control in
        try changes.clean(force: force) { done, all in
          control.report(["partitions": JSON(done), "of": JSON(all)])
          return !control.isCancelled
        }.json
      }
    }
  }
}
