/// An item of a list that links to what is to be read there: a step of a trail.
public struct TrailItem: Sendable, Hashable {
  /// Where its link stands among `Document.links`.
  public let link: Int
  /// The text of the item behind the link, on one line: what the step answered and what it left open.
  public let text: String
  /// The item's line, counted from 1.
  public let line: Int
}

extension Document {
  /// The items of lists that link to a note, in order; the first link of an item is the one that counts.
  public var trailItems: [TrailItem] {
    var found: [TrailItem] = []
    var next = 0
    for block in blocks where block.kind == .listItem {
      while next < links.count, links[next].range.lowerBound < block.range.lowerBound { next += 1 }
      let own = links.indices[next...].prefix {
        links[$0].range.upperBound <= block.range.upperBound
      }
      guard
        let link = own.first(where: {
          [.wiki, .markdown].contains(links[$0].kind) && !links[$0].isExternal
            && !links[$0].target.isEmpty
        })
      else { continue }
      let behind = text(links[link].range.upperBound..<block.range.upperBound)
        .split(whereSeparator: \.isWhitespace).joined(separator: " ")
      found.append(TrailItem(link: link, text: Self.sentence(in: behind), line: block.line))
    }
    return found
  }

  /// What is said behind a link, without the marks that lead there and a date that the note itself has.
  private static func sentence(in text: String) -> String {
    var rest = text.drop(while: isMark)
    if rest.first == "(", let close = rest.firstIndex(of: ")"),
      IdeaDate(String(rest[rest.index(after: rest.startIndex)..<close])) != nil
    {
      rest = rest[rest.index(after: close)...].drop(while: isMark)
    }
    return String(rest)
  }

  private static func isMark(_ character: Character) -> Bool { " :,.–—-*_".contains(character) }
}
