/// What has been found in a note so far.
struct Parts: Sendable {
  var headings: [Heading] = []
  var links: [Link] = []
  var definitions: [LinkDefinition] = []
  var tags: [Tag] = []
  var codeBlocks: [CodeBlock] = []
  var math: [Math] = []
  var footnotes: [Footnote] = []
  var callouts: [Callout] = []
  var citations: [Citation] = []
  var blocks: [Block] = []
  /// The blocks within quotes, callouts and footnotes, which are one block each among the others.
  var innerBlocks: [Block] = []
  var blockIDs: [String] = []
  /// The names that elements of HTML have, and the byte where each begins.
  var elementNames: [(name: String, offset: Int)] = []
  /// The bytes of each block of HTML, wherever it stands, from where its text begins.
  var htmlBlocks: [Range<Int>] = []
  /// The bytes of each code span, with its backticks.
  var codeSpans: [Range<Int>] = []
  /// What is code besides the blocks of code: the text of each `<pre>`, and what stands behind the
  /// language of a fence, one to a line.
  var codeText: [UInt8] = []
  /// The plain text of the blocks that are neither headings nor code, one to a line.
  var prose: [UInt8] = []
  /// The plain text of the headings, one to a line.
  var headingText: [UInt8] = []
  /// Where the formulas stand in `prose`, with their dollar signs, in order.
  var formulas: [Range<Int>] = []
  /// Where the formulas stand in `headingText`, in order.
  var headingFormulas: [Range<Int>] = []
  /// The last part of each link's target where the text does not show it, one to a line.
  var names: [UInt8] = []
  /// The first paragraph in `prose`.
  var lead: Range<Int>?
}

extension Parts {
  /// Puts in the order of the text what was found in another, such as an image in a link's text.
  mutating func sort() {
    Self.sort(&links) { $0.range.lowerBound }
    Self.sort(&math) { $0.content.lowerBound }
    Self.sort(&footnotes) { $0.range.lowerBound }
    Self.sort(&callouts) { $0.range.lowerBound }
    Self.sort(&tags) { $0.range.lowerBound }
    Self.sort(&citations) { $0.range.lowerBound }
  }

  private static func sort<Part>(_ parts: inout [Part], by start: (Part) -> Int) {
    for index in parts.indices.dropFirst() where start(parts[index]) < start(parts[index - 1]) {
      parts.sort { start($0) < start($1) }
      return
    }
  }
}

extension InlineScanner {
  /// Makes a definition known to the links; the first of a name counts.
  mutating func define(_ definition: LinkDefinition) {
    parts.definitions.append(definition)
    let key = LinkDefinition.key(view, definition.referenceRange)
    if definitions[key] == nil { definitions[key] = definition }
  }

  /// Keeps a formula's text findable.
  mutating func addFormulaText(_ content: Range<Int>) {
    let start = parts.prose.count
    addVerbatim(content)
    guard parts.prose.count > start else { return }
    parts.formulas.append(start..<parts.prose.count)
    parts.prose.append(.newline)
  }

  /// Moves the text that was read last to the headings.
  mutating func takeHeading(
    from start: Int, level: Int, range: Range<Int>, line: Int, anchor: String?
  ) {
    let bytes = parts.prose[start...]
    let text = String(decoding: bytes.dropLast(), as: UTF8.self)
    var moved: [Range<Int>] = []
    while let formula = parts.formulas.last, formula.lowerBound >= start {
      parts.formulas.removeLast()
      moved.append(formula)
    }
    let shift = parts.headingText.count - start
    for formula in moved.reversed() {
      parts.headingFormulas.append(formula.lowerBound + shift..<formula.upperBound + shift)
    }
    parts.headingText += bytes
    parts.prose.removeSubrange(start...)
    parts.headings.append(
      Heading(
        level: level, text: text, range: range, line: line,
        anchor: anchors.name(for: anchor ?? Anchors.slug(text))))
  }
}
