/// Turns a note into HTML that is safe to be put into a page, whoever wrote the note.
///
/// It is GitHub's Markdown with footnotes, wiki links, embeds and callouts; formulas stay in TeX.
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
        isPath: true, name: HTMLWriter.decoded(parts[0]), pin: nil,
        anchor: parts.count > 1 ? HTMLWriter.decoded(parts[1]) : nil)
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

  private let resolve: Resolve
  /// How formulas are set; they are trusted to be HTML that does nothing.
  public var formula: Formula = { _, _ in nil }
  /// How code is coloured; it is trusted as formulas are.
  public var highlight: Highlight = { _, _ in nil }
  /// Whether a page loads pictures from other hosts; else they are links.
  public var loadsRemotePictures = true
  /// Whether headings and footnotes have names to be linked by: not where a page has more texts.
  public var hasNames = true

  /// Makes a renderer.
  public init(resolve: @escaping Resolve) {
    self.resolve = resolve
  }

  func goal(_ target: Target) -> Goal? { resolve(target) }

  /// A text above so many bytes, or with a table above so many cells, is shown as its source: tables
  /// of many columns cost cmark time by the square.
  private static let largestText = 4_000_000
  private static let largestTable = 100_000

  /// A note's text as HTML, without its front matter.
  public func html(of document: Document) -> String { html(of: document, change: nil) }

  /// The HTML of a text in which the words that came and went are marked, by `ChangeMark`.
  func html(marked bytes: [UInt8]) -> String { html(of: Document(bytes: bytes), change: .same) }

  private func html(of document: Document, change: DiffBlock.Kind?) -> String {
    let body = document.bytes[document.body]
    guard body.count <= Self.largestText, Self.largestRun(body) <= Self.largestTable else {
      let source = ChangeMark.removed(from: document.text(document.body))
      return """
        <p class="notice">This text is too large, or has too large a table, to be shown as more than \
        its source.</p>
        <pre class="source">\(escapedHTML(source))</pre>

        """
    }
    let placeholders = Placeholders(document)
    var writer = HTMLWriter(
      placeholders: placeholders, blockIDs: change == nil ? document.blockIDs : [], renderer: self)
    writer.change = change
    writer.write(MarkdownTree.steps(placeholders.text))
    return writer.html
  }

  /// The most bars of a line, times the lines, of a stretch without blank lines: at least as many as
  /// the cells of any table there.
  private static func largestRun(_ bytes: ArraySlice<UInt8>) -> Int {
    var (largest, lines, most) = (0, 0, 0)
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if line.allSatisfy(\.isBlank) {
        (lines, most) = (0, 0)
      } else {
        lines += 1
        most = max(most, line.count { $0 == UInt8(ascii: "|") })
        largest = max(largest, lines * most)
      }
    }
    return largest
  }
}

// It asks its owner where a link leads, who may ask a database.
@available(*, unavailable)
extension HTMLRenderer: Sendable {}

/// Writes the steps through a tree.
struct HTMLWriter {
  let placeholders: Placeholders
  let blockIDs: Set<String>
  let renderer: HTMLRenderer
  private(set) var html = ""
  /// What becomes of the words here; `nil` for a text without marks for that.
  var change: DiffBlock.Kind?

  private var anchors = Anchors()
  /// Whether the lists that are open are tight.
  private var lists: [Bool] = []
  /// How the quotes that are open end.
  private var quoteEnds: [String] = []
  private var linkEnds: [String] = []
  /// The text of an image, while it is gathered.
  private var description: String?
  private var isInHead = false
  private var footnotes = 0
  private var marks: [String: Int] = [:]
  /// What somebody's own HTML has open in a line, and in each container of blocks that is open.
  private var inline: SafeHTML
  private var blocks: [SafeHTML]

  init(placeholders: Placeholders, blockIDs: [String], renderer: HTMLRenderer) {
    self.placeholders = placeholders
    self.blockIDs = Set(blockIDs)
    self.renderer = renderer
    inline = SafeHTML(.inline, loadsRemotePictures: renderer.loadsRemotePictures) { _ in nil }
    blocks = []
    blocks = [newHTML(.block)]
    inline = newHTML(.inline)
  }

  private func newHTML(_ place: SafeHTML.Place) -> SafeHTML {
    let renderer = renderer
    return SafeHTML(place, loadsRemotePictures: renderer.loadsRemotePictures) {
      Self.resolved($0, by: renderer)
    }
  }

  /// A container of blocks begins.
  private mutating func enterBlock() { blocks.append(newHTML(.block)) }

  /// It ends, and with it what somebody's own HTML left open in it.
  private mutating func leaveBlock() {
    guard var last = blocks.popLast() else { return }
    last.finish()
    html += last.take()
  }

  mutating func write(_ steps: [MarkdownTree.Step]) {
    var place = 0
    while place < steps.count {
      let step = steps[place]
      if step.kind == .quote, !step.isEnd {
        place = openQuote(steps, at: place)
      } else if case .heading(let level) = step.kind, !step.isEnd {
        html += "<h\(level)"
        if renderer.hasNames {
          let name = anchors.name(for: Anchors.slug(headingText(steps, place)))
          // A name that is a number or empty is no use to a link, and an empty one is no HTML.
          if !name.isEmpty { html += " id=\"\(escapedHTML(name))\"" }
        }
        html += ">"
      } else if case .image(let url, let title) = step.kind {
        image(url, title, isEnd: step.isEnd)
      } else if description != nil {
        if step.kind == .text || step.kind == .codeSpan {
          description? += ChangeMark.removed(from: placeholders.restored(step.text))
        }
        if step.kind == .softBreak || step.kind == .lineBreak { description? += " " }
      } else {
        let isLast = place + 1 < steps.count && steps[place + 1].isEnd
        write(step, isLastOfBlock: isLast)
      }
      place += 1
    }
    if footnotes > 0 { html += "</ol>\n</section>\n" }
    blocks[0].finish()
    html += blocks[0].take()
  }

  /// The text of a heading, for its name.
  private func headingText(_ steps: [MarkdownTree.Step], _ start: Int) -> String {
    var text = ""
    for step in steps[(start + 1)...] {
      if step.isEnd, case .heading = step.kind { break }
      if step.kind == .softBreak { text += " " }
      guard step.kind == .text || step.kind == .codeSpan else { continue }
      for part in placeholders.parts(step.text) {
        switch part.item {
        case .link(let link)?: text += link.label ?? link.target
        case .math(let source, _)?: text += source
        case .comment?: break
        case nil: text += part.text
        }
      }
    }
    // The mark of a footnote that is not there stays text, and is no part of the name.
    return text.replacing(/\[\^[^\]\s]+\]/, with: "")
  }

  private mutating func write(_ step: MarkdownTree.Step, isLastOfBlock: Bool) {
    switch step.kind {
    case .quote:
      leaveBlock()
      html += (quoteEnds.popLast() ?? "</blockquote>") + "\n"
    case .paragraph: paragraph(step.isEnd)
    case .heading(let level): html += endOfInline() + "</h\(level)>\n"
    case .html:
      blocks[blocks.count - 1].add(ChangeMark.removed(from: placeholders.restored(step.text)))
      blocks[blocks.count - 1].finishBlock()
      let safe = blocks[blocks.count - 1].take()
      html += safe.hasSuffix("\n") ? safe : safe + "\n"
    case .thematicBreak: html += "<hr>\n"
    case .list(let start, let isTight): list(start, isTight, step.isEnd)
    case .item(let isDone): item(isDone, step.isEnd)
    case .code(let info): code(placeholders.restored(info), placeholders.restored(step.text))
    case .table:
      html += step.isEnd ? "</table></div>\n" : "<div class=\"table\" tabindex=\"0\"><table>\n"
    case .row(let isHead):
      isInHead = isHead
      html += step.isEnd ? "</tr>\n" : "<tr>"
    case .cell(let alignment): cell(alignment, step.isEnd)
    case .footnote: footnote(step.isEnd)
    case .text: text(step.text, isLastOfBlock)
    case .softBreak: html += "\n"
    case .lineBreak: html += "<br>\n"
    case .codeSpan:
      put("<code>\(escapedHTML(ChangeMark.removed(from: placeholders.restored(step.text))))</code>")
    case .inlineHTML:
      inline.add(ChangeMark.removed(from: placeholders.restored(step.text)))
      html += inline.take()
    case .emphasis: element("em", step.isEnd)
    case .strong: element("strong", step.isEnd)
    case .strikethrough: element("del", step.isEnd)
    case .link(let url, let title): link(placeholders.restored(url), title, step.isEnd)
    case .image: break
    case .footnoteMark: if !step.isEnd { footnoteMark(step.text) }
    }
  }

  /// What somebody's own HTML left open in a paragraph ends with it.
  private mutating func endOfInline() -> String {
    inline.finish()
    return inline.take()
  }

  private mutating func element(_ name: String, _ isEnd: Bool) {
    if isEnd {
      inline.leave()
      html += inline.take() + "</\(name)>"
    } else {
      html += "<\(name)>"
      inline.enter()
    }
  }

  // MARK: Blocks

  private mutating func paragraph(_ isEnd: Bool) {
    let isBare = lists.last == true
    if isEnd {
      html += endOfInline() + (isBare ? "\n" : "</p>\n")
    } else if !isBare {
      html += "<p>"
    }
  }

  private mutating func list(_ start: Int?, _ isTight: Bool, _ isEnd: Bool) {
    if isEnd {
      lists.removeLast()
      html += start == nil ? "</ul>\n" : "</ol>\n"
      return
    }
    lists.append(isTight)
    guard let start else {
      html += "<ul>\n"
      return
    }
    html += start == 1 ? "<ol>\n" : "<ol start=\"\(start)\">\n"
  }

  private mutating func item(_ isDone: Bool?, _ isEnd: Bool) {
    if isEnd {
      leaveBlock()
      html += "</li>\n"
      return
    }
    enterBlock()
    guard let isDone else {
      html += "<li>"
      return
    }
    html +=
      "<li class=\"task\"><input type=\"checkbox\" disabled\(isDone ? " checked" : "") "
      + "aria-label=\"\(isDone ? "done" : "to do")\"> "
  }

  private mutating func code(_ info: String, _ text: String) {
    let language = info.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    let isPlain = language.unicodeScalars.allSatisfy {
      $0.isASCII
        && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
          || "+#-_.".unicodeScalars.contains($0))
    }
    let isKnown = isPlain && !language.isEmpty
    let name = isKnown ? " class=\"language-\(language)\"" : ""
    let shown = isKnown ? renderer.highlight(text, language) : nil
    // It can be wider than the page: who has no mouse scrolls it once it has the focus.
    html += "<pre tabindex=\"0\"><code\(name)>\(shown ?? escapedHTML(text))</code></pre>\n"
  }

  private mutating func cell(_ alignment: MarkdownTree.Alignment?, _ isEnd: Bool) {
    let name = isInHead ? "th" : "td"
    if isEnd {
      html += endOfInline() + "</\(name)>"
      return
    }
    html += "<\(name)" + (alignment.map { " class=\"\($0.rawValue)\"" } ?? "") + ">"
  }

  /// A quote, or a callout, whose first line is left out of what follows; returns where that begins.
  private mutating func openQuote(_ steps: [MarkdownTree.Step], at place: Int) -> Int {
    var head = ""
    var next = place + 2
    if steps.indices.contains(place + 1), steps[place + 1].kind == .paragraph {
      while next < steps.count, steps[next].kind == .text {
        head += steps[next].text
        next += 1
      }
    }
    // The title may go on with emphasis and the like: then it is in the paragraph that follows.
    guard let callout = Self.callout(head) else {
      html += "<blockquote>\n"
      quoteEnds.append("</blockquote>")
      enterBlock()
      return place
    }
    var title = callout.title
    while next < steps.count, ![.softBreak, .lineBreak].contains(steps[next].kind),
      steps[next].kind != .paragraph
    {
      title += steps[next].text
      next += 1
    }
    let name =
      title.isEmpty ? callout.type.prefix(1).uppercased() + callout.type.dropFirst() : title
    let shown = escapedHTML(placeholders.restored(String(name)))
    let type = escapedHTML(callout.type)
    if let isOpen = callout.isOpen {
      html +=
        "<details class=\"callout callout-\(type)\"\(isOpen ? " open" : "")><summary>\(shown)</summary>\n"
      quoteEnds.append("</details>")
    } else {
      html += "<div class=\"callout callout-\(type)\"><p class=\"callout-title\">\(shown)</p>\n"
      quoteEnds.append("</div>")
    }
    enterBlock()
    // A paragraph of which nothing is left is none.
    if next < steps.count, steps[next].kind == .paragraph { return next }
    paragraph(false)
    return next < steps.count ? next : next - 1
  }

  private static func callout(
    _ line: String
  ) -> (type: String, title: String, isOpen: Bool?)? {
    guard line.hasPrefix("[!"), let close = line.firstIndex(of: "]") else { return nil }
    let type = line[line.index(line.startIndex, offsetBy: 2)..<close].lowercased()
    guard !type.isEmpty, type.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "-") })
    else {
      return nil
    }
    var rest = line[line.index(after: close)...]
    var isOpen: Bool?
    if let mark = rest.first, mark == "+" || mark == "-" {
      isOpen = mark == "+"
      rest = rest.dropFirst()
    }
    return (type, String(rest.drop { $0 == " " }), isOpen)
  }

  // MARK: Footnotes

  private mutating func footnoteMark(_ number: String) {
    let count = (marks[number] ?? 0) + 1
    marks[number] = count
    let name = escapedHTML(number)
    let id = count == 1 ? "fnref-\(name)" : "fnref-\(name)-\(count)"
    html +=
      renderer.hasNames
      ? "<sup class=\"footnote\" id=\"\(id)\"><a href=\"#fn-\(name)\">\(name)</a></sup>"
      : "<sup class=\"footnote\">\(name)</sup>"
  }

  private mutating func footnote(_ isEnd: Bool) {
    if isEnd {
      leaveBlock()
      guard renderer.hasNames else {
        html += "</li>\n"
        return
      }
      html +=
        "<a class=\"footnote-back\" href=\"#fnref-\(footnotes)\" aria-label=\"Back to the text\">↩</a></li>\n"
      return
    }
    if footnotes == 0 {
      // The text before them ends here.
      blocks[0].finish()
      html += blocks[0].take() + "<section class=\"footnotes\">\n<ol>\n"
    }
    enterBlock()
    footnotes += 1
    html += renderer.hasNames ? "<li id=\"fn-\(footnotes)\">" : "<li>"
  }

  // MARK: Text

  private mutating func text(_ text: String, _ isLastOfBlock: Bool) {
    for (part, item) in placeholders.parts(text) {
      switch item {
      case .link(let link)?: wikiLink(link)
      case .math(let source, let isDisplay)?:
        put(
          renderer.formula(source, isDisplay)
            ?? "<code class=\"math\(isDisplay ? " math-display" : "")\">\(escapedHTML(source))</code>"
        )
      case .comment?: break
      case nil: plain(part, isLastOfBlock && part.endIndex == text.endIndex)
      }
    }
  }

  /// Text; a mark such as `^name` at the end of a block is where links to it lead.
  private mutating func plain(_ text: Substring, _ isLastOfBlock: Bool) {
    guard isLastOfBlock, let caret = text.lastIndex(of: "^"),
      blockIDs.contains(String(text[text.index(after: caret)...]))
    else { return put(words: text) }
    let before = text[..<caret]
    put(words: before.last == " " ? before.dropLast() : before)
    guard renderer.hasNames else { return }
    html += "<span id=\"\(escapedHTML(text[caret...]))\"></span>"
  }

  /// Words, of which marks among them may say what became of them.
  private mutating func put(words: some StringProtocol) {
    guard change != nil, words.unicodeScalars.contains(where: { ChangeMark($0) != nil }) else {
      return put(escapedHTML(words))
    }
    var run = String.UnicodeScalarView()
    for scalar in words.unicodeScalars {
      guard let mark = ChangeMark(scalar) else {
        run.append(scalar)
        continue
      }
      put(escapedHTML(String(run)))
      run.removeAll()
      change = mark.change
    }
    put(escapedHTML(String(run)))
  }

  /// A piece of HTML within a line, marked as what became of it.
  private mutating func put(_ piece: String) {
    if piece.isEmpty { return }
    switch change {
    case .added: html += "<ins>\(piece)</ins>"
    case .removed: html += "<del>\(piece)</del>"
    default: html += piece
    }
  }

  private mutating func wikiLink(_ link: Link) {
    let target = HTMLRenderer.Target(
      isPath: false, name: link.target, pin: link.pin, anchor: link.anchor)
    let goal = renderer.goal(target)
    let written = (goal?.label ?? link.target) + (link.pin.map { "@\($0)" } ?? "")
    let label =
      link.label ?? written + (link.anchor.map { (written.isEmpty ? "" : " › ") + $0 } ?? "")
    let url = goal.flatMap { safeURL($0.url) }
    if link.kind == .embed, Self.isImage(link.target) {
      guard let url else { return broken(label) }
      // `![[picture.png|300]]` says how wide it is.
      let width = link.label.flatMap { Int($0.prefix { $0 != "x" }) }
      let size = width.map {
        goal?.size?.scaled(toWidth: $0) ?? PictureSize(width: $0, height: nil)
      }
      return picture(url, width == nil ? link.label ?? "" : "", size: size ?? goal?.size)
    }
    // A link holds no other link.
    if !linkEnds.isEmpty || inline.isInLink { return put(escapedHTML(label)) }
    guard let url else { return broken(label) }
    let kind = link.kind == .embed ? " class=\"embed\"" : ""
    put("<a href=\"\(escapedHTML(url))\"\(kind)>\(escapedHTML(label))</a>")
  }

  private mutating func picture(
    _ url: String, _ description: String, title: String = "", size: PictureSize?
  ) {
    let title = title.isEmpty ? "" : " title=\"\(escapedHTML(placeholders.restored(title)))\""
    put(
      "<img src=\"\(escapedHTML(url))\" alt=\"\(escapedHTML(description))\"\(title)\(size?.attributes ?? "")>"
    )
  }

  private mutating func broken(_ label: String) {
    put("<span class=\"broken\">\(escapedHTML(label))</span>")
  }

  private static func isImage(_ target: String) -> Bool {
    let ending = target.split(separator: ".").last.map { $0.lowercased() } ?? ""
    return ["png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "bmp"].contains(ending)
  }

  // MARK: Links and images

  private mutating func link(_ url: String, _ title: String, _ isEnd: Bool) {
    if isEnd {
      inline.leave()
      html += inline.take() + (linkEnds.popLast() ?? "")
      return
    }
    defer { inline.enter() }
    // A link holds no other link.
    if inline.isInLink { return linkEnds.append("") }
    guard let found = resolved(url)?.url else {
      html += "<span class=\"broken\">"
      return linkEnds.append("</span>")
    }
    let title = title.isEmpty ? "" : " title=\"\(escapedHTML(placeholders.restored(title)))\""
    html += "<a href=\"\(escapedHTML(found))\"\(title)>"
    linkEnds.append("</a>")
  }

  private mutating func image(_ url: String, _ title: String, isEnd: Bool) {
    guard isEnd else {
      description = description ?? ""
      return
    }
    guard let text = description else { return }
    description = nil
    guard let found = resolved(placeholders.restored(url)) else { return broken(text) }
    guard renderer.loadsRemotePictures || !found.isRemote else {
      let label = text.isEmpty ? found.url : text
      if !linkEnds.isEmpty { return put(escapedHTML(label)) }
      return put(
        "<a class=\"picture\" href=\"\(escapedHTML(found.url))\">\(escapedHTML(label))</a>")
    }
    picture(found.url, text, title: title, size: found.size)
  }

  /// Where a Markdown link leads: out of the vault as it is written, if that is safe.
  private func resolved(_ url: String) -> HTMLRenderer.Goal? { Self.resolved(url, by: renderer) }

  private static func resolved(_ url: String, by renderer: HTMLRenderer) -> HTMLRenderer.Goal? {
    guard let safe = safeURL(ChangeMark.removed(from: url)) else { return nil }
    let goal = HTMLRenderer.Goal(safe)
    if goal.isRemote { return goal }
    let found = renderer.goal(HTMLRenderer.Target(path: safe))
    return found.flatMap { goal in
      safeURL(goal.url).map { HTMLRenderer.Goal($0, size: goal.size) }
    }
  }

  /// Without percent signs; as it is, where those make no text.
  static func decoded(_ text: Substring) -> String {
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
}
