/// A description of what becomes of a source's records: values of `Value`, one after the other.
///
/// It is a value: each step gives a new stream, and nothing runs before a `Query` is made of it.
/// Steps up to the first that keeps something (`deduplicate`, `aggregate`, `join`) run on several
/// cores at once, so their closures must give the same for the same event, whenever they run; the
/// others run in the order of the records.
package struct Stream<Value: Sendable>: Sendable {
  /// Makes the steps of a plan that lead to `next`.
  let build: @Sendable (_ plan: Plan, _ next: Stage<Value>) -> Void
  /// The steps so far, in words: what tells a query from a changed one.
  let outline: String
  /// Set as long as no step keeps anything: more steps can run before the batch is put in order.
  let rows: (any RowSteps<Value>)?

  /// A stream behind a step that keeps something.
  init(outline: String, build: @escaping @Sendable (Plan, Stage<Value>) -> Void) {
    self.outline = outline
    self.build = build
    rows = nil
  }

  /// A stream of steps that keep nothing.
  init(_ rows: some RowSteps<Value>) {
    self.rows = rows
    outline = rows.outline
    build = { plan, next in plan.ports.append(rows.port(to: next)) }
  }
}

extension Stream {
  /// The records of a source.
  package init(_ source: some StreamSource<Value>) {
    self.init(
      SourceSteps(source: source, delay: nil, outline: "from \(source.name)") { event, _, next in
        try next(event)
      })
  }

  /// Each value changed by `body`.
  package func map<Output: Sendable>(
    _ body: @escaping @Sendable (Value) throws -> Output
  ) -> Stream<Output> {
    transform { event, _, next in try next(event.with(try body(event.value))) }
  }

  /// The values for which `isKept` is true.
  package func filter(_ isKept: @escaping @Sendable (Value) throws -> Bool) -> Stream<Value> {
    transform { event, _, next in if try isKept(event.value) { try next(event) } }
  }

  /// For each value, all those that `body` gives.
  package func flatMap<Output: Sendable>(
    _ body: @escaping @Sendable (Value) throws -> [Output]
  ) -> Stream<Output> {
    transform { event, _, next in
      for value in try body(event.value) { try next(event.with(value)) }
    }
  }

  /// The same where values can be large, or many from one record: `weigh` tells the bytes of each,
  /// and a batch reads no more records once it has `QuerySettings.maxBytesPerBatch` of them.
  package func flatMap<Output: Sendable>(
    weighing weigh: @escaping @Sendable (Output) -> Int,
    _ body: @escaping @Sendable (Value) throws -> [Output]
  ) -> Stream<Output> {
    transform { event, notes, next in
      for value in try body(event.value) {
        notes.weight += weigh(value)
        try next(event.with(value))
      }
    }
  }

  /// Each value with what a table holds under its key when the value comes by; nil where nothing.
  package func join<Key: Sendable, Row: Sendable>(
    _ table: some LookupTable<Key, Row>, on key: @escaping @Sendable (Value) -> Key
  ) -> Stream<(Value, Row?)> {
    transform { event, _, next in
      try next(event.with((event.value, try table.row(for: key(event.value)))))
    }
  }

  /// Takes the time of events from their values, in milliseconds since 1970, and waits `delay` for
  /// those that come behind later ones: what is older by more than that is late.
  ///
  /// A partition's watermark is its latest time less `delay`; the query's is that of the partition
  /// that is furthest behind. Whether an event is late depends on the records before its own in its
  /// own partition alone, so the outcome does not depend on how records fall into batches.
  package func watermark(
    _ delay: Span, on time: @escaping @Sendable (Value) -> Int64
  ) throws(StreamError) -> Stream<Value> {
    guard let rows else {
      throw .unsupported("a watermark stands before the first step that keeps something")
    }
    return rows.watermark(delay, time)
  }

  private func transform<Output: Sendable>(
    _ transform: @escaping Transform<Value, Output>
  ) -> Stream<Output> {
    if let rows { return rows.then(transform) }
    return Stream<Output>(outline: outline) { plan, next in
      build(plan, TransformStage(transform, next))
    }
  }
}

/// A table in which a stream's values look something up. Called from several threads.
package protocol LookupTable<Key, Row>: Sendable {
  /// What it is looked up by.
  associatedtype Key: Sendable
  /// What is found.
  associatedtype Row: Sendable
  /// What the table holds under a key; nil where it holds nothing.
  func row(for key: Key) throws -> Row?
}

/// A source with steps behind it that keep nothing.
protocol RowSteps<Value>: Sendable {
  associatedtype Value: Sendable
  var outline: String { get }
  func then<Output: Sendable>(_ transform: @escaping Transform<Value, Output>) -> Stream<Output>
  func watermark(_ delay: Span, _ time: @escaping @Sendable (Value) -> Int64) -> Stream<Value>
  func port(to next: Stage<Value>) -> Port
}

/// The same, with the type of the source's records.
struct SourceSteps<Source: StreamSource, Value: Sendable>: RowSteps {
  let source: Source
  /// How long late events are waited for; nil where no time was given.
  let delay: Span?
  let outline: String
  let transform: Transform<Source.Value, Value>

  init(
    source: Source, delay: Span?, outline: String,
    _ transform: @escaping Transform<Source.Value, Value>
  ) {
    self.source = source
    self.delay = delay
    self.outline = outline
    self.transform = transform
  }

  func then<Output: Sendable>(_ more: @escaping Transform<Value, Output>) -> Stream<Output> {
    Stream(
      SourceSteps<Source, Output>(source: source, delay: delay, outline: outline) {
        [transform] event, time, next in
        try transform(event, time) { try more($0, time, next) }
      })
  }

  func watermark(_ delay: Span, _ time: @escaping @Sendable (Value) -> Int64) -> Stream<Value> {
    Stream(
      SourceSteps(
        source: source, delay: delay, outline: "\(outline), watermark \(delay)"
      ) { [transform] event, latest, next in
        try transform(event, latest) { event in
          var event = event
          event.time = time(event.value)
          latest.latest = max(latest.latest, event.time)
          try next(event)
        }
      })
  }

  func port(to next: Stage<Value>) -> Port { SourcePort(self, next) }
}
