extension Document {
  /// The bytes that a link's anchor means: a heading with all below it, or the block of a `^name`.
  ///
  /// A heading is meant by its text, in any case, by its name as GitHub makes it, or by a text that has
  /// the same name or words, such as one with blanks for its punctuation, as Obsidian writes a link; an element
  /// of HTML by its name, and then the section is meant in whose heading it stands, or else its block.
  /// Of `heading#subheading` the last part counts. `nil` where the note has none.
  public func passage(at anchor: String) -> Range<Int>? {
    let last = anchor.split(separator: "#").last.map(String.init) ?? anchor
    if last.hasPrefix("^") { return block(named: last) }
    let place = Heading.place(of: last, among: headings.map { ($0.text, $0.anchor) })
    if let place { return section(place) }
    guard let offset = element(named: last) else { return nil }
    if let place = headings.firstIndex(where: { $0.range.contains(offset) }) {
      return section(place)
    }
    return block(at: offset)?.range
  }

  /// A heading with all below it.
  private func section(_ place: Int) -> Range<Int> {
    let heading = headings[place]
    let next = headings[(place + 1)...].first { $0.level <= heading.level }
    return heading.range.lowerBound..<(next?.range.lowerBound ?? bytes.count)
  }

  /// The block that ends with a mark such as `^name`, or stands before a line of its own with it.
  private func block(named mark: String) -> Range<Int>? {
    guard blockIDs.contains(String(mark.dropFirst())) else { return nil }
    let place = blocks.firstIndex {
      text($0.range).split(whereSeparator: \.isWhitespace).last.map(String.init) == mark
    }
    guard let place else { return nil }
    let isAlone = text(blocks[place].range).split(whereSeparator: \.isWhitespace).count == 1
    return isAlone && place > 0 ? blocks[place - 1].range : blocks[place].range
  }
}
