internal import Markup

extension DiffBlock {
  /// Whether a sign changed that makes another claim of a text in which no word need change: `-5` for
  /// `5`, `30%` for `30`, `x > 5` for `x < 5`, `3/4` for `3-4`, `~~true~~` for `true`.
  var changesSign: Bool { signs(of: .removed) != signs(of: .added) }

  /// The signs of one side that the other has not got at that place.
  private func signs(of side: Kind) -> [Character] {
    var text: [(character: Character, isChanged: Bool)] = []
    for segment in segments where segment.kind == .same || segment.kind == side {
      text += segment.plain.map { ($0, segment.kind != .same) }
    }
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
    case "|", "`", "^": return nil
    default: return sign.isMathSymbol || sign.isCurrencySymbol ? sign : nil
    }
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
