/// A block of a note: a stretch of whole lines that is read, linked to and compared as a unit.
public struct Block: Sendable, Hashable {
  /// What the block is.
  public enum Kind: String, Sendable, Hashable {
    /// Running text.
    case paragraph
    /// A heading of either form.
    case heading
    /// A list item, up to the items nested in it, which are blocks of their own.
    case listItem
    /// A table with its header.
    case table
    /// A code block, fenced or indented.
    case code
    /// A formula on lines of its own.
    case math
    /// A block quote with all that is in it.
    case quote
    /// A block quote that begins `[!note]`.
    case callout
    /// A footnote's definition.
    case footnote
    /// A block of HTML.
    case html
    /// A line across the page.
    case thematicBreak
    /// Definitions of reference links.
    case definition
  }
  /// What the block is.
  public let kind: Kind
  /// The bytes of its lines, without the last line end.
  public let range: Range<Int>
  /// Its first line, counted from 1.
  public let line: Int
}

/// A heading.
public struct Heading: Sendable, Hashable {
  /// 1 to 6.
  public let level: Int
  /// The text without inline marks.
  public let text: String
  /// The bytes of its lines.
  public let range: Range<Int>
  /// Its first line, counted from 1.
  public let line: Int
  /// The name that `#anchor` refers to, as GitHub makes it; unique in the note.
  public let anchor: String

  /// The name that GitHub makes of a heading's text: in lower case, without punctuation, with hyphens for
  /// blanks.
  public static func name(of text: String) -> String { Anchors.slug(text) }

  /// The words of a heading's text, in lower case, with one hyphen for whatever stands between two: the same
  /// of a heading and of a link to it in which Obsidian has put a blank for each sign.
  public static func words(of text: String) -> String { Anchors.words(text) }

  /// Which of some headings a link means, each by its text and its anchor: the one that is called just so
  /// before one whose name is the same, and that before one that has the same words.
  public static func place(
    of name: String, among headings: [(text: String, anchor: String)]
  ) -> Int? {
    let folded = name.lowercased()
    let exact = headings.firstIndex { $0.text.lowercased() == folded || $0.anchor == folded }
    if let exact { return exact }
    let slug = Self.name(of: name)
    if slug.isEmpty { return nil }
    let named = headings.firstIndex { $0.anchor == slug || Self.name(of: $0.text) == slug }
    if let named { return named }
    let words = Self.words(of: name)
    return words.isEmpty ? nil : headings.firstIndex { Self.words(of: $0.text) == words }
  }
}

/// A code block.
public struct CodeBlock: Sendable, Hashable {
  /// The first word after the fence, or nil.
  public let language: String?
  /// The bytes of the code, without the fences.
  public let content: Range<Int>
  /// Its first line, counted from 1.
  public let line: Int
}

/// A formula in TeX.
public struct Math: Sendable, Hashable {
  /// Whether it stands on its own (`$$`) or in the line (`$`).
  public let isDisplay: Bool
  /// The bytes between the dollar signs, or in the fence; other lines than the first can begin with the
  /// marks of a quote.
  public let content: Range<Int>
  /// The same with its dollar signs or its fence.
  public let range: Range<Int>
  /// Its first line, counted from 1.
  public let line: Int
}

/// A footnote's mark in the text, or the text it refers to.
public struct Footnote: Sendable, Hashable {
  /// What stands after the `^`.
  public let label: String
  /// Whether this is the footnote's text (`[^1]: …`) or a mark (`[^1]`).
  public let isDefinition: Bool
  /// The bytes of the mark, or of the whole definition.
  public let range: Range<Int>
  /// Its first line, counted from 1.
  public let line: Int
}

/// A block quote with a type, such as `> [!note]+ Title`.
public struct Callout: Sendable, Hashable {
  /// Whether a callout can be folded, and how it is shown at first.
  public enum Folding: String, Sendable, Hashable {
    /// It cannot.
    case none
    /// It can, and is open (`+`).
    case open
    /// It can, and is closed (`-`).
    case closed
  }
  /// The type as written, such as `note`.
  public let type: String
  /// The rest of its first line; often empty.
  public let title: String
  /// Whether it can be folded.
  public let folding: Folding
  /// The bytes of its lines.
  public let range: Range<Int>
  /// Its first line, counted from 1.
  public let line: Int
}

/// A tag in the text, such as `#draft` or `#area/topic`.
public struct Tag: Sendable, Hashable {
  /// The name without the `#`.
  public let name: String
  /// The bytes with the `#`.
  public let range: Range<Int>
  /// Its line, counted from 1.
  public let line: Int
}

/// A citation of one work.
public struct Citation: Sendable, Hashable {
  /// The key without the `@`.
  public let key: String
  /// Whether it stands in brackets: `[@key]`, `[see @a, p. 3; @b]`.
  public let isBracketed: Bool
  /// What follows the key in the brackets, such as `p. 3`.
  public let locator: String?
  /// The bytes of `@key`.
  public let range: Range<Int>
  /// Its line, counted from 1.
  public let line: Int
}

/// Something in a note that could not be read as meant.
public struct Problem: Sendable, Hashable {
  /// The line, counted from 1.
  public let line: Int
  /// One line, without control characters.
  public let message: String

  init(line: Int, message: String) {
    self.line = line
    self.message = printable(message)
  }
}

/// The text on one line, with what would move a cursor or turn the writing direction made visible.
func printable(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0x0A, 0x0D, 0x09: result += " "
    case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
      result += "<U+" + String(scalar.value, radix: 16, uppercase: true) + ">"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
