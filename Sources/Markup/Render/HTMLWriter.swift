/// Writes the steps through a tree.
struct HTMLWriter {
  let placeholders: Placeholders
  let blockIDs: Set<String>
  /// The names of elements of HTML that the page does not have yet.
  var elementNames: Set<String> = []
  /// The headings of the text, from whose words their names are made; where they are not those that come,
  /// none of them is used.
  var headings: [Heading] = []
  let renderer: HTMLRenderer
  private(set) var html = ""
  /// What becomes of the words here; `nil` for a text without marks for that.
  var change: DiffBlock.Kind?

  private var anchors = Anchors()
  private var nextHeading = 0
  /// The names of the paragraphs that are still to come, by where those begin in the document.
  var paragraphNames: ArraySlice<(place: Int, name: String)> = []
  /// Where the lines of the text begin in the document; none without such names.
  private var lines: [Int] = []
  /// Whether the lists that are open are tight.
  private var lists: [Bool] = []
  /// How the quotes that are open end.
  private var quoteEnds: [String] = []
  private var linkEnds: [String] = []
  /// What of other notes is on the page already.
  private var embeds = (count: 0, bytes: 0)
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
    for name in renderer.namesAbove { _ = anchors.name(for: name) }
    inline = SafeHTML(.inline, by: renderer)
    blocks = [SafeHTML(.block, by: renderer)]
  }

  /// A container of blocks begins.
  private mutating func enterBlock() { blocks.append(SafeHTML(.block, by: renderer)) }

  /// It ends, and with it what somebody's own HTML left open in it.
  private mutating func leaveBlock() {
    guard var last = blocks.popLast() else { return }
    last.finish()
    html += last.take()
  }

  mutating func write(_ steps: [MarkdownTree.Step]) {
    var steps = steps
    if !paragraphNames.isEmpty { lines = placeholders.lines }
    let levels = steps.compactMap { step in
      if case .heading(let level) = step.kind, !step.isEnd { level } else { nil }
    }
    if headings.map(\.level) != levels { headings = [] }
    var place = 0
    while place < steps.count {
      let step = steps[place]
      if step.kind == .quote, !step.isEnd {
        place = openQuote(steps, at: place)
      } else if let embed = embed(steps, at: place) {
        html += embed
        place += 2
      } else if case .heading(let level) = step.kind, !step.isEnd {
        html += "<h\(level)"
        let own = takeAnchor(of: place, &steps)
        if renderer.hasNames {
          let text = headings.isEmpty ? headingText(steps, place) : headings[nextHeading].text
          let name = anchors.name(for: own ?? Anchors.slug(text))
          // A name that is a number or empty is no use to a link, and an empty one is no HTML.
          if !name.isEmpty { html += " id=\"\(escapedHTML(name))\"" }
        }
        nextHeading += 1
        html += ">"
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

  /// The name in `{#name}` at the end of a heading, which is taken off it.
  private func takeAnchor(of place: Int, _ steps: inout [MarkdownTree.Step]) -> String? {
    let isEnd = { (step: MarkdownTree.Step) in
      if case .heading = step.kind { step.isEnd } else { false }
    }
    guard let end = steps[place...].firstIndex(where: isEnd) else { return nil }
    var start = end
    while steps[start - 1].kind == .text { start -= 1 }
    let text = steps[start..<end].map(\.text).joined().unicodeScalars
    guard text.last == "}", let open = text.lastIndex(of: "{") else { return nil }
    let name = text[text.index(after: open)...].dropLast()
    guard name.first == "#", name.count > 1, !name.contains(where: \.properties.isWhitespace)
    else { return nil }
    var before = text[..<open]
    while before.last?.properties.isWhitespace == true { before.removeLast() }
    for place in start..<end { steps[place].text = "" }
    steps[start].text = String(before)
    return ChangeMark.removed(from: placeholders.restored(String(name.dropFirst())))
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
    // A regular expression is read anew each time, which takes longer than all else here.
    return text.contains("[^") ? text.replacing(/\[\^[^\]\s]+\]/, with: "") : text
  }

  private mutating func write(_ step: MarkdownTree.Step, isLastOfBlock: Bool) {
    if case .image(let url, let title) = step.kind { return image(url, title, isEnd: step.isEnd) }
    guard description == nil else {
      if step.kind == .text || step.kind == .codeSpan {
        description? += ChangeMark.removed(from: placeholders.restored(step.text))
      }
      if step.kind == .softBreak || step.kind == .lineBreak { description? += " " }
      return
    }
    switch step.kind {
    case .quote:
      leaveBlock()
      html += (quoteEnds.popLast() ?? "</blockquote>") + "\n"
    case .paragraph: paragraph(step)
    case .heading(let level): html += endOfInline() + "</h\(level)>\n"
    case .html:
      blocks[blocks.count - 1].add(
        ChangeMark.removed(from: placeholders.restored(step.text)), naming: &elementNames)
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
      inline.add(
        ChangeMark.removed(from: placeholders.restored(step.text)), naming: &elementNames)
      html += inline.take()
    case .emphasis: element("em", step.isEnd)
    case .strong: element("strong", step.isEnd)
    case .strikethrough: element("del", step.isEnd)
    case .highlight: element("mark", step.isEnd)
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

  private mutating func paragraph(_ step: MarkdownTree.Step) {
    let isBare = lists.last == true
    if step.isEnd {
      html += endOfInline() + (isBare ? "\n" : "</p>\n")
    } else if !isBare {
      html += "<p" + name(of: step) + ">"
    }
  }

  /// The name of a paragraph that begins, as an attribute: that of the one that begins on its lines.
  private mutating func name(of paragraph: MarkdownTree.Step) -> String {
    // One in a list, a quote or a footnote has none.
    guard lists.isEmpty, quoteEnds.isEmpty, footnotes == 0, let own = paragraph.lines,
      own.upperBound + 1 < lines.count
    else { return "" }
    paragraphNames = paragraphNames.drop { $0.place < lines[own.lowerBound] }
    guard let next = paragraphNames.first, next.place < lines[own.upperBound + 1] else { return "" }
    paragraphNames.removeFirst()
    return next.name.isEmpty ? "" : " id=\"\(escapedHTML(next.name))\""
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
    var title = [MarkdownTree.Step(kind: .text, text: callout.title)]
    // What begins in the title ends in it.
    var depth = 0
    while next < steps.count, steps[next].kind != .paragraph,
      depth > 0 || ![.softBreak, .lineBreak].contains(steps[next].kind)
    {
      if steps[next].kind.isSpan { depth += steps[next].isEnd ? -1 : 1 }
      title.append(steps[next])
      next += 1
    }
    if title.count == 1, callout.title.isEmpty {
      title[0].text = callout.type.prefix(1).uppercased() + callout.type.dropFirst()
    }
    let type = escapedHTML(callout.type)
    let titleEnd: String
    if let isOpen = callout.isOpen {
      html += "<details class=\"callout callout-\(type)\"\(isOpen ? " open" : "")><summary>"
      titleEnd = "</summary>\n"
      quoteEnds.append("</details>")
    } else {
      html += "<div class=\"callout callout-\(type)\"><p class=\"callout-title\">"
      titleEnd = "</p>\n"
      quoteEnds.append("</div>")
    }
    for step in title { write(step, isLastOfBlock: false) }
    html += endOfInline() + titleEnd
    enterBlock()
    // A paragraph of which nothing is left is none.
    if next < steps.count, steps[next].kind == .paragraph { return next }
    paragraph(MarkdownTree.Step(kind: .paragraph))
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

  /// Another note, where a paragraph is nothing but an embed of it.
  private mutating func embed(_ steps: [MarkdownTree.Step], at place: Int) -> String? {
    guard steps[place].kind == .paragraph, !steps[place].isEnd, change == nil,
      steps.count > place + 2, steps[place + 1].kind == .text, steps[place + 2].kind == .paragraph,
      case .link(let link)? = placeholders.only(steps[place + 1].text), link.kind == .embed,
      !Self.isImage(link.target), embeds.count < HTMLRenderer.mostEmbeds
    else { return nil }
    let target = HTMLRenderer.Target(link)
    guard let goal = renderer.goal(target),
      let part = renderer.embedded(target)?.html(
        of: link.anchor, atMost: HTMLRenderer.mostEmbeddedBytes - embeds.bytes)
    else { return nil }
    embeds.count += 1
    embeds.bytes += part.size
    return "<figure class=\"embed\"\(name(of: steps[place]))>\n\(part.html)<figcaption>"
      + "<a href=\"\(escapedHTML(goal.url))\">\(escapedHTML(label(of: link, goal)))</a>"
      + "</figcaption></figure>\n"
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
    // By bytes first: to look for a character from the end takes apart all that it passes.
    guard isLastOfBlock, !blockIDs.isEmpty, text.utf8.contains(UInt8(ascii: "^")),
      let caret = text.lastIndex(of: "^"),
      blockIDs.contains(String(text[text.index(after: caret)...]))
    else { return put(words: text) }
    let before = text[..<caret]
    put(words: before.last == " " ? before.dropLast() : before)
    guard renderer.hasNames else { return }
    html += "<span id=\"\(escapedHTML(text[caret...]))\"></span>"
  }

  /// Words, of which marks among them may say what became of them.
  private mutating func put(words: some StringProtocol) {
    guard change != nil, words.mayHaveMarks else {
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
    let goal = renderer.goal(HTMLRenderer.Target(link))
    let label = label(of: link, goal)
    if link.kind == .embed, Self.isImage(link.target) {
      let (words, width) = PictureSize.parted(link.label ?? "", isAlone: true)
      guard let goal else { return broken(words.isEmpty ? link.target : words) }
      return put(
        renderer.picture(goal, words, width: width.map { .pixels($0) }, isInLink: isInLink))
    }
    // A link holds no other link.
    if isInLink { return put(escapedHTML(label)) }
    guard let goal else { return broken(label) }
    let kind = link.kind == .embed ? " class=\"embed\"" : ""
    put("<a href=\"\(escapedHTML(goal.url))\"\(kind)>\(escapedHTML(label))</a>")
  }

  /// What a wiki link or an embed is called.
  private func label(of link: Link, _ goal: HTMLRenderer.Goal?) -> String {
    let written = (goal?.label ?? link.target) + (link.pin.map { "@\($0)" } ?? "")
    return link.label ?? written + (link.anchor.map { (written.isEmpty ? "" : " › ") + $0 } ?? "")
  }

  /// Whether a link is open.
  private var isInLink: Bool { !linkEnds.isEmpty || inline.isInLink }

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
    guard let found = renderer.goal(url: url) else {
      html += "<span class=\"broken\">"
      return linkEnds.append("</span>")
    }
    let title = title.isEmpty ? "" : " title=\"\(escapedHTML(placeholders.restored(title)))\""
    html += "<a href=\"\(escapedHTML(found.url))\"\(title)\(renderer.relation(to: found))>"
    linkEnds.append("</a>")
  }

  private mutating func image(_ url: String, _ title: String, isEnd: Bool) {
    guard isEnd else {
      description = description ?? ""
      return
    }
    guard let description else { return }
    let (text, width) = PictureSize.parted(description, isAlone: false)
    self.description = nil
    guard let found = renderer.goal(url: placeholders.restored(url)) else { return broken(text) }
    put(
      renderer.picture(
        found, text, title: placeholders.restored(title), width: width.map { .pixels($0) },
        isInLink: isInLink))
  }
}
