internal import Markup
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

  /// The first line of a note in a list.
  func line(for note: NoteSummary, at seconds: Int64) -> StyledText {
    let day = moment(toldAt: seconds).day
    return StyledText(note.title, .title) + StyledText("  ") + StyledText(note.path.text, .path)
      + StyledText("  \(day)", .dim)
  }

  /// What the long form says of a note under its first line.
  func printDetails(of note: NoteSummary) {
    var facts = [counted(note.wordCount, "word"), note.type]
    if let id = note.id { facts.append("id \(id)") }
    if !note.tags.isEmpty { facts.append(note.tags.map { "#" + $0 }.joined(separator: " ")) }
    console.print(StyledText("    " + facts.joined(separator: ", "), .dim))
    if !note.lead.isEmpty {
      console.print(StyledText("    " + note.lead.onOneLine))
    }
  }

  /// Prints a path, with a NUL behind it on wish.
  func printPath(_ path: NotePath, null: Bool) {
    if null {
      console.print(raw: path.text, terminator: "\0")
    } else {
      console.print(StyledText(path.text))
    }
  }
}
