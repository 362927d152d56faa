/// Turns a note into HTML that is safe to be put into a page, whoever wrote the note.
///
/// It is GitHub's Markdown with footnotes, wiki links, embeds and callouts. Formulas stay in TeX, code plain
/// and other notes a link, unless its owner has something for them.
public struct HTMLRenderer {
  /// What a link of a note leads to, as it is written.
  public struct Target: Sendable, Hashable {
    /// Whether it is a path from the note's folder, as Markdown links have it, or the name of a note.
    public let isPath: Bool
    /// The path or the name; empty for a link within the note.
    public let name: String
    /// What older text is meant, such as `v3`.
    public let pin: String?
    /// The heading or block.
    public let anchor: String?

    init(isPath: Bool, name: String, pin: String?, anchor: String?) {
      self.isPath = isPath
      self.name = name
      self.pin = pin
      self.anchor = anchor
    }

    /// What a link of a document leads to.
    public init(_ link: Link) {
      self.init(
        isPath: link.kind != .wiki && link.kind != .embed, name: link.target, pin: link.pin,
        anchor: link.anchor)
    }

    /// What a path leads to, as a URL has it.
    public init(path: String) {
      let parts = path.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      self.init(
        isPath: true, name: Self.decoded(parts[0]), pin: nil,
        anchor: parts.count > 1 ? Self.decoded(parts[1]) : nil)
    }

    /// Without percent signs; as it is, where those make no text.
    private static func decoded(_ text: Substring) -> String {
      var bytes: [UInt8] = []
      var rest = Array(text.utf8)[...]
      while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), rest.count >= 2,
          let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
        {
          bytes.append(value)
          rest = rest.dropFirst(2)
        } else {
          bytes.append(byte)
        }
      }
      return String(validating: bytes, as: UTF8.self) ?? String(text)
    }

    /// What stands behind the `#` of a link to it on a page: `^name`, or the name of the heading.
    public var fragment: String? {
      guard let last = anchor?.split(separator: "#").last else { return nil }
      return last.first == "^" ? String(last) : Anchors.slug(String(last))
    }
  }

  /// A path as a relative URL has it.
  public static func url(path: String, fragment: String? = nil) -> String {
    let plain = path.isEmpty ? "" : Link.Form.bare.written(path) ?? ""
    return plain + (fragment.map { "#" + (Link.Form.bare.written($0) ?? "") } ?? "")
  }

  /// What a link leads to, as the page has it.
  public struct Goal: Sendable, Hashable {
    /// Its URL.
    public let url: String
    /// How wide and high the picture there is, in pixels; `nil` for what is none, or not known.
    public let size: PictureSize?
    /// What a wiki link is called that has no words of its own; `nil` for what stands in it.
    public let label: String?

    /// Something at a URL.
    public init(_ url: String, size: PictureSize? = nil, label: String? = nil) {
      self.url = url
      self.size = size
      self.label = label
    }
  }

  /// Where a link leads on the page; `nil` for one that leads nowhere.
  public typealias Resolve = (Target) -> Goal?
  /// The HTML of a formula in TeX; `nil` where it stays TeX.
  public typealias Formula = (_ tex: String, _ isDisplay: Bool) -> String?
  /// The HTML of a program's text in some language; `nil` where it stays plain.
  public typealias Highlight = (_ code: String, _ language: String) -> String?

  /// Whether a text can be rendered in reasonable time and memory.
  public typealias Trial = (_ text: [UInt8]) -> Bool

  private let resolve: Resolve
  /// The note that an embed shows; `nil` where it stays a link.
  public var embedded: (Target) -> Embedded? = { _ in nil }
  /// How formulas are set; they are trusted to be HTML that does nothing.
  public var formula: Formula = { _, _ in nil }
  /// How code is coloured; it is trusted as formulas are.
  public var highlight: Highlight = { _, _ in nil }
  /// Asked before a text above `triedFrom` bytes is rendered: there are texts for which cmark takes time
  /// by the square of their length.
  public var trial: Trial = { _ in true }
  /// Whether a page loads pictures from other hosts; else they are links.
  public var loadsRemotePictures = true
  /// Whether a link to another host says that it is told nothing of the page it stands on.
  public var hidesFromOtherHosts = false
  /// Whether headings and footnotes have names to be linked by: not where a page has more texts.
  public var hasNames = true

  /// The names of headings that the page shows above the text: none below has one of them.
  public var namesAbove: [String] = []

  /// Names of the blocks of the text that are paragraphs or formulas, in order; those have them on the page
  /// that stand in nothing else there.
  public var paragraphNames: [String] = []

  /// Makes a renderer.
  public init(resolve: @escaping Resolve) {
    self.resolve = resolve
  }

  /// What a link by name leads to, if a page may have that.
  func goal(_ target: Target) -> Goal? {
    resolve(target).flatMap { goal in
      safeURL(goal.url).map { Goal($0, size: goal.size, label: goal.label) }
    }
  }

  /// What a link by URL leads to: out of the vault as it is written, if that is safe.
  func goal(url: String) -> Goal? {
    let written = ChangeMark.removed(from: url)
    guard let safe = safeURL(written) else { return nil }
    let goal = Goal(safe)
    // A file's name may have blanks in it, as a URL may not.
    return goal.isRemote ? goal : self.goal(Target(path: written.withoutOuterBlanks))
  }

  /// What a link says of how the two pages are related, as an attribute.
  func relation(to goal: Goal) -> String {
    hidesFromOtherHosts && goal.isRemote ? " rel=\"noopener noreferrer\"" : ""
  }

  /// A picture; a link to it where it is on another host and pages load nothing from there.
  ///
  /// A width is one that the text asks for, and counts before the picture's own.
  func picture(
    _ goal: Goal, _ description: String, title: String = "", width: PictureWidth? = nil,
    isInLink: Bool
  ) -> String {
    let url = escapedHTML(goal.url)
    guard loadsRemotePictures || !goal.isRemote else {
      let label = description.isEmpty ? url : escapedHTML(description)
      // A link holds no other link.
      if isInLink { return label }
      return "<a class=\"picture\" href=\"\(url)\"\(relation(to: goal))>\(label)</a>"
    }
    let size =
      switch width {
      case .pixels(let width)?:
        (goal.size?.scaled(toWidth: width) ?? PictureSize(width: width, height: nil)).attributes
      // Browsers give it the height that goes with that.
      case .share(let share)?: " width=\"\(share)%\""
      case nil: goal.size?.attributes ?? ""
      }
    return "<img src=\"\(url)\" alt=\"\(escapedHTML(description))\""
      + (title.isEmpty ? "" : " title=\"\(escapedHTML(title))\"") + size + ">"
  }

  /// A text above so many bytes, or with a table above so many cells, is shown as its source: tables
  /// of many columns cost cmark time by the square.
  private static let largestText = 4_000_000
  private static let largestTable = 100_000
  /// The same of all tables: a cell takes half a kilobyte while it is looked at.
  private static let mostCells = 300_000
  /// What is smaller takes a fraction of a second whatever is in it.
  public static let triedFrom = 65_536

  /// A note's text as HTML, without its front matter.
  public func html(of document: Document) -> String { html(of: document, change: nil) }

  /// The HTML of a text in which the words that came and went are marked, by `ChangeMark`.
  func html(marked bytes: [UInt8]) -> String { html(of: Document(bytes: bytes), change: .same) }

  private func html(of document: Document, change: DiffBlock.Kind?) -> String {
    let body = document.bytes[document.body]
    guard body.count <= Self.largestText, Self.isBearable(Self.cells(in: body)),
      body.count <= Self.triedFrom || trial(Array(body))
    else {
      let source = ChangeMark.removed(from: document.text(document.body))
      return """
        <p class="notice">This text is too large, has too large a table, or takes too long to be \
        shown as more than its source.</p>
        <pre class="source">\(escapedHTML(source))</pre>

        """
    }
    let placeholders = Placeholders(document)
    var writer = HTMLWriter(
      placeholders: placeholders, blockIDs: change == nil ? document.blockIDs : [], renderer: self)
    writer.change = change
    if hasNames, change == nil {
      writer.elementNames = document.pageNamesOfElements
      let places = document.blocks.filter { $0.kind == .paragraph || $0.kind == .math }
      writer.paragraphNames = zip(places, paragraphNames).map { ($0.range.lowerBound, $1) }[...]
    }
    // What a comment holds is on no page.
    writer.headings = document.headings.filter { heading in
      !placeholders.comments.contains { $0.contains(heading.range.lowerBound) }
    }
    writer.write(MarkdownTree.withHighlights(MarkdownTree.steps(placeholders.text)))
    return writer.html
  }

  private static func isBearable(_ cells: (largest: Int, all: Int)) -> Bool {
    cells.largest <= largestTable && cells.all <= mostCells
  }

  /// The most bars of a line, times the lines, of the stretches without blank lines: at least as many
  /// as the cells of the largest table, and of all.
  private static func cells(in bytes: ArraySlice<UInt8>) -> (largest: Int, all: Int) {
    var (largest, all, lines, most) = (0, 0, 0, 0)
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if line.allSatisfy(\.isBlank) {
        all += lines * most
        (lines, most) = (0, 0)
      } else {
        lines += 1
        most = max(most, line.count { $0 == UInt8(ascii: "|") })
        largest = max(largest, lines * most)
      }
    }
    return (largest, all + lines * most)
  }
}

extension String {
  /// Without the blanks at both ends.
  fileprivate var withoutOuterBlanks: String {
    var text = unicodeScalars[...]
    while text.first?.properties.isWhitespace == true { text.removeFirst() }
    while text.last?.properties.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

// It asks its owner where a link leads, who may ask a database.
@available(*, unavailable)
extension HTMLRenderer: Sendable {}
