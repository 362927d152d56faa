public import History
internal import Markup
public import Vault

/// A note that asks to be published: one with versions, as the vault has it.
public struct Candidate: Sendable {
  /// Where it stands now.
  public let path: NotePath
  /// Its type, as `Settings.type` has it.
  public let type: String
  /// The text on the disk, which is asked only whether it may be published.
  public let text: [UInt8]
  /// Its versions.
  public let ledger: Ledger
  /// The texts of those that were not withdrawn, by their numbers.
  public let texts: [Int: [UInt8]]

  /// A note with its versions.
  public init(
    path: NotePath, type: String, text: [UInt8], ledger: Ledger, texts: [Int: [UInt8]]
  ) {
    self.path = path
    self.type = type
    self.text = text
    self.ledger = ledger
    self.texts = texts
  }

  /// Why nothing of it is published.
  public enum Reason: String, Sendable, CaseIterable {
    /// It is neither a post nor a trail.
    case noPost = "no post"
    /// It says `draft`, in its front matter or as its status.
    case draft
    /// It says `private`, or in another program's words that it is not to be published.
    case isPrivate = "private"
    /// Whether it says one of them cannot be told.
    case unread = "unreadable front matter"
    /// It has no version that can be read.
    case noVersion = "no version"
    /// Its versions were withdrawn: readers are told so, and nothing else.
    case withdrawn
  }

  /// Why nothing of it is published; `nil` for a note that is.
  public var reason: Reason? {
    guard type == "post" || type == "trail" else { return .noPost }
    if let reason = Self.reason(in: text) { return reason }
    let reasons = texts.values.map(Self.reason)
    if reasons.contains(nil) { return nil }
    if reasons.contains(.unread) { return .unread }
    return ledger.versions.contains { $0.withdrawn != nil } ? .withdrawn : .noVersion
  }

  /// Whether a text may be published by what its front matter says.
  static func isOpen(_ text: [UInt8]) -> Bool { reason(in: text) == nil }

  private static func reason(in text: [UInt8]) -> Reason? {
    let frontmatter = Frontmatter(of: text)
    if let frontmatter {
      if isSaid("private", in: frontmatter) || isKeptBack(frontmatter) { return .isPrivate }
      let isDraft = frontmatter.texts("status").contains { $0.lowercased() == "draft" }
      if isDraft || isSaid("draft", in: frontmatter) { return .draft }
      if hidesWord(frontmatter, in: text) { return .unread }
    } else if UnreadHead(of: text) != nil {
      return .unread
    }
    return StrayWord(of: text, frontmatter) == nil ? nil : .unread
  }

  /// Whether broken front matter has one of the words where no key could be made of it.
  private static func hidesWord(_ frontmatter: Frontmatter, in text: [UInt8]) -> Bool {
    guard frontmatter.isBroken else { return false }
    let content = String(decoding: text[frontmatter.content], as: UTF8.self).lowercased()
    return ["private", "draft"].contains { word in
      content.contains(word) && !frontmatter.entries.contains { $0.key.lowercased() == word }
    }
  }

  /// Whether a key says anything but a clear no, which counts as a yes: what is held back by mistake
  /// can be published, and not the other way round.
  private static func isSaid(_ key: String, in frontmatter: Frontmatter) -> Bool {
    frontmatter.entries.contains { entry in
      guard entry.key.lowercased() == key else { return false }
      switch entry.value {
      case .scalar(let text): return !text.isEmpty && !no.contains(text.lowercased())
      case .list(let values):
        return values.contains { !no.contains($0.texts.joined().lowercased()) }
      case .map: return true
      }
    }
  }

  /// Whether Jekyll (`published: false`), Obsidian Publish (`publish: false`) or another program would
  /// keep it back.
  private static func isKeptBack(_ frontmatter: Frontmatter) -> Bool {
    frontmatter.entries.contains { entry in
      let words = frontmatter.texts(entry.key).map { $0.lowercased() }
      switch entry.key.lowercased() {
      case let key where keysOfPublic.contains(key): return words.contains { no.contains($0) }
      case "status", "visibility": return words.contains("private")
      default: return false
      }
    }
  }

  /// Keys of other programs that keep a text back by a clear no.
  public static let keysOfPublic: Set<String> = ["public", "publish", "published"]
  /// What is a clear no.
  public static let no: Set<String> = ["false", "no", "off", "n", "0"]
}
