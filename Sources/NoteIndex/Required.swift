internal import GRDB
internal import Vault

extension NoteIndex {
  /// What must hold of a note by a query that is settled, and by a filter besides; files are read
  /// where a pattern is among it.
  ///
  /// `atoms` are those of which any must be there; none are asked for where there are none.
  /// `cutShort` names the patterns that were not looked for in all notes.
  func condition(
    _ db: Database, of query: Query, _ filter: Filter, conflicted: [NotePath],
    anyOf atoms: [Atom] = [], stemmer: Stemmer
  ) throws -> (condition: Condition, cutShort: [String]) {
    func expression(of term: Query.Term) throws -> String? {
      try AtomMaker.expression(of: term, db, stemmer: stemmer)
    }
    var scanned: [[Int64]] = []
    var cutShort: [String] = []
    let patterns = query.required?.patterns ?? []
    if !patterns.isEmpty {
      var candidates = try Condition(
        query.required?.aroundPatterns, conflicted: conflicted, match: expression)
      candidates.add(Condition(filter, conflicted: conflicted))
      if !atoms.isEmpty {
        candidates.add(
          "note.text_id IN (SELECT rowid FROM fulltext WHERE fulltext MATCH ?)",
          [atoms.map(\.expression).joined(separator: " OR ")])
      }
      for pattern in patterns {
        let found = try scan(pattern, among: candidates, db)
        if let failure = found.failure {
          cutShort.append("/\(pattern.text)/: \(failure.reason)")
        } else if !found.isComplete {
          cutShort.append("/\(pattern.text)/: in \(found.read) of \(found.candidates) notes")
        }
        scanned.append(found.notes)
      }
    }
    var condition = try Condition(
      query.required, conflicted: conflicted, scanned: scanned, match: expression)
    condition.add(Condition(filter, conflicted: conflicted))
    return (condition, cutShort)
  }
}
