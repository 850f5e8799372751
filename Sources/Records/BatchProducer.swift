/// The producer that a batch is marked with, so that a batch sent twice is known again, and a
/// transaction's batches are known to be one.
public struct BatchProducer: Hashable, Sendable {
  /// The producer's number; -1 where there is none.
  public var id: Int64
  /// Tells the producer's incarnations apart; -1 where there is none.
  public var epoch: Int16
  /// The first record's number in the producer's count; -1 where it does not count.
  public var sequence: Int32
  /// The batch is part of a transaction.
  public var isTransactional: Bool

  /// No producer.
  public static let none = BatchProducer()

  /// A producer; what is left out is none.
  public init(
    id: Int64 = -1, epoch: Int16 = -1, sequence: Int32 = -1, isTransactional: Bool = false
  ) {
    self.id = id
    self.epoch = epoch
    self.sequence = sequence
    self.isTransactional = isTransactional
  }
}
