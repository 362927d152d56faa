internal import Foundation
internal import GRDB
public import Markup
public import Vault

/// A link as the index knows it.
public struct NoteLink: Sendable, Equatable {
  /// The note it stands in.
  public let source: NotePath
  /// Its number among the links of that note, from 0: its place in `Document.links`.
  public let ordinal: Int
  /// How it is written.
  public let kind: Link.Kind
  /// Where it leads, as written, without the anchor.
  public let target: String
  /// What older text of the note is meant, such as `v3`; `nil` for the note as it is.
  public let pin: String?
  /// What follows the `#`.
  public let anchor: String?
  /// The text shown for it.
  public let label: String?
  /// Its line, counted from 1.
  public let line: Int
  /// Its bytes.
  public let range: Range<Int>
  /// The bytes of its target, which a rename replaces.
  public let targetRange: Range<Int>
  /// Whether it leads out of the vault.
  public let isExternal: Bool
  /// The note it leads to; `nil` for a link to nothing, to a file that is no note, or out.
  public let note: NotePath?
  /// How many other notes it could mean as well.
  public let rivals: Int
  /// The bytes of the block in which it stands.
  let block: Range<Int>
}

/// A link with the text around it.
public struct Backlink: Sendable, Equatable {
  /// The link.
  public let link: NoteLink
  /// The title of the note it stands in.
  public let title: String
  /// The paragraph it stands in, on one line.
  ///
  /// There is `…` where more stood before or behind. It is empty when
  /// the file has changed since.
  public let paragraph: String
  /// Where the link stands in `paragraph`, in UTF-8 bytes.
  public let range: Range<Int>?
}

extension NoteIndex {
  /// The links in a note, in order, those out of the vault among them.
  public func outgoing(_ path: NotePath) throws(IndexError) -> [NoteLink] {
    try read { db in
      try links(db, where: "source.path = ?", [path.text], order: "link.ordinal")
    }
  }

  /// The notes that the links of a note lead to, by what the links name.
  ///
  /// Much sooner there than `outgoing`: a note that lists hundreds of others is asked for each of its
  /// paragraphs that is shown with another note.
  public func linkedNotes(of path: NotePath) throws(IndexError) -> [String: NotePath] {
    try read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT link.target, goal.path
          FROM note AS source
          JOIN link ON link.source = source.id
          JOIN note AS goal ON goal.id = link.note
          WHERE source.path = ?
          ORDER BY link.ordinal DESC
          """)
      var notes: [String: NotePath] = [:]
      let rows = try Row.fetchCursor(statement, arguments: [path.text])
      while let row = try rows.next() { notes[row[0]] = try NotePath(row[1]) }
      return notes
    }
  }

  /// The links to a note, with the paragraphs in which they stand, by the paths of their notes.
  ///
  /// The paragraphs are read from the files.
  public func incoming(_ path: NotePath) throws(IndexError) -> [Backlink] {
    try incoming(path, limit: .max).links
  }

  /// The first of them, and how many there are.
  public func incoming(
    _ path: NotePath, limit: Int
  ) throws(IndexError) -> (links: [Backlink], count: Int) {
    let found = try read { db in
      let links = try links(
        db, where: "goal.path = ?", [path.text], order: "source.path, link.ordinal", limit: limit)
      // Only where there may be more than were asked for, they are counted.
      let count =
        links.count < limit
        ? links.count
        : try Int.fetchOne(
          db.cachedStatement(
            sql: "SELECT count(*) FROM link WHERE note = (SELECT id FROM note WHERE path = ?)"),
          arguments: [path.text]) ?? 0
      let about = try db.cachedStatement(sql: "SELECT title, hash FROM note WHERE path = ?")
      var sources: [NotePath: (title: String, hash: Int64)] = [:]
      for source in Set(links.map(\.source)) {
        let row = try Row.fetchOne(about, arguments: [source.text])
        sources[source] = row.map { ($0[0], $0[1]) }
      }
      return (links: links, count: count, sources: sources)
    }
    var open: (path: NotePath, bytes: [UInt8])?
    let shown = found.links.map { link in
      let source = found.sources[link.source]
      if open?.path != link.source {
        // A file that is gone or changed has no paragraph to show; the next refresh sees it.
        let file = try? vault.files.read(link.source, limit: vault.settings.largestNote)
        let bytes = file?.bytes ?? []
        open = (link.source, ContentHash.of(bytes) == source?.hash ? bytes : [])
      }
      return Backlink(link, title: source?.title ?? "", bytes: open?.bytes ?? [])
    }
    return (shown, found.count)
  }

  /// The notes that a note links to, and those that link to it, at most `limit` of each, by path.
  public func neighbours(
    of path: NotePath, limit: Int
  ) throws(IndexError) -> [(path: NotePath, title: String, isLinkedTo: Bool)] {
    try read { db in
      var found: [(path: NotePath, title: String, isLinkedTo: Bool)] = []
      for (near, far, isLinkedTo) in [("source", "note", true), ("note", "source", false)] {
        let statement = try db.cachedStatement(
          sql: """
            SELECT DISTINCT other.path, other.title
            FROM note AS own
            JOIN link ON link.\(near) = own.id
            JOIN note AS other ON other.id = link.\(far)
            WHERE own.path = ? AND other.id != own.id
            ORDER BY other.path
            LIMIT ?
            """)
        for row in try Row.fetchAll(statement, arguments: [path.text, limit]) {
          found.append((try NotePath(row[0]), row[1], isLinkedTo))
        }
      }
      return found
    }
  }

  /// The links that lead to a note from others or from itself: those that a rename changes.
  ///
  /// By the paths of their notes, and in each in the order of the text.
  public func linksTo(_ path: NotePath) throws(IndexError) -> [NoteLink] {
    try read { db in
      try links(db, where: "goal.path = ?", [path.text], order: "source.path, link.ordinal")
    }
  }

  /// The notes whose files have the name of a path, with or without `.md`, in whatever case; those
  /// with shorter paths come first.
  public func namesakes(of path: NotePath) throws(IndexError) -> [NotePath] {
    try read { db in
      try String.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT note.path FROM name JOIN note ON note.id = name.note
            WHERE name.key = ? AND name.kind = 'path' ORDER BY length(note.path), note.path
            """), arguments: [lookupKey(path.name)]
      ).map { try NotePath($0) }
    }
  }

  /// The links to older texts of notes.
  public func pinned() throws(IndexError) -> [NoteLink] {
    try read { db in
      try links(
        db, where: "link.pin IS NOT NULL AND link.note IS NOT NULL", [],
        order: "source.path, link.ordinal")
    }
  }

  /// The links in the vault that lead to nothing: to no note, and to no other file either.
  public func broken() throws(IndexError) -> [NoteLink] {
    let unresolved = try read { db in
      try links(
        db, where: "link.key IS NOT NULL AND link.note IS NULL", [],
        order: "source.path, link.ordinal")
    }
    var attachments = Attachments(vault)
    return unresolved.filter { !attachments.has($0) }
  }
}

extension Backlink {
  fileprivate init(_ link: NoteLink, title: String, bytes: [UInt8]) {
    let block = link.block.clamped(to: bytes.indices)
    let place =
      (link.range.lowerBound - block.lowerBound)..<(link.range.upperBound - block.lowerBound)
    let window = Window.cut(
      onOneLine(bytes[block]), around: link.range.clamped(to: block) == link.range ? [place] : [])
    self.init(link: link, title: title, paragraph: window.text, range: window.ranges.first)
  }
}

/// The links that fit a condition; the first of them where there is a limit.
func links(
  _ db: Database, where condition: String, _ arguments: StatementArguments, order: String,
  limit: Int = .max
) throws -> [NoteLink] {
  let statement = try db.cachedStatement(
    sql: """
      SELECT source.path AS source, ordinal, link.kind, target, pin, anchor, label, line, place, key,
        goal.path AS note, rivals
      FROM link
      JOIN note AS source ON source.id = link.source
      LEFT JOIN note AS goal ON goal.id = link.note
      WHERE \(condition)
      ORDER BY \(order)
      LIMIT ?
      """)
  let rows = try Row.fetchCursor(statement, arguments: arguments + [limit])
  var links: [NoteLink] = []
  while let row = try rows.next() {
    let kind = Link.Kind(rawValue: row[2]) ?? .wiki
    let target: String = row[3]
    let place = try LinkPlace([UInt8](row[8] as Data))
    let isOutside = row.hasNull(atIndex: 9)
    let note: String? = row[10]
    links.append(
      NoteLink(
        source: try NotePath(row[0]), ordinal: row[1], kind: kind, target: target, pin: row[4],
        anchor: row[5], label: row[6], line: row[7], range: place.range, targetRange: place.target,
        isExternal: isOutside && !target.isEmpty, note: try note.map { try NotePath($0) },
        rivals: row[11], block: place.block))
  }
  return links
}
