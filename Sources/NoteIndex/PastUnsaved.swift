internal import GRDB
internal import Markup
internal import Vault

/// What the last snapshot has and no note has any more.
extension PastSearch {
  /// The passages that were taken out of notes since the last snapshot, the best first.
  ///
  /// No snapshot took them out yet, so that the history's index has none of them: they are looked for in
  /// the notes that are not as they were saved, which are few.
  mutating func goneSinceSave(isStrict: Bool) throws -> [PastHit] {
    var gone: [PastHit] = []
    var known: Set<UInt64> = []
    for note in unsaved {
      let places = [note.path, note.now].compactMap { $0 }
      if let path, !places.contains(where: { Condition.fits($0, path) }) { continue }
      guard let bytes = try text(note.blob) else { continue }
      let left = note.now.map { living($0).hashes } ?? []
      for passage in Passage.all(in: bytes)
      where !left.contains(passage.hash) && known.insert(passage.hash).inserted {
        gone.append(
          PastHit(
            passage.hash, Array(bytes[passage.range]), in: note.path, note.blob, now: note.now,
            ends: [], isStanding: false, isSaved: true))
      }
    }
    if gone.isEmpty { return [] }
    return try matching(gone, isStrict: isStrict).filter { hit in
      let now = hit.pathNow ?? hit.path
      return try !goneOnly || whereItStands(hit.hash, Array(hit.text.utf8), now) == nil
    }
  }

  /// Those of some passages that have the words, the best first.
  private func matching(_ hits: [PastHit], isStrict: Bool) throws -> [PastHit] {
    let stemmer = Stemmer(language: notes.vault.settings.language)
    var vocabulary = VocabularyIntake(language: notes.vault.settings.language)
    return try DatabaseQueue().write { db in
      try db.execute(sql: Schema.word)
      try db.execute(sql: Schema.fulltext)
      for hit in hits {
        let words = PassageWords(Array(hit.text.utf8))
        _ = try insertText(db, words.columns)
        try Vocabulary.add(db, vocabulary.new(words.words))
      }
      // Its forms of a word are those that these passages have.
      let asked = try PassageQuery(query, db, stemmer: stemmer)
      guard let expression = isStrict ? asked.all : asked.any else { return [] }
      return try Int.fetchAll(
        db, sql: "SELECT rowid - 1 FROM fulltext WHERE fulltext MATCH ? ORDER BY rank, rowid",
        arguments: [expression]
      ).map { hits[$0] }
    }
  }
}
