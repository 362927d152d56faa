/// The YAML at the head of a note, as an ordered list of keys; text stays text.
///
/// `yes`, `12:30` and `2001-01-01` are the words that the author typed, not a truth, a number and
/// a date: what a value means is decided by who reads it.
public struct Frontmatter: Sendable, Hashable {
  /// What a key has.
  public indirect enum Value: Sendable, Hashable {
    /// Text; empty when nothing follows the key.
    case scalar(String)
    /// A list.
    case list([Value])
    /// Keys with values of their own.
    case map([Entry])
  }

  /// A key and its value.
  public struct Entry: Sendable, Hashable {
    /// The key as written.
    public let key: String
    /// Its value.
    public let value: Value

    /// Makes an entry.
    public init(_ key: String, _ value: Value) {
      self.key = key
      self.value = value
    }
  }

  /// The keys in the order of the file.
  public let entries: [Entry]
  /// The bytes from the first `---` to the end of the closing line, with its line end.
  public let range: Range<Int>
  /// The bytes between the two lines.
  public let content: Range<Int>
  /// For each entry the bytes of its lines, without comments and blank lines that follow.
  let lineRanges: [Range<Int>]
  /// For each entry the line it begins on, counted from 1.
  let entryLines: [Int]
  /// Whether a key can be changed by its lines; not so in `{a: 1, b: 2}`.
  let isByLine: Bool
  /// Whether it is no YAML: then the entries are what could be read of it.
  public let isBroken: Bool

  /// The value of a key; keys are compared without regard to case when none is spelt the same.
  public subscript(key: String) -> Value? {
    if let entry = entries.first(where: { $0.key == key }) { return entry.value }
    let lower = key.lowercased()
    return entries.first { $0.key.lowercased() == lower }?.value
  }

  /// A key as it is spelt where it is read by this name; the name itself where it is not there.
  func spelling(of name: String) -> String {
    let lower = name.lowercased()
    let keys = entries.map(\.key)
    return keys.contains(name) ? name : keys.first { $0.lowercased() == lower } ?? name
  }

  /// The line a key stands on, counted from 1.
  public func line(of key: String) -> Int? {
    entries.firstIndex { $0.key == key }.map { entryLines[$0] }
  }

  /// The text of a key whose value is one non-empty scalar.
  public func text(_ key: String) -> String? {
    guard case .scalar(let text) = self[key], !text.isEmpty else { return nil }
    return text
  }

  /// The texts of a key: those of a list, or its one scalar.
  public func texts(_ key: String) -> [String] {
    switch self[key] {
    case .scalar(let text): text.isEmpty ? [] : [text]
    case .list(let values): values.flatMap(\.texts)
    case .map, nil: []
    }
  }

  /// `id`: the note's short stable name.
  public var id: String? { text("id") }
  /// `title`.
  public var title: String? { text("title") }
  /// `type`, such as `post`.
  public var type: String? { text("type") }
  /// `aliases` or `alias`: other names of the note.
  public var aliases: [String] { texts("aliases") + texts("alias") }
  /// The keys that say when a note was made; the first that has a text counts.
  public static let createdKeys = ["created", "date"]
  /// The keys that say when it was changed, likewise.
  public static let updatedKeys = ["updated", "modified", "lastmod"]
  /// `created` or `date`, as written; `DateText` reads it.
  public var created: String? { Self.createdKeys.lazy.compactMap(text).first }
  /// `updated`, `modified` or `lastmod`, as written.
  public var updated: String? { Self.updatedKeys.lazy.compactMap(text).first }
  /// `date`, as written.
  public var date: String? { text("date") }
  /// `status`.
  public var status: String? { text("status") }
  /// `slug`: the last part of the page's address.
  public var slug: String? { text("slug") }
  /// `description`.
  public var description: String? { text("description") }

  /// `tags`, `tag` and `keywords`: a list, or words between commas or blanks; without `#`.
  public var tags: [String] {
    ["tags", "tag", "keywords"].flatMap(tags(under:))
  }

  /// The tags under one key.
  public func tags(under key: String) -> [String] {
    switch self[key] {
    case .scalar(let text): Self.splitTags(text)
    case .list(let values): values.flatMap(\.texts).map(Self.tagName).filter { !$0.isEmpty }
    case .map, nil: []
    }
  }

  private static func splitTags(_ text: String) -> [String] {
    let isByComma = text.contains(",")
    return text.split { isByComma ? $0 == "," : $0.isWhitespace }
      .map { tagName(String($0)) }.filter { !$0.isEmpty }
  }

  private static func tagName(_ text: String) -> String {
    var name = text.unicodeScalars[...]
    while let first = name.first, first == "#" || first.properties.isWhitespace {
      name.removeFirst()
    }
    while let last = name.last, last.properties.isWhitespace || last == "/" { name.removeLast() }
    return String(name)
  }
}

extension Frontmatter.Value {
  /// The scalars in it, in order.
  public var texts: [String] {
    switch self {
    case .scalar(let text): [text]
    case .list(let values): values.flatMap(\.texts)
    case .map(let entries): entries.flatMap(\.value.texts)
    }
  }
}
