/// A query in the language of FTS5.
///
/// Every term is put in quotation marks, so that nothing in it is grammar.
struct Match {
  /// The rows that have a term of each group; `nil` when no terms are asked for.
  let all: String?
  /// The rows that have any of the terms that say something.
  let any: String?
  /// The rows that must not be there.
  let excluded: String?
  /// Any of the terms, wherever they stand: what marks passages.
  let passages: String?
  /// Whether `any` can find more than `all`.
  let canLoosen: Bool

  init(_ query: Query) {
    let excluded = query.excluded.map(Self.quoted).joined(separator: " OR ")
    func wanted(_ expression: String) -> String? {
      if expression.isEmpty { return nil }
      return excluded.isEmpty ? expression : "(\(expression)) NOT (\(excluded))"
    }
    let groups = query.groups.map { group in
      group.count == 1
        ? Self.quoted(group[0]) : "(" + group.map(Self.quoted).joined(separator: " OR ") + ")"
    }
    let terms = query.groups.flatMap(\.self)
    let telling = terms.filter { !Self.stopWords.contains($0.text.lowercased()) }
    let loose = telling.isEmpty ? terms : telling
    all = wanted(groups.joined(separator: " AND "))
    any = wanted(loose.map(Self.quoted).joined(separator: " OR "))
    self.excluded = excluded.isEmpty ? nil : excluded
    let anywhere = loose.map { Self.quoted(Query.Term($0.text, isPrefix: $0.isPrefix)) }
    passages = anywhere.isEmpty ? nil : anywhere.joined(separator: " OR ")
    canLoosen = groups.count > 1
  }

  private static func quoted(_ term: Query.Term) -> String {
    let text =
      "\""
      + term.text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\"" + (term.isPrefix ? " *" : "")
    return term.field.map { "\($0.rawValue) : \(text)" } ?? text
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
