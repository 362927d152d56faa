/// Turns the block structure of a text into the parts of a document.
struct DocumentParser {
  private let view: ByteView
  private let lines: Lines
  private let firstLine: Int
  private var scanner: InlineScanner

  // What the walk over the blocks has reached.
  /// The first line that no block has taken.
  private var nextLine: Int
  /// The last line of the quote or footnote that the walk is in: it is one block.
  private var containerEnd = -1
  /// The first line that no block within a quote or a footnote has taken.
  private var nextInnerLine: Int
  /// The first line of a list item whose first paragraph is still to come.
  private var itemLine: Int?
  /// The last line of that list item: what comes behind it is not in it.
  private var itemEnd = -1
  /// The first line after the last leaf: lines between leaves are definitions or blank.
  private var gapLine: Int

  init(
    _ view: ByteView, lines: Lines, firstLine: Int, definitions: [String: LinkDefinition] = [:]
  ) {
    self.view = view
    self.lines = lines
    self.firstLine = firstLine
    nextLine = firstLine
    nextInnerLine = firstLine
    gapLine = firstLine
    scanner = InlineScanner(view: view)
    scanner.definitions = definitions
  }

  mutating func parse() -> Parts {
    var nodes: [CommonMark.Node] = []
    var skeleton = Skeleton(view, lines: lines, firstLine: firstLine)
    skeleton.eachChunk { chunk in
      let prelude = chunk.footnotes.isEmpty ? [] : chunk.footnotes + [.newline, .newline]
      for var node in CommonMark.nodes(prelude: prelude, text: chunk.text) {
        node.firstLine += chunk.firstLine
        node.lastLine = min(node.lastLine + chunk.firstLine, lines.count - 1)
        if node.firstLine <= node.lastLine { nodes.append(node) }
      }
    }
    BlockEnds(view: view, lines: lines).correct(&nodes)
    findDefinitions(among: nodes)
    nextLine = firstLine
    gapLine = firstLine
    scanner.scanFrontmatter(lines, before: firstLine)
    for node in nodes { add(node) }
    addItem(before: lines.count)
    addGap(before: lines.count)
    scanner.parts.sort()
    return scanner.parts
  }

  // MARK: Definitions

  /// Link definitions come first, since links before them refer to them; they are in no block.
  private mutating func findDefinitions(among nodes: [CommonMark.Node]) {
    var line = firstLine
    for node in nodes where node.isLeaf {
      while line < node.firstLine { line = findDefinition(line, before: node.firstLine) }
      line = max(line, node.lastLine + 1)
    }
    while line < lines.count { line = findDefinition(line, before: lines.count) }
  }

  private mutating func findDefinition(_ line: Int, before limit: Int) -> Int {
    let text = pastMarkers(lines.content(line, in: view))
    guard view[text.lowerBound] == UInt8(ascii: "["), !text.isEmpty else { return line + 1 }
    let next = line + 1 < limit ? pastMarkers(lines.content(line + 1, in: view)) : nil
    guard var found = LinkDefinition(view, text, continuation: next, line: line + 1) else {
      return line + 1
    }
    let isBelow = found.targetRange.lowerBound >= text.upperBound
    let after = line + (found.lines(view, lines, before: limit) ?? (isBelow ? 2 : 1))
    found.range = text.lowerBound..<lines.content(after - 1, in: view).upperBound
    scanner.define(found)
    return after
  }

  /// The text of a line past indents and the marks of quotes and list items.
  private func pastMarkers(_ range: Range<Int>) -> Range<Int> {
    var index = range.lowerBound
    scan: while index < range.upperBound {
      switch view[index] {
      case .space, .tab, UInt8(ascii: ">"), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "*"):
        index += 1
      default: break scan
      }
    }
    return index..<range.upperBound
  }

  /// The lines before a block that no block covers: definitions, and footnotes nothing refers to.
  private mutating func addGap(before limit: Int) {
    var line = gapLine
    var start: Int?
    var kind = Block.Kind.definition
    while line < limit {
      let text = pastMarkers(lines.content(line, in: view))
      let isFootnote = view.has("[^", at: text.lowerBound)
      if !text.isEmpty, view[text.lowerBound] == UInt8(ascii: "["), line > containerEnd {
        if let start, isFootnote || kind == .footnote { add(kind, start, line - 1) }
        if start == nil || isFootnote || kind == .footnote { start = line }
        kind = isFootnote ? .footnote : .definition
        if isFootnote { addFootnote(at: text, line: line) }
      }
      line += 1
    }
    if let start { add(kind, start, limit - 1) }
    gapLine = max(gapLine, limit)
  }

  private mutating func addFootnote(at text: Range<Int>, line: Int) {
    guard let body = footnoteBody(text, line: line, lastLine: line) else { return }
    _ = scanner.scan(body..<text.upperBound, line: line + 1, quotes: 0)
  }

  /// Records a footnote's definition and returns where its text begins.
  private mutating func footnoteBody(_ text: Range<Int>, line: Int, lastLine: Int) -> Int? {
    guard view.has("[^", at: text.lowerBound) else { return nil }
    var close = text.lowerBound + 2
    while close < text.upperBound, view[close] != UInt8(ascii: "]") { close += 1 }
    guard close < text.upperBound, view[close + 1] == UInt8(ascii: ":") else { return nil }
    scanner.parts.footnotes.append(
      Footnote(
        label: view.text(text.lowerBound + 2..<close), isDefinition: true,
        range: text.lowerBound..<lines.content(lastLine, in: view).upperBound, line: line + 1))
    return min(close + 2, text.upperBound)
  }

  // MARK: Blocks

  private mutating func add(_ node: CommonMark.Node) {
    if node.firstLine > itemEnd { addItem(before: node.firstLine) }
    switch node.kind {
    case .item:
      addItem(before: node.firstLine)
      if itemLine == nil { itemLine = node.firstLine }
      itemEnd = node.lastLine
    case .quote:
      let callout = addCallout(node)
      addContainer(callout ? .callout : .quote, node)
    case .footnote:
      // cmark's column is that of the footnote's text.
      let text = lines.content(node.firstLine, in: view)
      var start = text.lowerBound
      while start < text.upperBound, !view.has("[^", at: start) { start += 1 }
      _ = footnoteBody(
        start..<text.upperBound, line: node.firstLine, lastLine: lastTextLine(of: node))
      addContainer(.footnote, node)
    default:
      addGap(before: node.firstLine)
      addLeaf(node)
      gapLine = max(gapLine, node.lastLine + 1)
    }
  }

  private mutating func add(_ kind: Block.Kind, _ first: Int, _ last: Int) {
    let first = max(first, nextLine)
    var last = min(last, lines.count - 1)
    while last > first, lines.isBlank(last, in: view) { last -= 1 }
    guard first <= last else { return }
    scanner.parts.blocks.append(block(kind, first, last))
    nextLine = last + 1
  }

  /// A block within a quote or a footnote; a line that has nothing but marks of quotes is none's last.
  private mutating func addInner(_ kind: Block.Kind, _ first: Int, _ last: Int) {
    let first = max(first, nextInnerLine)
    var last = min(last, containerEnd)
    while last > first {
      let line = lines.content(last, in: view)
      if view.pastQuoteMarks(line) < line.upperBound { break }
      last -= 1
    }
    guard first <= last else { return }
    scanner.parts.innerBlocks.append(block(kind, first, last))
    nextInnerLine = last + 1
  }

  private func block(_ kind: Block.Kind, _ first: Int, _ last: Int) -> Block {
    Block(
      kind: kind,
      range: lines.content(first, in: view).lowerBound..<lines.content(last, in: view).upperBound,
      line: first + 1)
  }

  /// An item with no text of its own, or whose text is a block of another kind.
  private mutating func addItem(before line: Int) {
    guard let start = itemLine, start < line else { return }
    itemLine = nil
    addBlock(.listItem, start, start, isOwn: start > containerEnd)
  }

  private mutating func addBlock(_ kind: Block.Kind, _ first: Int, _ last: Int, isOwn: Bool) {
    if isOwn { add(kind, first, last) } else { addInner(kind, first, last) }
  }

  private mutating func addContainer(_ kind: Block.Kind, _ node: CommonMark.Node) {
    guard node.firstLine > containerEnd else { return }
    addGap(before: node.firstLine)
    let last = lastTextLine(of: node)
    add(kind, itemLine ?? node.firstLine, last)
    itemLine = nil
    containerEnd = last
  }

  private func lastTextLine(of node: CommonMark.Node) -> Int {
    var last = node.lastLine
    while last > node.firstLine, lines.isBlank(last, in: view) { last -= 1 }
    return last
  }

  private mutating func addLeaf(_ node: CommonMark.Node) {
    let first = itemLine ?? node.firstLine
    let isItem = itemLine != nil
    itemLine = nil
    let isOwn = node.firstLine > containerEnd
    switch node.kind {
    case .paragraph: addParagraph(node, first: first, isItem: isItem, isOwn: isOwn)
    case .heading:
      addBlock(.heading, first, node.lastLine, isOwn: isOwn)
      addHeading(node)
    case .fencedCode, .indentedCode:
      let isMath = addCode(node)
      addBlock(isMath ? .math : .code, first, node.lastLine, isOwn: isOwn)
    case .html:
      addBlock(.html, first, node.lastLine, isOwn: isOwn)
      addHTML(node)
    default:
      addBlock(isItem ? .listItem : .thematicBreak, first, node.lastLine, isOwn: isOwn)
    }
  }

  /// Where the text of a leaf begins: past the marks of what it stands in.
  private func textStart(of node: CommonMark.Node) -> Int {
    let range = lines.content(node.firstLine, in: view)
    return min(range.lowerBound + node.column, range.upperBound)
  }

  private mutating func addParagraph(
    _ node: CommonMark.Node, first: Int, isItem: Bool, isOwn: Bool
  ) {
    let table = Table.firstLine(in: node.firstLine, node.lastLine, lines: lines, view: view)
    var start = textStart(of: node)
    let textEnd = lines.content((table ?? node.lastLine + 1) - 1, in: view).upperBound
    if isItem { start = pastTaskMark(start) }
    if let title = calloutTitle, title.line == node.firstLine { start = title.start }
    if table != node.firstLine {
      let isMath = !isItem && isFormula(start..<textEnd)
      addBlock(
        isItem ? .listItem : isMath ? .math : .paragraph, first, (table ?? node.lastLine + 1) - 1,
        isOwn: isOwn)
    }
    if table != node.firstLine {
      let prose = scanner.scan(
        start..<max(start, textEnd), line: node.firstLine + 1, quotes: node.quotes)
      noteLead(from: prose, isPlain: isOwn && !isItem)
    }
    guard let table else { return }
    addBlock(.table, table == node.firstLine ? first : table, node.lastLine, isOwn: isOwn)
    for line in table...node.lastLine where line != table + 1 {
      let range = pastMarkers(lines.content(line, in: view))
      _ = scanner.scan(range, line: line + 1, quotes: node.quotes, isTable: true)
    }
  }

  /// The first paragraph is what a list shows; without one, the first text of any kind.
  private mutating func noteLead(from start: Int, isPlain: Bool) {
    let range = start..<max(start, scanner.parts.prose.count - 1)
    guard !range.isEmpty, !hasLead else { return }
    hasLead = isPlain
    if isPlain || scanner.parts.lead == nil { scanner.parts.lead = range }
  }
  private var hasLead = false

  /// Whether a paragraph is nothing but `$$ … $$`.
  private func isFormula(_ range: Range<Int>) -> Bool {
    let text = view.trimmed(range)
    return text.count > 4 && view.has("$$", at: text.lowerBound)
      && view.has("$$", at: text.upperBound - 2)
  }

  private func pastTaskMark(_ start: Int) -> Int {
    view[start] == UInt8(ascii: "[") && view[start + 2] == UInt8(ascii: "]")
      && view[start + 3].isSpaceOrTab && view[start + 1] != UInt8(ascii: "^") ? start + 4 : start
  }

  private mutating func addHeading(_ node: CommonMark.Node) {
    var start = textStart(of: node)
    let isSetext = node.lastLine > node.firstLine
    var end = lines.content(node.lastLine - (isSetext ? 1 : 0), in: view).upperBound
    if !isSetext {
      start = view.endOfRun(UInt8(ascii: "#"), at: start, before: end)
      end = view.trimmed(start..<end).upperBound
      var close = end
      while close > start, view[close - 1] == UInt8(ascii: "#") { close -= 1 }
      if close == start || view[close - 1].isSpaceOrTab { end = close }
    }
    var text = view.trimmed(start..<max(start, end))
    let custom = customAnchor(in: text)
    if let custom { text = view.trimmed(text.lowerBound..<custom.lowerBound - 2) }
    let prose = scanner.scan(text, line: node.firstLine + 1, quotes: node.quotes)
    let line = node.firstLine + 1
    let range =
      lines.content(node.firstLine, in: view)
      .lowerBound..<lines.content(node.lastLine, in: view)
      .upperBound
    scanner.takeHeading(
      from: prose, level: node.level, range: range, line: line, anchor: custom.map(view.text))
  }

  /// The name in `{#name}` at the end of a heading, as pandoc and Hugo write it.
  private func customAnchor(in text: Range<Int>) -> Range<Int>? {
    guard text.count > 3, view[text.upperBound - 1] == UInt8(ascii: "}") else { return nil }
    var start = text.upperBound - 1
    while start > text.lowerBound, view[start - 1] != UInt8(ascii: "{"), !view[start - 1].isBlank {
      start -= 1
    }
    guard start > text.lowerBound, view[start - 1] == UInt8(ascii: "{"),
      view[start] == UInt8(ascii: "#"), start + 1 < text.upperBound - 1
    else { return nil }
    return start + 1..<text.upperBound - 1
  }

  /// Records a code block; a `$$` formula, or one in a `math` fence, is math instead.
  private mutating func addCode(_ node: CommonMark.Node) -> Bool {
    let line = node.firstLine + 1
    guard node.kind == .fencedCode else {
      let last = lines.content(lastTextLine(of: node), in: view).upperBound
      let content = lines.content(node.firstLine, in: view).lowerBound..<last
      scanner.parts.codeBlocks.append(CodeBlock(language: nil, content: content, line: line))
      return false
    }
    let open = lines.content(node.firstLine, in: view)
    let start = textStart(of: node)
    let fence = view[start]
    let info = view.trimmed(
      view.endOfRun(fence, at: start, before: open.upperBound)..<open.upperBound)
    var last = node.lastLine
    var end = lines.content(last, in: view).upperBound
    if last > node.firstLine {
      let text = view.trimmed(pastMarkers(lines.content(last, in: view)))
      if fence == UInt8(ascii: "$") {
        if view.endsFormula(at: text.lowerBound, before: text.upperBound) {
          last -= 1
          end = text.lowerBound + 2
          if end < text.upperBound { scanner.addPreformatted(end..<text.upperBound) }
        }
      } else if text.count >= 3,
        view.endOfRun(fence, at: text.lowerBound, before: text.upperBound) == text.upperBound
      {
        last -= 1
        end = text.upperBound
      }
    }
    let low = node.firstLine < last ? lines.starts[node.firstLine + 1] : open.upperBound
    let content = low..<max(low, lines.content(last, in: view).upperBound)
    var word = info.lowerBound
    while word < info.upperBound, !view[word].isBlank { word += 1 }
    let language = word > info.lowerBound ? view.text(info.lowerBound..<word) : nil
    if word < info.upperBound, fence != UInt8(ascii: "$") {
      scanner.addPreformatted(word..<info.upperBound)
    }
    if fence == UInt8(ascii: "$") || language == "math" {
      scanner.parts.math.append(
        Math(
          isDisplay: true, content: content, range: start..<max(content.upperBound, end), line: line
        ))
      scanner.addFormulaText(content)
      return true
    }
    scanner.parts.codeBlocks.append(CodeBlock(language: language, content: content, line: line))
    return false
  }

  /// HTML has no Markdown in it, but its wiki links and text are worth finding; what stands in `<pre>`
  /// is code.
  private mutating func addHTML(_ node: CommonMark.Node) {
    let end = lines.content(node.lastLine, in: view).upperBound
    var start = textStart(of: node)
    if start < end { scanner.parts.htmlBlocks.append(start..<end) }
    for name: StaticString in ["<script", "<style", "<SCRIPT", "<STYLE"]
    where view.has(name, at: start) { return }
    if view.isTag("pre", at: start, before: end) {
      let first = start
      while start < end, !view.isTag("/pre", at: start, before: end) { start += 1 }
      scanner.addPreformatted(first..<start)
    }
    let line = node.firstLine + 1 + (textStart(of: node)..<start).count { view[$0] == .newline }
    if start < end { _ = scanner.scan(start..<end, line: line, quotes: node.quotes) }
  }

  // MARK: Callouts

  /// Where the text of the callout begins that the walk has just entered.
  private var calloutTitle: (line: Int, start: Int)?

  private mutating func addCallout(_ node: CommonMark.Node) -> Bool {
    let line = lines.content(node.firstLine, in: view)
    guard let head = CalloutHead(view, line, column: node.column) else { return false }
    calloutTitle = (node.firstLine, head.textStart)
    scanner.parts.callouts.append(
      Callout(
        type: head.type, title: head.title, folding: head.folding,
        range: line.lowerBound..<lines.content(lastTextLine(of: node), in: view).upperBound,
        line: node.firstLine + 1))
    return true
  }
}

extension CommonMark.Node {
  var isLeaf: Bool { kind != .quote && kind != .footnote && kind != .item }
}
