public import Vault

/// Something in a vault that its author should know of.
public struct Finding: Sendable, Hashable {
  /// What it is.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A link that leads to nothing.
    case brokenLink
    /// A link to a heading or a block that the note does not have.
    case brokenAnchor
    /// A link to a version or a snapshot that the note does not have.
    case brokenPin
    /// A link to an older text that says something else by now.
    case changedPin
    /// A version's record that cannot be read.
    case unreadableVersion
    /// A version's text that is not the one it was cut with.
    case changedVersion
    /// A conflict's record that cannot be read, or has lost a file.
    case damagedConflict
    /// A link that could mean several notes.
    case ambiguousLink
    /// Front matter that cannot be read as meant.
    case frontMatter
    /// An id that another note has too.
    case duplicateID
    /// A title that another note has too.
    case duplicateTitle
    /// A name that differs from another only in case or in how its characters are spelt.
    case twin
    /// A name that Windows or macOS cannot hold.
    case unportableName
    /// A note above the limit, known by its name only.
    case oversize
    /// What a merge left that was not finished.
    case conflictMarkers
    /// Ideas that build on each other in a circle.
    case cycle
    /// What a step of a trail builds on, and the trail does not have.
    case missingAncestor
    /// A step of a trail, or an idea, that comes before what it builds on, or before what is older.
    case outOfOrder
    /// A step of a trail whose note does not say when its idea appeared.
    case noIdeaDate
    /// A step of a trail that leads where an earlier one led.
    case repeatedStep
    /// A step of a trail that says nothing but where it leads.
    case wordlessStep
  }

  /// The note, or the folder.
  public let path: NotePath
  /// The line, counted from 1; 0 where it concerns the whole file.
  public let line: Int
  /// What it is.
  public let kind: Kind
  /// One line in words.
  public let message: String

  /// Whether it is told for information, and nothing needs to be done.
  public var isInformation: Bool {
    [.duplicateTitle, .changedPin, .noIdeaDate, .wordlessStep].contains(kind)
  }

  /// Puts a finding together.
  public init(path: NotePath, line: Int, kind: Kind, message: String) {
    self.path = path
    self.line = line
    self.kind = kind
    self.message = message
  }
}

extension Finding: Comparable {
  /// By path, line and words, as findings are listed.
  public static func < (left: Finding, right: Finding) -> Bool {
    (left.path, left.line, left.message) < (right.path, right.line, right.message)
  }
}
