internal import GRDB
internal import Vault

/// Finds the note that a link leads to, and records it.
///
/// A wiki link means, in this order: a path from the vault's top, a path from the linking note's
/// folder, the end of a path, an id, a title or alias, a slug. A Markdown link means a path from
/// the linking note's folder (from the top with a `/` before it), a path from the top, the end of
/// a path. At each step the same bytes go before the same text in another case. Among several, the
/// one in the linking note's folder is taken, then the one with the shortest path, then the first.
struct Resolver {
  private let db: Database
  private var candidates: [String: Candidates] = [:]

  init(_ db: Database) { self.db = db }

  /// Resolves every link that could mean a name with this key.
  mutating func resolve(key: String) throws {
    try resolve(
      Row.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT source, ordinal, kind, target, link.note, rivals, path
            FROM link JOIN note ON note.id = source
            WHERE link.key = ?
            """), arguments: [key]), key: key)
  }

  /// Resolves every link of a note.
  mutating func resolve(source: Int64) throws {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT source, ordinal, kind, target, link.note, rivals, path, link.key
          FROM link JOIN note ON note.id = source
          WHERE source = ? AND link.key IS NOT NULL
          """), arguments: [source])
    for row in rows { try resolve([row], key: row[7]) }
  }

  /// Resolves every link there is.
  mutating func resolveAll() throws {
    let keys = try String.fetchAll(db, sql: "SELECT DISTINCT key FROM link WHERE key IS NOT NULL")
    for key in keys {
      try resolve(key: key)
      // In this order no key comes twice.
      candidates.removeAll(keepingCapacity: true)
    }
  }

  private mutating func resolve(_ links: [Row], key: String) throws {
    if links.isEmpty { return }
    let candidates = try candidates(for: key)
    for link in links {
      let found = candidates.match(target: link[3], kind: link[2], from: link[6])
      let note: Int64? = link[4]
      let rivals: Int = link[5]
      if found?.note == note, found?.rivals ?? 0 == rivals { continue }
      let source: Int64 = link[0]
      let ordinal: Int64 = link[1]
      try db.cachedStatement(
        sql: "UPDATE link SET note = ?, rivals = ? WHERE source = ? AND ordinal = ?"
      ).execute(arguments: [found?.note, found?.rivals ?? 0, source, ordinal])
    }
  }

  private mutating func candidates(for key: String) throws -> Candidates {
    if let known = candidates[key] { return known }
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT note.id, name.kind, name.text, note.path
          FROM name JOIN note ON note.id = name.note
          WHERE name.key = ?
          ORDER BY length(note.path), note.path
          """), arguments: [key])
    var made = Candidates()
    for row in rows { made.add(note: row[0], kind: row[1], text: row[2], path: row[3]) }
    if candidates.count > 10_000 { candidates.removeAll() }
    candidates[key] = made
    return made
  }
}

/// The notes that share the key of a name, by everything a link could call them.
struct Candidates {
  /// What a link's text is compared with.
  private enum Rule: Hashable { case path, suffix, id, title, slug }

  private struct Form: Hashable {
    let rule: Rule
    let text: ExactText
  }

  /// The notes of one form, the preferred ones first.
  private struct Group {
    var notes: [Int64] = []
    var byFolder: [ExactText: [Int64]] = [:]

    mutating func add(_ note: Int64, folder: ExactText) {
      // A note can have one text as its title and as an alias.
      if notes.last == note { return }
      notes.append(note)
      byFolder[folder, default: []].append(note)
    }
  }

  private var exact: [Form: Group] = [:]
  private var anyCase: [Form: Group] = [:]

  /// Adds a name of a note; those with shorter paths come first.
  mutating func add(note: Int64, kind: String, text: String, path: String) {
    let folder = ExactText(folderPart(of: path))
    func add(_ rule: Rule, _ text: String) {
      exact[Form(rule: rule, text: ExactText(text)), default: Group()].add(note, folder: folder)
      anyCase[Form(rule: rule, text: ExactText(folded(text))), default: Group()]
        .add(note, folder: folder)
    }
    switch NoteRows.Name.Kind(rawValue: kind) {
    case .path:
      add(.path, text)
      for end in ends(of: text) { add(.suffix, end) }
    case .id: add(.id, text)
    case .title, .alias: add(.title, text)
    case .slug: add(.slug, text)
    case nil: break
    }
  }

  /// The note that a link leads to, and how many others it could mean as well.
  func match(target: String, kind: String, from source: String) -> (note: Int64, rivals: Int)? {
    let folder = folderPart(of: source)
    for (rule, text) in Self.steps(target, kind: kind, folder: folder) {
      let group =
        exact[Form(rule: rule, text: ExactText(text))]
        ?? anyCase[Form(rule: rule, text: ExactText(folded(text)))]
      guard let group else { continue }
      let near = group.byFolder[ExactText(folder)] ?? group.notes
      if let first = near.first { return (first, near.count - 1) }
    }
    return nil
  }

  private static func steps(_ target: String, kind: String, folder: String) -> [(Rule, String)] {
    let path = withoutSuffix(target)
    let fromTop = joined("", path)
    let fromHere = joined(folder, path)
    if kind == "markdown" || kind == "image" {
      if target.utf8.first == slash { return [(.path, fromTop)].compactMap(present) }
      return [(.path, fromHere), (.path, fromTop), (.suffix, fromTop)].compactMap(present)
    }
    return [
      (.path, fromTop), (.path, fromHere), (.suffix, fromTop), (.id, target), (.title, target),
      (.slug, target),
    ].compactMap(present)
  }

  private static func present(_ step: (Rule, String?)) -> (Rule, String)? {
    step.1.map { (step.0, $0) }
  }
}

/// A relative path below a folder, without `.` and `..`; `nil` when it leads out of the vault.
func joined(_ folder: String, _ path: String) -> String? {
  var parts = folder.utf8.split(separator: slash)
  for part in path.utf8.split(separator: slash) {
    if part.elementsEqual("..".utf8) {
      if parts.popLast() == nil { return nil }
    } else if !part.elementsEqual(".".utf8) {
      parts.append(part)
    }
  }
  return parts.map { String(Substring($0)) }.joined(separator: "/")
}

/// The folder part of a path, `""` at the top.
func folderPart(of path: String) -> String {
  path.utf8.lastIndex(of: slash).map { String(path[..<$0]) } ?? ""
}

/// What stands behind each `/` of a path, and the path itself.
private func ends(of path: String) -> [String] {
  var ends = [path]
  for index in path.utf8.indices where path.utf8[index] == slash {
    ends.append(String(path[path.utf8.index(after: index)...]))
  }
  return ends
}

private let slash = UInt8(ascii: "/")
