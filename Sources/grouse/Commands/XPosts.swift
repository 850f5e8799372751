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
      What is to be sent is kept in the data directory first: where the command is cut off, the same \
      command asks X what came of it. X takes answers of apps only to posts that mention the \
      account or quote one of its posts, which is looked up before (--unchecked: it is not).

      Example: grouse x post 'Sorry! Which order is it?' --reply-to 2051837460012345678
      """)

  @Argument(help: "The text.") var text: String
  @Option(help: "The id of the post that this answers.") var replyTo: String?
  @Option(help: "What tells this post from others (default: what it answers, or its text).")
  var key: String?
  @Flag(help: "Send without asking whether the account was called.") var unchecked = false
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if let replyTo, UInt64(replyTo) == nil {
      throw ValidationError("--reply-to takes the id of a post, a number")
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
    let key = key ?? replyTo.map { "reply \($0)" } ?? "text \(text)"
    let checks = !unchecked
    let outcome = try XSession.run(configuration, saying: "the same command tells what came of it")
    {
      client in
      if checks, let replyTo = draft.replyTo { try await Self.check(replyTo, client) }
      return try await client.post(draft, key: key, intents)
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

  private static func check(_ id: String, _ client: XClient) async throws {
    let me = try await client.whoAmI()
    guard let line = try await client.posts(ids: [id]).first?.lines().first,
      let post = try? JSON(parsing: line.line)
    else { throw XError.invalid("there is no post \(id) any more") }
    guard
      Summons.calls(
        post, account: me["id"]?.text ?? "", named: me["username"]?.text ?? "")
    else {
      throw XError.invalid(
        "the author of \(id) has not mentioned the account, nor quoted a post of its own: X takes no "
          + "answer of an app there (--unchecked sends it all the same)")
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
