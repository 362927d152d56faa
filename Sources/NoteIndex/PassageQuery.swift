internal import GRDB

/// A query as it is asked of single passages, in the grammar of FTS5.
///
/// A passage has to have all words, where a note need not: it is short, and there are many.
struct PassageQuery {
  /// What finds the passages that have everything; `nil` where no word is asked for.
  private(set) var all: String?
  /// What finds those that have what must hold and any of the words.
  private(set) var any: String?
  /// What is looked up.
  let atoms: [Atom]
  /// Whether a passage need not have every word, since the query says which of them will do.
  let hasAlternatives: Bool
  /// Parts that say something of a note and nothing of a passage, such as `tag:x`.
  private(set) var unfit: [String] = []

  init(_ query: Query, _ db: Database, stemmer: Stemmer) throws {
    var maker = AtomMaker(db, stemmer: stemmer)
    try maker.add(query.scoring)
    atoms = maker.atoms
    func taken(_ node: Query.Node?) throws -> Parts {
      guard let node else { return Parts() }
      return try Parts(node) { try AtomMaker.expression(of: $0, db, stemmer: stemmer) }
    }
    let parts = try taken(query.required)
    unfit = parts.unfit
    // Of `and/or` each word tells nothing, so that the two side by side are all that is asked for.
    let telling = atoms.filter { !$0.isExtra && !$0.isSign }
    let words = (telling.isEmpty ? atoms : telling).map { "(\($0.expression))" }
    hasAlternatives = query.root?.hasAlternatives ?? false
    all =
      hasAlternatives
      ? try taken(query.root).joined(with: nil)
      : parts.joined(with: words.isEmpty ? nil : words.joined(separator: " AND "))
    any = parts.joined(with: words.isEmpty ? nil : words.joined(separator: " OR "))
  }

  /// What marks the words in a passage.
  var finder: PassageFinder { PassageFinder(atoms.map { ($0, 1, false) }) }

  /// What is to be there, and what is not.
  private struct Parts {
    var positive: String?
    var negative: [String] = []
    var unfit: [String] = []

    init() {}

    init(_ node: Query.Node, _ match: (Query.Term) throws -> String?) throws {
      switch node {
      case .term(let term): positive = try match(term).map { "(\($0))" }
      case .keyed(let keyed): positive = try match(keyed.term).map { "(\($0))" }
      case .filter: unfit = ["a filter"]
      // Without its signs a query still says what is looked for.
      case .regex(let pattern): unfit = pattern.isSign ? [] : ["/\(pattern.text)/"]
      case .all(let nodes):
        let parts = try nodes.map { try Parts($0, match) }
        let positives = parts.compactMap(\.positive)
        positive = positives.isEmpty ? nil : "(" + positives.joined(separator: " AND ") + ")"
        negative = parts.flatMap(\.negative)
        unfit = parts.flatMap(\.unfit)
      case .any(let nodes):
        let parts = try nodes.map { try Parts($0, match) }
        unfit = parts.flatMap(\.unfit)
        let positives = parts.compactMap { part in
          part.positive.map { Self.expression($0, without: part.negative) }
        }
        if positives.count < parts.count { unfit.append("OR NOT") }
        positive = positives.isEmpty ? nil : "(" + positives.joined(separator: " OR ") + ")"
      case .not(let node):
        let parts = try Parts(node, match)
        unfit = parts.unfit
        if !parts.negative.isEmpty { unfit.append("NOT within NOT") }
        negative = parts.positive.map { [$0] } ?? []
      }
    }

    func joined(with words: String?) -> String? {
      let both = [positive, words.map { "(\($0))" }].compactMap { $0 }
      if both.isEmpty { return nil }
      return Self.expression(both.joined(separator: " AND "), without: negative)
    }

    private static func expression(_ positive: String, without negative: [String]) -> String {
      if negative.isEmpty { return positive }
      return "((\(positive)) NOT (\(negative.joined(separator: " OR "))))"
    }
  }
}
