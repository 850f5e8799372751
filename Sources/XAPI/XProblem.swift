package import Bytes

/// What X says is wrong, in whichever of its forms.
package struct XProblem: Hashable, Sendable, CustomStringConvertible {
  package var title = ""
  package var detail = ""
  /// The last part of the problem's URI, such as `usage-capped`.
  package var type = ""
  package var reason = ""
  package var connectionIssue = ""
  package var disconnectType = ""
  /// What is said of single parameters.
  package var messages: [String] = []

  package init(title: String = "", detail: String = "", type: String = "") {
    self.title = title
    self.detail = detail
    self.type = type
  }

  /// Reads a problem; of several the first.
  package init(_ json: JSON) {
    let errors = json["errors"]?.elements ?? []
    let only = json["title"] == nil && json["detail"] == nil ? errors.first ?? json : json
    func text(_ name: String) -> String { Self.shown(only[name]?.text ?? "") }
    title = text("title")
    detail = text("detail")
    type = text("type").split(separator: "/").last.map(String.init) ?? ""
    reason = text("reason")
    connectionIssue = text("connection_issue")
    disconnectType = text("disconnect_type")
    let details = only["details"]?.elements?.compactMap(\.text) ?? []
    messages =
      details.map(Self.shown) + errors.compactMap { $0["message"]?.text }.map(Self.shown)
    // The older form of OAuth's endpoints.
    if title.isEmpty { title = text("error") }
    if detail.isEmpty { detail = text("error_description") }
  }

  /// What the body of a refusal says; where it is none of X's forms, the status.
  package init(status: Int, body: [UInt8]) {
    if let json = try? JSON(parsing: body), json.fields != nil {
      self.init(json)
    } else {
      self.init(title: "", detail: "", type: "")
    }
    if title.isEmpty && detail.isEmpty && messages.isEmpty { title = "HTTP \(status)" }
  }

  /// Whether an account's credits or posts of the month are used up, which no waiting mends.
  package var isUsageCap: Bool {
    type == "usage-capped" || title == "UsageCapExceeded" || type == "credits-depleted"
      || title == "CreditsDepleted"
  }

  /// Whether a rule is refused as the same one is there.
  var isDuplicateRule: Bool { type == "duplicate-rules" || title == "DuplicateRule" }

  /// Whether a rule is refused as there are as many as there may be.
  var isRuleCap: Bool { type == "rule-cap" || title == "RulesCapExceeded" }

  package var description: String {
    var parts = [title, detail] + messages
    if detail.contains(title) { parts.removeFirst() }
    parts = parts.filter { !$0.isEmpty }
    let text = parts.isEmpty ? type : parts.joined(separator: ": ")
    let kind = [connectionIssue, disconnectType, reason].first { !$0.isEmpty }
    return kind.map { "\(text) (\($0))" } ?? text
  }

  /// A text of a server as it may stand in a message: short, and without control characters.
  static func shown(_ text: String) -> String {
    let scalars = text.unicodeScalars.prefix(Limits.shownCharacters)
      .map { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? " " : $0 }
    return String(String.UnicodeScalarView(scalars))
  }
}
