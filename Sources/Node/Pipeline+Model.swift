internal import Machine
package import SupportDesk
internal import Synchronization
package import TextClassification

/// A model with its name in rows, and how it scored in training, where that is known.
package struct Judge: Sendable {
  package var classifier: TextClassifier
  package var model: String
  package var training: ScoreDistribution?

  package init(_ classifier: TextClassifier, _ manifest: ModelManifest) {
    self.classifier = classifier
    model = manifest.reference
    training = manifest.distribution
  }
}

/// Somebody's wish to have the query stand still for a while.
final class Pause: Sendable {
  private struct State {
    var hasBegun = false
    var isRefused = false
    var isOver = false
    var judge: Judge?
  }

  private let state = Mutex(State())
  private let changed = Signal()

  /// False where the query has ended, not paused.
  func wait() -> Bool {
    while true {
      let seen = changed.generation
      let now = state.withLock { $0 }
      if now.isRefused { return false }
      if now.hasBegun { return true }
      changed.wait(since: seen)
    }
  }

  /// Ends it; the query goes on with `judge`, or as before.
  func end(_ judge: Judge?) {
    state.withLock { ($0.isOver, $0.judge) = (true, judge) }
    changed.raise()
  }

  func refuse() {
    state.withLock { $0.isRefused = true }
    changed.raise()
  }

  /// On the query's thread: lets the other go on, and waits until it is over.
  func hold() -> Judge? {
    state.withLock { $0.hasBegun = true }
    changed.raise()
    while true {
      let seen = changed.generation
      let now = state.withLock { $0 }
      if now.isOver { return now.judge }
      changed.wait(since: seen)
    }
  }
}

/// The pipeline cannot pause: it is ending, or does already for somebody else.
package struct EndingPipeline: Error, CustomStringConvertible {
  package var description: String {
    "the running Grouse is ending, or pauses for another job: nothing was changed"
  }
}

extension Pipeline {
  /// Runs `body` while the query stands still between two batches, and lets it go on as the judge
  /// that `body` returns says. Sources go on collecting. For one at a time; thrown:
  /// `EndingPipeline`, and what `body` throws.
  package func whilePaused(_ body: () throws -> Judge?) throws {
    let wish = Pause()
    guard ask(wish), wish.wait() else { throw EndingPipeline() }
    do { wish.end(try body()) } catch {
      wish.end(nil)
      throw error
    }
  }
}
