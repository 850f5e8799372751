internal import Bytes
internal import Machine

#if !_endian(little)
  #error("a model's file is used as it lies in memory, which must be little-endian")
#endif

/// Entries side by side as they lie in a model's file: in the file itself where that is mapped,
/// else in memory of their own.
struct FileTable<Element: BitwiseCopyable & Equatable>: @unchecked Sendable {
  // Unchecked: nobody writes to the entries once they are here.
  private let entries: UnsafeBufferPointer<Element>
  /// Holds the memory that the entries lie in.
  private let owner: AnyObject

  /// A table with these entries.
  init(_ array: [Element]) {
    self = array.withUnsafeBytes { FileTable($0, of: nil) }
  }

  /// The table in `bytes`, which are a part of `file`, or copied where that is nil.
  init(_ bytes: UnsafeRawBufferPointer, of file: MappedFile?) {
    if let file, let start = bytes.baseAddress,
      Int(bitPattern: start) % MemoryLayout<Element>.alignment == 0
    {
      entries = bytes.bindMemory(to: Element.self)
      owner = file
    } else {
      let memory = OwnedMemory(bytes, alignment: MemoryLayout<Element>.alignment)
      entries = UnsafeBufferPointer(memory.bytes.bindMemory(to: Element.self))
      owner = memory
    }
  }

  @inline(__always)
  func withUnsafeBufferPointer<Result>(
    _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    defer { extendLifetime(owner) }
    return try body(entries)
  }

  /// Adds the table as it lies in a file.
  func append(to output: inout ByteBuffer) {
    withUnsafeBufferPointer { output.append(UnsafeRawBufferPointer($0)) }
  }
}

extension FileTable: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { entries.count }

  subscript(place: Int) -> Element {
    precondition(place >= 0 && place < entries.count)
    return withExtendedLifetime(owner) { entries[place] }
  }
}

extension FileTable: Equatable {
  static func == (left: FileTable, right: FileTable) -> Bool {
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { left.elementsEqual($0) }
    }
  }
}

/// A copy of bytes.
private final class OwnedMemory {
  let bytes: UnsafeMutableRawBufferPointer

  init(_ source: UnsafeRawBufferPointer, alignment: Int) {
    bytes = .allocate(byteCount: source.count, alignment: alignment)
    bytes.copyMemory(from: source)
  }

  deinit { bytes.deallocate() }
}

/// What a model holds of a bucket.
struct BucketWeights: Sendable, BitwiseCopyable, Equatable {
  /// Inverse document frequency; 0 for a bucket not met in training, which counts for nothing.
  var idf: Float
  /// The trained weight times the IDF.
  var weight: Float

  static let unknown = BucketWeights(idf: 0, weight: 0)
}

/// One entry for each bucket.
typealias WeightTable = FileTable<BucketWeights>

extension WeightTable {
  /// How many buckets have an entry; nil where one holds what none may.
  var filledCount: Int? {
    withUnsafeBufferPointer { entries in
      let infinity = Float.infinity.bitPattern
      var filled = 0
      var faults: UInt32 = 0
      for entry in entries {
        let (idf, weight) = (entry.idf.bitPattern, entry.weight.bitPattern)
        // Infinite, not a number, or an IDF below 0: such are the highest bit patterns.
        faults |= idf < infinity ? 0 : 1
        faults |= weight & 0x7FFF_FFFF < infinity ? 0 : 1
        filled += idf | weight == 0 ? 0 : 1
      }
      return faults == 0 ? filled : nil
    }
  }
}
