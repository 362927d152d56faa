internal import Markup

extension DiffBlock {
  /// Whether a sign changed that makes another claim of a text in which no word need change: `-5` for
  /// `5`, `30%` for `30`, `x > 5` for `x < 5`, `3/4` for `3-4`, `~~true~~` for `true`.
  ///
  /// An arrow that comes with new words, as in `Settings → Network`, parts them and claims nothing.
  var changesSign: Bool {
    let (gone, came) = (signs(of: .removed), signs(of: .added))
    func claims(_ signs: [Character], beside others: [Character]) -> [Character] {
      others.isEmpty ? signs.filter { !Self.isArrow($0) } : signs
    }
    return claims(gone, beside: came) != claims(came, beside: gone)
  }

  /// Whether a number came or went that says something: the number of a list's item is where it
  /// stands, that of a footnote its name, and that in a citation's key the work's.
  var changesNumber: Bool {
    [Kind.removed, .added].contains { side in
      let text = text(of: side)
      guard text.contains(where: { $0.isChanged && $0.character.isNumber }) else { return false }
      let characters = text.map(\.character)
      let number = form == .prose ? Self.itemNumber(in: characters) : nil
      let keys = Self.citations(in: characters)
      return text.indices.contains { place in
        text[place].isChanged && characters[place].isNumber
          && !(number?.contains(place) ?? false) && !Self.isInMark(place, characters)
          && !keys.contains { $0.contains(place) }
      }
    }
  }

  /// The characters of one side, and whether the other has not got them there.
  private func text(of side: Kind) -> [(character: Character, isChanged: Bool)] {
    segments.filter { $0.kind == .same || $0.kind == side }.flatMap { segment in
      segment.plain.map { ($0, segment.kind != .same) }
    }
  }

  /// Where the number of a list's item stands, such as `12` of `12. Some words`; of four digits it is a
  /// year.
  private static func itemNumber(in text: [Character]) -> Range<Int>? {
    let begin = text.prefix { $0.isWhitespace || $0 == ">" }.count
    let end = begin + text[begin...].prefix(3).prefix { $0.isASCII && $0.isNumber }.count
    guard end > begin, end + 1 < text.count, ".)".contains(text[end]), text[end + 1].isWhitespace
    else { return nil }
    return begin..<end
  }

  /// Whether a place is within the mark of a footnote, such as `[^12]`.
  private static func isInMark(_ place: Int, _ text: [Character]) -> Bool {
    guard
      let open = text[..<place].lastIndex(where: { $0.isWhitespace || "[]".contains($0) }),
      text[open] == "[", text[open + 1] == "^", open + 1 < place
    else { return false }
    return text[place...].first { $0.isWhitespace || "[]".contains($0) } == "]"
  }

  /// Where citations stand, such as `@smith2020`.
  private static func citations(in text: [Character]) -> [Range<Int>] {
    guard text.contains("@") else { return [] }
    let whole = String(text)
    return Document(whole).citations.map { citation in
      func place(_ byte: Int) -> Int {
        whole.distance(
          from: whole.startIndex, to: whole.utf8.index(whole.startIndex, offsetBy: byte))
      }
      return place(citation.range.lowerBound)..<place(citation.range.upperBound)
    }
  }

  /// The signs of one side that the other has not got at that place.
  private func signs(of side: Kind) -> [Character] {
    let text = text(of: side)
    let characters = text.map(\.character)
    return text.indices.compactMap { place in
      text[place].isChanged ? Self.sign(at: place, in: characters) : nil
    }
  }

  /// The sign at a place, all dashes as one; `nil` where it is punctuation or belongs to Markdown.
  private static func sign(at place: Int, in text: [Character]) -> Character? {
    let sign = text[place]
    let before = place > 0 ? text[place - 1] : "\n"
    let next = place + 1 < text.count ? text[place + 1] : "\n"
    switch sign {
    case "%", "‰", "°": return sign
    case "-", "–", "−", "/":
      return next.isNumber && !before.isLetter ? (sign == "/" ? sign : "-") : nil
    case "~": return next.isNumber || next == sign || before == sign ? sign : nil
    case "!": return next == "=" ? sign : nil
    case "=": return before == sign || next == sign ? nil : sign
    case "+":
      return next.isNumber || before.isWhitespace && next == " " && !isLineStart(place, text)
        ? sign : nil
    case "<": return next.isLetter || "/!".contains(next) ? nil : sign
    case ">": return isLineStart(place, text) || closesTag(place, text) ? nil : sign
    // Dots are put between the items of a line.
    case "|", "`", "^", "∙", "⋅": return nil
    default: return sign.isMathSymbol || sign.isCurrencySymbol ? sign : nil
    }
  }

  private static func isArrow(_ sign: Character) -> Bool {
    sign.unicodeScalars.first.map { (0x2190...0x21FF).contains($0.value) } ?? false
  }

  /// Whether only blanks and signs of quotes stand before a place in its line.
  private static func isLineStart(_ place: Int, _ text: [Character]) -> Bool {
    let line = text[..<place].reversed().prefix { !$0.isNewline }
    return line.allSatisfy { $0.isWhitespace || $0 == ">" }
  }

  /// Whether a `>` is the end of a tag, such as `</b>`.
  private static func closesTag(_ place: Int, _ text: [Character]) -> Bool {
    guard let open = text[..<place].lastIndex(where: { $0 == "<" || $0 == ">" }), text[open] == "<"
    else { return false }
    return text[open + 1].isLetter || "/!".contains(text[open + 1])
  }
}
