package import CQL
internal import LMDB

extension Tables {
  /// Lets the two tables of each pair take each other's names, for everybody at one moment: who
  /// reads finds all of them as before, or all exchanged. `body` sees and changes the state in the
  /// same transaction; where it says false it has changed nothing, and neither has this.
  ///
  /// Statements that were prepared before are refused from then on, as after an ALTER.
  package func exchange(
    _ pairs: [(TableName, TableName)], _ body: (StateEditor) throws(TableError) -> Bool
  ) throws(TableError) -> Bool {
    guard let definer else {
      throw TableError(.serverError, "the tables are open for reading only")
    }
    return try definer.exchange(pairs, body)
  }
}

/// The state of queries inside a transaction that changes definitions. Valid inside its closure.
package struct StateEditor {
  private let state: Database

  init(_ state: Database) { self.state = state }

  /// The bytes kept under a name.
  package func get(_ name: [UInt8]) throws(TableError) -> [UInt8]? {
    try stored { () throws(LMDBError) in try state.get(name) }
  }

  /// Keeps bytes under a name; nil takes away what is there.
  package func set(_ name: [UInt8], _ bytes: [UInt8]?) throws(TableError) {
    try stored { () throws(LMDBError) in
      if let bytes {
        try state.put(name, bytes)
      } else {
        _ = try state.remove(name)
      }
    }
  }
}
