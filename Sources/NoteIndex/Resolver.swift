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
  /// A link that leads elsewhere than is recorded.
  private struct Change {
    let source: Int64
    let ordinal: Int64
    let note: Int64?
    let rivals: Int
  }

  private let db: Database

  init(_ db: Database) { self.db = db }

  /// Resolves every link that could mean a name with this key.
  func resolve(key: Int64) throws {
    try resolve(Self.links + "WHERE link.key = ?", [key])
  }

  /// Resolves every link of a note.
  func resolve(source: Int64) throws {
    try resolve(
      Self.links + "WHERE source = ? AND link.key IS NOT NULL ORDER BY link.key", [source])
  }

  /// Resolves every link there is.
  func resolveAll() throws {
    try resolve(Self.links + "WHERE link.key IS NOT NULL ORDER BY link.key", [])
  }

  private static let links = """
    SELECT link.key, source, ordinal, kind, target, link.note, rivals, path
    FROM link JOIN note ON note.id = source

    """

  /// Resolves links that come in the order of their keys, so that the notes of each are looked up
  /// once, and records the changes in the order of the table, so that each page is written once.
  private func resolve(_ sql: String, _ arguments: StatementArguments) throws {
    var changes: [Change] = []
    var key: Int64?
    var candidates = Candidates()
    let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
    while let row = try rows.next() {
      if key == nil || row[0] != key {
        let next: Int64 = row[0]
        key = next
        candidates = try self.candidates(for: next)
      }
      let found = candidates.match(target: row[4], kind: row[3], from: row[7])
      let note: Int64? = row[5]
      let rivals: Int = row[6]
      if found?.note == note, found?.rivals ?? 0 == rivals { continue }
      changes.append(
        Change(source: row[1], ordinal: row[2], note: found?.note, rivals: found?.rivals ?? 0))
    }
    changes.sort { ($0.source, $0.ordinal) < ($1.source, $1.ordinal) }
    for change in changes {
      try db.cachedStatement(
        sql: "UPDATE link SET note = ?, rivals = ? WHERE source = ? AND ordinal = ?"
      ).execute(arguments: [change.note, change.rivals, change.source, change.ordinal])
    }
  }

  private func candidates(for key: Int64) throws -> Candidates {
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT note.id, name.kind, name.text, note.path
          FROM name JOIN note ON note.id = name.note
          WHERE name.key = ?
          ORDER BY length(note.path), note.path
          """), arguments: [key])
    var candidates = Candidates()
    while let row = try rows.next() {
      candidates.add(note: row[0], kind: row[1], text: row[2], path: row[3])
    }
    return candidates
  }
}

/// The notes that share the key of a name, by everything a link could call them.
struct Candidates {
  /// What a link's text is compared with.
  private enum Rule: Hashable { case path, pathFromHere, suffix, id, title, slug }

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
    let path = NotePath.withoutSuffix(target)
    let isByPath = kind == "markdown" || kind == "image"
    let rules: [Rule] =
      !isByPath
      ? [.path, .pathFromHere, .suffix, .id, .title, .slug]
      : target.utf8.first == slash ? [.path] : [.pathFromHere, .path, .suffix]
    for rule in rules {
      let text =
        switch rule {
        case .path, .suffix: NotePath.joined("", path)
        case .pathFromHere: NotePath.joined(folder, path)
        case .id, .title, .slug: target
        }
      guard let text, let group = group(rule == .pathFromHere ? .path : rule, text) else {
        continue
      }
      let near = group.byFolder[ExactText(folder)] ?? group.notes
      if let first = near.first { return (first, near.count - 1) }
    }
    return nil
  }

  private func group(_ rule: Rule, _ text: String) -> Group? {
    exact[Form(rule: rule, text: ExactText(text))]
      ?? anyCase[Form(rule: rule, text: ExactText(folded(text)))]
  }
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
