internal import Markup
internal import Vault

/// A version's text as readers may see it.
///
/// Everything that is published is made of this text and no other: the page, the source beside it,
/// comparisons, feeds, the search. It is without the front matter, without comments, and without the
/// names of notes that are not published: a link to one is left as what the author wrote to be read
/// in its place, or as a few words that say so.
struct PublicText {
  /// What stands for a link to a note that is not published, where no words were given for it.
  static let placeholder = "(not published)"

  let document: Document
  /// Its first paragraph that says something, as plain text of at most 300 bytes.
  let lead: String
  /// The heading with the title, which stands above the text on a page, and so not in it.
  let heading: Heading?
  /// What the text is called: by its front matter, else by its first heading that readers see.
  let title: String?
  /// What stood in the links that were left out, as it was written.
  let hidden: [String]

  /// The public part of a text.
  init(of whole: Document, by rule: PublicNames) {
    let document = whole.withoutComments
    var edits: [PublicNames.Edit] = []
    let links = rule.edits(in: document)
    var hidden = links.hidden
    let first = document.headings.first { $0.level == 1 && !$0.text.isEmpty }
    let shown = first.flatMap { heading in
      let own = links.edits.filter { heading.range.contains($0.range.lowerBound) }
      if own.isEmpty { return heading }
      return Document(bytes: PublicNames.text(document, heading.range, own)).headings.first
    }
    title = document.frontmatter?.title.map { rule.line($0, &hidden) } ?? shown?.text
    // A first heading with the title is left out: the page has it above.
    if let first, first.text == document.frontmatter?.title ?? first.text,
      document.blocks.first?.range.lowerBound == first.range.lowerBound
    {
      edits.append((first.range, ""))
      heading = shown
    } else {
      heading = nil
    }
    self.hidden = hidden
    let body = document.body.lowerBound..<document.bytes.count
    func rest(_ edits: [PublicNames.Edit]) -> Document {
      let text = PublicNames.text(document, body, edits)
      // The words of a link that was left out may make a comment of what stands around them.
      return Document(
        bytes: Array(text.drop { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
      ).withoutComments
    }
    self.document = rest(edits + links.edits)
    let wordless = Self.wordless(links.edits, in: document)
    lead = wordless.isEmpty ? self.document.lead : rest(edits + wordless + links.edits).lead
  }

  /// Edits that take out the blocks of which nothing but the placeholder would be left.
  private static func wordless(
    _ links: [PublicNames.Edit], in document: Document
  ) -> [PublicNames.Edit] {
    let ranges = Set(
      links.filter { $0.text == placeholder }
        .compactMap { document.block(at: $0.range.lowerBound)?.range })
    return ranges.filter { block in
      let others = links.filter { block.contains($0.range.lowerBound) }
        .map { ($0.range, $0.text == placeholder ? "" : $0.text) }
      let rest = String(decoding: PublicNames.text(document, block, others), as: UTF8.self)
      return !rest.contains { $0.isLetter || $0.isNumber }
    }.map { ($0, "") }
  }
}

/// Which names may be read in a text, and how it is without the others.
struct PublicNames {
  typealias Edit = (range: Range<Int>, text: String)

  /// Whether something is published that a link leads to.
  let isPublic: (Link) -> Bool
  /// The same of a path in somebody's own HTML.
  let isPublicPath: (String) -> Bool
  /// Whether the name in another link may be read.
  let mayName: (Link) -> Bool

  /// What takes out of a text the names of what is not published, and those names where nothing else
  /// could be shown for them.
  func edits(in document: Document) -> (edits: [Edit], hidden: [String]) {
    var edits: [Edit] = []
    let links = document.links.filter { !$0.isExternal && !$0.target.isEmpty }
    let hidden = links.filter { !isPublic($0) }
    var left: [String] = []
    for link in hidden {
      var words = link.label
      if link.kind == .image || link.kind == .embed, let label = words {
        let said = PictureSize.parted(label, isAlone: link.kind == .embed)
        words = said.width != nil && said.words.isEmpty ? nil : said.words
      }
      if words == nil, link.kind == .image { words = "" }
      if words == nil, mayName(link) { words = link.target }
      if words == nil { left.append(link.target) }
      edits.append((link.range, words ?? PublicText.placeholder))
    }
    for (range, target) in document.htmlLinks where !isPublicPath(target) {
      edits.append((range, ""))
    }
    // A definition that links of the text share has the name as well; what no link uses is not shown,
    // and authors write themselves remarks in that form: `[//]: # (to do)`.
    let shown = Set(document.links.map(\.targetRange)).subtracting(hidden.map(\.targetRange))
    for definition in document.definitions where !shown.contains(definition.targetRange) {
      edits.append((definition.range, ""))
    }
    edits += Self.unshownFootnotes(of: document).map { ($0, "") }
    // A title is no Markdown: neither comments nor links are read in it, but its author means them.
    for title in document.linkTitles {
      let written = String(decoding: document.bytes[title], as: UTF8.self)
      let open = line(written, &left)
      // Between parentheses the words that stand for a name would end the title.
      if open != written { edits.append((title, written.hasPrefix("(") ? "" : open)) }
    }
    return (edits, left)
  }

  /// The footnotes that no mark leads to, or only marks within such footnotes: no page shows them.
  private static func unshownFootnotes(of document: Document) -> [Range<Int>] {
    var texts = document.footnotes.filter(\.isDefinition)
    var marks = document.footnotes.filter { !$0.isDefinition }
    var unshown: [Range<Int>] = []
    while true {
      let shown = Set(marks.map { $0.label.lowercased() })
      let more = texts.filter { !shown.contains($0.label.lowercased()) }.map(\.range)
      if more.isEmpty { return unshown }
      unshown += more
      texts.removeAll { more.contains($0.range) }
      marks.removeAll { mark in more.contains { $0.contains(mark.range.lowerBound) } }
    }
  }

  /// What is said of a text beside it, such as a description or why a version was cut, as readers may
  /// see it; what had to be left out of it is added to `hidden`.
  func line(_ text: String, _ hidden: inout [String]) -> String {
    guard text.utf8.contains(where: { "[<%".utf8.contains($0) }) else { return text }
    // It is no Markdown: what it begins with makes neither front matter nor code of it.
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isLineEnd)
      .map { $0.drop(while: \.isWhitespace) }
    let whole = Document(bytes: Array(("\n" + lines.joined(separator: "\n")).utf8))
    let document = whole.withoutComments
    let links = edits(in: document)
    if links.edits.isEmpty, document.bytes.count == whole.bytes.count { return text }
    hidden += links.hidden
    let shown = Self.text(document, 1..<document.bytes.count, links.edits)
    return String(decoding: shown, as: UTF8.self)
  }

  /// A part of a text with edits.
  static func text(_ document: Document, _ part: Range<Int>, _ edits: [Edit]) -> [UInt8] {
    let edits = edits.sorted {
      ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound)
    }
    var text: [UInt8] = []
    var done = part.lowerBound
    for (range, words) in edits where range.lowerBound >= done {
      text += document.bytes[done..<range.lowerBound]
      text += Array(words.utf8)
      done = range.upperBound
    }
    return text + document.bytes[min(done, part.upperBound)..<part.upperBound]
  }
}

extension Character {
  /// Whether it ends a line of Markdown; `\r\n` is one character.
  fileprivate var isLineEnd: Bool { self == "\n" || self == "\r\n" || self == "\r" }
}
