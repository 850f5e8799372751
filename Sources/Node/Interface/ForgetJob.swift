package import Bytes
package import Listeners
internal import SupportDesk

/// Posts and people that are to be forgotten, asked for of the process that runs.
package enum ForgetJob {
  /// The kind's name.
  package static let name = "forget"

  /// What the job is told.
  package static func arguments(_ subjects: [String]) -> JSON {
    ["subjects": .array(subjects.map { .text($0) })]
  }

  /// A forgetting beside the query of `pipeline`.
  package static func kind(_ pipeline: Pipeline) -> JobKind {
    JobKind(
      name, "forget posts and people: {\"subjects\": [\"POST\", \"@USER\", …]}"
    ) { arguments in
      try arguments.checkFields("subjects")
      let texts = (arguments["subjects"]?.elements ?? []).compactMap(\.text)
      let subjects = texts.compactMap { Forgetting.Subject($0) }
      guard !texts.isEmpty, subjects.count == texts.count else {
        throw ForgetError.noSubject(texts.first { Forgetting.Subject($0) == nil } ?? "")
      }
      let forgetter = pipeline.forgetter
      return { control in
        try forgetter.forget(
          Set(subjects), isCancelled: { control.isCancelled },
          progress: { control.report(["partitions": JSON($0), "of": JSON($1)]) }
        ).json
      }
    }
  }
}

/// What cannot be forgotten.
package enum ForgetError: Error, Equatable, CustomStringConvertible {
  case noSubject(String)

  package var description: String {
    switch self {
    case .noSubject(let text):
      "\"\(text)\" names no post and nobody: give a post's id or address, @handle, did:… or user:ID"
    }
  }
}
