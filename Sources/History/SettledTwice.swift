internal import Git
internal import Markup
internal import Vault

/// A conflict that both sides of a merge settled, or whose note one of them removed, each without knowing
/// of the other's answer.
///
/// The answer that leaves the note as it is leaves no trace but the record's removal, so that the other
/// one would be an edit of one side's, and win without a word. So the note counts as edited by both, from
/// a text that says neither: then two answers are what two edits of the same words are, and equal ones are
/// no question.
extension History {
  /// The sides of a merge with such notes changed by both.
  func asking(_ sides: MergeSides) throws -> MergeSides {
    guard let base = sides.base else { return sides }
    var result = sides
    var asked: Set<GitPath> = []
    for conflict in try conflictsSettledTwice(sides) {
      let path = GitPath(conflict.path.text)
      guard !asked.contains(path), let before = try repository.entry(at: path, in: base),
        let neutral = try textOfNeither(conflict, before, sides)
      else { continue }
      asked.insert(path)
      let start = TreeEntry(mode: before.mode, id: neutral)
      result.ourChanges = Self.changes(result.ourChanges, at: path, before, from: start)
      result.theirChanges = Self.changes(result.theirChanges, at: path, before, from: start)
    }
    return result
  }

  /// The conflicts whose records both sides removed, or one whose note the other removed, but for those
  /// that went elsewhere with their notes.
  private func conflictsSettledTwice(_ sides: MergeSides) throws -> [Conflict] {
    func removed(_ changes: [FileChange]) -> [GitPath: TreeEntry] {
      let records = changes.filter { $0.isOfRecordFile && $0.kind == .deleted }
      return Dictionary(
        records.compactMap { change in change.old.map { (change.oldPath, $0) } },
        uniquingKeysWith: { first, _ in first })
    }
    let (ours, theirs) = (removed(sides.ourChanges), removed(sides.theirChanges))
    let all = ours.merging(theirs) { first, _ in first }
    return try all.sorted { $0.key < $1.key }.compactMap { path, entry in
      guard let conflict = try conflict(entry, at: path), !conflict.hasNoPlace else { return nil }
      let note = GitPath(conflict.path.text)
      for (settled, changes) in [(ours, sides.ourChanges), (theirs, sides.theirChanges)]
      where settled[path] == nil {
        // Who removed the note while the conflict waited answered it, too.
        guard Self.change(of: note, in: changes)?.kind == .deleted else { return nil }
      }
      for changes in [sides.ourChanges, sides.theirChanges] {
        guard let goal = Self.change(of: GitPath(conflict.path.text), in: changes)?.newPath.notePath
        else { continue }
        let record = GitPath(try conflict.at(goal).recordPath.text)
        if changes.contains(where: { $0.newPath == record && $0.kind == .added }) { return nil }
      }
      return conflict
    }
  }

  /// A text to hold both sides' against, so that their answers are two edits of it where they are not
  /// one; `nil` where they are, and where the usual merge sees that they are not.
  ///
  /// It is the note as both began with it, but for the words in question: what was done to it since it
  /// began to wait is nobody's answer.
  private func textOfNeither(
    _ conflict: Conflict, _ before: TreeEntry, _ sides: MergeSides
  ) throws -> ObjectID? {
    let path = GitPath(conflict.path.text)
    func answer(_ changes: [FileChange]) -> TreeEntry? {
      Self.change(of: path, in: changes).map { $0.new } ?? before
    }
    let texts = conflict.texts
    switch (answer(sides.ourChanges), answer(sides.theirChanges)) {
    case (nil, let kept?), (let kept?, nil):
      // One removed it, the other let it be: any other text makes that an edit.
      let others = [texts.base, texts.other, texts.shared].compactMap(\.self)
      return kept.id == before.id
        ? others.first { $0 != before.id && repository.exists($0) } : nil
    case (let ours?, let theirs?):
      guard ours.id != theirs.id, ours.kind == .file, theirs.kind == .file else { return nil }
      let (mine, other) = try (repository.readBlob(ours.id), repository.readBlob(theirs.id))
      func isQuestion(over base: [UInt8]) throws -> Bool {
        try mergeFiles(at: conflict.path, base: base, ours: mine, theirs: other, keeping: .theirs)
          .other != nil
      }
      let start = try repository.readBlob(before.id)
      if try isQuestion(over: start) { return nil }
      guard let shared = texts.shared, let waiting = texts.other, repository.exists(shared),
        repository.exists(waiting), texts.base.map({ repository.exists($0) }) != false
      else { return nil }
      let (given, waits) = try (repository.readBlob(shared), repository.readBlob(waiting))
      let isNote = conflict.path.isNote
      let answers = AnswersCompared((waits, given), (mine, other), isNote: isNote)
      if answers == .alike { return nil }
      let questions = TextMerge.questions(
        over: try texts.base.map { try repository.readBlob($0) }, ours: waits, theirs: given,
        isNote: isNote)
      // As the two had it before they met, with all that was no question; else as one of them had it;
      // else as none did, so that two answers cannot both be taken for additions, or one for none.
      var candidates = [questions.textBefore, waits]
      if answers == .different { candidates.append(questions.textOfNeither) }
      for words in candidates {
        let text = try mergeFiles(
          at: conflict.path, base: given, ours: start, theirs: words, keeping: .ours)
        // Where words in question were edited since, the two edited those.
        if text.bytes != start, try isQuestion(over: text.bytes) {
          return try repository.writeBlob(text.bytes)
        }
      }
      guard answers == .different else { return nil }
      let none = TextMerge.disguised(start)
      return try isQuestion(over: none) ? repository.writeBlob(none) : nil
    case (nil, nil): return nil
    }
  }

  /// What a side did to a file that both began with.
  private static func change(of path: GitPath, in changes: [FileChange]) -> FileChange? {
    changes.first { $0.oldPath == path && $0.kind != .added }
  }

  /// What a side did, where a file of both was another text when it began.
  private static func changes(
    _ changes: [FileChange], at path: GitPath, _ before: TreeEntry, from start: TreeEntry
  ) -> [FileChange] {
    var result = changes
    let place = changes.firstIndex { $0.oldPath == path && $0.kind != .added }
    let known = place.map { result.remove(at: $0) } ?? FileChange(path, before, before)
    result.append(
      known.newPath == path
        ? FileChange(path, start, known.new)
        : FileChange(renamedFrom: path, to: known.newPath, start, known.new))
    return result.sorted { ($0.newPath, $0.oldPath) < ($1.newPath, $1.oldPath) }
  }
}
