/// What is searched for: words, and what else the notes must be.
public struct Query: Sendable, Equatable {
  /// Something to find in the text.
  public struct Term: Sendable, Hashable {
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
    }

    /// A word, or several in this order.
    public var text: String
    /// Whether the last word may go on.
    public var isPrefix: Bool
    /// Where it must stand; `nil` for anywhere.
    public var field: Field?

    /// A term.
    public init(_ text: String, isPrefix: Bool = false, field: Field? = nil) {
      self.text = text
      self.isPrefix = isPrefix
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
    /// The front matter.
    public var entry: Filter.Metadata
    /// The text as typed.
    public var term: Term
    /// Whether it stood behind a `-`.
    public var isExcluded: Bool
  }

  /// Terms that must all be there; of those in one group, one suffices.
  public var groups: [[Term]] = []
  /// Terms that must not be there.
  public var excluded: [Term] = []
  /// What may be front matter or text.
  public var keyed: [Keyed] = []
  /// What else the notes must be.
  public var filter = Filter()
  /// Parts that look like a filter and could not be read as one, so that they are text.
  public var readAsText: [String] = []

  /// A query for nothing.
  public init() {}

  /// Whether nothing is asked for.
  public var isEmpty: Bool {
    groups.isEmpty && excluded.isEmpty && keyed.isEmpty && filter == Filter()
  }
}
