internal import Machine
internal import Synchronization

/// A bar on a terminal's standard error while long work goes on; nothing elsewhere.
package final class ProgressBar: Sendable {
  private struct State {
    var done = 0
    var total: Int?
    var drawn = 0.0
    var width = 0
    var note = ""
  }

  private let label: String
  private let unit: String
  private let start = Clock.monotonicSeconds()
  private let state: Mutex<State>

  /// A bar for `total` things (nil: unknown) that are counted in `unit`, e.g. "posts"; of `bytes`
  /// the sizes are shown.
  package init(_ label: String, unit: String, total: Int?) {
    self.label = label
    self.unit = unit
    state = Mutex(State(total: total))
  }

  /// The unit of sizes.
  package static let bytes = "bytes"

  /// Shows how much is done, at most some twenty times a second; `note` is shown behind it.
  package func update(_ done: Int, total: Int? = nil, note: String = "") {
    show { state in
      state.done = done
      state.note = note
      if let total { state.total = total }
    }
  }

  /// Shows another note behind what is done.
  package func update(note: String) { show { $0.note = note } }

  private func show(_ change: (inout State) -> Void) {
    guard Messages.isTerminal else { return }
    let line: String? = state.withLock { state in
      change(&state)
      let now = Clock.monotonicSeconds()
      guard now - state.drawn > 0.05 else { return nil }
      state.drawn = now
      let text = draw(state, now - start)
      defer {
        state.width = Shown.width(text)
        Messages.barWidth.store(state.width, ordering: .relaxed)
      }
      return "\r" + text + String(repeating: " ", count: max(state.width - Shown.width(text), 0))
    }
    if let line { Messages.raw(line) }
  }

  /// Takes the bar away.
  package func clear() {
    guard Messages.isTerminal else { return }
    let width = state.withLock { $0.width }
    guard width > 0 else { return }
    Messages.raw("\r" + String(repeating: " ", count: width) + "\r")
    Messages.barWidth.store(0, ordering: .relaxed)
  }

  /// The seconds since the bar was made.
  package var seconds: Double { Clock.monotonicSeconds() - start }

  private func draw(_ state: State, _ seconds: Double) -> String {
    let rate = seconds > 0 ? Int(Double(state.done) / seconds) : 0
    let speed = "\(amount(rate))/s" + (state.note.isEmpty ? "" : " · \(state.note)")
    guard let total = state.total, total > 0 else {
      return "\(label) \(amount(state.done)) · \(speed)"
    }
    let share = min(Double(state.done) / Double(total), 1)
    let cells = 24
    let full = Int(share * Double(cells))
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
    let left = rate > 0 ? max(total - state.done, 0) / max(rate, 1) : 0
    let whole = unit == Self.bytes ? " of \(amount(total))" : ""
    return "\(label) \(bar) \(Int(share * 100)) % · \(amount(state.done))\(whole) · \(speed)"
      + (left > 1 ? " · \(Self.duration(left)) left" : "")
  }

  private func amount(_ count: Int) -> String {
    unit == Self.bytes ? Shown.bytes(Int64(count)) : "\(Shown.number(count)) \(unit)"
  }

  /// Seconds as people say them.
  private static func duration(_ seconds: Int) -> String {
    switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7_200: "\(seconds / 60) min"
    default: "\(Shown.number(seconds / 3_600)) h"
    }
  }
}
