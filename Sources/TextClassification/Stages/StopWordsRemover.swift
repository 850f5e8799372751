/// Leaves out words that carry no topic; SparkML's stage of this name.
public struct StopWordsRemover: StatelessStage {
  /// The words that are left out.
  public let stopWords: Set<String>
  /// Whether "The" is kept where "the" is a stop word.
  public let caseSensitive: Bool
  private let table: TermTable

  /// Without words, SparkML's English ones.
  public init(_ stopWords: Set<String> = StopWordsRemover.english, caseSensitive: Bool = false) {
    self.caseSensitive = caseSensitive
    self.stopWords = caseSensitive ? stopWords : Set(stopWords.map { $0.lowercased() })
    table = TermTable(self.stopWords)
  }

  /// The tokens that are no stop words.
  public func transform(_ tokens: [String]) -> [String] {
    tokens.filter { token in
      table.number(of: caseSensitive || Self.isLow(token) ? token : token.lowercased()) == nil
    }
  }

  /// Whether lowering a token would surely leave it as it is.
  private static func isLow(_ token: String) -> Bool {
    token.utf8.allSatisfy { $0 < 0x80 && ASCII.lowered($0) == $0 }
  }

  /// The English words that SparkML leaves out (`StopWordsRemover.loadDefaultStopWords`), the
  /// Snowball project's list. For short posts they are better kept: "why", "my", "still" and "no"
  /// tell a complaint.
  public static let english: Set<String> = {
    let pronouns =
      """
      i me my myself we our ours ourselves you your yours yourself yourselves he him his himself \
      she her hers herself it its itself they them their theirs themselves what which who whom \
      this that these those
      """
    let verbs =
      """
      am is are was were be been being have has had having do does did doing can will just don \
      should now cannot could ought would
      """
    let others =
      """
      a an the and but if or because as until while of at by for with about against between into \
      through during before after above below to from up down in out on off over under again \
      further then once here there when where why how all any both each few more most other some \
      such no nor not only own same so than too very s t
      """
    let shortened =
      """
      i'll you'll he'll she'll we'll they'll i'd you'd he'd she'd we'd they'd i'm you're he's \
      she's it's we're they're i've we've you've they've isn't aren't wasn't weren't haven't \
      hasn't hadn't don't doesn't didn't won't wouldn't shan't shouldn't mustn't can't couldn't \
      here's how's let's that's there's what's when's where's who's why's
      """
    return Set(
      [pronouns, verbs, others, shortened].flatMap { $0.split(separator: " ").map(String.init) })
  }()
}
