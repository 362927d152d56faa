/// Two definitions of one name, of a footnote or a link, where both are to be in a note: of two such
/// definitions a reader never sees the second.
enum TwoDefinitions {
  /// Definitions with others behind them: another text of a footnote becomes a paragraph of it, another
  /// target of a link a comment.
  ///
  /// `nil` where one of the texts is more than definitions, or no name is in both.
  static func both(_ first: [UInt8], _ second: [UInt8]) -> [UInt8]? {
    guard let one = definitions(first), var two = definitions(second) else { return nil }
    var lines: [[UInt8]] = []
    var isJoined = false
    for definition in one {
      lines += definition.lines
      guard let place = two.firstIndex(where: { $0.name == definition.name }) else { continue }
      let other = two.remove(at: place)
      isJoined = true
      if definition.isFootnote {
        let text = [Array(other.text)] + other.lines.dropFirst()
        lines.append([])
        for line in text {
          let words = line.drop { $0 == space || $0 == tab }
          lines.append(words.isEmpty ? [] : indent + words)
        }
      } else {
        let text = Array(other.lines.joined(separator: [space]))
        // A comment ends at its first `-->`, wherever that stands.
        guard text.firstRange(of: Array("-->".utf8)) == nil else { return nil }
        lines.append(Array("<!-- ".utf8) + text + Array(" -->".utf8))
      }
    }
    guard isJoined else { return nil }
    return Array((lines + two.flatMap(\.lines)).joined(separator: [newline]))
  }

  private static let newline = UInt8(ascii: "\n")
  private static let space = UInt8(ascii: " ")
  private static let tab = UInt8(ascii: "\t")
  private static let indent = [UInt8](repeating: space, count: 4)

  private struct Definition {
    /// With its brackets, in lower case.
    let name: String
    /// What stands behind the colon, in the first line.
    let text: ArraySlice<UInt8>
    var lines: [[UInt8]]

    var isFootnote: Bool { name.hasPrefix("[^") }
  }

  /// The definitions that a text is made of; `nil` where it is made of more.
  private static func definitions(_ text: [UInt8]) -> [Definition]? {
    var found: [Definition] = []
    for line in text.split(separator: newline, omittingEmptySubsequences: false) {
      if line.first == UInt8(ascii: "["), let end = line.firstIndex(of: UInt8(ascii: "]")),
        line[(end + 1)...].first == UInt8(ascii: ":")
      {
        let name = String(decoding: line[...end], as: UTF8.self).lowercased()
        found.append(
          Definition(
            name: name, text: line[(end + 2)...].drop { $0 == space || $0 == tab },
            lines: [Array(line)]))
      } else if !found.isEmpty {
        found[found.count - 1].lines.append(Array(line))
      } else {
        return nil
      }
    }
    return found
  }
}
