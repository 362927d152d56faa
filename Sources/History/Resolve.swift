internal import Git
internal import Markup
public import Vault

/// How a conflict is settled.
public enum Resolution: Sendable {
  /// The note stays as it is now.
  case kept
  /// What the shared side did holds: the note stays as it is now, with what somebody has edited since,
  /// or it goes, where that side had removed it.
  case shared
  /// What the other side did holds: the text that waits takes the note's place, or the note goes.
  case mine
  /// Both texts are in the note, one after the other.
  case both
  /// The note becomes what somebody made of the two, while it held the second text; `nil`: none.
  ///
  /// What was written in it since then is merged with that.
  case text([UInt8], madeOver: [UInt8]?)
}

extension Resolution {
  /// Whether the note stays as it is, or is not there, whatever the texts of the conflict are.
  fileprivate func keepsTheNote(
    of conflict: Conflict, isThere: @autoclosure () throws -> Bool
  ) rethrows -> Bool {
    switch self {
    case .kept: true
    case .shared:
      try !conflict.hasNoPlace && conflict.removedBy != .shared
        && (conflict.removedBy == nil || isThere())
    case .mine: conflict.hasNoPlace
    case .both, .text: false
    }
  }

  /// Whether the text that both began with has a say in what the note is to hold.
  fileprivate var needsBase: Bool {
    switch self {
    case .both: true
    case .kept, .shared, .mine, .text: false
    }
  }
}

extension Vault {
  /// What a conflict is about, text by text.
  public struct ConflictTexts: Sendable {
    /// What both sides began with; empty where both made the file.
    public let base: [UInt8]
    /// What the file was given.
    public let shared: [UInt8]
    /// What waits; `nil` where that side had removed the file.
    public let other: [UInt8]?
    /// What the file holds now; `nil` where it is gone.
    public let now: [UInt8]?
    /// What is in the way of the conflict's file: a file where it needs a folder, a folder or another note
    /// where it is to be.
    let obstacle: String?
    /// Whether the file is a note; any other is code to all that looks at it.
    let isNote: Bool

    /// The shared text with the places where the text that waits differs.
    var merge: TextMerge {
      TextMerge.questions(over: base, ours: other ?? [], theirs: shared, isNote: isNote)
    }
  }

  /// Reads a conflict's texts.
  ///
  /// - Throws: `HistoryError.damagedConflict` where one of them is gone; `VaultError.changedMeanwhile` where
  ///   all of the record is.
  public func texts(of conflict: Conflict) throws -> ConflictTexts {
    try texts(of: conflict, needsBase: true)
  }

  /// What a conflict's file holds now, or what is in its way.
  private func whatIsThere(
    of conflict: Conflict
  ) throws -> (text: [UInt8]?, obstacle: String?) {
    if isTakenByAnother(conflict) { return (nil, conflict.path.text) }
    do {
      return (try bytesIfThere(conflict.path), nil)
    } catch {
      guard case .notAFile(let path, _) = error else { throw error }
      return (nil, path)
    }
  }

  /// Throws `VaultError.changedMeanwhile` where another window has settled a conflict, or is about to: its
  /// record goes first.
  private func insistOnRecord(of conflict: Conflict) throws {
    if try bytesIfThere(conflict.recordPath) == nil {
      throw VaultError.changedMeanwhile(conflict.path.text)
    }
  }

  /// Reads a conflict's texts; without `needsBase` the text that both began with may be gone.
  private func texts(of conflict: Conflict, needsBase: Bool) throws -> ConflictTexts {
    let base = try Conflict.file("base", of: conflict.name)
    var texts: [NotePath: [UInt8]] = [:]
    for file in try conflict.files {
      guard let bytes = try bytesIfThere(file.path) else {
        if file.path == base, !needsBase { continue }
        try insistOnRecord(of: conflict)
        throw HistoryError.damagedConflict(record: conflict.name, missing: file.path.text)
      }
      texts[file.path] = bytes
    }
    func text(_ end: String) throws -> [UInt8]? {
      texts[try Conflict.file(end, of: conflict.name)]
    }
    let (now, obstacle) = try whatIsThere(of: conflict)
    return ConflictTexts(
      base: texts[base] ?? [], shared: try text("shared") ?? now ?? [],
      other: try text("other"), now: now, obstacle: obstacle, isNote: conflict.path.isNote)
  }

  /// The edits that settle a conflict: its record goes, and with the next snapshot it is settled
  /// on every machine.
  ///
  /// What somebody has edited in the note since then is kept. Where the note stays as it is, no text
  /// of the record is needed: so one that has lost some can be settled too.
  ///
  /// - Throws: `HistoryError.editedSince` where that edit and the resolution contradict each other;
  ///   `oneRecord` where both texts are wanted of a version's record, or of the settings;
  ///   `unreadable` where one of these would be something else;
  ///   `inTheWay` where there is no place for what the note is to hold; `damagedConflict` where it
  ///   cannot be told what that is; `VaultError.changedMeanwhile` where it is settled.
  public func edits(settling conflict: Conflict, _ resolution: Resolution) throws -> [FileEdit] {
    try insistOnRecord(of: conflict)
    var edits: [FileEdit] = []
    if try !resolution.keepsTheNote(of: conflict, isThere: whatIsThere(of: conflict).text != nil) {
      let texts = try texts(of: conflict, needsBase: resolution.needsBase)
      switch (try result(of: resolution, conflict, texts), texts.now) {
      case (.asItIs, _), (.gone, nil): break
      case (.gone, let now?): edits.append(.remove(conflict.path, old: now))
      case (.text(let text), let now?):
        if text != now { edits.append(.replace(conflict.path, old: now, new: text)) }
      case (.text(let text), nil):
        if let obstacle = texts.obstacle {
          throw HistoryError.inTheWay(
            of: conflict.path.text, obstacle, isFolder: files.isFolder(conflict.path))
        }
        edits.append(.create(conflict.path, text))
      }
    }
    for path in try [conflict.recordPath] + conflict.files.map(\.path) {
      if let bytes = try bytesIfThere(path) { edits.append(.remove(path, old: bytes)) }
    }
    return edits
  }

  /// The edits that settle several conflicts at once: each begins with what those before it make of the
  /// note.
  ///
  /// - Throws: as for one; then none of them can be settled in this way.
  public func edits(
    settling settled: [(conflict: Conflict, resolution: Resolution)]
  ) throws -> [FileEdit] {
    var notes: [NotePath: (before: [UInt8]?, now: [UInt8]?)] = [:]
    var others: [FileEdit] = []
    for (conflict, resolution) in settled {
      let made = notes.mapValues(\.now)
      let vault = reading { path in
        guard let text = made[path] else { return .file }
        guard let text else { return .nothing }
        return .text(
          text, Vault::FileStamp(size: Int64(text.count), modified: 0, changed: 0, inode: 0))
      }
      for edit in try vault.edits(settling: conflict, resolution) {
        switch edit {
        case .create(conflict.path, let new): notes[conflict.path, default: (nil, nil)].now = new
        case .replace(conflict.path, let old, let new):
          notes[conflict.path, default: (old, nil)].now = new
        case .remove(conflict.path, let old): notes[conflict.path, default: (old, nil)].now = nil
        default: others.append(edit)
        }
      }
    }
    let edits = notes.sorted { $0.key < $1.key }.compactMap { path, note -> FileEdit? in
      switch (note.before, note.now) {
      case (let old?, let new?): old == new ? nil : .replace(path, old: old, new: new)
      case (let old?, nil): .remove(path, old: old)
      case (nil, let new?): .create(path, new)
      case (nil, nil): nil
      }
    }
    return edits + others
  }

  /// What a note is to be.
  private enum Outcome {
    case asItIs
    case gone
    case text([UInt8])
  }

  private func result(
    of resolution: Resolution, _ conflict: Conflict, _ texts: ConflictTexts
  ) throws -> Outcome {
    let wanted: [UInt8]
    if conflict.hasNoPlace {
      switch resolution {
      case .kept, .mine: return .asItIs
      case .shared, .both: return texts.now == nil ? .text(texts.shared) : .asItIs
      case .text(let bytes, _): return .text(bytes)
      }
    }
    func merged(_ wanted: [UInt8], over before: [UInt8], with now: [UInt8]) throws -> Outcome {
      let merge = try mergeFiles(
        at: conflict.path, base: before, ours: now, theirs: wanted, keeping: .ours)
      guard merge.other == nil else {
        throw HistoryError.editedSince(path: conflict.path.text)
      }
      return .text(merge.bytes)
    }
    switch (resolution, conflict.removedBy) {
    case (.kept, _): return .asItIs
    case (.text(let bytes, let before), _):
      try insist(onReading: bytes, at: conflict.path, texts)
      if texts.now == before { return .text(bytes) }
      // A sync, or another window, may write while the editor is open.
      guard let now = texts.now, let before else {
        throw HistoryError.editedSince(path: conflict.path.text)
      }
      return try merged(bytes, over: before, with: now)
    case (.shared, .shared), (.mine, .mine):
      // What was written since then was meant to stay.
      guard texts.now == nil || texts.now == (texts.other ?? texts.shared) else {
        throw HistoryError.editedSince(path: conflict.path.text)
      }
      return .gone
    case (.mine, .shared):
      return texts.now == nil ? texts.other.map { .text($0) } ?? .asItIs : .asItIs
    case (.shared, .mine), (.both, .some):
      // Of a text and its removal the text is kept, also where the note went meanwhile.
      return texts.now == nil ? .text(texts.other ?? texts.shared) : .asItIs
    case (.shared, nil): return .asItIs
    case (.mine, nil):
      guard let other = texts.other else { return .gone }
      wanted = other
    case (.both, nil):
      if LedgerFile(GitPath(conflict.path.text)) != nil || conflict.path.text == Settings.file {
        throw HistoryError.oneRecord(path: conflict.path.text)
      }
      guard texts.other != nil else { return .asItIs }
      wanted = texts.isNote ? texts.merge.bothTexts : texts.merge.bothLines
    }
    guard let now = texts.now, now != texts.shared else { return .text(wanted) }
    return try merged(wanted, over: texts.shared, with: now)
  }

  /// Refuses a text that somebody made where a version's record is to be, or the settings, and which
  /// could not be read as such: on no machine.
  private func insist(
    onReading text: [UInt8], at path: NotePath, _ texts: ConflictTexts
  ) throws(HistoryError) {
    if let record = LedgerFile(GitPath(path.text)), record.end == "yaml" {
      guard Version(number: record.number, record: text) != nil else {
        throw .unreadable(path: path.text, why: nil)
      }
    } else if path.text == Settings.file {
      // What was wrong before is for another day.
      let known = [texts.shared, texts.other ?? []].flatMap { Settings.problems(in: $0) }
      if let new = Settings.problems(in: text).first(where: { !known.contains($0) }) {
        throw .unreadable(path: path.text, why: new.error)
      }
    }
  }
}

extension Vault.ConflictTexts {
  /// The note as it is now with both texts between markers, for an editor: never written into the vault.
  public var marked: [UInt8] {
    get throws { Self.marked(try questions, "shared", "mine") }
  }

  /// The note as it is now with a question wherever the text that waits differs.
  private var questions: TextMerge {
    get throws {
      guard let now, now != shared else { return merge }
      // What was written since is no question: the text that waits gets it too.
      let waiting = try mergeTexts(
        base: shared, ours: now, theirs: other ?? [], isNote: isNote, keeping: .theirs)
      return .questions(over: nil, ours: waiting.bytes, theirs: now, isNote: isNote)
    }
  }

  /// A text that was left half-made in an editor, with what was written in the note since then, when it
  /// held `before`: between markers where that cannot be told apart.
  public func goingOn(with text: [UInt8], from before: [UInt8]?) -> [UInt8] {
    guard let now, now != before else { return text }
    // By lines, so that its markers stay where they are.
    return Self.marked(
      TextMerge(linesOf: before, ours: text, theirs: now), "the note now", "as you left it")
  }

  private static func marked(_ merge: TextMerge, _ their: String, _ our: String) -> [UInt8] {
    merge.parts.reduce(into: []) { text, part in
      switch part {
      case .settled(let bytes): text += bytes
      case .conflict(let conflict):
        // A note may have no line end behind what a question about its last lines follows.
        text = line(text) + Array("<<<<<<< \(their)\n".utf8) + line(conflict.theirs)
        text += Array("=======\n".utf8) + line(conflict.ours) + Array(">>>>>>> \(our)".utf8)
        if conflict.isWholeLines { text.append(UInt8(ascii: "\n")) }
      }
    }
  }

  /// Whether a text that was made of these still has a marker.
  public func hasMarkers(_ text: [UInt8]) throws -> Bool {
    let marks = [
      "<<<<<<< shared", ">>>>>>> mine", "<<<<<<< the note now", ">>>>>>> as you left it",
    ].map { Array($0.utf8) }
    let isMarked = text.split(separator: UInt8(ascii: "\n")).contains { line in
      marks.contains { line.starts(with: $0) }
    }
    if isMarked { return true }
    // The line in the middle is Markdown, too: as many may be left as the texts bring themselves.
    return try Self.middles(text) > Self.middles(marked) - questions.conflicts.count
  }

  private static func middles(_ text: [UInt8]) -> Int {
    text.split(separator: UInt8(ascii: "\n")).count { line in
      let end = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      return end.count == 7 && end.allSatisfy { $0 == UInt8(ascii: "=") }
    }
  }

  private static func line(_ text: [UInt8]) -> [UInt8] {
    text.isEmpty || text.last == UInt8(ascii: "\n") ? text : text + Array("\n".utf8)
  }
}

extension TextMerge {
  /// The shared text, which is theirs, with a question wherever the one that waits differs.
  ///
  /// Where both made the file, there is no base, and what both say alike is none of the question.
  static func questions(
    over base: [UInt8]?, ours: [UInt8], theirs: [UInt8], isNote: Bool
  ) -> TextMerge {
    let base = base?.isEmpty == true ? nil : base
    guard isNote else { return TextMerge(linesOf: base, ours: ours, theirs: theirs) }
    return base.map { TextMerge(base: $0, ours: ours, theirs: theirs) }
      ?? TextMerge(comparing: ours, theirs)
  }

  /// The text with both sides' words at each question, theirs first: items and rows on lines of
  /// their own, paragraphs with a blank line between them.
  ///
  /// A key of the front matter cannot be there twice: ours becomes a comment. Nor can a name be
  /// defined twice: `TwoDefinitions`.
  var bothTexts: [UInt8] {
    var result: [UInt8] = []
    // How much of the next part is in the result already.
    var taken = 0
    for (number, part) in parts.enumerated() {
      switch part {
      case .settled(let bytes):
        result += bytes.dropFirst(taken)
        taken = 0
      case .conflict(let conflict) where conflict.ours.isEmpty || conflict.theirs.isEmpty:
        result += conflict.theirs + conflict.ours
      case .conflict(let conflict) where conflict.isWholeLines:
        result += conflict.theirs
        for line in conflict.ours.split(separator: UInt8(ascii: "\n")) {
          result += Array("# ".utf8) + line + Array("\n".utf8)
        }
      case .conflict(let conflict):
        if let delimiters = delimiterRow(behind: number) {
          // Of two header rows the second would make the first a paragraph: it is a row of the table.
          result += conflict.theirs + delimiters + Array("\n".utf8) + conflict.ours
          taken = delimiters.count
        } else if let both = TwoDefinitions.both(conflict.theirs, conflict.ours) {
          result += both
        } else {
          let end = Document(bytes: result + conflict.theirs).blocks.last
          let isTight = conflict.isTight || end?.kind == .code || end?.kind == .math
          result += conflict.theirs + Array(isTight ? "\n".utf8 : "\n\n".utf8) + conflict.ours
        }
      }
    }
    return result
  }

  /// The delimiter row of a table, with the line end before it, where a question is about the one line
  /// above: that is the table's header.
  private func delimiterRow(behind number: Int) -> ArraySlice<UInt8>? {
    guard case .conflict(let conflict) = parts[number], parts.indices.contains(number + 1),
      case .settled(let next) = parts[number + 1]
    else { return nil }
    let (newline, bar) = (UInt8(ascii: "\n"), UInt8(ascii: "|"))
    let rows = [conflict.theirs, conflict.ours]
    guard rows.allSatisfy({ $0.contains(bar) && !$0.contains(newline) }) else { return nil }
    guard let begin = next.firstIndex(of: newline),
      next[..<begin].allSatisfy({ $0 == UInt8(ascii: "\r") })
    else { return nil }
    let row = next[(begin + 1)...].prefix { $0 != newline }
    guard row.contains(UInt8(ascii: "-")), row.contains(bar),
      row.allSatisfy({ "-|:> \t\r".utf8.contains($0) })
    else { return nil }
    return next[..<row.endIndex]
  }

  /// The text with both sides' lines at each question, theirs first.
  var bothLines: [UInt8] {
    parts.flatMap { part -> [UInt8] in
      switch part {
      case .settled(let bytes): bytes
      case .conflict(let conflict): conflict.theirs + conflict.ours
      }
    }
  }
}

extension TextMerge.Conflict {
  /// Whether the texts are lines with their ends: keys of a front matter.
  fileprivate var isWholeLines: Bool {
    [ours, theirs].contains { $0.last == UInt8(ascii: "\n") }
  }

  /// Whether the next of its kind follows without a blank line: an item, a row.
  fileprivate var isTight: Bool {
    let text = theirs.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    guard let first = text.first else { return true }
    if "-*+|[".utf8.contains(first) { return true }
    let afterDigits = text.drop { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    return afterDigits.startIndex > text.startIndex
      && (afterDigits.first == UInt8(ascii: ".") || afterDigits.first == UInt8(ascii: ")"))
  }
}
