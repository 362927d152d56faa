internal import NoteIndex
internal import Vault

/// A note that can be picked.
struct PickerItem: Equatable {
  let path: NotePath
  let title: String
  var isRelated = false
}

/// The picker without its terminal: keys go in, lines come out.
struct PickerState {
  /// What a key asks for.
  enum Outcome: Equatable {
    /// Nothing but to draw again.
    case draw
    /// To search again.
    case search
    /// To edit a note.
    case edit(NotePath)
    /// To make a note of this title.
    case create(String)
    /// To leave.
    case leave
  }

  /// What was typed.
  private(set) var query: String
  private(set) var items: [PickerItem] = []
  /// How many notes there are in all, the related ones aside.
  private(set) var total: Int?
  /// The place of the item that Enter takes.
  private(set) var chosen = 0
  /// The best passages of that one.
  var preview: [StyledText] = []
  /// The first item that is shown.
  private var top = 0
  private var page = 10

  init(query: String) {
    self.query = query
  }

  /// The item that Enter takes.
  var choice: PickerItem? { items.indices.contains(chosen) ? items[chosen] : nil }

  /// What Enter makes where nothing was found; `nil` for a query of blanks.
  private var newTitle: String? {
    let title = query.split(separator: " ").joined(separator: " ")
    return items.isEmpty && !title.isEmpty ? title : nil
  }

  /// Takes what a search found.
  mutating func show(_ items: [PickerItem], total: Int?) {
    self.items = items
    self.total = total
    chosen = 0
    top = 0
    preview = []
  }

  /// Takes a key.
  mutating func take(_ key: PickerKey) -> Outcome {
    switch key {
    case .text(let text):
      query += text
      return .search
    case .backspace:
      if query.isEmpty { return .draw }
      query.removeLast()
      return .search
    case .eraseWord:
      while query.last == " " { query.removeLast() }
      while let last = query.last, last != " " { query.removeLast() }
      return .search
    case .eraseAll:
      query = ""
      return .search
    case .up: return choose(chosen - 1)
    case .down: return choose(chosen + 1)
    case .pageUp: return choose(chosen - page)
    case .pageDown: return choose(chosen + page)
    case .enter:
      if let choice { return .edit(choice.path) }
      return newTitle.map { .create($0) } ?? .draw
    case .leave: return .leave
    }
  }

  private mutating func choose(_ place: Int) -> Outcome {
    let place = max(0, min(place, items.count - 1))
    if place != chosen { preview = [] }
    chosen = place
    return .draw
  }

  // MARK: The screen

  /// The lines of a screen, none wider than it, and the column of the cursor in the first.
  mutating func screen(rows: Int, columns width: Int) -> (lines: [StyledText], cursor: Int) {
    let prompt = prompt(width)
    var lines = [prompt.line, status.cut(to: width)]
    let forPreview = rows >= 14 ? min(9, rows / 3) : 0
    page = max(1, rows - lines.count - forPreview)
    top = max(0, min(top, chosen, items.count - 1))
    if chosen >= top + page { top = chosen - page + 1 }
    let end = min(items.count, top + page)
    for place in top..<max(top, end) {
      lines.append(line(for: items[place], isChosen: place == chosen).cut(to: width))
    }
    if let newTitle {
      lines.append(
        (StyledText("▸ ", .match) + "create \"" + StyledText(newTitle, .title) + "\"")
          .cut(to: width))
    }
    if forPreview > 0, !preview.isEmpty {
      while lines.count < rows - forPreview { lines.append("") }
      lines.append(StyledText(String(repeating: "─", count: width), .dim))
      lines += preview.flatMap { $0.wrapped(to: width) }
    }
    return (Array(lines.prefix(rows)), prompt.cursor)
  }

  /// What was typed; its end where it is too long.
  private func prompt(_ width: Int) -> (line: StyledText, cursor: Int) {
    var shown = Array(StyledText.visible(query, keepingLines: false))
    var used = shown.reduce(0) { $0 + columns(of: $1) }
    while used > max(0, width - 3), !shown.isEmpty { used -= columns(of: shown.removeFirst()) }
    return (StyledText("> ", .match) + StyledText(String(shown)), 2 + used)
  }

  private var status: StyledText {
    let found = items.count { !$0.isRelated }
    let related = items.count - found
    var text = counted(found, "note")
    if let total, total > found { text = "\(grouped(found)) of \(grouped(total)) notes" }
    if related > 0 { text += ", \(related) related" }
    let action = items.isEmpty ? (newTitle == nil ? "" : "Enter creates, ") : "Enter edits, "
    return StyledText("  \(text)  (\(action)Esc leaves)", .dim)
  }

  private func line(for item: PickerItem, isChosen: Bool) -> StyledText {
    StyledText(isChosen ? "▸ " : "  ", .match)
      + StyledText(item.title, isChosen ? .title : .plain) + "  "
      + StyledText(item.path.text, isChosen ? .path : .dim)
      + StyledText(item.isRelated ? "  related" : "", .dim)
  }
}
