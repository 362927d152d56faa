internal import Markup

/// Names by which the paragraphs of a post's versions are linked to: `p2.5` is the fifth paragraph that was
/// new in v2.
///
/// A paragraph keeps its name for as long as it is one: through edits, moves and new versions, since a
/// version never changes. So a link to a paragraph of a living post leads to it for years.
enum ParagraphNames {
  /// The names of the paragraphs of each version, in the order of its text.
  ///
  /// - Parameters:
  ///   - versions: The texts, the oldest first, with their numbers.
  ///   - changes: How each text differs from the one before it; nothing for the first.
  /// - Returns: A list of names for each version.
  static func all(
    of versions: [(number: Int, document: Document)], changes: [TextDiff?]
  ) -> [[String]] {
    var all: [[String]] = []
    for (index, version) in versions.enumerated() {
      let paragraphs = paragraphs(of: version.document)
      var names = [String?](repeating: nil, count: paragraphs.count)
      if index > 0, let change = changes[index] {
        let before = Self.paragraphs(of: versions[index - 1].document)
        inherit(&names, paragraphs, from: all[index - 1], before, change)
      }
      var count = 0
      all.append(
        names.map { name in
          if let name { return name }
          count += 1
          return "p\(version.number).\(count)"
        })
    }
    return all
  }

  /// The names by the places of their blocks in a text.
  static func byBlock(_ names: [String], in document: Document) -> [Int: String] {
    let places = document.blocks.indices.filter { isParagraph(document.blocks[$0]) }
    return Dictionary(uniqueKeysWithValues: zip(places, names))
  }

  /// The names that a page has: none of a paragraph that cmark does not have there.
  static func names(on page: SiteFile) -> Set<String> {
    let parts = String(decoding: page.bytes, as: UTF8.self).split(separator: "<p id=\"").dropFirst()
    return Set(parts.map { part in String(part.prefix { $0 != "\"" }) })
  }

  private static func isParagraph(_ block: Block) -> Bool {
    block.kind == .paragraph || block.kind == .math
  }

  private static func inherit(
    _ names: inout [String?], _ paragraphs: [Int], from old: [String], _ before: [Int],
    _ change: TextDiff
  ) {
    var taken: Set<String> = []
    for block in change.blocks where !block.newRange.isEmpty && !block.oldRange.isEmpty {
      let here = places(in: block.newRange, of: paragraphs)
      let there = places(in: block.oldRange, of: before)
      for (new, former) in zip(here, there) where names[new] == nil {
        if taken.insert(old[former]).inserted { names[new] = old[former] }
      }
    }
  }

  /// Which of some places, which are in order, are in a range of bytes.
  private static func places(in range: Range<Int>, of starts: [Int]) -> Range<Int> {
    func first(from bound: Int) -> Int {
      var (low, high) = (0, starts.count)
      while low < high {
        let middle = (low + high) / 2
        if starts[middle] < bound { low = middle + 1 } else { high = middle }
      }
      return low
    }
    return first(from: range.lowerBound)..<first(from: range.upperBound)
  }

  /// Where the paragraphs begin, and the formulas that stand as one.
  private static func paragraphs(of document: Document) -> [Int] {
    document.blocks.filter(isParagraph).map(\.range.lowerBound)
  }
}
