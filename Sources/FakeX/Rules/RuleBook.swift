internal import Bytes

/// A rule that is in force.
struct Rule: Sendable {
  var id: String
  var value: String
  var tag: String
  var expression: Expression

  var json: JSON {
    tag.isEmpty
      ? ["id": .text(id), "value": .text(value)]
      : ["id": .text(id), "value": .text(value), "tag": .text(tag)]
  }
}

/// The rules of a stream.
struct RuleBook {
  private(set) var rules: [Rule] = []
  /// Changes with every change of the rules.
  private(set) var version = 0
  private var nextID = 2_051_000_000_000_000_001

  /// What would be added, and why the rest would not.
  struct Plan {
    var accepted: [Rule] = []
    var errors: [JSON] = []
    var invalid = 0
    /// Of those that were not accepted, those that are rules all the same.
    var valid = 0
  }

  /// Tries to add rules.
  mutating func plan(_ wanted: [(value: String, tag: String)], _ caps: Caps) -> Plan {
    var plan = Plan()
    for (value, tag) in wanted {
      let known = rules + plan.accepted
      if let duplicate = known.first(where: { $0.value == value }) {
        plan.valid += 1
        plan.errors.append([
          "value": .text(value), "id": .text(duplicate.id), "title": "DuplicateRule",
          "type": .text(Problem.base + "duplicate-rules"),
        ])
        continue
      }
      do throws(RuleError) {
        guard value.count <= caps.ruleLength else {
          throw RuleError(
            detail: "Rule must not be longer than \(caps.ruleLength) characters"
              + " (has \(value.count))")
        }
        let expression = try RuleParser.parse(value)
        guard known.count < min(caps.rules, caps.projectRules) else {
          plan.valid += 1
          plan.errors.append([
            "value": .text(value), "title": "RulesCapExceeded",
            "detail": .text(
              "Rule cap of \(min(caps.rules, caps.projectRules)) rules would be exceeded."),
            "type": .text(Problem.base + "rule-cap"),
          ])
          continue
        }
        plan.accepted.append(
          Rule(id: "\(nextID)", value: value, tag: tag, expression: expression))
        nextID += 1
      } catch {
        plan.invalid += 1
        plan.errors.append([
          "value": .text(value), "details": [.text(error.detail)],
          "title": "UnprocessableEntity", "type": .text(Problem.base + "invalid-rules"),
        ])
      }
    }
    return plan
  }

  /// Puts planned rules in force.
  mutating func add(_ accepted: [Rule]) {
    guard !accepted.isEmpty else { return }
    rules += accepted
    version += 1
  }

  /// Takes rules away; gives how many went.
  mutating func remove(_ isUnwanted: (Rule) -> Bool) -> Int {
    let before = rules.count
    rules.removeAll(where: isUnwanted)
    if rules.count != before { version += 1 }
    return before - rules.count
  }

  /// The rules that a post is sent for.
  func matching(_ post: PostFacts) -> [Rule] { rules.filter { $0.expression.matches(post) } }
}
