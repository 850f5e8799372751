internal import LMDB

// Keys and values that are copied, where that costs nothing that counts.
extension Database {
  func get(_ key: [UInt8]) throws(LMDBError) -> [UInt8]? {
    try key.borrowed { key throws(LMDBError) in try get(key).map { [UInt8]($0) } }
  }

  func put(_ key: [UInt8], _ value: [UInt8]) throws(LMDBError) {
    try key.borrowed { key throws(LMDBError) in
      try value.borrowed { value throws(LMDBError) in try put(key, value) }
    }
  }

  func remove(_ key: [UInt8]) throws(LMDBError) -> Bool {
    try key.borrowed { key throws(LMDBError) in try remove(key) }
  }
}
