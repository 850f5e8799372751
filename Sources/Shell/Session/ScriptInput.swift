internal import Machine
internal import Terminal

/// A script that is read piece by piece: a file, standard input, a text, or lines being typed.
final class ScriptInput {
  /// The name in messages.
  let name: String
  let isStandardInput: Bool
  private let source: () throws -> [UInt8]
  private let size: Int64?
  /// Whether the end of the input ends a statement as a semicolon does.
  private var endsStatement = false
  private var read: Int64 = 0
  private var scanner = StatementScanner()
  private var isFinished = false
  private var returned: [UInt8] = []

  /// A text.
  init(name: String, bytes: [UInt8]) {
    self.name = name
    isStandardInput = false
    var rest = bytes[...]
    source = {
      defer { rest = [] }
      return Array(rest)
    }
    size = nil
    endsStatement = true
  }

  /// Lines as they are typed.
  init(name: String, typed source: @escaping () throws -> [UInt8]) {
    self.name = name
    isStandardInput = true
    self.source = source
    size = nil
  }

  /// A file, or standard input for nil or `-`.
  init(_ path: String?, name: String? = nil) throws(IOFailure) {
    guard let path, path != "-" else {
      self.name = name ?? "(stdin)"
      isStandardInput = true
      source = { try StandardInput.bytes() }
      size = nil
      return
    }
    self.name = name ?? path
    isStandardInput = false
    let file = try LocalDisk().open(path, .read)
    size = try file.size()
    var position: Int64 = 0
    source = {
      var failure: IOFailure?
      let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        do throws(IOFailure) {
          count = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: position)
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      position += Int64(bytes.count)
      return bytes
    }
  }

  /// How much of a file has been read, from 0 to 1.
  var share: Double? { size.map { $0 > 0 ? Double(read) / Double($0) : 1 } }

  /// The next statement; nil at the end.
  func next() throws -> ShellStatement? {
    while true {
      if let statement = scanner.next() { return statement }
      if isFinished { return nil }
      let piece = try pull()
      if piece.isEmpty {
        isFinished = true
        var last = scanner.finish()
        if endsStatement { last?.isComplete = true }
        return last
      }
      scanner.append(piece)
    }
  }

  /// The bytes behind the last statement, piece by piece; none at the end.
  func bytes() throws -> [UInt8] {
    let rest = scanner.takeRest()
    return rest.isEmpty ? try pull() : rest
  }

  /// Takes back bytes that `bytes` gave and that belong to the statements behind.
  func giveBack(_ bytes: [UInt8]) { returned = bytes + returned }

  private func pull() throws -> [UInt8] {
    if !returned.isEmpty {
      defer { returned = [] }
      return returned
    }
    let piece = try source()
    read += Int64(piece.count)
    return piece
  }
}
