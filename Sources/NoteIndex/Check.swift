internal import GRDB
internal import Markup
public import Vault

extension NoteIndex {
  /// What the author of the vault should know of, by path and line.
  public func check() throws(IndexError) -> [Finding] {
    var findings = try broken().map { link in
      Finding(
        path: link.source, line: link.line, kind: .brokenLink,
        message: "no note or file '\(link.target)'")
    }
    findings += try read { db in
      try problems(db) + ambiguousLinks(db) + brokenAnchors(db) + duplicates(db) + names(db)
    }
    return findings.sorted()
  }

  private func problems(_ db: Database) throws -> [Finding] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT path, line, problem.kind, message
        FROM problem JOIN note ON note.id = problem.note
        """)
    return try rows.map { row in
      Finding(
        path: try NotePath(row[0]), line: row[1],
        kind: Finding.Kind(rawValue: row[2]) ?? .frontMatter, message: row[3])
    }
  }

  private func ambiguousLinks(_ db: Database) throws -> [Finding] {
    try links(db, where: "link.rivals > 0", [], order: "source.path").map { link in
      Finding(
        path: link.source, line: link.line, kind: .ambiguousLink,
        message: """
          '\(link.target)' means \(link.note?.text ?? "nothing"), \
          and could mean \(link.rivals == 1 ? "one other note" : "\(link.rivals) other notes")
          """)
    }
  }

  /// Links of a note to what has no such heading or block.
  public func brokenAnchors(of note: NotePath) throws(IndexError) -> [Finding] {
    try read { db in try brokenAnchors(db, of: note) }
  }

  /// Links whose note has no such heading or block, of all notes or of one.
  private func brokenAnchors(_ db: Database, of source: NotePath? = nil) throws -> [Finding] {
    let anchored = try links(
      db,
      where: """
        link.anchor <> '' AND link.pin IS NULL AND (link.note IS NOT NULL OR link.target = '')
        AND (source.path = ?1 OR ?1 IS NULL)
        """,
      [source?.text],
      order: "coalesce(goal.path, source.path)")
    var known: (note: NotePath, anchors: Set<String>)?
    var findings: [Finding] = []
    for link in anchored {
      guard let anchor = link.anchor else { continue }
      let note = link.note ?? link.source
      if known?.note != note { known = (note, try anchors(db, of: note)) }
      // Of `heading#subheading` the last part is the one that is meant.
      let last = anchor.split(separator: "#").last.map(String.init) ?? anchor
      let names = [folded(last), Heading.name(of: last), Heading.words(of: last)]
      if let known, names.contains(where: { !$0.isEmpty && known.anchors.contains($0) }) {
        continue
      }
      findings.append(
        Finding(
          path: link.source, line: link.line, kind: .brokenAnchor,
          message: "\(note) has no heading or block '\(anchor)'"))
    }
    return findings
  }

  /// The name on a page of the heading that a link's anchor means; `nil` where the note has none.
  public func headingName(
    meantBy anchor: String, in note: NotePath
  ) throws(IndexError) -> String? {
    guard let last = anchor.split(separator: "#").last.map(String.init), !last.hasPrefix("^")
    else { return nil }
    return try read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT text, anchor FROM heading JOIN note ON note.id = note WHERE path = ?
          ORDER BY ordinal
          """)
      let headings = try Row.fetchAll(statement, arguments: [note.text])
        .map { (text: $0[0] as String, anchor: $0[1] as String) }
      return Heading.place(of: last, among: headings).map { headings[$0].anchor }
    }
  }

  /// All that can stand behind the `#` of a link to a note.
  private func anchors(_ db: Database, of note: NotePath) throws -> Set<String> {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT text, anchor FROM heading JOIN note ON note.id = note WHERE path = ?
        UNION ALL
        SELECT '^' || name, NULL FROM block JOIN note ON note.id = note WHERE path = ?
        UNION ALL
        SELECT name, NULL FROM element JOIN note ON note.id = note WHERE path = ?
        """, arguments: [note.text, note.text, note.text])
    return rows.reduce(into: []) { anchors, row in
      anchors.insert(folded(row[0]))
      guard let anchor: String = row[1] else { return }
      anchors.insert(folded(anchor))
      anchors.insert(Heading.name(of: row[0]))
      anchors.insert(Heading.words(of: row[0]))
    }
  }

  private func duplicates(_ db: Database) throws -> [Finding] {
    var findings: [Finding] = []
    for kind in [Finding.Kind.duplicateID, .duplicateTitle] {
      let name = kind == .duplicateID ? "id" : "title"
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT note.path, name.text, first.path
          FROM name
          JOIN note ON note.id = name.note
          JOIN (
            SELECT name.text, min(note.path) AS path
            FROM name JOIN note ON note.id = name.note
            WHERE name.kind = ?
            GROUP BY name.text
            HAVING count(*) > 1
          ) AS first ON first.text = name.text
          WHERE name.kind = ? AND note.path <> first.path
          """, arguments: [name, name])
      findings += try rows.map { row in
        Finding(
          path: try NotePath(row[0]), line: 0, kind: kind,
          message: "the \(name) '\(row[1] as String)' is also that of \(row[2] as String)")
      }
    }
    return findings
  }

  // MARK: Names of files

  private func names(_ db: Database) throws -> [Finding] {
    let notes = try String.fetchAll(db, sql: "SELECT path FROM note ORDER BY path")
    let folders = try String.fetchAll(
      db, sql: "SELECT path FROM folder WHERE path <> '' ORDER BY path")
    return try Self.twins(folders) + Self.twins(notes)
      + (folders + notes).compactMap(Self.unportable)
  }

  /// Paths that a file system which folds case, or spells characters in one way, takes for one.
  private static func twins(_ paths: [String]) throws -> [Finding] {
    var first: [ExactText: String] = [:]
    var findings: [Finding] = []
    for path in paths {
      // The folders of twin folders' notes differ in the same way, and are told once.
      let key = ExactText(folderPart(of: path) + "/" + folded(lastPart(of: path)))
      if let other = first[key] {
        findings.append(
          Finding(
            path: try NotePath(path), line: 0, kind: .twin,
            message: "macOS and Windows cannot hold it beside '\(lastPart(of: other))'"))
      } else {
        first[key] = path
      }
    }
    return findings
  }

  /// A name that Windows cannot hold.
  ///
  /// Source: "Naming Files, Paths, and Namespaces", learn.microsoft.com.
  private static func unportable(_ path: String) throws -> Finding? {
    let name = lastPart(of: path)
    let why: String
    if let bad = name.unicodeScalars.first(where: {
      $0.value < 32 || "<>:\"\\|?*".unicodeScalars.contains($0)
    }) {
      why = bad.value < 32 ? "a control character" : "'\(bad)'"
    } else if name.hasSuffix(".") || name.hasSuffix(" ") {
      why = "a dot or a blank at its end"
    } else if try NotePath(path).isDevice {
      why = "the name of a device, '\(name.prefix { $0 != "." }.lowercased())'"
    } else {
      return nil
    }
    return Finding(
      path: try NotePath(path), line: 0, kind: .unportableName,
      message: "Windows cannot hold a name with \(why)")
  }
}
