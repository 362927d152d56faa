/// Of what kind each line of a text is: of a list, of code, of a paragraph.
///
/// What a line means can depend on lines far away: a lost fence makes code of all that follows. So a
/// merge is looked at as a whole when it is done.
struct LineKinds {
  private var kinds: [ArraySlice<UInt8>: Set<Block.Kind>] = [:]
  /// How the blocks begin and end whose kind reaches far.
  private var spans: Set<Span> = []

  private struct Span: Hashable {
    var kind: Block.Kind
    var first: ArraySlice<UInt8>
    var last: ArraySlice<UInt8>
  }

  init(_ document: Document) {
    for (kind, lines) in Self.blocks(document) {
      for line in lines where Self.isTelling(line) {
        kinds[line, default: []].insert(kind)
      }
      if let span = Self.span(kind, lines) { spans.insert(span) }
    }
  }

  /// Kinds that a line far away can begin or end: a fence, a tag, a table's header.
  ///
  /// Whether a line is in a list or a paragraph of its own may well be one side's edit, and its words
  /// the other's.
  private static let farReaching: Set<Block.Kind> = [.code, .math, .html, .table]

  /// Whether a text has a line that can make code or a table of others.
  static func reachesFar(_ document: Document) -> Bool {
    document.blocks.contains { farReaching.contains($0.kind) } || !quoted(document).isEmpty
  }

  /// The texts of the quotes with a fence in them.
  private static func quoted(_ document: Document) -> [Document] {
    document.blocks.filter { $0.kind == .quote || $0.kind == .callout }.compactMap { block in
      let lines = document.bytes[block.range].split(
        separator: .newline, omittingEmptySubsequences: false
      ).map { line in
        let text = line.drop(while: \.isSpaceOrTab)
        guard text.first == UInt8(ascii: ">") else { return line }
        return text.dropFirst().first == .space ? text.dropFirst(2) : text.dropFirst()
      }
      let hasFence = lines.contains { line in
        let text = line.drop { $0.isSpaceOrTab || $0 == UInt8(ascii: ">") }
        return text.starts(with: "```".utf8) || text.starts(with: "~~~".utf8)
      }
      return hasFence ? Document(bytes: Array(lines.joined(separator: [.newline]))) : nil
    }
  }

  private static func span(_ kind: Block.Kind, _ lines: [ArraySlice<UInt8>]) -> Span? {
    guard farReaching.contains(kind), let first = lines.first, let last = lines.last else {
      return nil
    }
    return Span(kind: kind, first: first, last: last)
  }

  /// Whether a text has a line as code, or as prose, that neither of two texts has as such.
  static func areTorn(in merged: Document, _ ours: LineKinds, _ theirs: LineKinds) -> Bool {
    blocks(merged).contains { kind, lines in
      let isOdd = lines.contains { line in
        guard isTelling(line) else { return false }
        let known = ours.kinds[line, default: []].union(theirs.kinds[line, default: []])
        return !known.isEmpty && !known.contains(kind)
          && (farReaching.contains(kind) || !known.isDisjoint(with: farReaching))
      }
      return isOdd && !ours.made(kind, lines, of: theirs) && !theirs.made(kind, lines, of: ours)
    }
  }

  /// Whether these lines are a block that this text made of lines that the other has as something
  /// else, such as a fence around what the other side edited.
  private func made(
    _ kind: Block.Kind, _ lines: [ArraySlice<UInt8>], of other: LineKinds
  ) -> Bool {
    guard let span = Self.span(kind, lines), spans.contains(span) else { return false }
    let within = lines.dropFirst().dropLast().filter(Self.isTelling)
    return within.allSatisfy { kinds[$0]?.contains(kind) ?? true }
      && within.contains { kinds[$0] != nil && other.kinds[$0]?.contains(kind) == false }
  }

  /// Whether a line says something of itself, as a fence or a bracket does not.
  private static func isTelling(_ line: ArraySlice<UInt8>) -> Bool {
    line.count >= 5 || line.count(where: \.isLetterOrDigit) >= 3
  }

  /// Code in more quotes within quotes is not looked at.
  private static let mostQuotes = 3

  /// The blocks of a text, each with its lines but for the blank ones.
  private static func blocks(
    _ document: Document, within level: Int = 0
  ) -> [(kind: Block.Kind, lines: [ArraySlice<UInt8>])] {
    let bytes = document.bytes
    let inner =
      level < mostQuotes ? quoted(document).flatMap { blocks($0, within: level + 1) } : []
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      let lines = Lines(view)
      return document.blocks.map { block in
        let last = lines.line(at: max(block.range.lowerBound, block.range.upperBound - 1))
        let texts = (block.line - 1..<max(last + 1, block.line - 1)).map {
          bytes[view.trimmed(lines.content($0, in: view))]
        }
        return (block.kind, texts.filter { !$0.isEmpty })
      } + inner
    }
  }
}
