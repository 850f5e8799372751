internal import CEdit

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Lets lines be typed and edited on a terminal, with history and completion (libedit).
package final class LineEditor {
  /// What came of asking for a line.
  package enum Answer: Equatable, Sendable {
    case line(String)
    /// Ctrl-C was pressed.
    case dropped
    /// The end of input, as Ctrl-D on an empty line.
    case end
  }

  private let edit: OpaquePointer
  private let past: OpaquePointer
  private let historyPath: String?
  private let interrupt: KeyboardInterrupt
  private let complete: (String) -> Completion
  fileprivate var prompt: UnsafeMutablePointer<CChar>?

  /// Opens the terminal. `interrupt` ends the reading of a line. `complete` is given the line up to
  /// the cursor. Nil where the terminal cannot be edited on.
  package init?(
    _ program: String, historyPath: String?, interrupt: KeyboardInterrupt,
    complete: @escaping (String) -> Completion
  ) {
    LineEditor.useUTF8()
    guard let edit = edit_open(program, StandardOutput.isTerminal ? 0 : 1),
      let past = history_init()
    else { return nil }
    self.edit = edit
    self.past = past
    self.historyPath = historyPath
    self.interrupt = interrupt
    self.complete = complete
    edit_history_limit(past, 1_000)
    if let historyPath { edit_history_load(past, historyPath) }
    edit_set_owner(edit, Unmanaged.passUnretained(self).toOpaque())
    edit_set_prompt(edit, promptOfEditor)
    edit_set_keys(edit, "emacs")
    edit_set_history(edit, past)
    edit_add_function(edit, "grouse-complete", "Complete the word", completeInEditor)
    edit_bind(edit, "^I", "grouse-complete")
    edit_bind(edit, "^R", "em-inc-search-prev")
    // The user's own settings, ~/.editrc, go before ours.
    el_source(edit, nil)
  }

  deinit {
    el_end(edit)
    history_end(past)
    free(prompt)
  }

  /// Asks for a line. It comes without its end.
  package func ask(_ prompt: String) -> Answer {
    free(self.prompt)
    self.prompt = strdup(prompt)
    interrupt.reset()
    var count: Int32 = 0
    guard let line = el_gets(edit, &count), count > 0 else {
      Messages.raw("\n")
      return interrupt.isRaised ? .dropped : .end
    }
    let text = String(cString: line)
    return .line(text.hasSuffix("\n") ? String(text.dropLast()) : text)
  }

  /// Adds a line to the history, and to its file, which only the user can read.
  package func remember(_ line: String) {
    guard !line.isEmpty else { return }
    edit_history_add(past, line + "\n")
    if let historyPath { edit_history_save(past, historyPath) }
  }

  fileprivate func completeWord() -> UInt8 {
    guard let line = el_line(edit)?.pointee else { return UInt8(CC_ERROR) }
    let length = line.cursor - line.buffer
    let bytes = UnsafeBufferPointer(start: line.buffer, count: length)
    let completion = complete(String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    if !completion.insertion.isEmpty {
      if completion.replaced > 0 { el_deletestr(edit, Int32(clamping: completion.replaced)) }
      return UInt8(el_insertstr(edit, completion.insertion) == 0 ? CC_REFRESH : CC_ERROR)
    }
    guard !completion.choices.isEmpty else { return UInt8(CC_REFRESH_BEEP) }
    Messages.raw("\n" + completion.choices.joined(separator: "\n") + "\n")
    return UInt8(CC_REDISPLAY)
  }

  /// libedit takes bytes as the locale has them: without UTF-8, letters beyond ASCII are lost.
  private static func useUTF8() {
    setlocale(LC_CTYPE, "")
    let codeset = nl_langinfo(nl_item(CODESET)).map { String(cString: $0) }
    if codeset != "UTF-8", setlocale(LC_CTYPE, "C.UTF-8") == nil { setlocale(LC_CTYPE, "UTF-8") }
  }
}

/// What a completion does to the line.
package struct Completion: Equatable, Sendable {
  /// The characters before the cursor that go.
  package var replaced = 0
  /// What is put in their place; where it is empty, `choices` are shown.
  package var insertion = ""
  /// The lines that show what could stand there.
  package var choices: [String] = []

  package init() {}
}

private func owner(_ edit: OpaquePointer?) -> LineEditor? {
  edit_owner(edit).map { Unmanaged<LineEditor>.fromOpaque($0).takeUnretainedValue() }
}

private func promptOfEditor(_ edit: OpaquePointer?) -> UnsafeMutablePointer<CChar>? {
  owner(edit)?.prompt
}

private func completeInEditor(_ edit: OpaquePointer?, _ key: Int32) -> UInt8 {
  owner(edit)?.completeWord() ?? UInt8(CC_ERROR)
}
