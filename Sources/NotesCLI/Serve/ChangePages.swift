internal import Git
internal import History
internal import Markup
internal import Vault
internal import Web

/// What changes the vault: a new note, an edit, the end of a conflict. Only a form of our own pages
/// gets here (`Gate`), and everything goes the way of the commands, so that `notes undo` takes it back.
extension Pages {
  func change(_ first: String, _ rest: [String], _ form: [String: String]) throws -> WebResponse {
    switch (first, rest.count) {
    case ("add", 0): return try add(form)
    case ("edit", 1...): return try save(notePath(rest[...]), form)
    case ("conflicts", 1): return try settle(rest[0], form)
    default: throw Failure("nothing can be sent to this page", status: .no)
    }
  }

  @discardableResult
  private func perform(_ edits: [FileEdit]) throws -> [VaultChange] {
    let changes = try session.editor(of: vault).perform(edits)
    try session.updateIndex(of: vault, changes)
    return changes
  }

  /// A form's text as files have it: browsers send each line end as two characters.
  private func text(_ form: [String: String]) -> String {
    (form["text"] ?? "").replacing("\r\n", with: "\n")
  }

  // MARK: Add

  private func add(_ form: [String: String]) throws -> WebResponse {
    let text = text(form)
    let isPost = form["post"] != nil
    // The first line is the title, and what follows is the text; one with front matter is a whole note.
    let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: true)
    let isWhole = NoteDraft.isWhole(text)
    let title =
      isWhole
      ? NoteDraft.title(of: text) : NoteDraft.title(from: lines.first.map(String.init) ?? "")
    guard !title.isEmpty else { throw Failure("a note needs a title or some text", status: .usage) }
    let rest = lines.count > 1 ? String(lines[1].drop { $0.isNewline }) : ""
    let draft = try NoteDraft(
      title: title, body: isWhole ? text : rest,
      wishes: NoteDraft.Wishes(hasTitle: !isWhole, isPost: isPost), folder: nil,
      moment: session.moment, template: NoteDraft.template(nil, isPost: isPost, in: vault),
      vault: vault, isTaken: { try session.hasNote(ofID: $0, in: vault) })
    return .elsewhere(url(try draft.made(in: vault, perform: perform).path.text))
  }

  // MARK: Edit

  func edit(_ path: NotePath) throws -> WebResponse {
    let bytes = try vault.files.read(path, limit: vault.settings.largestNote).bytes
    let text = try editable(bytes, path)
    return page(
      "edit", title: "Edit \(path.stem)",
      [
        "heading": "Edit", "path": path.text, "noteURL": url(path.text),
        "action": url("edit", path), "base": try ObjectID.blob(bytes).description,
        "label": "The note, in Markdown",
        "rows": "30", "text": text, "hasChanges": false,
      ], isLive: false)
  }

  /// A note's text for a form, which keeps no bytes that are no text, and one kind of line end.
  private func editable(_ bytes: [UInt8], _ path: NotePath) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0),
      !hasMixedLineEnds(bytes)
    else {
      throw Failure(
        "\(path.text) has bytes or line ends that a browser would change",
        hint: "notes edit \(quoted(path.text))", status: .no)
    }
    return text.replacing("\r\n", with: "\n")
  }

  private func hasMixedLineEnds(_ bytes: [UInt8]) -> Bool {
    let carriage = UInt8(ascii: "\r")
    var kinds: Set<Bool> = []
    for (place, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "\n") {
        kinds.insert(place > 0 && bytes[place - 1] == carriage)
      } else if byte == carriage, place + 1 == bytes.count || bytes[place + 1] != UInt8(ascii: "\n")
      {
        return true
      }
    }
    return kinds.count > 1
  }

  private func save(_ path: NotePath, _ form: [String: String]) throws -> WebResponse {
    var new = text(form)
    guard let now = try vault.bytesIfThere(path) else {
      return try meanwhile(path, now: [], Array(new.utf8))
    }
    if now.contains(UInt8(ascii: "\r")) { new = new.replacing("\n", with: "\r\n") }
    let bytes = Array(new.utf8)
    guard try form["base"] == ObjectID.blob(now).description else {
      return try meanwhile(path, now: now, bytes)
    }
    if bytes != now {
      do {
        try perform([.replace(path, old: now, new: bytes)])
      } catch VaultError.changedMeanwhile {
        return try meanwhile(path, now: vault.bytesIfThere(path) ?? [], bytes)
      }
    }
    return .elsewhere(url(path.text))
  }

  /// Both texts, where the note is not what the form was filled from: nothing was written.
  private func meanwhile(
    _ path: NotePath, now: [UInt8], _ new: [UInt8]
  ) throws -> WebResponse {
    let diff = TextDiff.wordDiff(old: now, new: new)
    return page(
      "edit", title: "Not saved: \(path.stem)",
      [
        "heading": "Not saved yet",
        "complaint": now.isEmpty
          ? "The note is gone from \(path.text). Your text is below: keep a copy of it."
          : "The note was changed elsewhere while you wrote. Nothing is lost: below are your text and "
            + "what the note says now. Put together what you want, and save.",
        "path": path.text, "noteURL": url(path.text), "action": url("edit", path),
        "base": try ObjectID.blob(now).description, "label": "Your text", "rows": "20",
        "text": String(decoding: new, as: UTF8.self).replacing("\r\n", with: "\n"),
        "hasChanges": true, "now": String(decoding: now, as: UTF8.self),
        "html": try renderer(of: path).html(
          of: diff, old: Document(bytes: now), new: Document(bytes: new), page: nil),
      ], status: 409, isLive: false)
  }

  // MARK: Conflicts

  func conflicts() throws -> WebResponse {
    page(
      "conflicts", title: "Conflicts",
      [
        "hasConflicts": !conflicted.isEmpty,
        "conflicts": conflicted.map { conflict -> [String: Any] in
          [
            "url": "/conflicts/\(conflict.name)", "label": conflict.path.text,
            "detail": conflict.words,
          ]
        },
      ])
  }

  func conflict(_ name: String) throws -> WebResponse {
    guard let conflict = conflicted.first(where: { $0.name == name }) else {
      throw Failure(
        "this conflict is settled", hint: "all that wait are at /conflicts", status: .no)
    }
    return try page(of: conflict, vault.texts(of: conflict))
  }

  private func page(
    of conflict: Conflict, _ texts: Vault.ConflictTexts, complaint: String? = nil,
    text: String? = nil, status: Int = 200
  ) throws -> WebResponse {
    let diff = TextDiff.wordDiff(old: texts.shared, new: texts.other ?? [])
    let isRemoval = conflict.kind == .changedAndRemoved
    let isText = !isRemoval && !conflict.hasNoPlace && texts.now == texts.shared
    let marked = isText ? try String(validating: texts.marked, as: UTF8.self) : nil
    var ways = [
      ("shared", "Keep the note as it is"), ("mine", "Take the text that waits"),
      ("both", "Keep both, one after the other"),
    ]
    var heads = ("In the note", "Waiting")
    var rows = diff.blocks.compactMap(Self.row)
    if conflict.removedBy == .shared {
      ways = [("mine", "Keep the note as it is"), ("shared", "Remove the note")]
      heads = ("Removed", "In the note")
      rows = [["shared": "removed there", "other": ""]]
    } else if isRemoval {
      ways = [("shared", "Keep the note as it is"), ("mine", "Remove the note")]
      heads = ("In the note", "Removed")
      rows = [["shared": "", "other": "removed there"]]
    } else if conflict.hasNoPlace {
      ways = [("mine", "Keep what is there"), ("shared", "Put it in its place")]
      heads = ("Waiting", "In its way")
      let text = escapedHTML(String(decoding: texts.shared, as: UTF8.self))
      rows = [["shared": text, "other": ""]]
    }
    var values: [String: Any] = [
      "path": conflict.path.text, "noteURL": url(conflict.path.text), "words": conflict.words,
      "action": "/conflicts/\(conflict.name)",
      "sharedHead": "\(heads.0): \(Self.words(conflict.sharedOrigin))",
      "otherHead": "\(heads.1): \(Self.words(conflict.otherOrigin))",
      "rows": rows,
      "ways": ways.map { ["way": $0.0, "label": $0.1] }, "canEdit": marked != nil || text != nil,
      "text": text ?? marked ?? "", "isOpen": text != nil,
    ]
    if let complaint { values["complaint"] = complaint }
    return page(
      "conflict", title: "Conflict: \(conflict.path.stem)", values, status: status, isLive: false,
      isWide: true)
  }

  private static func words(_ origin: Conflict.Origin?) -> String {
    guard let origin else { return "unknown" }
    return "\(origin.who), \(origin.time.prefix(10))"
  }

  /// Both sides of a block that differs, each with its own words marked.
  private static func row(_ block: DiffBlock) -> [String: Any]? {
    if block.kind == .same { return nil }
    var (shared, other) = ("", "")
    for segment in block.segments {
      let text = escapedHTML(segment.text)
      switch segment.kind {
      case .same, .moved:
        shared += text
        other += text
      case .removed: shared += "<del>\(text)</del>"
      case .added: other += "<ins>\(text)</ins>"
      case .changed:
        shared += "<del>\(text)</del>"
      }
    }
    return ["shared": shared, "other": other]
  }

  private func settle(_ name: String, _ form: [String: String]) throws -> WebResponse {
    guard let conflict = conflicted.first(where: { $0.name == name }) else {
      return Self.message(
        "This conflict was settled meanwhile, here or on another machine; nothing was changed.",
        status: 409, heading: "Settled already", of: desk)
    }
    let texts = try vault.texts(of: conflict)
    let resolution: Resolution
    switch form["way"] {
    case "shared": resolution = .shared
    case "mine": resolution = .mine
    case "both": resolution = .both
    case "edit":
      let text = text(form)
      let bytes = Array(text.utf8)
      guard !bytes.isEmpty, try !texts.hasMarkers(bytes) else {
        return try page(
          of: conflict, texts, complaint: "The text still has a mark in it; nothing was settled.",
          text: text, status: 400)
      }
      guard texts.now == texts.shared else {
        return try page(
          of: conflict, texts, complaint: "The note was edited meanwhile; nothing was settled.",
          text: text, status: 409)
      }
      resolution = .text(bytes, madeOver: texts.now)
    default: throw Failure("no way to settle it was chosen", status: .usage)
    }
    do {
      try perform(vault.edits(settling: conflict, resolution))
    } catch HistoryError.editedSince {
      return try page(
        of: conflict, texts,
        complaint: "The note was edited since, in the same place; settle it by editing the note.",
        status: 409)
    } catch HistoryError.unreadable {
      return try page(
        of: conflict, texts, complaint: "What it would be could not be read; nothing was settled.",
        text: text(form), status: 400)
    } catch HistoryError.inTheWay(_, let obstacle, _) {
      return try page(
        of: conflict, texts,
        complaint: "There is no place for it: give \(obstacle) another name first.",
        status: 409)
    }
    return .elsewhere(url(conflict.path.text))
  }
}
