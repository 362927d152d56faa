public import Vault

/// Which notes are wanted: those that fit every part that is given.
public struct Filter: Sendable, Equatable {
  /// A value in the front matter.
  public struct Metadata: Sendable, Equatable {
    /// The key, with a dot before a key inside it; in any case.
    public var key: String
    /// The value, in any case; `nil` for any.
    public var value: String?
    /// The least value that fits.
    public var from: Bound?
    /// The greatest value that fits.
    public var to: Bound?

    /// An end of what fits: a number among numbers, days among dates, else a text in any case.
    public struct Bound: Sendable, Equatable {
      /// The end as typed.
      public var text: String
      /// The seconds since 1970 that it covers, where it reads as a date.
      public var days: Range<Int64>?
      /// Whether it fits itself.
      public var isIncluded: Bool

      /// An end.
      public init(text: String, days: Range<Int64>? = nil, isIncluded: Bool) {
        self.text = text
        self.days = days
        self.isIncluded = isIncluded
      }
    }

    /// A key with a value, or with any.
    public init(_ key: String, _ value: String? = nil) {
      self.key = key
      self.value = value
    }
  }

  /// A stretch of time in seconds since 1970; an open end is `nil`.
  public struct Time: Sendable, Equatable {
    /// The first second that fits.
    public var from: Int64?
    /// The first second behind those that fit.
    public var before: Int64?
    /// The first that fits of the times that are a day and no more, at its midnight UTC; `nil` where
    /// `from` says that as well.
    public var fromDay: Int64?
    /// The first of them that does not; `nil` where `before` says that as well.
    public var beforeDay: Int64?

    /// A stretch of time.
    public init(from: Int64? = nil, before: Int64? = nil) {
      self.from = from
      self.before = before
    }
  }

  /// Something that a note can have.
  public enum Thing: Sendable, Hashable {
    /// A link to a note or out of the vault.
    case link
    /// A link from another note.
    case backlink
    /// A tag.
    case tag
    /// A code block in a named language.
    case code
    /// A formula.
    case math
    /// A citation.
    case citation
    /// A heading.
    case heading
    /// Another name.
    case alias
    /// Something that cannot be read as meant.
    case problem
    /// A picture or file that is shown in it.
    case attachment
    /// Front matter.
    case metadata

    /// A thing as it is typed behind `has:`, in the singular or plural.
    public init?(typed text: String) {
      switch text.lowercased() {
      case "link", "links": self = .link
      case "backlink", "backlinks": self = .backlink
      case "tag", "tags": self = .tag
      case "code": self = .code
      case "math", "tex", "formula", "formulas": self = .math
      case "citation", "citations": self = .citation
      case "heading", "headings": self = .heading
      case "alias", "aliases": self = .alias
      case "problem", "problems": self = .problem
      case "attachment", "attachments", "image", "images": self = .attachment
      case "metadata", "frontmatter": self = .metadata
      default: return nil
      }
    }
  }

  /// Tags that the note has, each itself or one below it: `a` fits `a/b`.
  public var tags: [String] = []
  /// Of each of these lists of tags it has one, itself or one below it.
  public var tagChoices: [[String]] = []
  /// Types, one of which it has.
  public var types: [String] = []
  /// Paths or patterns (`Vault.Glob`), one of which fits.
  public var paths: [String] = []
  /// When it was made, by its front matter, else by its file.
  public var created = Time()
  /// When it was last changed, by its front matter, else by its file.
  public var modified = Time()
  /// Notes of which each links to it.
  public var linkedBy: [NotePath] = []
  /// Notes to each of which it links.
  public var linksTo: [NotePath] = []
  /// Names of notes of which each links to it; of several notes of one name, one suffices.
  public var linkedByNames: [String] = []
  /// Names of notes to each of which it links; of several notes of one name, one suffices.
  public var linksToNames: [String] = []
  /// Whether no other note links to it.
  public var isOrphan: Bool?
  /// Front matter that it has.
  public var metadata: [Metadata] = []
  /// Works that it cites, by their keys.
  public var cites: [String] = []
  /// Languages, in each of which it has a code block.
  public var languages: [String] = []
  /// Whether something in it cannot be read as meant.
  public var hasProblem: Bool?
  /// Things that it has.
  public var has: [Thing] = []
  /// Whether a conflict over it waits, as far as who asks says so.
  public var isConflicted: Bool?
  /// Filters of which none fits.
  public var excluding: [Filter] = []

  /// A filter that fits every note.
  public init(tags: [String] = []) {
    self.tags = tags
  }
}

/// An order of notes.
public struct Sort: Sendable, Equatable {
  /// By what notes are ordered.
  public enum Field: String, Sendable, CaseIterable {
    /// The path.
    case path
    /// The title, in any case.
    case title
    /// When it was made; the newest first unless said otherwise.
    case created
    /// When it was last changed; the newest first unless said otherwise.
    case modified
    /// How many words it has; the most first unless said otherwise.
    case words
    /// How well it fits what was searched for; in a list without a search, the path.
    case relevance
  }

  /// By what.
  public var field: Field
  /// Whether the last or largest comes first.
  public var isDescending: Bool

  /// An order in the direction that is usual for it, or in the other.
  public init(_ field: Field, isDescending: Bool? = nil) {
    self.field = field
    self.isDescending = isDescending ?? [.created, .modified, .words].contains(field)
  }

  /// An order as it is typed: `title`, `created+` for ascending, `words-` for descending.
  public init?(_ text: String) {
    let sign = text.last.flatMap { "+-".contains($0) ? $0 : nil }
    guard let field = Field(rawValue: String(sign == nil ? text[...] : text.dropLast())) else {
      return nil
    }
    self.init(field, isDescending: sign.map { $0 == "-" })
  }
}
