internal import Markup
internal import Vault

/// The Markdown beside a page, as a publish left it: what was public there, and whose it was.
///
/// It tells a later publish what is new, with nothing to remember but the site itself.
public struct SourceFile: Sendable {
  /// The ledger's key of the note; `nil` in a site of a time before there was one in it.
  public let key: String?
  /// What the text was called.
  public let title: String
  /// What of it readers see beside the text.
  private let said: [String]
  private let text: ArraySlice<UInt8>

  /// Reads an `index.md`.
  public init(_ bytes: [UInt8]) {
    let document = Document(bytes: bytes)
    let frontmatter = document.frontmatter
    key = frontmatter?.text("id")
    title = frontmatter?.title ?? ""
    said = ["tags", "description", "status", "confidence", "note"].flatMap { name in
      ["\(name):"] + (frontmatter?.texts(name) ?? [])
    }
    text = bytes[document.body]
  }

  /// Whether another note's text is at the address now.
  public func isOther(than new: SourceFile) -> Bool { key != nil && key != new.key }

  /// Whether readers read something else now; dates and the site's address do not count.
  public func isChanged(in new: SourceFile) -> Bool {
    if title != new.title || text != new.text { return true }
    return key != nil && said != new.said
  }
}

extension PostPages {
  /// The text's own Markdown, beside its page.
  func source(_ index: Int, at folder: String) -> SiteFile {
    let (edition, content) = readable[index]
    var head = "---\ntitle: \(JSON.string(content.title))\nid: \(JSON.string(post.key))\n"
    head += "date: \(post.firstDay)\nupdated: \(edition.day)\nversion: \(edition.number)\n"
    if let base = site.settings.base { head += "url: \(base + Slug.percentEncoded(folder))\n" }
    if !content.tags.isEmpty {
      head += "tags: [\(content.tags.map(JSON.string).joined(separator: ", "))]\n"
    }
    for (name, value) in [
      ("description", content.description), ("status", content.status),
      ("confidence", content.confidence), ("note", edition.note.isEmpty ? nil : edition.note),
    ] {
      if let value { head += "\(name): \(JSON.string(value))\n" }
    }
    return SiteFile(
      path: folder + "index.md", bytes: Array((head + "---\n\n").utf8) + content.document.bytes)
  }
}
