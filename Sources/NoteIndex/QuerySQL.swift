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
    scanned: [[Int64]] = [], match: (Query.Term) throws -> String?
  ) rethrows {
    var writer = NodeWriter(
      ofGivenNotes: ofGivenNotes, conflicted: conflicted, scanned: scanned[...])
    self = try required.flatMap { try writer.write($0, match) } ?? Condition(sql: "TRUE")
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
    _ node: Query.Node, isNegated: Bool = false, _ match: (Query.Term) throws -> String?
  ) rethrows -> Condition? {
    switch node {
    case .all(let nodes):
      return joined(try write(nodes, isNegated, match), isNegated ? "OR" : "AND")
    case .any(let nodes):
      if nodes.isEmpty { return Condition(sql: isNegated ? "TRUE" : "FALSE") }
      return joined(try write(nodes, isNegated, match), isNegated ? "AND" : "OR")
    case .not(let node): return try write(node, isNegated: !isNegated, match)
    case .term, .filter, .keyed, .regex:
      guard let leaf = try leaf(node, match) else { return nil }
      return Condition(
        sql: isNegated ? "NOT (\(leaf.sql))" : "(\(leaf.sql))", arguments: leaf.arguments)
    }
  }

  private mutating func leaf(
    _ node: Query.Node, _ match: (Query.Term) throws -> String?
  ) rethrows -> Condition? {
    switch node {
    case .term(let term):
      return try match(term).map { expression in
        // The unary plus: SQLite would apply the rows to a `fulltext` that is searched as well, and
        // cannot do so below an `OR`.
        let text = "SELECT rowid FROM fulltext WHERE fulltext MATCH ?"
        let whole = AddressWords.asked(term.text, in: term.field)
        let words = whole.isEmpty ? AddressWords.askedOfNoText(term) : whole
        if words.isEmpty {
          return Condition(sql: "+note.text_id IN (\(text))", arguments: [expression])
        }
        var rows = "\(text) UNION ALL SELECT rowid FROM address WHERE address MATCH ?"
        var arguments = [expression, Atom.Form(words: words, role: .exact).expression]
        if whole.isEmpty {
          // What is no address is looked for there where no text has it, as it is where nothing must be.
          rows += " AND NOT EXISTS (\(text))"
          arguments.append(expression)
        }
        return Condition(
          sql: "+note.text_id IN (\(rows))", arguments: StatementArguments(arguments))
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
    _ nodes: [Query.Node], _ isNegated: Bool, _ match: (Query.Term) throws -> String?
  ) rethrows -> [Condition] {
    var conditions: [Condition] = []
    for node in nodes {
      if let condition = try write(node, isNegated: isNegated, match) {
        conditions.append(condition)
      }
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
