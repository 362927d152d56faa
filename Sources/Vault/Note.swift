public import Markup

/// A Markdown file of a vault, read and taken apart.
public struct Note: Sendable {
  /// Where it stands.
  public let path: NotePath
  /// Its text, taken apart.
  public let document: Document
  /// Its stamp from before it was read.
  public let stamp: FileStamp

  /// Puts a note together.
  public init(path: NotePath, document: Document, stamp: FileStamp) {
    self.path = path
    self.document = document
    self.stamp = stamp
  }

  /// Its title: of its front matter, else its first level-1 heading, else its file's name.
  public var title: String { document.title ?? path.stem }

  /// Its type, as `Settings.type` has it.
  public func type(in settings: Settings) -> String { settings.type(of: document, at: path) }
}

extension Settings {
  /// A note's type: of its front matter, else `post` below the folder for posts, else `note`.
  public func type(of document: Document, at path: NotePath) -> String {
    if let type = document.frontmatter?.type { return type.lowercased() }
    return postsFolder.isEmpty || path.text.hasPrefix(postsFolder + "/") ? "post" : "note"
  }
}
