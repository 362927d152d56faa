internal import GRDB
public import Vault

extension NoteIndex {
  /// The notes that an address means.
  ///
  /// The first of these rules that fits any note decides, and all notes that it fits are returned:
  /// the path, from `folder` or from the vault's top, with or without `.md`; the id; the title; an
  /// alias; the slug; the file's name; the end of a path; each of them in any case; the beginning
  /// of an id, of four characters or more; the beginning of a path, but no whole folder of it. Exact
  /// names go before beginnings, so that a new note cannot take the place of one that has just this name.
  ///
  /// `folder` is the absolute path of the folder in which the address was typed.
  public func find(_ address: String, from folder: String, limit: Int = 50) throws(IndexError)
    -> [NoteSummary]
  {
    try read { db in try summaries(db, of: ids(of: address, from: folder, limit: limit, db)) }
  }

  /// The notes that have an id, by their paths.
  public func notes(withID id: String) throws(IndexError) -> [NotePath] {
    let name = NoteRows.Name(.id, id)
    return try read { db in
      try String.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT note.path
            FROM name JOIN note ON note.id = name.note
            WHERE name.key = ? AND name.kind = ? AND name.text = ?
            ORDER BY note.path
            """), arguments: [name.key, name.kind.rawValue, name.text]
      ).map { try NotePath($0) }
    }
  }

  /// The paths of the notes that an address means, from the vault's top.
  func paths(named address: String, _ db: Database) throws -> [NotePath] {
    try ids(of: address, from: vault.root, limit: 50, db).compactMap { id in
      try String.fetchOne(db, sql: "SELECT path FROM note WHERE id = ?", arguments: [id])
        .map { try NotePath($0) }
    }
  }

  private func ids(
    of address: String, from folder: String, limit: Int, _ db: Database
  ) throws -> [Int64] {
    let finding = Finder(db: db, limit: limit)
    // A path may begin with a blank: where a note has just this one, it is meant.
    if address.first?.isWhitespace == true || address.last?.isWhitespace == true,
      let path = try? vault.path(typed: storable(address), from: folder)
    {
      let found = try finding.byPath(path.text)
      if !found.isEmpty { return found }
    }
    let text = normalizedAddress(address)
    if text.isEmpty { return [] }
    let typed = (try? vault.path(typed: text, from: folder))?.text
    let fromTop = NotePath.joined("", text).flatMap { $0.isEmpty ? nil : $0 }
    for path in [typed, fromTop].compactMap(\.self) {
      let found = try finding.byPath(path)
      if !found.isEmpty { return found }
    }
    let named = try finding.byName(text, paths: [typed, fromTop].compactMap(\.self))
    if !named.isEmpty { return named }
    if text.count >= 4 {
      let found = try finding.byStartOfID(text)
      if !found.isEmpty { return found }
    }
    for path in [typed, fromTop].compactMap(\.self) {
      let found = try finding.byStartOfPath(path)
      if !found.isEmpty { return found }
    }
    return []
  }

  /// An address without blanks at its ends and without the brackets of a link.
  private func normalizedAddress(_ address: String) -> String {
    var text = storable(address)[...]
    if text.hasPrefix("[["), text.hasSuffix("]]"), text.count > 4 {
      text = text.dropFirst(2).dropLast(2)
    }
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

/// Looks an address up, rule by rule.
private struct Finder {
  let db: Database
  let limit: Int

  func byPath(_ path: String) throws -> [Int64] {
    try Int64.fetchAll(
      db.cachedStatement(
        sql: "SELECT id FROM note WHERE path IN (?, ?, ?) ORDER BY path LIMIT ?"),
      arguments: [path, path + ".md", path + ".markdown", limit])
  }

  /// By the names that share the address's key, the best rule's ones.
  func byName(_ text: String, paths: [String]) throws -> [Int64] {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT name.note, name.kind, name.text
          FROM name JOIN note ON note.id = name.note
          WHERE name.key = ?
          ORDER BY length(note.path), note.path
          """), arguments: [lookupKey(text)])
    var best: (rule: Int, notes: [Int64]) = (.max, [])
    for row in rows {
      guard let kind = NoteRows.Name.Kind(rawValue: row[1]),
        let rule = Self.rule(kind, row[2], text, paths: paths), rule <= best.rule
      else { continue }
      if rule < best.rule { best = (rule, []) }
      let note: Int64 = row[0]
      if !best.notes.contains(note) { best.notes.append(note) }
      if best.notes.count > limit { best.notes.removeLast() }
    }
    return best.notes
  }

  /// The number of the rule by which a name fits, the lowest the best; `nil` where it does not.
  private static func rule(
    _ kind: NoteRows.Name.Kind, _ name: String, _ text: String, paths: [String]
  ) -> Int? {
    func fits(_ same: (String, String) -> Bool) -> Int? {
      switch kind {
      case .id: return same(name, text) ? 0 : nil
      case .title: return same(name, text) ? 1 : nil
      case .alias: return same(name, text) ? 2 : nil
      case .slug: return same(name, text) ? 3 : nil
      case .path:
        if paths.contains(where: { same(name, NotePath.withoutSuffix($0)) }) { return 4 }
        let bare = NotePath.withoutSuffix(text)
        if same(lastPart(of: name), bare) { return 5 }
        let end = NotePath.joined("", bare).map { "/" + $0 } ?? bare
        let tail = String(decoding: name.utf8.suffix(end.utf8.count), as: UTF8.self)
        return same(tail, end) ? 6 : nil
      }
    }
    if let exact = fits({ $0.utf8.elementsEqual($1.utf8) }) { return exact }
    return fits { folded($0) == folded($1) }.map { $0 + 10 }
  }

  func byStartOfID(_ text: String) throws -> [Int64] {
    try Int64.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT id FROM note
          WHERE note_id IS NOT NULL AND note_id >= ? AND note_id < ?
          ORDER BY path
          LIMIT ?
          """), arguments: [text, text + "\u{10FFFF}", limit])
  }

  func byStartOfPath(_ path: String) throws -> [Int64] {
    try Int64.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT id FROM note
          WHERE path >= ?1 AND path < ?2 AND substr(path, length(?1) + 1, 1) <> '/'
          ORDER BY path
          LIMIT ?3
          """), arguments: [path, path + "\u{10FFFF}", limit])
  }
}
