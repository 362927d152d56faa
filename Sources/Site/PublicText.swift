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

  let bytes: [UInt8]
  /// What the text is called: by its front matter, else by its first heading that readers see.
  let title: String?
  /// What stood in the links that were left out, as it was written.
  let hidden: [String]

  /// The public part of a text.
  ///
  /// - Parameters:
  ///   - document: The text.
  ///   - isPublic: Whether something is published that a link of the text leads to.
  ///   - isPublicPath: The same of a path in somebody's own HTML.
  ///   - mayName: Whether the name in another link may be read.
  init(
    of document: Document, isPublic: (Link) -> Bool, isPublicPath: (String) -> Bool,
    mayName: (Link) -> Bool
  ) {
    var edits: [(range: Range<Int>, text: String)] = []
    let comments = document.comments
    for range in comments { edits.append((range, "")) }
    func isShown(_ range: Range<Int>) -> Bool { !comments.contains { $0.overlaps(range) } }
    let heading = document.headings.first {
      $0.level == 1 && !$0.text.isEmpty && isShown($0.range)
    }
    title = document.frontmatter?.title ?? heading?.text
    // A first heading with the title is left out: the page has it above.
    if let heading, heading.text == title,
      let first = document.blocks.first(where: { isShown($0.range) }),
      first.range.lowerBound == heading.range.lowerBound
    {
      edits.append((heading.range, ""))
    }
    let links = document.links.filter { !$0.isExternal && !$0.target.isEmpty }
    let hidden = links.filter { !isPublic($0) }
    var left: [String] = []
    for link in hidden {
      var words = link.label
      if words == nil, link.kind == .image { words = "" }
      if words == nil, mayName(link) { words = link.target }
      if words == nil { left.append(link.target) }
      edits.append((link.range, words ?? Self.placeholder))
    }
    self.hidden = left
    for (range, target) in document.htmlLinks where !isPublicPath(target) {
      edits.append((range, ""))
    }
    // A definition that links of the text share has the name as well.
    let targets = Set(hidden.map(\.targetRange))
    for definition in document.definitions
    where !definition.isExternal && !definition.target.isEmpty
      && (targets.contains(definition.targetRange)
        || !links.contains { $0.targetRange == definition.targetRange })
    {
      edits.append((document.lines(around: definition.targetRange), ""))
    }
    edits.sort {
      ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound)
    }
    var text: [UInt8] = []
    var done = document.body.lowerBound
    for (range, words) in edits where range.lowerBound >= done {
      text += document.bytes[done..<range.lowerBound]
      text += Array(words.utf8)
      done = range.upperBound
    }
    text += document.bytes[min(done, document.bytes.count)...]
    bytes = Array(text.drop { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
  }
}
