/// What changed between two texts of a note, block by block and word by word.
public struct TextDiff: Sendable, Hashable {
  /// The blocks in order; those that are the same in both are folded into one between two changes.
  public let blocks: [DiffBlock]
  /// How many words are new.
  public var wordsAdded: Int { blocks.reduce(0) { $0 + $1.wordsAdded } }
  /// How many words are gone.
  public var wordsRemoved: Int { blocks.reduce(0) { $0 + $1.wordsRemoved } }

  /// Whether nothing changed but the wrapping of lines and the blank lines.
  public var isEmpty: Bool { !blocks.contains { $0.kind != .same } }

  /// The headings under which something changed, in the order of the newer text; both are given.
  ///
  /// What was removed counts to the section in which it stood.
  public func sections(from old: [UInt8], to new: [UInt8]) -> [String] {
    let headings = Document(bytes: new).headings
    let before = blocks.contains { $0.kind == .removed } ? Document(bytes: old).headings : []
    func heading(_ line: Int) -> String? { headings.last { $0.line <= line }?.text }
    // A heading with other words now is known by those.
    let names = before.map { heading in
      let block = blocks.first { $0.oldLines.contains(heading.line) }
      guard let block, block.kind == .changed || block.kind == .moved else { return heading.text }
      return headings.last { block.newLines.contains($0.line) }?.text ?? heading.text
    }
    var found: [String] = []
    for block in blocks where block.kind != .same {
      let name =
        block.kind == .removed
        ? before.lastIndex { $0.line <= block.oldLines.lowerBound }.map { names[$0] }
        : heading(block.newLines.lowerBound)
      if let name, !found.contains(name) { found.append(name) }
    }
    return found
  }
}

/// A stretch of a comparison: blocks that are the same, or one block that is not.
public struct DiffBlock: Sendable, Hashable {
  /// What became of the block.
  public enum Kind: String, Sendable, Hashable {
    /// It is the same in both.
    case same
    /// It is only in the new text.
    case added
    /// It is only in the old text.
    case removed
    /// It is in both, with other words.
    case changed
    /// It is in both, at another place, perhaps with other words.
    case moved
  }

  /// What the block is made of, and so how it is compared.
  public enum Form: String, Sendable, Hashable {
    /// Text, by words.
    case prose
    /// A row of a table, by the words of its cells; the blanks around them do not count.
    case row
    /// Code, by lines.
    case code
    /// A line of the front matter, or the like: by words, and each blank counts.
    case line
  }

  /// A stretch of words.
  public struct Segment: Sendable, Hashable {
    /// What became of the words: `same`, `added` or `removed`.
    public let kind: Kind
    /// The words; blanks are one space, an empty line is two line ends, and each of these a line feed.
    public let text: String
    /// The text with a blank in place of each link, formula and code span.
    public let plain: String
  }

  /// What became of the block.
  public let kind: Kind
  /// What it is made of; of several that are the same, the first.
  public let form: Form
  /// How many blocks it stands for: more than one only where they are the same.
  public let count: Int
  /// The lines in the old text, counted from 1, up to but without the last; empty when added.
  public let oldLines: Range<Int>
  /// The lines in the new text; empty when removed.
  public let newLines: Range<Int>
  /// The bytes in the old text.
  public let oldRange: Range<Int>
  /// The bytes in the new text.
  public let newRange: Range<Int>
  /// The words, removed ones before those that replace them; none for blocks that are the same.
  public let segments: [Segment]
  /// How many of its words are new.
  public let wordsAdded: Int
  /// How many of its words are gone.
  public let wordsRemoved: Int

  /// The block as it was, put together from what is the same and what is gone.
  public var before: String {
    segments.filter { $0.kind != .added }.map(\.text).joined()
  }

  /// The block as it is.
  public var after: String {
    segments.filter { $0.kind != .removed }.map(\.text).joined()
  }

  /// Whether so little stayed that it reads better whole, before and after: more than 60% of its
  /// words changed.
  public var isRewritten: Bool {
    guard kind == .changed || kind == .moved, form == .prose || form == .line else { return false }
    var (same, changed) = (0, 0)
    for segment in segments {
      let words = segment.text.split(whereSeparator: \.isWhitespace).count
      if segment.kind == .same { same += 2 * words } else { changed += words }
    }
    return 5 * changed > 3 * (same + changed)
  }
}
