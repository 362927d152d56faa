internal import NoteIndex
internal import Vault

extension Session {
  /// Prints notes as a list, each with the day of its last change or, on wish, of its making.
  func print(
    _ notes: [NoteSummary], _ format: ListFormat, root: String, null: Bool, byCreation: Bool
  ) throws {
    if format.isJSON {
      return try print(list: notes.map { NoteRecord($0, root: root, in: self) }, format)
    }
    for note in notes {
      if null || format == .path {
        printPath(note.path, null: null)
      } else {
        console.print(line(for: note, at: byCreation ? note.created : note.modified))
        if format == .long { printDetails(of: note) }
      }
    }
  }

  /// Prints what a search found.
  func print(_ hits: [Hit], _ format: ListFormat, root: String, null: Bool) throws {
    if format.isJSON {
      return try print(
        list: hits.map { NoteRecord($0.note, hit: $0, root: root, in: self) }, format)
    }
    for hit in hits {
      if null || format == .path {
        printPath(hit.note.path, null: null)
        continue
      }
      console.print(line(for: hit.note, at: hit.note.modified))
      if format == .long { printDetails(of: hit.note) }
      for snippet in hit.snippets { print(snippet, of: hit.note.path) }
    }
  }

  private func line(for note: NoteSummary, at seconds: Int64) -> StyledText {
    let day = moment(at: seconds * 1_000_000_000).day
    return StyledText(note.title, .title) + StyledText("  ") + StyledText(note.path.text, .path)
      + StyledText("  \(day)", .dim)
  }

  private func printDetails(of note: NoteSummary) {
    var facts = ["\(note.wordCount) words", note.type]
    if let id = note.id { facts.append("id \(id)") }
    if !note.tags.isEmpty { facts.append(note.tags.map { "#" + $0 }.joined(separator: " ")) }
    console.print(StyledText("    " + facts.joined(separator: ", "), .dim))
    if !note.lead.isEmpty {
      console.print(
        StyledText("    " + note.lead.split(whereSeparator: \.isNewline).joined(separator: " ")))
    }
  }

  private func printPath(_ path: NotePath, null: Bool) {
    if null {
      console.print(raw: path.text, terminator: "\0")
    } else {
      console.print(StyledText(path.text))
    }
  }

  private func print(_ snippet: Snippet, of path: NotePath) {
    var line = StyledText("    \(snippet.line): ", .dim)
    if let heading = snippet.heading { line.append("\(heading) › ", .dim) }
    let bytes = Array(snippet.text.utf8)
    var place = 0
    func text(_ range: Range<Int>) -> String {
      // One passage is one line on the terminal.
      String(decoding: bytes[range].map { $0 == 0x0A ? 0x20 : $0 }, as: UTF8.self)
    }
    for range in snippet.ranges where range.lowerBound >= place && range.upperBound <= bytes.count {
      line.append(text(place..<range.lowerBound))
      line.append(text(range), .match)
      place = range.upperBound
    }
    line.append(text(place..<bytes.count))
    console.print(line)
  }
}
