internal import GRDB
internal import Vault

extension Condition {
  /// What must hold of a note.
  ///
  /// `match` makes a term into an expression of FTS5, with all of it in quotation marks; a term for
  /// which it has none asks for nothing. `scanned` has, in the order of `Node.patterns`, the notes
  /// that fit each pattern.
  init(
    _ required: Query.Node?, ofGivenNotes: Bool = false, conflicted: [NotePath] = [],
    scanned: [[Int64]] = [], match: (Query.Term) -> String?
  ) {
    var writer = NodeWriter(
      ofGivenNotes: ofGivenNotes, conflicted: conflicted, scanned: scanned[...])
    self = required.flatMap { writer.write($0, match) } ?? Condition(sql: "TRUE")
  }
}

/// Writes a tree as SQL.
///
/// The parser bounds its depth and the number of its parts.
///
/// A `NOT` is written at the leaves, and what is joined in one way is not put into further
/// parentheses: SQLite's parser takes about a hundred things that wait to be closed.
private struct NodeWriter {
  let ofGivenNotes: Bool
  let conflicted: [NotePath]
  var scanned: ArraySlice<[Int64]>

  private var id: String { ofGivenNotes ? "+note.id" : "note.id" }

  /// `nil` for what asks for nothing.
  mutating func write(
    _ node: Query.Node, isNegated: Bool = false, _ match: (Query.Term) -> String?
  ) -> Condition? {
    switch node {
    case .all(let nodes):
      return joined(write(nodes, isNegated, match), isNegated ? "OR" : "AND")
    case .any(let nodes):
      if nodes.isEmpty { return Condition(sql: isNegated ? "TRUE" : "FALSE") }
      return joined(write(nodes, isNegated, match), isNegated ? "AND" : "OR")
    case .not(let node): return write(node, isNegated: !isNegated, match)
    case .term, .filter, .keyed, .regex:
      guard let leaf = leaf(node, match) else { return nil }
      return Condition(
        sql: isNegated ? "NOT (\(leaf.sql))" : "(\(leaf.sql))", arguments: leaf.arguments)
    }
  }

  private mutating func leaf(
    _ node: Query.Node, _ match: (Query.Term) -> String?
  ) -> Condition? {
    switch node {
    case .term(let term):
      return match(term).map { expression in
        // The unary plus: SQLite would apply the rows to a `fulltext` that is searched as well, and
        // cannot do so below an `OR`.
        Condition(
          sql: "+note.text_id IN (SELECT rowid FROM fulltext WHERE fulltext MATCH ?)",
          arguments: [expression])
      }
    case .filter(let filter):
      return Condition(filter, ofGivenNotes: ofGivenNotes, conflicted: conflicted)
    case .keyed(let keyed):
      return joined(
        keyed.entries.map { entry in
          var filter = Filter()
          filter.metadata = [entry]
          return Condition(filter, ofGivenNotes: ofGivenNotes)
        }, "OR")
    case .regex:
      // A pattern that was not looked for yet keeps everything.
      guard let ids = scanned.popFirst() else { return nil }
      let list = "[" + ids.map(String.init).joined(separator: ",") + "]"
      return Condition(sql: "\(id) IN (SELECT value FROM json_each(?))", arguments: [list])
    case .all, .any, .not: return nil
    }
  }

  private mutating func write(
    _ nodes: [Query.Node], _ isNegated: Bool, _ match: (Query.Term) -> String?
  ) -> [Condition] {
    var conditions: [Condition] = []
    for node in nodes {
      if let condition = write(node, isNegated: isNegated, match) { conditions.append(condition) }
    }
    return conditions
  }

  private func joined(_ conditions: [Condition], _ operation: String) -> Condition? {
    if conditions.count < 2 { return conditions.first }
    return Condition(
      sql: "(" + conditions.map(\.sql).joined(separator: " \(operation) ") + ")",
      arguments: conditions.reduce(into: []) { $0 += $1.arguments })
  }
}

/// A query's words in the language of FTS5.
///
/// Every term is put in quotation marks, so that nothing in it is grammar.
struct Match {
  /// The rows that have all the words; `nil` when no words are asked for, or when they need not be
  /// there.
  let all: String?
  /// The rows that have any of the terms that say something.
  let any: String?
  /// Any of the terms, wherever they stand: what marks passages.
  let passages: String?
  /// Whether `any` can find more than `all`.
  let canLoosen: Bool

  init(_ query: Query) {
    let telling = query.scoring.filter { !Self.stopWords.contains($0.text.lowercased()) }
    let loose = telling.isEmpty ? query.scoring : telling
    let any = loose.compactMap(Self.quoted).joined(separator: " OR ")
    all = query.needsScore ? query.root.flatMap(Self.expression) : nil
    self.any = any.isEmpty || !query.needsScore ? nil : any
    let anywhere = loose.compactMap { Self.quoted(Query.Term($0.text, $0.kind)) }
    passages = anywhere.isEmpty ? nil : anywhere.joined(separator: " OR ")
    canLoosen = query.scoring.count > 1
  }

  /// The words of a tree, as if all of them had to be there.
  private static func expression(_ node: Query.Node) -> String? {
    switch node {
    case .term(let term): return quoted(term)
    case .keyed, .filter, .regex, .not: return nil
    case .all(let nodes):
      let parts = nodes.compactMap(expression)
      return parts.isEmpty ? nil : "(" + parts.joined(separator: " AND ") + ")"
    case .any(let nodes):
      let parts = nodes.compactMap(expression)
      guard parts.count == nodes.count, !parts.isEmpty else { return nil }
      return "(" + parts.joined(separator: " OR ") + ")"
    }
  }

  /// A term as FTS5 has it; `nil` for one without a word.
  static func quoted(_ term: Query.Term) -> String? {
    guard term.hasWord else { return nil }
    // By scalars: a quotation mark with an accent on it is a character of its own.
    var scalars = String.UnicodeScalarView()
    for scalar in storable(term.text).unicodeScalars {
      if scalar == "\"" { scalars.append(scalar) }
      scalars.append(scalar)
    }
    let text = "\"\(String(scalars))\"" + (term.kind == .prefix ? " *" : "")
    // Formulas have no column of their own.
    guard let field = term.field, field != .tex else { return text }
    return "\(field.rawValue) : \(text)"
  }

  /// Words that stand in every English text.
  private static let stopWords: Set<String> = [
    "a", "about", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "did", "do",
    "does", "for", "from", "had", "has", "have", "how", "i", "if", "in", "into", "is", "it", "its",
    "of", "on", "or", "so", "than", "that", "the", "their", "them", "then", "there", "these",
    "they", "this", "those", "to", "was", "we", "were", "what", "when", "where", "which", "who",
    "why", "will", "with", "would", "you", "your",
  ]
}
