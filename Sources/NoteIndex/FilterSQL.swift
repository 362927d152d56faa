internal import GRDB
internal import Vault

/// A condition over the table `note` with the values that it binds.
struct Condition {
  private(set) var sql = "TRUE"
  private(set) var arguments: StatementArguments = []
  /// How the note's number is written.
  private let id: String

  /// What a filter asks for.
  ///
  /// `ofGivenNotes` is for a statement that finds the notes by other means, and only checks each.
  /// Without it SQLite may go through all notes that have a tag, for each note that it checks.
  /// `conflicted` are the notes over which a conflict waits.
  init(_ filter: Filter, ofGivenNotes: Bool = false, conflicted: [NotePath] = []) {
    // The unary plus keeps SQLite from looking notes up by the condition.
    id = ofGivenNotes ? "+note.id" : "note.id"
    for tags in filter.tags.map({ [$0] }) + filter.tagChoices {
      addAny(
        tags.map { tag in
          let key = folded(tag)
          // Everything from `a/` up to, not including, `a0` begins with `a/`.
          return (
            "\(id) IN (SELECT note FROM tag WHERE key = ? OR key >= ? AND key < ?)",
            [key, key + "/", key + "0"]
          )
        })
    }
    addAny(filter.types.map { ("note.type = ?", [$0.lowercased()]) })
    addAny(filter.paths.map(Self.path))
    add(filter.created, "note.created")
    add(filter.modified, "note.updated")
    for path in filter.linkedBy {
      add(
        """
        \(id) IN (
          SELECT link.note FROM link JOIN note AS source ON source.id = link.source
          WHERE source.path = ? AND link.note <> link.source)
        """, [path.text])
    }
    for path in filter.linksTo {
      add(
        """
        \(id) IN (
          SELECT link.source FROM link JOIN note AS goal ON goal.id = link.note
          WHERE goal.path = ? AND link.note <> link.source)
        """, [path.text])
    }
    if let isOrphan = filter.isOrphan {
      add(
        """
        \(isOrphan ? "NOT " : "")EXISTS (
          SELECT 1 FROM link WHERE link.note = note.id AND link.source <> note.id)
        """, [])
    }
    for entry in filter.metadata { add(entry) }
    for key in filter.cites {
      add("\(id) IN (SELECT note FROM citation WHERE key = ?)", [key])
    }
    for language in filter.languages {
      add("\(id) IN (SELECT note FROM code WHERE language = ?)", [language.lowercased()])
    }
    if let hasProblem = filter.hasProblem {
      add("\(hasProblem ? "" : "NOT ")EXISTS (SELECT 1 FROM problem WHERE note = note.id)", [])
    }
    for thing in filter.has { add(Self.exists(thing), []) }
    if let isConflicted = filter.isConflicted {
      let paths = conflicted.prefix(10_000).map(\.text)
      add(
        "note.path \(isConflicted ? "" : "NOT ")IN (\(databaseQuestionMarks(count: paths.count)))",
        StatementArguments(paths))
    }
    for other in filter.excluding {
      let condition = Condition(other, ofGivenNotes: true, conflicted: conflicted)
      add("NOT (\(condition.sql))", condition.arguments)
    }
  }

  /// A condition of other means.
  init(sql: String, arguments: StatementArguments = []) {
    id = "note.id"
    self.sql = sql
    self.arguments = arguments
  }

  /// Adds a further condition.
  mutating func add(_ condition: String, _ values: StatementArguments) {
    sql = sql == "TRUE" ? condition : sql + "\n  AND " + condition
    arguments += values
  }

  /// Adds all that another asks for.
  mutating func add(_ other: Condition) {
    if other.sql != "TRUE" { add(other.sql, other.arguments) }
  }

  private mutating func addAny(_ conditions: [(sql: String, values: StatementArguments)]) {
    if conditions.isEmpty { return }
    add(
      "(" + conditions.map(\.sql).joined(separator: " OR ") + ")",
      conditions.reduce(into: []) { $0 += $1.values })
  }

  private mutating func add(_ time: Filter.Time, _ column: String) {
    func bound(_ mark: String, _ second: Int64?, _ day: Int64?) {
      guard let second else { return }
      if let day, day != second {
        add("\(column) \(mark) iif(\(column) % 86400 = 0, ?, ?)", [day, second])
      } else {
        add("\(column) \(mark) ?", [second])
      }
    }
    bound(">=", time.from, time.fromDay)
    bound("<", time.before, time.beforeDay)
  }

  private mutating func add(_ entry: Filter.Metadata) {
    let (key, name) = Self.equal("key", entry.key)
    guard let value = entry.value else {
      var sql = "\(id) IN (SELECT note FROM metadata WHERE \(key)"
      var values: StatementArguments = [name]
      for (bound, mark) in [(entry.from, ">"), (entry.to, "<")] {
        guard let bound else { continue }
        sql += " AND value_order(value, ?, ?, ?) \(mark)\(bound.isIncluded ? "=" : "") 0"
        values += [bound.text, bound.days?.lowerBound, bound.days?.upperBound]
      }
      add(sql + ")", values)
      return
    }
    let (text, folded) = Self.equal("value", value)
    add("\(id) IN (SELECT note FROM metadata WHERE \(key) AND \(text))", [name, folded])
  }

  /// Asks for what is the same in any case and spelling.
  ///
  /// SQLite folds letters of ASCII only, which it looks up; other letters are folded by us, text by
  /// text.
  static func equal(_ column: String, _ text: String) -> (sql: String, value: String) {
    text.utf8.allSatisfy { $0 < 0x80 }
      ? ("\(column) = ? COLLATE NOCASE", text) : ("fold(\(column)) = ?", folded(text))
  }

  private static func exists(_ thing: Filter.Thing) -> String {
    func exists(_ table: String, _ condition: String = "note = note.id") -> String {
      "EXISTS (SELECT 1 FROM \(table) WHERE \(table).\(condition))"
    }
    return switch thing {
    case .link: exists("link", "source = note.id AND link.kind NOT IN ('image', 'embed')")
    case .backlink: exists("link", "note = note.id AND link.source <> note.id")
    case .tag: exists("tag")
    case .code: exists("code")
    case .math: "EXISTS (SELECT 1 FROM note AS n WHERE n.id = note.id AND n.has_math)"
    case .citation: exists("citation")
    case .heading: exists("heading")
    case .alias: exists("name", "note = note.id AND name.kind = 'alias'")
    case .problem: exists("problem")
    case .attachment:
      exists("link", "source = note.id AND link.kind IN ('image', 'embed') AND link.note IS NULL")
    case .metadata: exists("metadata")
    }
  }

  /// Whether a path fits what was typed for one, as `path(_:)` has it.
  static func fits(_ path: NotePath, _ text: String) -> Bool {
    if text.contains(where: { "*?[".contains($0) }) { return Glob(text).matches(path.text) }
    let folder = text.hasSuffix("/") ? String(text.dropLast()) : text
    return [folder, folder + ".md", folder + ".markdown"].contains(path.text)
      || path.text.hasPrefix(folder + "/")
  }

  /// A path means itself, with or without `.md`, and everything below it; a pattern what fits.
  private static func path(_ text: String) -> (sql: String, values: StatementArguments) {
    if let wildcard = text.firstIndex(where: { "*?[".contains($0) }) {
      // What stands before the first wildcard narrows the search to a part of the index.
      let start = String(text[..<wildcard])
      return (
        "(note.path >= ? AND note.path < ? AND path_glob(?, note.path))",
        [start, start + "\u{10FFFF}", text]
      )
    }
    let path = text.hasSuffix("/") ? String(text.dropLast()) : text
    return (
      """
      (note.path IN (?, ?, ?) OR note.path >= ? AND note.path < ?)
      """, [path, path + ".md", path + ".markdown", path + "/", path + "0"]
    )
  }
}
