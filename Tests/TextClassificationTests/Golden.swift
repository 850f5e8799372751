import Foundation

@testable import TextClassification

/// Numbers of scikit-learn and SciPy for the same data: the files in `Golden`, which the scripts in
/// `Tools/golden` named in them make.
enum Golden {
  static func read<Content: Decodable>(_ name: String) throws -> Content {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Golden/\(name).json")
    return try JSONDecoder().decode(Content.self, from: Data(contentsOf: file))
  }

  /// Labels as digits, one an example.
  static func labels(_ digits: String) -> [Int] { digits.compactMap(\.wholeNumberValue) }

  /// Vectors of random values and their classes.
  struct Problem: Decodable {
    var size: Int
    var labels: String
    /// Each row's pairs of place and value.
    var rows: [[[Double]]]

    var examples: Examples<SparseVector> {
      let vectors = rows.map { row in
        SparseVector(size: size, indices: row.map { UInt32($0[0]) }, values: row.map { $0[1] })
      }
      return Examples(vectors, labels: Golden.labels(labels))
    }
  }

  /// The largest distance between numbers at the same place; infinite where there are not as many.
  static func distance(_ left: [Double], _ right: [Double]) -> Double {
    guard left.count == right.count else { return .infinity }
    return zip(left, right).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  static func distance(_ left: [[Double]], _ right: [[Double]]) -> Double {
    guard left.count == right.count else { return .infinity }
    return zip(left, right).reduce(0) { max($0, distance($1.0, $1.1)) }
  }
}
