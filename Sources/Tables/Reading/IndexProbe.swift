internal import Bytes
internal import LMDB

/// Tells with one look into an index that a SELECT by one of its values finds nothing: most often
/// it is asked for what is not there, before that is written.
struct IndexProbe: Sendable {
  private let index: Index
  private let column: KeyColumn
  private let marker: Int

  /// Nil where a statement asks for more than a bound value of one indexed column, or has an answer
  /// though there be no row.
  init?(_ selection: Selection) {
    let restrictions = selection.restrictions
    guard case .none = selection.grouping, selection.limit == nil,
      selection.perPartitionLimit == nil, let access = restrictions.index,
      access.index.target == .values, restrictions.key == nil, restrictions.token == nil,
      restrictions.partition.isEmpty,
      restrictions.clustering.all.count + restrictions.others.all.count == 1,
      case .equal(.each(let values)) = access.restriction.kind,
      access.restriction.columns.count == 1, values.count == 1,
      case .marker(let marker, _) = values[0],
      !ColumnPlace(access.restriction.first).isMultiCell
    else { return nil }
    index = access.index
    column = KeyColumn(access.restriction.first)
    self.marker = marker
  }

  /// Whether there is no entry of the value; false also where it is none that the column may have,
  /// which is for the statement to say.
  func isAbsent(
    _ values: borrowing BoundValues, _ databases: Databases
  ) throws(TableError) -> Bool {
    guard values.ranges.indices.contains(marker), let range = values.ranges[marker],
      range != BoundValues.unset
    else { return false }
    var prefix = ByteBuffer(capacity: 128)
    prefix.append(bigEndian: index.id)
    let isValue = values.bytes.withBytes { bytes in
      let value = UnsafeRawBufferPointer(rebasing: bytes[range])
      guard column.takes(value) else { return false }
      column.column.type.appendComponent(value, descending: false, to: &prefix)
      return true
    }
    guard isValue else { return false }
    return try stored { () throws(LMDBError) in
      let cursor = try databases.indexes.cursor()
      return try prefix.withBytes { prefix throws(LMDBError) in
        guard let entry = try cursor.seek(prefix) else { return true }
        return !KeyEncoding.hasPrefix(entry.key, prefix)
      }
    }
  }
}
