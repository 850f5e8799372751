/// The brand that is watched: how people name it.
package struct Brand: Hashable, Sendable {
  /// Its names, the first of which keys its rows.
  package var names: [String]
  /// Its accounts, with or without @.
  package var handles: [String]

  package init(names: [String] = ["asos"], handles: [String] = ["@ASOS", "@ASOS_HeresToHelp"]) {
    self.names = names
    self.handles = handles
  }

  /// What stands in the column `brand` of posts whose rule names no brand.
  package var key: String { names.first ?? "brand" }
  /// Names and handles: what becomes one token for the model.
  package var allNames: [String] { names + handles }
}
