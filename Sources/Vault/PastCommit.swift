/// A snapshot as the history's index takes it in: what `History` hands over, and `NoteIndex` keeps.
public struct PastCommit: Sendable {
  /// Its name, in hexadecimal digits.
  public let name: String
  /// Those that it was made of.
  public let parents: [String]
  /// When it was made by the committer's clock, in seconds since 1970.
  public let seconds: Int64
  /// Who wrote it.
  public let author: String
  /// What they said; a stranger's text.
  public let message: String
  /// What it changed in notes.
  public let changes: [PastChange]

  /// Puts it together.
  public init(
    name: String, parents: [String], seconds: Int64, author: String, message: String,
    changes: [PastChange]
  ) {
    self.name = name
    self.parents = parents
    self.seconds = seconds
    self.author = author
    self.message = message
    self.changes = changes
  }
}

/// What a snapshot changed in one note, against one of its parents.
public struct PastChange: Sendable {
  /// The parent's number, counted from 0.
  public let side: Int
  /// Where the note stands in the snapshot; where it was removed, where it had stood.
  public let path: NotePath
  /// Where it stood before, when that was elsewhere.
  public let was: NotePath?
  /// The blob before; `nil` where it was not there.
  public let old: String?
  /// The blob since; `nil` where it was removed.
  public let new: String?
  /// Whether no snapshot says so: a text of another branch that a merge left out.
  public let isLeftOut: Bool
  /// The passages that are gone.
  public let gone: [PastPassage]
  /// The passages that came, by their hashes; of a note that is new only those that were elsewhere
  /// before the snapshot.
  public let came: [UInt64]

  /// Puts it together.
  public init(
    side: Int = 0, path: NotePath, was: NotePath?, old: String?, new: String?,
    isLeftOut: Bool = false, gone: [PastPassage], came: [UInt64]
  ) {
    self.side = side
    self.path = path
    self.was = was
    self.old = old
    self.new = new
    self.isLeftOut = isLeftOut
    self.gone = gone
    self.came = came
  }
}

/// A passage that a note once had.
public struct PastPassage: Sendable {
  /// Its hash (`Passage.hash`).
  public let hash: UInt64
  /// Where it stood in the blob.
  public let range: Range<Int>
  /// Its bytes.
  public let bytes: [UInt8]
  /// Whether it went with a merge, of which another side had not got it: that side may have said so
  /// before.
  public let mayBeTold: Bool

  /// Puts it together.
  public init(hash: UInt64, range: Range<Int>, bytes: [UInt8], mayBeTold: Bool = false) {
    self.mayBeTold = mayBeTold
    self.hash = hash
    self.range = range
    self.bytes = bytes
  }
}
