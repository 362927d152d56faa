/// Other notes' texts that a note shows within its own: `![[note]]`, `![[note#heading]]`,
/// `![[note#^block]]`, in a paragraph of nothing else.
extension HTMLRenderer {
  /// A note that another one shows.
  public struct Embedded {
    let document: Document
    let title: Heading?
    let renderer: HTMLRenderer

    /// A note's text, and what renders it on the page; and the first heading, where the text is without it.
    public init(_ document: Document, below title: Heading? = nil, by renderer: HTMLRenderer) {
      self.document = document
      self.title = title
      self.renderer = renderer
    }

    /// The HTML of the part that an anchor means; `nil` where the note has none, or too large a one.
    func html(of anchor: String?, atMost largest: Int) -> (html: String, size: Int)? {
      let range: Range<Int>
      if let anchor {
        guard let passage = document.passage(at: anchor) ?? textBelowTitle(at: anchor) else {
          return nil
        }
        range = passage
      } else {
        range = document.body
      }
      guard range.count <= largest else { return nil }
      var part = Array(document.bytes[range])
      if anchor != nil {
        // What its links and footnotes refer to can stand anywhere in the note.
        for block in document.blocks
        where (block.kind == .definition || block.kind == .footnote) && !range.overlaps(block.range)
        {
          part += Array("\n\n".utf8) + document.bytes[block.range]
        }
      }
      var renderer = renderer
      // Names are this page's own, and what is shown within another text shows none itself: two
      // notes can show each other.
      renderer.hasNames = false
      renderer.embedded = { _ in nil }
      return (renderer.html(of: Document(bytes: part)), part.count)
    }

    /// What stands in the section of the title, where that is what an anchor means.
    private func textBelowTitle(at anchor: String) -> Range<Int>? {
      guard let title, let last = anchor.split(separator: "#").last,
        Heading.place(of: String(last), among: [(title.text, title.anchor)]) != nil
      else { return nil }
      let next = document.headings.first { $0.level <= title.level }
      return document.body.lowerBound..<(next?.range.lowerBound ?? document.bytes.count)
    }
  }

  /// A page shows so many bytes of other notes, and so many of them; what comes after is linked to.
  static let mostEmbeddedBytes = 262_144
  static let mostEmbeds = 100
}

// It has a renderer, which asks its owner where a link leads.
@available(*, unavailable)
extension HTMLRenderer.Embedded: Sendable {}
