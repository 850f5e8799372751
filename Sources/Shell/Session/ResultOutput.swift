internal import Terminal

/// Where results go: standard output, or the file that CAPTURE names.
final class ResultOutput {
  private var file: OutputFile?
  private var pending: [UInt8] = []

  /// The file that results are kept in, instead of being shown.
  private(set) var path: String?

  var isColoured: Bool { path == nil && Style.isOn }

  func line(_ text: String) throws {
    guard let file else { return try StandardOutput.line(text) }
    pending += Array(text.utf8) + [0x0A]
    if pending.count > 1 << 16 { try write(to: file) }
  }

  func flush() throws {
    if let file { try write(to: file) }
    try StandardOutput.flush()
  }

  /// Appends results to a file from now on.
  func capture(_ path: String) throws(ShellError) {
    file = try OutputFile(UserPath.expand(path), appending: true)
    self.path = path
  }

  /// Shows results again.
  func endCapture() throws {
    defer { (file, path) = (nil, nil) }
    try flush()
  }

  private func write(to file: OutputFile) throws {
    defer { pending.removeAll(keepingCapacity: true) }
    try file.write(pending)
  }
}
