extension HTMLRenderer {
  /// What changed between two texts, as a reader sees it: the blocks that did, rendered, with the
  /// words that came in `<ins>` and those that went in `<del>`, below the headings they stand under.
  ///
  /// The headings are links to those of `page`, the URL of a page that shows the newer text.
  public func html(of diff: TextDiff, old: Document, new: Document, page: String?) -> String {
    var renderer = self
    // Two blocks of a page can have the same headings and footnotes.
    renderer.hasNames = false
    var writer = ChangeWriter(renderer: renderer, old: old, new: new, page: page)
    for block in diff.blocks { writer.add(block) }
    writer.finish()
    return writer.html
  }

  /// Some blocks of a text by themselves, by their places in it.
  public func html(of blocks: Range<Int>, in document: Document) -> String {
    var renderer = self
    renderer.hasNames = false
    let writer = ChangeWriter(renderer: renderer, old: document, new: document, page: nil)
    // Footnotes are texts of their own: without the marks that lead to them they would be gone.
    var runs: [(range: Range<Int>, isFootnote: Bool)] = []
    for block in document.blocks[blocks] where block.kind != .definition {
      let isFootnote = block.kind == .footnote
      if let last = runs.last, !isFootnote, !last.isFootnote {
        runs[runs.count - 1].range = last.range.lowerBound..<block.range.upperBound
      } else {
        runs.append((block.range, isFootnote))
      }
    }
    return runs.map { writer.whole(document.text($0.range), nil) }.joined()
  }
}

private struct ChangeWriter {
  var renderer: HTMLRenderer
  let old: Document
  let new: Document
  let page: String?
  private(set) var html = ""

  private var folded = 0
  private var heading: String?
  private var rows: [DiffBlock] = []
  private let definitions: String

  init(renderer: HTMLRenderer, old: Document, new: Document, page: String?) {
    self.renderer = renderer
    self.old = old
    self.new = new
    self.page = page
    let lines = new.definitions.map { new.text(new.lines(around: $0.targetRange)) }
    definitions = lines.isEmpty ? "" : "\n\n" + lines.joined(separator: "\n")
  }

  mutating func add(_ block: DiffBlock) {
    if block.kind == .same {
      finishRows()
      folded += block.count
      return
    }
    if block.form != .row { finishRows() }
    if rows.isEmpty { begin(block) }
    switch block.form {
    case .row: rows.append(block)
    case .code: put(Self.code(block), block)
    case .prose: put(prose(block), block)
    case .line: put(Self.line(block), block)
    }
  }

  mutating func finish() {
    finishRows()
    fold()
  }

  private mutating func fold() {
    if folded > 0 {
      html += "<p class=\"fold\">\(folded) unchanged \(folded == 1 ? "block" : "blocks")</p>\n"
    }
    folded = 0
  }

  /// The heading under which a block stands, where that is another than before.
  private mutating func begin(_ block: DiffBlock) {
    fold()
    if block.kind != .removed,
      let own = new.headings.first(where: { $0.line == block.newLines.lowerBound })
    {
      // It is shown itself.
      heading = own.anchor
      return
    }
    let found = new.headings.last { $0.line < block.newLines.lowerBound }
    guard let found, found.anchor != heading, !found.text.isEmpty else { return }
    heading = found.anchor
    let text = escapedHTML(found.text)
    let url = page.map { $0 + HTMLRenderer.url(path: "", fragment: found.anchor) }
    html +=
      "<p class=\"where\">"
      + (url.map { "<a href=\"\(escapedHTML($0))\">\(text)</a>" } ?? text) + "</p>\n"
  }

  private mutating func put(_ inner: String, _ block: DiffBlock) {
    let moved =
      block.kind == .moved ? "<p class=\"moved\">Moved here from further \(way(block)):</p>\n" : ""
    html += "<div class=\"change \(block.kind.rawValue)\">\n\(moved)\(inner)</div>\n"
  }

  private func way(_ block: DiffBlock) -> String {
    block.oldLines.lowerBound < block.newLines.lowerBound ? "up" : "down"
  }

  // MARK: Prose

  private func prose(_ block: DiffBlock) -> String {
    let (before, after) = (block.before, block.after)
    switch block.kind {
    case .added: return whole(after, "ins")
    case .removed: return whole(before, "del")
    default: break
    }
    let lead = Self.lead(of: after)
    guard !block.isRewritten, lead == Self.lead(of: before) else {
      return block.segments.contains { $0.kind != .same }
        ? whole(before, "del") + whole(after, "ins") : whole(after, nil)
    }
    var text = Self.shown(lead)
    var (oldLeft, newLeft) = (lead.unicodeScalars.count, lead.unicodeScalars.count)
    for segment in block.segments {
      let length = segment.text.unicodeScalars.count
      let skipped: Int
      switch segment.kind {
      case .added: skipped = min(length, newLeft)
      case .removed: skipped = min(length, oldLeft)
      default: skipped = min(length, max(oldLeft, newLeft))
      }
      if segment.kind != .added { oldLeft = max(0, oldLeft - skipped) }
      if segment.kind != .removed { newLeft = max(0, newLeft - skipped) }
      text += Self.marked(segment, String(segment.text.unicodeScalars.dropFirst(skipped)))
    }
    let shown = Array((text + definitions).utf8)
    guard isFaithful(shown, before, after) else {
      return whole(before, "del") + whole(after, "ins")
    }
    return renderer.html(marked: shown)
  }

  /// Whether a reader of both texts at once reads each of them, whichever signs of the one could pair with
  /// signs of the other: a backtick that was put in, or a dollar.
  private func isFaithful(_ both: [UInt8], _ before: String, _ after: String) -> Bool {
    let signs = "`$[]<&*_~=\\".utf8
    guard before.utf8.contains(where: signs.contains) || after.utf8.contains(where: signs.contains)
    else { return true }
    var plain = ChangeWriter(renderer: renderer, old: old, new: new, page: nil)
    plain.renderer.formula = { _, _ in nil }
    plain.renderer.highlight = { _, _ in nil }
    let shown = plain.renderer.html(marked: both)
    return Self.read(shown, without: "del") == Self.read(plain.whole(after, nil), without: "del")
      && Self.read(shown, without: "ins") == Self.read(plain.whole(before, nil), without: "ins")
  }

  /// What is read of some HTML, and what its links lead to, but for what stands in some element.
  private static func read(_ html: String, without element: String) -> String {
    var text = ""
    var depth = 0
    var rest = html[...]
    while let start = rest.firstIndex(of: "<") {
      if depth == 0 { text += rest[..<start].filter { !$0.isWhitespace } }
      // A value has no `>` of its own.
      let tag = rest[start...].prefix { $0 != ">" }
      rest = rest[tag.endIndex...].dropFirst()
      if tag == "<" + element { depth += 1 }
      if tag == "</" + element { depth -= 1 }
      if depth == 0, tag.hasPrefix("<a ") || tag.hasPrefix("<img ") { text += tag }
    }
    return text + rest.filter { !$0.isWhitespace }
  }

  /// A block by itself, as one that came or went.
  fileprivate func whole(_ text: String, _ element: String?) -> String {
    let lead = Self.lead(of: text)
    let plain = ChangeMark.removed(
      from: Self.shown(lead) + String(text.unicodeScalars.dropFirst(lead.unicodeScalars.count)))
    let inner = renderer.html(marked: Array((plain + definitions).utf8))
    return element.map { "<\($0) class=\"block\">\(inner)</\($0)>\n" } ?? inner
  }

  private static func marked(_ segment: DiffBlock.Segment, _ text: String) -> String {
    if text.isEmpty { return "" }
    let mark: ChangeMark
    switch segment.kind {
    case .added: mark = .added
    case .removed: mark = .removed
    default: mark = .same
    }
    return mark.character + ChangeMark.removed(from: text)
  }

  /// What stands before a block's words and says what kind it is: `- `, `## `, `> ` and the like.
  private static func lead(of text: String) -> String {
    var rest = Substring(text)
    func skip(_ count: Int) { rest = rest.dropFirst(count) }
    while let first = rest.first {
      let marks = rest.prefix { $0 == "#" }.count
      let digits = rest.prefix { $0.isASCII && $0.isNumber }.count
      if first == " " || first == ">" {
        skip(1)
      } else if "-*+".contains(first), rest.dropFirst().first == " " {
        skip(2)
      } else if (1...6).contains(marks), rest.dropFirst(marks).first == " " {
        skip(marks + 1)
      } else if (1...9).contains(digits), let end = rest.dropFirst(digits).first,
        end == "." || end == ")", rest.dropFirst(digits + 1).first == " "
      {
        skip(digits + 2)
      } else if ["[ ] ", "[x] ", "[X] "].contains(String(rest.prefix(4))) {
        skip(4)
      } else if rest.hasPrefix("[^"), let end = rest.firstRange(of: "]: ") {
        rest = rest[end.upperBound...]
      } else {
        break
      }
    }
    return String(text[..<rest.startIndex])
  }

  /// A block's lead as it is rendered: a footnote that no mark of the same text leads to would be gone.
  private static func shown(_ lead: String) -> String {
    guard let start = lead.firstRange(of: "[^"), let end = lead.firstRange(of: "]: ") else {
      return lead
    }
    return "(\(lead[start.upperBound..<end.lowerBound])) "
  }

  // MARK: Tables

  private mutating func finishRows() {
    guard !rows.isEmpty else { return }
    let run = rows
    rows = []
    let isOld = run.allSatisfy { $0.kind == .removed }
    let text = isOld ? old : new
    let place = isOld ? run[0].oldRange.lowerBound : run[0].newRange.lowerBound
    let table = text.innermostBlock(at: place).map { text.text($0.range) } ?? ""
    let line = String(decoding: table.utf8.prefix { !$0.isLineEnd }, as: UTF8.self)
    let firstLine = String(Self.unquoted(line[...], Self.quoteMarks(of: line[...])))
    var (head, body) = (firstLine, [String]())
    for block in run {
      let line = block.segments.map(Self.markedRow).joined()
      let plain = block.kind == .removed ? block.before : block.after
      if Self.isRule(plain) { continue }
      if Self.cells(plain) == Self.cells(head) { head = line } else { body.append(line) }
    }
    if body.isEmpty, head == firstLine { return }
    let columns = max(1, Self.cells(firstLine).count)
    let rule = "|" + String(repeating: "---|", count: columns)
    let source = ([head, rule] + body)
      .joined(separator: "\n")
    let inner = renderer.html(marked: Array((source + definitions).utf8))
    html += "<div class=\"change changed\">\n\(inner)</div>\n"
  }

  /// A piece of a row; its mark goes behind the bar that it begins with, into the cell.
  private static func markedRow(_ segment: DiffBlock.Segment) -> String {
    let text = segment.text
    let lead = text.prefix { $0 == " " || $0 == "|" }
    let rest = String(text.dropFirst(lead.count))
    let mark = marked(segment, rest.isEmpty ? " " : rest)
    return lead + mark
  }

  private static func isRule(_ row: String) -> Bool {
    !row.isEmpty && row.allSatisfy { "|-: ".contains($0) }
  }

  private static func cells(_ row: String) -> [String] {
    var text = Substring(row.trimmingBlanks)
    if text.first == "|" { text = text.dropFirst() }
    if text.last == "|" { text = text.dropLast() }
    return text.split(separator: "|", omittingEmptySubsequences: false)
      .map { String($0).trimmingBlanks }
  }

  // MARK: Code and source

  private static func code(_ block: DiffBlock) -> String {
    var lines = ""
    let marks = quoteMarks(of: (block.segments.first?.text ?? "")[...])
    for segment in block.segments {
      for line in segment.text.split(separator: "\n", omittingEmptySubsequences: false)
        .trimmingLastEmpty.map({ unquoted($0, marks) })
      {
        if line.hasPrefix("```") || line.hasPrefix("~~~") { continue }
        lines += marked(escapedHTML(line), block.kind == .same ? .same : segment.kind) + "\n"
      }
    }
    return "<pre class=\"code\" tabindex=\"0\"><code>\(lines)</code></pre>\n"
  }

  /// How many marks of quotes stand before a line's text; behind four blanks they would be code.
  private static func quoteMarks(of line: Substring) -> Int {
    let lead = line.prefix { $0 == " " || $0 == ">" }
    return lead.hasPrefix("    ") ? 0 : lead.count { $0 == ">" }
  }

  /// A line without the first so many marks of quotes, each with the blank behind it.
  private static func unquoted(_ line: Substring, _ marks: Int) -> Substring {
    var rest = line
    for _ in 0..<marks {
      let text = rest.drop { $0 == " " }
      guard text.first == ">" else { break }
      rest = text.dropFirst()
      if rest.first == " " { rest = rest.dropFirst() }
    }
    return rest
  }

  private static func line(_ block: DiffBlock) -> String {
    let text = block.segments.map { marked(escapedHTML($0.text), $0.kind) }.joined()
    return "<p class=\"source\"><code>\(text)</code></p>\n"
  }

  private static func marked(_ html: String, _ kind: DiffBlock.Kind) -> String {
    switch kind {
    case .added: "<ins>\(html)</ins>"
    case .removed: "<del>\(html)</del>"
    default: html
    }
  }
}

extension [Substring] {
  /// Without the empty piece behind a last line end.
  fileprivate var trimmingLastEmpty: ArraySlice<Substring> {
    last?.isEmpty == true ? dropLast() : self[...]
  }
}

extension String {
  /// Without the blanks around it.
  fileprivate var trimmingBlanks: String {
    let start = drop { $0 == " " || $0 == "\t" }
    return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
