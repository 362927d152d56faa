/// What is searched for, as a tree of what was typed.
public struct Query: Sendable, Equatable {
  /// A part of a query.
  public indirect enum Node: Sendable, Equatable {
    /// Something to find in the text.
    case term(Term)
    /// What a note must be.
    case filter(Filter)
    /// `key:value`, which is front matter or text.
    case keyed(Keyed)
    /// A regular expression over the file.
    case regex(Pattern)
    /// Parts beside one another.
    case all([Node])
    /// Parts of which one suffices; of none at all, nothing fits.
    case any([Node])
    /// What must not be.
    case not(Node)
  }

  /// Something to find in the text.
  public struct Term: Sendable, Hashable {
    /// How its words are meant.
    public enum Kind: Sendable, Hashable {
      /// A word.
      case word
      /// These words, in this order.
      case phrase
      /// One word or several, of which the last may go on.
      case prefix
    }

    /// A part of a note that a term can be limited to.
    public enum Field: String, Sendable, Hashable {
      /// The title and the aliases.
      case title
      /// The headings.
      case headings
      /// The text without headings and code.
      case body
      /// The code blocks.
      case code
      /// The formulas.
      case tex
    }

    /// The text as typed, such as `attnDropout`, `GPT-4` or `https://a/b`; of a prefix without the
    /// `*`, of a phrase without the quotation marks.
    public var text: String
    /// How its words are meant.
    public var kind: Kind
    /// Where it must stand; `nil` for anywhere.
    public var field: Field?

    /// A term.
    public init(_ text: String, _ kind: Kind = .word, field: Field? = nil) {
      self.text = text
      self.kind = kind
      self.field = field
    }

    /// Whether the full text has any word of it: not so for `++`.
    var hasWord: Bool {
      text.unicodeScalars.contains { scalar in
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
          .decimalNumber, .letterNumber, .otherNumber, .privateUse:
          true
        default: false
        }
      }
    }
  }

  /// `key:value`, which means a value in the front matter where any note has such a key, and text
  /// where none has.
  public struct Keyed: Sendable, Equatable {
    /// The front matter; one of these suffices.
    public var entries: [Filter.Metadata]
    /// The text as typed.
    public var term: Term
  }

  /// All of it; `nil` where nothing is asked.
  public var root: Node?
  /// Parts that look like a filter or a pattern and could not be read as one, so that they are text.
  public var readAsText: [String] = []
  /// Every term that a note should have, in order, as often as it was typed: what ranks, and what
  /// passages are marked by.
  public var scoring: [Term] = []
  /// What must hold; `nil` where nothing must.
  ///
  /// Hard are phrases, terms of a field, filters, patterns, and what stands behind `+`, `-` or `NOT`
  /// or beside `AND`. An `OR` with something hard in it is hard as a whole. Words beside one another
  /// in something hard must all be there.
  public var required: Node?
  /// Whether only notes that have one of `scoring` are wanted: not so for `tag:x OR word`, where
  /// `required` says all.
  public var needsScore = false
  /// Names behind `links-to:` and `linked-by:` that no note has; known once it was asked.
  public var unresolved: [String] = []

  /// A query for nothing.
  public init() {}

  /// Whether nothing is asked for.
  public var isEmpty: Bool { scoring.isEmpty && required == nil }
}

extension Query.Node {
  /// The patterns in it.
  var patterns: [Pattern] {
    switch self {
    case .regex(let pattern): [pattern]
    case .all(let nodes), .any(let nodes): nodes.flatMap(\.patterns)
    case .not(let node): node.patterns
    case .term, .filter, .keyed: []
    }
  }

  /// What holds of every note that fits, patterns aside; `nil` where nothing does.
  var aroundPatterns: Query.Node? {
    switch self {
    case .regex: nil
    case .all(let nodes): .all(nodes.compactMap(\.aroundPatterns))
    case .term, .filter, .keyed, .any, .not: patterns.isEmpty ? self : nil
    }
  }

  /// Whether one of several things is enough somewhere in it.
  var hasAlternatives: Bool {
    switch self {
    case .any: true
    case .all(let nodes): nodes.contains(where: \.hasAlternatives)
    case .not(let node): node.hasAlternatives
    case .term, .filter, .keyed, .regex: false
    }
  }

  /// What of it is to be there, without what is not to be; `nil` where that is nothing.
  var withoutNegations: Query.Node? {
    switch self {
    case .not: return nil
    case .all(let nodes):
      let rest = nodes.compactMap(\.withoutNegations)
      return rest.isEmpty ? nil : .all(rest)
    case .any(let nodes): return .any(nodes.compactMap(\.withoutNegations))
    case .term, .filter, .keyed, .regex: return self
    }
  }

  /// Whether a note that fits has a term for sure.
  var hasTerm: Bool {
    switch self {
    case .term: true
    case .all(let nodes): nodes.contains(where: \.hasTerm)
    case .any(let nodes): !nodes.isEmpty && nodes.allSatisfy(\.hasTerm)
    case .filter, .keyed, .regex, .not: false
    }
  }
}
