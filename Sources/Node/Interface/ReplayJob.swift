internal import Bytes
package import Listeners
package import SupportDesk

/// A replay, asked for of the process that runs.
package enum ReplayJob {
  /// The kind's name.
  package static let name = "replay"

  /// A replay beside the query of `pipeline`.
  package static func kind(
    _ pipeline: Pipeline, _ configuration: Configuration, _ registry: ModelRegistry
  ) -> JobKind {
    JobKind(
      name,
      "classify the log anew: {\"table\", \"model\", \"from\", \"to\", \"again\", \"compare\", "
        + "\"posts\", \"swap\", \"undo\"}"
    ) { arguments in
      let request = try ReplayRequest(arguments)
      return { control in
        try ReplayWork(
          request, configuration, registry, pipeline.commitLog, pipeline.log, pipeline.store,
          isBesideLive: true,
          pausing: { exchange in try pipeline.whilePaused { try exchange() } }
        ).run(isStopped: { control.isCancelled }) { stage, done, all in
          control.report(["stage": .text(stage), "done": JSON(done), "of": JSON(all)])
        }
      }
    }
  }
}
