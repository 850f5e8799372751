/// One training option and a value for it: what a search tries.
public enum ParameterChoice: Sendable, Equatable, CustomStringConvertible {
  /// Strength of the L2 penalty.
  case regularisation(Double)
  /// How much of a prior's scores goes into the model.
  case priorWeight(Double)
  /// How much each class counts.
  case classWeights(ClassWeights)
  /// The power of the IDF.
  case rarityPower(Double)
  /// Whether word and character n-grams are learnt by a model each.
  case blocksApart(Bool)
  /// Lengths of the word n-grams.
  case wordNgrams(ClosedRange<Int>)
  /// Lengths of the character n-grams; nil for none.
  case characterNgrams(ClosedRange<Int>?)
  /// Length of the character n-grams' vector.
  case characterWeight(Double)
  /// Whether pairs of words with one word between them are features.
  case skipPairs(Bool)
  /// Whether word n-grams are of words' stems.
  case stems(Bool)
  /// Whether runs of punctuation are tokens.
  case punctuation(Bool)

  /// The option's name, as commands and manifests write it.
  public var name: String { parts.name }

  /// The value, as `init(name:value:)` reads it.
  public var value: String { parts.value }

  /// `name=value`.
  public var description: String { "\(name)=\(value)" }

  /// Sets the option.
  public func apply(to options: inout TrainingOptions) {
    switch self {
    case .regularisation(let value): options.regularisation = value
    case .priorWeight(let value): options.priorWeight = value
    case .classWeights(let value): options.classWeights = value
    case .rarityPower(let value): options.rarityPower = value
    case .blocksApart(let value): options.learnsBlocksApart = value
    case .wordNgrams(let value): options.features.wordNgrams = value
    case .characterNgrams(let value): options.features.characterNgrams = value
    case .characterWeight(let value): options.features.characterWeight = value
    case .skipPairs(let value): options.features.skipPairs = value
    case .stems(let value): options.features.stems = value
    case .punctuation(let value): options.features.punctuation = value
    }
  }

  /// A value of the option of this name; throws where there is no such option, or where it has no
  /// such value.
  public init(name: String, value: String) throws(TrainingError) {
    let kind = try Kind.named(name)
    guard let choice = kind.read(value) else {
      throw .invalidOption("\"\(value)\" is no value for \(name); give \(kind.expected)")
    }
    self = choice
  }

  private var parts: (name: String, value: String) {
    switch self {
    case .regularisation(let value): ("regularisation", "\(value)")
    case .priorWeight(let value): ("prior-weight", "\(value)")
    case .classWeights(let value): ("class-weights", Kind.text(value))
    case .rarityPower(let value): ("idf-power", "\(value)")
    case .blocksApart(let value): ("blocks-apart", value ? "yes" : "no")
    case .wordNgrams(let value): ("word-ngrams", Kind.text(value))
    case .characterNgrams(let value): ("character-ngrams", value.map(Kind.text) ?? "none")
    case .characterWeight(let value): ("character-weight", "\(value)")
    case .skipPairs(let value): ("skip-pairs", value ? "yes" : "no")
    case .stems(let value): ("stems", value ? "yes" : "no")
    case .punctuation(let value): ("punctuation", value ? "yes" : "no")
    }
  }

  /// How values of an option are read.
  struct Kind: Sendable {
    let name: String
    /// What may be given, for a message.
    let expected: String
    /// Of options that are numbers: ranges can be given.
    var number: (@Sendable (Double) -> ParameterChoice)?
    let read: @Sendable (String) -> ParameterChoice?

    /// Throws where there is none; the message names all.
    static func named(_ name: String) throws(TrainingError) -> Kind {
      guard let kind = all.first(where: { $0.name == name }) else {
        throw .invalidOption(
          "there is no \"\(name)\" to search; there are: "
            + all.map(\.name).joined(separator: ", "))
      }
      return kind
    }

    static let all: [Kind] = [
      numeric("regularisation", "numbers above 0", ParameterChoice.regularisation),
      numeric("prior-weight", "numbers from 0 to 1", ParameterChoice.priorWeight),
      Kind(
        name: "class-weights",
        expected: "balanced, uniform, or how much a positive example counts against a negative one"
      ) { text in
        switch text {
        case "balanced": .classWeights(.balanced)
        case "uniform": .classWeights(.uniform)
        default: Double(text).map { .classWeights(.custom([1, $0])) }
        }
      },
      numeric("idf-power", "numbers from 0 to 4", ParameterChoice.rarityPower),
      flag("blocks-apart", ParameterChoice.blocksApart),
      Kind(name: "word-ngrams", expected: "shortest and longest, such as 1-3") { text in
        lengths(text).map { .wordNgrams($0) }
      },
      Kind(
        name: "character-ngrams", expected: "shortest and longest, such as 3-5, or none"
      ) { text in
        text == "none" ? .characterNgrams(nil) : lengths(text).map { .characterNgrams($0) }
      },
      numeric("character-weight", "numbers from 0 to 10", ParameterChoice.characterWeight),
      flag("skip-pairs", ParameterChoice.skipPairs),
      flag("stems", ParameterChoice.stems),
      flag("punctuation", ParameterChoice.punctuation),
    ]

    private static func numeric(
      _ name: String, _ expected: String, _ make: @escaping @Sendable (Double) -> ParameterChoice
    ) -> Kind {
      Kind(name: name, expected: expected, number: make) { Double($0).map(make) }
    }

    private static func flag(
      _ name: String, _ make: @escaping @Sendable (Bool) -> ParameterChoice
    ) -> Kind {
      Kind(name: name, expected: "yes or no") { text in
        text == "yes" ? make(true) : text == "no" ? make(false) : nil
      }
    }

    /// `1-3`, or `2` for 2 alone.
    private static func lengths(_ text: String) -> ClosedRange<Int>? {
      let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(parts.count), let first = parts.first ?? nil,
        let last = parts.last ?? nil, first <= last
      else { return nil }
      return first...last
    }

    fileprivate static func text(_ lengths: ClosedRange<Int>) -> String {
      "\(lengths.lowerBound)-\(lengths.upperBound)"
    }

    fileprivate static func text(_ weights: ClassWeights) -> String {
      switch weights {
      case .balanced: "balanced"
      case .uniform: "uniform"
      case .custom(let weights):
        weights.count == 2
          ? "\(weights[1] / weights[0])" : weights.map { "\($0)" }.joined(separator: "/")
      }
    }
  }
}
