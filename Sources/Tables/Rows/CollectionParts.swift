/// A set or map taken apart, to be asked many times for some of it. It borrows the bytes.
struct CollectionParts {
  private let type: DataType
  private let keyType: DataType
  /// A set's elements, or a map's keys and values by turns; sorted, as sets and maps are kept.
  private let parts: [UnsafeRawBufferPointer]
  /// How many parts make an entry.
  private let step: Int

  /// Nil where the bytes are not of the type.
  init?(_ bytes: UnsafeRawBufferPointer, _ type: DataType) {
    guard let keyType = type.whole.parts.first, let parts = type.elements(bytes) else { return nil }
    (self.type, self.keyType, self.parts) = (type, keyType, parts)
    step = type.whole.parts.count
  }

  /// A map's value of a key, or a set's element where it has it.
  subscript(key: [UInt8]) -> [UInt8]? {
    let place = start(of: key)
    let isThere = key.withUnsafeBytes { key in
      place < parts.count && keyType.compare(parts[place], key) == 0
    }
    return isThere ? [UInt8](parts[place + step - 1]) : nil
  }

  /// The part whose keys lie between two, both included; nil for a bound there is not.
  func slice(from: [UInt8]?, to: [UInt8]?) -> [UInt8]? {
    let low = from.map { start(of: $0) } ?? 0
    let high = to.map { start(of: $0, behind: true) } ?? parts.count
    let kept = low < high ? parts[low..<high].map { [UInt8]($0) } : []
    // A collection made of cells that has none is null.
    if case .multiCell = type, kept.isEmpty { return nil }
    return LiteralEncoder.collection(kept, count: kept.count / step)
  }

  /// Where the entries begin whose keys are not less than `key`, or greater.
  private func start(of key: [UInt8], behind: Bool = false) -> Int {
    key.withUnsafeBytes { key in
      var range = 0..<(parts.count / step)
      while !range.isEmpty {
        let middle = (range.lowerBound + range.upperBound) / 2
        let order = keyType.compare(parts[middle * step], key)
        let isBefore = behind ? order <= 0 : order < 0
        range = isBefore ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
      }
      return range.lowerBound * step
    }
  }
}
