/// A value on its way through a query, with the time it speaks of and the place it came from.
package struct Event<Value: Sendable>: Sendable {
  package var value: Value
  /// The event's time, in milliseconds since 1970; the record's own until a stream says otherwise.
  package var time: Int64
  /// The record that it was made of; nil for what is made of many.
  package var origin: Origin?
  /// How far the origin's partition had come before it: what is older is late.
  package internal(set) var watermark = Int64.min

  /// An event that a source has read.
  package init(_ value: Value, time: Int64, origin: Origin?) {
    self.value = value
    self.time = time
    self.origin = origin
  }

  /// The same event with another value.
  func with<Other>(_ value: Other) -> Event<Other> {
    var event = Event<Other>(value, time: time, origin: origin)
    event.watermark = watermark
    return event
  }
}

/// A record's place in its source.
package struct Origin: Hashable, Sendable, CustomStringConvertible {
  package var source: String
  package var partition: Int
  package var offset: Int64

  package init(_ source: String, _ partition: Int, _ offset: Int64) {
    self.source = source
    self.partition = partition
    self.offset = offset
  }

  package var description: String { "\(source)-\(partition)@\(offset)" }
}

/// A span of event time.
package struct Span: Hashable, Sendable, CustomStringConvertible {
  /// Its length; not negative.
  package let milliseconds: Int64

  /// A negative length is none.
  package init(milliseconds: Int64) { self.milliseconds = max(milliseconds, 0) }

  /// So many milliseconds.
  package static func milliseconds(_ count: Int) -> Span { Span(milliseconds: Int64(count)) }
  /// So many seconds.
  package static func seconds(_ count: Int) -> Span { .milliseconds(count * 1_000) }
  /// So many minutes.
  package static func minutes(_ count: Int) -> Span { .seconds(count * 60) }
  /// So many hours.
  package static func hours(_ count: Int) -> Span { .minutes(count * 60) }

  package var description: String { "\(milliseconds) ms" }
}
