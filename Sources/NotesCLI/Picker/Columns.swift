/// How many columns of a terminal a text takes.
func columns(of text: String) -> Int {
  text.reduce(0) { $0 + columns(of: $1) }
}

/// How many columns of a terminal a character takes: 2 for those of East Asia and for pictures, 0
/// for marks that stand on the one before.
func columns(of character: Character) -> Int {
  guard let scalar = character.unicodeScalars.first else { return 0 }
  if scalar.isASCII { return 1 }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: return 0
  default: break
  }
  // U+FE0F asks for the picture.
  if character.unicodeScalars.contains("\u{FE0F}") { return 2 }
  return wide.contains { $0.contains(scalar.value) } ? 2 : 1
}

/// What Unicode Standard Annex 11 calls wide, in large strokes.
private let wide: [ClosedRange<UInt32>] = [
  0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
  0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
  0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD,
]

extension StyledText {
  /// The text on lines of so many columns, broken at blanks where there are any near.
  func wrapped(to width: Int) -> [StyledText] {
    let characters = pieces.flatMap { text, style in
      StyledText.visible(text, keepingLines: false).map { (character: $0, style: style) }
    }
    var lines: [StyledText] = []
    var start = 0
    while start < characters.count {
      var end = start
      var used = 0
      var blank: Int?
      while end < characters.count {
        let next = columns(of: characters[end].character)
        if used + next > max(2, width) { break }
        used += next
        if characters[end].character == " " { blank = end }
        end += 1
      }
      if end < characters.count, let blank, blank > start { end = blank + 1 }
      var line: StyledText = ""
      for entry in characters[start..<end] { line.append("\(entry.character)", entry.style) }
      lines.append(line)
      start = end
    }
    return lines
  }

  /// The text on one line of at most so many columns, `…` at its end where it was cut.
  func cut(to width: Int) -> StyledText {
    var room = width
    var result: StyledText = ""
    let safe = pieces.map { (StyledText.visible($0.text, keepingLines: false), $0.style) }
    var left = safe.reduce(0) { $0 + columns(of: $1.0) }
    if left <= width { room = .max }
    for (text, style) in safe {
      var kept = ""
      for character in text {
        let next = columns(of: character)
        // One column is left for the dots.
        if left > room - next, next + 1 > room {
          result.append(kept, style)
          if room > 0 { result.append("…", style) }
          return result
        }
        kept.append(character)
        if room != .max { room -= next }
        left -= next
      }
      result.append(kept, style)
    }
    return result
  }
}
