/// What changed between two texts of a note, block by block and word by word.
public struct TextDiff: Sendable, Hashable {
  /// The blocks in order; those that are the same in both are folded into one between two changes.
  public let blocks: [DiffBlock]
  /// How many words are new.
  public let wordsAdded: Int
  /// How many words are gone.
  public let wordsRemoved: Int

  /// Whether nothing changed but the wrapping of lines and the blank lines.
  public var isEmpty: Bool { !blocks.contains { $0.kind != .same } }
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
  }

  /// A stretch of words.
  public struct Segment: Sendable, Hashable {
    /// What became of the words: `same`, `added` or `removed`.
    public let kind: Kind
    /// The words; blanks are one space, and an empty line is two line ends.
    public let text: String
  }

  /// What became of the block.
  public let kind: Kind
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
}
