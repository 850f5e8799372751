internal import ArgumentParser
internal import Bytes
internal import Machine
internal import Node
internal import Terminal
internal import XAPI

struct XPost: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "post",
    abstract: "Post a text, or answer a post; the same one is never sent twice.",
    discussion: """
      That it is sent is noted in the data directory first: where the command is cut off, the same \
      command asks X what came of it. A post is answered once, whatever the words. X takes answers \
      of apps only to posts that mention the account or quote one of its posts, which is looked up \
      before (--unchecked: it is not).

      Example: grouse x post 'Sorry! Which order is it?' --reply-to 2051837460012345678
      """)

  @Argument(help: "The text.") var text: String
  @Option(help: "The id of the post that this answers.") var replyTo: String?
  @Option(help: "What tells a post that is no answer from others (default: its text).")
  var key: String?
  @Flag(help: "Send without asking whether the account was called.") var unchecked = false
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if let replyTo, UInt64(replyTo) == nil {
      throw ValidationError("--reply-to takes the id of a post, a number")
    }
    if replyTo != nil, key != nil {
      throw ValidationError("an answer is told by the post that it answers: leave out --key")
    }
  }

  func run() throws {
    let draft = Draft(text, replyTo: replyTo)
    guard draft.faults.isEmpty else {
      for fault in draft.faults { Messages.line("the post cannot be sent: \(fault)") }
      throw ExitCode.failure
    }
    let configuration = try options.configuration()
    for warning in draft.warnings(try configuration.x().settings.prices) { Messages.line(warning) }
    let intents = PostIntentFiles(Path.join(configuration.dataDirectory, "x-posts"))
    let (key, isChecked) = (key, !unchecked)
    let outcome = try XSession.run(configuration, saying: "the same command tells what came of it")
    { client in
      try await client.post(draft, key: key, intents, isChecked: isChecked)
    }
    switch outcome {
    case .sent(let id), .wasSent(let id):
      if case .wasSent = outcome { Messages.line("it was sent before") }
      try StandardOutput.line(options.json ? JSON.object([.init("id", .text(id))]).line : id)
    case .unsettled(let reason):
      Messages.line("whether it was sent is not known: \(reason); give the same command again")
      throw ExitCode.failure
    }
  }
}

struct XDelete: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete a post of one's own.",
    discussion: "Example: grouse x delete 2051837460012345678")

  @Argument(help: "The post's id.") var id: String
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard UInt64(id) != nil else { throw ValidationError("the id of a post is a number") }
  }

  func run() throws {
    let id = id
    let isDeleted = try XSession.run(try options.configuration()) {
      try await $0.deletePost(id)
    }
    guard isDeleted else { throw XError.invalid("X did not delete \(id)") }
    Messages.line("deleted \(id)")
  }
}
