internal import Machine

/// Labels as a CSV file, which `train` learns from and `LabelImport` takes in again.
package struct LabelExport {
  /// The columns.
  package static let header = "text,label,topic,id,labeller,when,note"

  /// A label's row.
  package static func row(_ label: PostLabel) -> String {
    [
      label.text, label.verdict.rawValue, label.topic ?? "", label.post, label.labeller,
      UTCTime.text(milliseconds: label.labelledAt), label.note ?? "",
    ].map(field).joined(separator: ",")
  }

  /// In quotes where it needs them (RFC 4180).
  private static func field(_ text: String) -> String {
    let isBare = !text.utf8.contains {
      $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D
    }
    return isBare ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
