/// Reads texts of which most sections are those of a text before: each of these is read once.
///
/// What it says of a text is what `Document` says of it: a section ends only where nothing that began
/// in it can go on.
struct SectionReader {
  /// A stretch of a text, up to a heading behind a blank line.
  struct Section {
    /// The same for the same section, and for no other.
    let number: Int
    let bytes: [UInt8]
    let lines: Int
    /// As `Document.blocks`, with bytes and lines counted from the section's first.
    let blocks: [Block]
    /// As `Document.innerBlocks`, counted in the same way.
    let innerBlocks: [Block]
    /// As `Document.atoms`, counted from the section's first byte.
    let atoms: [Range<Int>]
    fileprivate let definitions: [String: LinkDefinition]
    fileprivate let footnotes: Set<String>
    /// Whether another section may follow.
    fileprivate let isClosed: Bool
  }

  private var known: [Key: Section] = [:]
  /// What stood last behind a section; behind none, at the beginning of a text.
  private var following: [Place: Section] = [:]
  /// The text in which a section stood last, by its number.
  private var lastUses: [Int] = []
  /// The references that a text defines, as a number.
  private var contexts: [[String]: Int] = [[]: 0]
  private var texts = 0

  private struct Key: Hashable {
    /// The number of what the rest of the text defines.
    let context: Int
    let bytes: KeyBytes
    let isClosed: Bool
  }

  private struct Place: Hashable {
    let context: Int
    /// The number of the section before.
    let section: Int?
  }

  /// How many texts a section is kept for that stands in none of them.
  private static let memory = 64

  /// The sections of a text in order; put together they are the text.
  mutating func sections(of text: [UInt8]) -> [Section] {
    texts += 1
    if texts.isMultiple(of: Self.memory) { forget() }
    let found = read(text, definitions: [:], context: 0)
    // Of two footnotes of one name cmark takes the first.
    let footnotes = found.flatMap(\.footnotes)
    if Set(footnotes).count < footnotes.count || isUnsure(found) {
      return [section(text, [:], isClosed: false)]
    }
    // A link by a reference is one only if the reference is defined, be it in another section.
    var definitions: [String: LinkDefinition] = [:]
    for section in found {
      definitions.merge(section.definitions) { first, _ in first }
    }
    if definitions.isEmpty || found.count == 1 { return found }
    let names = definitions.keys.sorted()
    let context = contexts[names] ?? contexts.count
    contexts[names] = context
    return read(text, definitions: definitions, context: context)
  }

  /// The blocks of a text, those within them, and its atoms, as `Document` has them.
  mutating func blocks(
    of text: [UInt8]
  ) -> (blocks: [Block], innerBlocks: [Block], atoms: [Range<Int>]) {
    var found: (blocks: [Block], innerBlocks: [Block], atoms: [Range<Int>]) = ([], [], [])
    var (start, line) = (0, 0)
    func moved(_ block: Block) -> Block {
      let range = start + block.range.lowerBound..<start + block.range.upperBound
      return Block(kind: block.kind, range: range, line: line + block.line)
    }
    for section in sections(of: text) {
      for block in section.blocks { found.blocks.append(moved(block)) }
      for block in section.innerBlocks { found.innerBlocks.append(moved(block)) }
      for atom in section.atoms {
        found.atoms.append(start + atom.lowerBound..<start + atom.upperBound)
      }
      start += section.bytes.count
      line += section.lines
    }
    return found
  }

  private mutating func read(
    _ text: [UInt8], definitions: [String: LinkDefinition], context: Int
  ) -> [Section] {
    var found: [Section] = []
    var place = 0
    while place < text.count {
      let behind = Place(context: context, section: found.last?.number)
      // Mostly it is what stood there in the text before, which is looked at without finding its end.
      let section: Section
      if let next = following[behind], stands(next, in: text, at: place) {
        section = next
      } else {
        section = self.section(of: text, from: place, definitions, context)
        following[behind] = section
      }
      lastUses[section.number] = texts
      found.append(section)
      place += section.bytes.count
    }
    return found
  }

  private mutating func section(
    of text: [UInt8], from start: Int, _ definitions: [String: LinkDefinition], _ context: Int
  ) -> Section {
    let (end, isClosed) = unsafe text.withUnsafeBufferPointer { buffer in
      SectionEnd(view: unsafe ByteView(buffer)).find(from: start)
    }
    let bytes = Array(text[start..<end])
    let key = Key(context: context, bytes: KeyBytes(bytes[...]), isClosed: isClosed)
    if let section = known[key] { return section }
    let section = section(bytes, definitions, isClosed: isClosed)
    known[key] = section
    return section
  }

  private mutating func section(
    _ bytes: [UInt8], _ definitions: [String: LinkDefinition], isClosed: Bool
  ) -> Section {
    let document = Document(bytes: bytes, defining: definitions)
    lastUses.append(texts)
    return Section(
      number: lastUses.count - 1, bytes: bytes, lines: document.lineCount,
      blocks: document.blocks, innerBlocks: document.innerBlocks, atoms: document.atoms,
      definitions: document.definitionsByKey,
      footnotes: Set(document.footnotes.lazy.filter(\.isDefinition).map { $0.label.lowercased() }),
      isClosed: isClosed)
  }

  /// Whether the last section is one of which the end was not sure, behind HTML: for `Skeleton` a `>` in it
  /// may end that, however far above it stands.
  private func isUnsure(_ sections: [Section]) -> Bool {
    guard let last = sections.last, !last.isClosed else { return false }
    return sections.dropLast().contains { $0.bytes.contains(UInt8(ascii: "<")) }
  }

  private func stands(_ section: Section, in text: [UInt8], at place: Int) -> Bool {
    let end = place + section.bytes.count
    guard end <= text.count else { return false }
    let isSame = unsafe text.withUnsafeBytes { text in
      unsafe section.bytes.withUnsafeBytes { bytes in
        unsafe UnsafeRawBufferPointer(rebasing: text[place..<end]).elementsEqual(bytes)
      }
    }
    guard isSame else { return false }
    if end == text.count { return true }
    guard section.isClosed else { return false }
    return unsafe text.withUnsafeBufferPointer { buffer in
      SectionEnd(view: unsafe ByteView(buffer)).begins(at: end, after: place)
    }
  }

  private mutating func forget() {
    let oldest = texts - Self.memory
    known = known.filter { lastUses[$0.value.number] > oldest }
    following = following.filter { lastUses[$0.value.number] > oldest }
  }
}

/// Looks for the end of a section: a heading at the left edge behind a blank line, where no fence, no
/// formula and no HTML can be open.
///
/// Where it is not sure, the section goes on to the end of the text.
private struct SectionEnd {
  let view: ByteView

  /// An open fence.
  private struct Fence {
    let byte: UInt8
    let length: Int
    let column: Int
    /// How many marks of quotes stand before it.
    let quotes: Int
    /// The first byte of its line.
    let first: UInt8
  }

  /// As many lines as `Skeleton` looks for the end of a formula.
  private static let longestFormula = 400
  /// HTML that goes on over blank lines, until something of its own ends it.
  private static let lastingTags = ["script", "pre", "style", "textarea"]

  /// Where the section ends that begins at a byte, and whether another may follow.
  func find(from start: Int) -> (end: Int, isClosed: Bool) {
    let rest = (view.count, false)
    if start == 0, view[0] == 0xFE || view[0] == 0xFF { return rest }
    guard var place = start == 0 ? pastFrontmatter() : start else { return rest }
    var fence: Fence?
    var isHTML = false
    var openFormula = OpenFormula()
    while place < view.count {
      if fence == nil, begins(at: place, after: start) { return (place, true) }
      let end = view.endOfLine(from: place)
      // A carriage return ends a line as well, where no newline does.
      for index in place..<end where view[index] == .carriageReturn && index + 1 < end {
        return rest
      }
      if let open = fence {
        if closes(open, place, end) {
          fence = nil
        } else if leaves(open, place, end) {
          return rest
        }
        place = end + 1
        continue
      }
      let text = textStart(place, end)
      let run = view.endOfRun(view[text], at: text, before: end) - text
      switch view[text] {
      case UInt8(ascii: "`"), UInt8(ascii: "~"):
        guard run >= 3 else { break }
        if isHTML { return rest }
        if view.endOfFence(at: text, before: end) != nil {
          fence = Fence(
            byte: view[text], length: run, column: text - place, quotes: quotes(place, text),
            first: view[place])
        }
      case UInt8(ascii: "$"):
        guard run == 2, isBlank(text + 2, end), !openFormula.isOpen else { break }
        switch formula(from: place, text, end) {
        case .ends(let last):
          place = view.endOfLine(from: last) + 1
          openFormula.end()
          continue
        case .none: break
        case .unsure: return rest
        }
      case UInt8(ascii: "<"):
        isHTML = true
        if mayLast(text, end) { return rest }
      case UInt8(ascii: "["):
        // A footnote's text may begin with a fence, and a reference may be defined in the next line.
        if hasFence(text, end) || view.has("]:", at: view.trimmed(text..<end).upperBound - 2) {
          return rest
        }
      default: if text == end { isHTML = false }
      }
      if fence == nil { openFormula.take(place..<end, in: view) } else { openFormula.end() }
      place = end + 1
    }
    return (view.count, fence == nil)
  }

  /// Whether a heading begins at a byte, behind a blank line.
  func begins(at place: Int, after start: Int) -> Bool {
    guard place > start + 1, view[place] == UInt8(ascii: "#"), view[place - 1] == .newline else {
      return false
    }
    let level = view.endOfRun(UInt8(ascii: "#"), at: place, before: place + 7) - place
    let behind = view[place + level]
    guard level <= 6, behind.isBlank || place + level >= view.count else { return false }
    var before = place - 1
    while before > start, view[before - 1] != .newline {
      before -= 1
      if !view[before].isBlank { return false }
    }
    return before > start
  }

  /// Where the text begins, behind front matter; `nil` where front matter begins that nothing ends.
  private func pastFrontmatter() -> Int? {
    let first = view.has("\u{FEFF}", at: 0) ? 3 : 0
    guard view.has("---", at: first), isBlank(first + 3, view.endOfLine(from: first)) else {
      return first
    }
    var place = view.endOfLine(from: first) + 1
    while place < view.count {
      let end = view.endOfLine(from: place)
      if view.has("---", at: place) || view.has("...", at: place), isBlank(place + 3, end) {
        return end + 1
      }
      place = end + 1
    }
    return nil
  }

  // MARK: Lines

  private func isBlank(_ start: Int, _ end: Int) -> Bool {
    for index in start..<max(start, end) where !view[index].isBlank { return false }
    return true
  }

  /// Where a line's text begins, behind blanks and the marks of quotes and list items.
  private func textStart(_ start: Int, _ end: Int) -> Int {
    var index = start
    while index < end {
      switch view[index] {
      case .space, .tab, .carriageReturn, UInt8(ascii: ">"), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "*"), UInt8(ascii: "."), UInt8(ascii: ")"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        index += 1
      default: return index
      }
    }
    return end
  }

  private func quotes(_ start: Int, _ text: Int) -> Int {
    (start..<text).count { view[$0] == UInt8(ascii: ">") }
  }

  private func hasFence(_ start: Int, _ end: Int) -> Bool {
    (start..<end).contains { view.has("```", at: $0) || view.has("~~~", at: $0) }
  }

  // MARK: What may be open

  /// Whether a line closes a fence, be it one of the text or of a list item in it.
  private func closes(_ fence: Fence, _ start: Int, _ end: Int) -> Bool {
    let text = view.pastQuoteMarks(start..<end)
    guard fence.column == 0 ? text - start < 4 && view[start] != .tab : text - start == fence.column
    else { return false }
    guard quotes(start, text) == fence.quotes else { return false }
    let run = view.endOfRun(fence.byte, at: text, before: end)
    return run - text >= fence.length && isBlank(run, end)
  }

  /// Whether a line may end the list item or the quote in which a fence was opened.
  private func leaves(_ fence: Fence, _ start: Int, _ end: Int) -> Bool {
    // What begins like a footnote ends a fence for `Skeleton`, which is what decides.
    if view.has("[^", at: textStart(start, end)), hasFence(start, end) { return true }
    if fence.column == 0 || isBlank(start, end) { return false }
    if view[start].isSpaceOrTab {
      if fence.first == UInt8(ascii: ">") { return true }
      let spaces = view.endOfRun(.space, at: start, before: end) - start
      if spaces < fence.column { return true }
      // A fence at another column closes one of them, if not this one.
      let text = textStart(start, end)
      return view.has("```", at: text) || view.has("~~~", at: text)
    }
    return !(fence.first == UInt8(ascii: ">") && view[start] == fence.first)
  }

  private enum Formula {
    case ends(Int)
    case none
    case unsure
  }

  /// The line of `$$` that ends a formula, as `Skeleton` finds it.
  ///
  /// Where other marks stand before it than before the first, that line ends no fence for cmark.
  private func formula(from first: Int, _ firstText: Int, _ firstEnd: Int) -> Formula {
    var place = firstEnd + 1
    for _ in 1..<Self.longestFormula where place < view.count {
      let end = view.endOfLine(from: place)
      let text = view.pastQuoteMarks(place..<end)
      if view.endsFormula(at: text, before: end) {
        let isSame =
          text - place == firstText - first && quotes(place, text) == quotes(first, firstText)
        return isSame ? .ends(place) : .unsure
      }
      let line = view.trimmed(place..<end)
      // For `Skeleton` a fence opens in it, and the line that would end the formula is in that.
      if hasFence(place, end) { return .unsure }
      if line.isEmpty || view[first] != UInt8(ascii: "$") && !view[place].isSpaceOrTab {
        return .unsure
      }
      if view.hasFormulaMark(in: line) { return .none }
      place = end + 1
    }
    return .none
  }

  /// Whether HTML begins that a blank line does not end.
  private func mayLast(_ start: Int, _ end: Int) -> Bool {
    if view.has("<!--", at: start) {
      return !(start + 4..<max(start + 4, end)).contains { view.has("-->", at: $0) }
    }
    if view[start + 1] == UInt8(ascii: "!") || view[start + 1] == UInt8(ascii: "?") { return true }
    let name = view.text(start + 1..<min(start + 12, end)).lowercased()
    return Self.lastingTags.contains { name.hasPrefix($0) }
  }
}
