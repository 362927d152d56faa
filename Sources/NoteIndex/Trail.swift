internal import GRDB
internal import Markup
public import Vault

/// A note of `type: trail`: others in the order in which they are to be read.
public struct Trail: Sendable {
  /// The note.
  public let path: NotePath
  /// Its title.
  public let title: String
  /// What is to be read, in order.
  public let steps: [Step]

  /// A step of a trail.
  public struct Step: Sendable {
    /// The link to what is to be read, a version perhaps.
    public let link: NoteLink
    /// What it answered and what it left open, in the words of the trail's author; may be empty.
    public let text: String
    /// The line of the item, counted from 1.
    public let line: Int
    /// The idea of the note; `nil` where the link leads to none.
    public let idea: Idea?
  }
}

extension NoteIndex {
  /// The trails of the vault, by path.
  public func trails() throws(IndexError) -> [NotePath] {
    try read { db in
      try String.fetchAll(db, sql: "SELECT path FROM note WHERE type = 'trail' ORDER BY path")
        .map { try NotePath($0) }
    }
  }

  /// A trail; a note of another type whose lists link to notes is one as well.
  ///
  /// The items are read from the file.
  public func trail(_ path: NotePath) throws -> Trail {
    let document = Document(
      bytes: try vault.files.read(path, limit: vault.settings.largestNote).bytes)
    let links = try outgoing(path)
    let steps = try document.trailItems.compactMap { item -> Trail.Step? in
      guard links.indices.contains(item.link) else { return nil }
      let link = links[item.link]
      return Trail.Step(
        link: link, text: item.text, line: item.line, idea: try link.note.flatMap { try idea($0) })
    }
    return Trail(path: path, title: document.title ?? path.stem, steps: steps)
  }

  /// Some notes and all that they build on.
  public func ideas(under paths: [NotePath]) throws(IndexError) -> IdeaGraph {
    var found: [NotePath: Idea] = [:]
    var open = paths
    while let path = open.popLast() {
      guard found[path] == nil, let idea = try idea(path) else { continue }
      found[path] = idea
      open += idea.buildsOn
    }
    return IdeaGraph(Array(found.values))
  }

  /// The notes with a tag, or one below it; the `#` may be left out.
  public func notes(tagged tag: String) throws(IndexError) -> [NotePath] {
    let key = folded(tag.hasPrefix("#") ? String(tag.dropFirst()) : tag)
    return try read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT path FROM note JOIN tag ON tag.note = note.id
          WHERE tag.key = ? OR substr(tag.key, 1, ?) = ?
          ORDER BY path
          """, arguments: [key, key.unicodeScalars.count + 1, key + "/"]
      ).map { try NotePath($0) }
    }
  }

  /// What a wiki link can call a note: its file's name, or its path where others have that name.
  public func linkName(of path: NotePath) throws(IndexError) -> String {
    let found = try read { db in try paths(named: path.stem, db) }
    return found == [path] ? path.stem : NotePath.withoutSuffix(path.text)
  }

  private func idea(_ path: NotePath) throws(IndexError) -> Idea? {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT note.title, note.lead, metadata.key, metadata.value
          FROM note
          LEFT JOIN metadata
            ON metadata.note = note.id AND metadata.key COLLATE NOCASE IN ('idea-date', 'builds-on')
          WHERE note.path = ?
          ORDER BY metadata.ordinal
          """, arguments: [path.text])
      guard let first = rows.first else { return nil }
      var date: IdeaDate?
      var buildsOn: [NotePath] = []
      var unknown: [String] = []
      for row in rows {
        guard let key: String = row[2], let value: String = row[3] else { continue }
        if key.lowercased() == "idea-date" {
          date = date ?? IdeaDate(value)
          continue
        }
        let name = Document(value).links.first { !$0.isExternal }?.target ?? value
        if let goal = try paths(named: name, db).first {
          if !buildsOn.contains(goal) { buildsOn.append(goal) }
        } else {
          unknown.append(name)
        }
      }
      return Idea(
        path: path, title: first[0], lead: first[1], date: date, buildsOn: buildsOn,
        unknown: unknown)
    }
  }
}
