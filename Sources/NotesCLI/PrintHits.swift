internal import NoteIndex
internal import Vault

/// How a search's hits are printed.
struct HitStyle {
  /// The form of the list.
  var format = ListFormat.short
  /// Whether only the paths are printed, each with a NUL behind it.
  var null = false
  /// Whether what each part of the score gave stands under a hit.
  var explains = false
  /// How many lines of the file stand around a passage; `nil` for the passage alone.
  var context: Int?

  /// How many passages of a hit are shown.
  var passages: Int {
    if null || format == .path { return 0 }
    return format == .long ? 3 : 1
  }
}

extension Session {
  /// Prints what a search found.
  func print(_ hits: [Hit], _ style: HitStyle, in vault: Vault) throws {
    if style.format.isJSON {
      return try print(
        list: hits.map { hit in
          NoteRecord(hit, explains: style.explains, root: vault.root, in: self)
        }, style.format)
    }
    for hit in hits {
      if style.passages == 0 {
        printPath(hit.note.path, null: style.null)
        continue
      }
      console.print(
        line(for: hit.note, at: hit.note.modified)
          + StyledText(hit.isRelated ? "  related" : "", .dim))
      if style.format == .long { printDetails(of: hit.note) }
      if let lines = style.context.flatMap({ context(of: hit, $0, in: vault) }) {
        for line in lines { console.print(line) }
      } else {
        for snippet in hit.snippets {
          console.print(line(for: snippet, of: hit.note.path, namesPath: style.format == .long))
        }
      }
      // Where nothing that was typed is there, `related` says so.
      if !hit.missing.isEmpty, !hit.score.words.isEmpty {
        console.print(StyledText("    missing: \(hit.missing.joined(separator: ", "))", .dim))
      }
      if style.explains { for line in hit.score.lines { console.print(line) } }
    }
  }

  /// A passage on one line, behind its place: the line alone, since the path stands above it, or
  /// `path:line` where each passage is to stand for itself.
  private func line(for snippet: Snippet, of path: NotePath, namesPath: Bool) -> StyledText {
    let place = namesPath ? StyledText(path.text, .path) + ":" : ""
    return StyledText("    ") + place + StyledText("\(snippet.matchLine): ", .dim)
      + snippet.styled
  }

  /// The lines of the file around a hit's passages, the best passage first; `nil` for a file that
  /// cannot be read any more.
  private func context(of hit: Hit, _ count: Int, in vault: Vault) -> [StyledText]? {
    guard
      let file = try? vault.files.read(hit.note.path, limit: vault.settings.largestNote)
    else { return nil }
    let lines = file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    var printed: [StyledText] = []
    for snippet in hit.snippets {
      let middle = snippet.matchLine - 1
      guard lines.indices.contains(middle) else { continue }
      if !printed.isEmpty { printed.append(StyledText("    …", .dim)) }
      // A file's last line feed begins no line.
      let end = lines.last?.isEmpty == true ? lines.count - 1 : lines.count
      let shown = max(0, middle - count)..<max(middle + 1, min(end, middle + count + 1))
      let width = "\(shown.upperBound)".count
      for place in shown {
        let number = "\(place + 1)"
        let blanks = String(repeating: " ", count: 4 + width - number.count)
        let text = lines[place].last == 0x0D ? lines[place].dropLast() : lines[place]
        printed.append(
          StyledText(blanks + number + (place == middle ? ": " : "  "), .dim)
            + snippet.marked(String(decoding: text, as: UTF8.self)))
      }
    }
    return printed
  }
}

extension Snippet {
  /// Its text with the words marked, behind the heading it stands under.
  var styled: StyledText {
    var line: StyledText = ""
    if let heading { line.append("\(heading) › ", .dim) }
    let bytes = Array(self.text.utf8)
    var place = 0
    func text(_ range: Range<Int>) -> String {
      // One passage is one line on the terminal.
      String(decoding: bytes[range].map { $0 == 0x0A ? 0x20 : $0 }, as: UTF8.self)
    }
    for range in ranges where range.lowerBound >= place && range.upperBound <= bytes.count {
      line.append(text(place..<range.lowerBound))
      line.append(text(range), .match)
      place = range.upperBound
    }
    line.append(text(place..<bytes.count))
    return line
  }

  /// A line of the file, in which what is marked in the passage is marked too, as whole words.
  fileprivate func marked(_ line: String) -> StyledText {
    let passage = Array(text.utf8)
    let words = Set(ranges.map { Array(passage[$0.clamped(to: passage.indices)]) })
    let bytes = Array(line.utf8)
    func isInWord(_ place: Int) -> Bool {
      guard bytes.indices.contains(place) else { return false }
      let byte = bytes[place]
      return byte & 0xDF >= 0x41 && byte & 0xDF <= 0x5A || byte >= 0x30 && byte <= 0x39
    }
    var marked: StyledText = ""
    var done = 0
    var place = 0
    while place < bytes.count {
      let word = words.filter { !$0.isEmpty && bytes[place...].starts(with: $0) }
        .max { $0.count < $1.count }
      guard let word, !isInWord(place - 1), !isInWord(place + word.count) else {
        place += 1
        continue
      }
      marked.append(String(decoding: bytes[done..<place], as: UTF8.self))
      marked.append(String(decoding: word, as: UTF8.self), .match)
      place += word.count
      done = place
    }
    marked.append(String(decoding: bytes[done...], as: UTF8.self))
    return marked
  }
}

extension Hit.Score {
  /// What each part gave, a line each; those that gave nothing are left out.
  fileprivate var lines: [StyledText] {
    var lines = words.map { word in
      let exact = word.exact > 0 ? ", exact +\(decimal(word.exact))" : ""
      return "\(word.typed) \(decimal(word.score)) in \(counted(word.notes, "note"))\(exact)"
    }
    if title > 0 { lines.append("title +\(decimal(title))") }
    if subject > 0 { lines.append("subject +\(decimal(subject))") }
    lines.append("total \(decimal(total))")
    return lines.map { StyledText("    \($0)", .dim) }
  }
}

/// A number with two places behind the point.
func decimal(_ number: Double) -> String {
  guard number.isFinite, abs(number) < 1e12 else { return "\(number)" }
  let hundredths = Int((abs(number) * 100).rounded())
  let places = hundredths % 100
  let sign = number < 0 && hundredths > 0 ? "-" : ""
  return "\(sign)\(hundredths / 100).\(places < 10 ? "0" : "")\(places)"
}
