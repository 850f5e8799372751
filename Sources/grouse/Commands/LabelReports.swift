internal import ArgumentParser
internal import Machine
internal import Node
internal import SupportDesk
internal import Terminal
internal import TextClassification

extension Label {
  /// Writes the labels to a file, whole or not at all, or to standard output.
  func bringOut(_ file: String, _ configuration: Configuration) throws {
    let book = try DataDirectory.labels(in: configuration.dataDirectory)
    var rows = 0
    var undecided = 0
    func write(_ line: (String) throws -> Void) throws {
      try line(LabelExport.header)
      if let by {
        let (labels, parted) = try book.chosen(by == "majority" ? .majority : .labeller(by))
        undecided = parted
        rows = labels.count
        for label in labels { try line(LabelExport.row(label)) }
      } else {
        try book.visit { label in
          guard all || label.verdict.isDecided else { return }
          rows += 1
          try line(LabelExport.row(label))
        }
      }
    }
    if file == "-" {
      try write { try StandardOutput.line($0) }
    } else {
      try LabelFile(file).write(write)
    }
    let left =
      undecided == 0
      ? "" : "; \(Shown.count(undecided, "post")) left out, as many say one thing as the other"
    if options.json, file != "-" {
      var line = JSONLine()
      line.add("labels", rows)
      line.add("undecided", undecided)
      try StandardOutput.line(line.text)
    } else {
      Messages.line("\(Shown.count(rows, "label")) written to \(file)\(left)")
    }
  }

  func showAgreement(_ configuration: Configuration) throws {
    let found = try DataDirectory.labels(in: configuration.dataDirectory).agreement()
    if options.json {
      for pair in found {
        var line = JSONLine()
        line.add("labellers", raw: "[\(pair.labellers.map(quoted).joined(separator: ", "))]")
        Self.add(pair.verdicts, "", to: &line)
        if let topics = pair.topics { Self.add(topics, "topic_", to: &line) }
        try StandardOutput.line(line.text)
      }
      return
    }
    guard !found.isEmpty else {
      return Messages.line(
        "no two people have judged the same post; `grouse label --second-opinion` shows what others "
          + "have judged")
    }
    var table = TextTable(
      ["labellers", "posts", "same", "kappa", "topics", "same", "kappa"],
      numeric: [false, true, true, true, true, true, true])
    for pair in found {
      func cells(_ agreement: Agreement?) -> [String] {
        guard let agreement else { return ["-", "-", "-"] }
        return [
          Shown.number(agreement.count), "\(Shown.decimal(agreement.observed * 100, 1)) %",
          agreement.kappa.map { Shown.decimal($0, 2) } ?? "-",
        ]
      }
      table.rows.append(
        [pair.labellers.map(Shown.plain).joined(separator: ", ")] + cells(pair.verdicts)
          + cells(pair.topics))
    }
    try table.print()
  }

  private static func add(_ agreement: Agreement, _ prefix: String, to line: inout JSONLine) {
    line.add(prefix + "posts", agreement.count)
    line.add(prefix + "same", agreement.same)
    line.add(prefix + "kappa", agreement.kappa ?? .nan)
  }

  private func quoted(_ text: String) -> String {
    var line = JSONLine()
    line.add("", text)
    return String(line.text.dropFirst(5).dropLast())
  }
}

/// A file that appears with all its lines or not at all.
struct LabelFile {
  private let path: String

  /// What a link leads to is written, not the link.
  init(_ path: String) { self.path = LocalDisk().resolved(path) }

  func write(_ lines: ((String) throws -> Void) throws -> Void) throws {
    let disk = LocalDisk()
    guard disk.isPlainFile(path) || !disk.exists(path) else {
      throw NoPlainFile(path: path)
    }
    let beside = path + ".tmp"
    let file = try disk.open(beside, .readWrite)
    do {
      try file.truncate(to: 0)
      var bytes: [UInt8] = []
      var position: Int64 = 0
      func flush() throws(IOFailure) {
        try file.write(bytes, at: position)
        position += Int64(bytes.count)
        bytes.removeAll(keepingCapacity: true)
      }
      try lines { line in
        bytes += line.utf8
        bytes.append(0x0A)
        if bytes.count > 1 << 20 { try flush() }
      }
      try flush()
      try file.sync()
      try disk.rename(beside, to: path)
      try disk.syncDirectory(Path.parent(of: path))
    } catch {
      try? disk.remove(beside)
      throw error
    }
  }
}

/// Labels are not written over a device, a pipe or a folder.
private struct NoPlainFile: Error, CustomStringConvertible {
  let path: String
  var description: String {
    "\(path) is no plain file: give - and send standard output to where the labels belong"
  }
}
