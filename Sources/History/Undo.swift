internal import Git
public import Vault

/// An operation that was taken back.
public struct Undone: Sendable {
  /// What was taken back.
  public let operation: Operation
  /// The files that are different now.
  public let changes: [VaultChange]
  /// The versions that it made or brought, and that stay as they were sent.
  public let kept: [Kept]
  /// The files over which a conflict stays that came in with what was taken back: it is another
  /// machine's question, and without its record what waits there would be nowhere.
  public let keptConflicts: [NotePath]

  /// A version that an undo leaves where it is: a number that was sent never changes its text.
  public struct Kept: Sendable, Equatable {
    /// The post.
    public let path: NotePath
    /// The version's number.
    public let number: Int
  }
}

extension History {
  /// Takes back the last thing that a command did to the vault's files, or the one of a number.
  ///
  /// Taking back is an operation too, so doing it twice changes nothing. The versions that a remote
  /// has, and whatever a sync brought for them, stay, and so do the conflicts that it brought.
  ///
  /// - Throws: `HistoryError.nothingToUndo` or `noSuchOperation`; `sentVersion` or `conflictOfAnother`
  ///   where all of it stays; `changedSince` where a file is no longer as the operation left it; then nothing is changed.
  public func undo(_ number: Int? = nil) throws -> Undone {
    try locked {
      let (number, operation) = try log.operation(orLast: number)
      var back = Operation(
        command: context.command, time: context.clock(), changes: operation.reversed, undoes: number
      )
      let kept = try keepSentVersions(&back.changes, cameBySync: operation.head != nil)
      if back.changes.isEmpty, let first = kept.first {
        throw HistoryError.sentVersion(path: first.path.text, number: first.number)
      }
      let keptConflicts = try keepConflicts(&back.changes, thatCameWith: operation)
      if back.changes.isEmpty, let first = keptConflicts.first {
        throw HistoryError.conflictOfAnother(path: first.text)
      }
      let waiting = try waitingHere()?.changes ?? []
      // What a sync could not write yet was never here. Taken back, it would be taken from all, without a
      // word, or leave a file that git ignores to the next snapshot.
      let held = Set(
        waiting.filter { operation.head != nil || $0.waitsForIgnoredFile }.map(\.path))
      back.changes.removeAll { held.contains($0.path) }
      // Of what came in, the user has meanwhile kept this from git, and for themselves.
      try back.changes.removeAll { change in
        try operation.head != nil && change.before != nil && isLeftOut(change.path)
      }
      // What could not be written yet need not be taken back.
      let made = back.changes.filter { change in
        !waiting.contains { $0.path == change.path && $0.after == change.before }
      }
      let isAll = operation.head == nil && made.count == back.changes.count
      try made.requireUnchanged(since: operation, in: vault, isAll: isAll)
      try log.begin(back)
      let applied: Applied
      do {
        applied = try carryOut(back)
        if let left = applied.left.first { throw VaultError.changedMeanwhile(left.path.text) }
      } catch {
        throw takeBack(back, after: error)
      }
      log.conclude(isWorthKeeping: true)
      return Undone(
        operation: operation, changes: applied.changes, kept: kept, keptConflicts: keptConflicts)
    }
  }

  /// Takes out of an undo the records of conflicts that a sync brought, and did not make; returns the
  /// files that they are about.
  private func keepConflicts(
    _ changes: inout [Operation.Change], thatCameWith operation: Operation
  ) throws -> [NotePath] {
    guard let head = operation.head else { return [] }
    let merge = try repository.commit(head.new)
    // One that was made elsewhere is all theirs.
    let isOwn = merge.parents.count > 1 && merge.parents.first == head.old
    let sides = try isOwn ? merge.parents.map { try repository.commit($0) } : [merge]
    var names: Set<String> = []
    try changes.removeAll { change in
      let file = GitPath(change.path.text)
      guard let name = file.recordName, change.after == nil,
        try sides.contains(where: { try repository.entry(at: file, in: $0.tree) != nil })
      else { return false }
      names.insert(name)
      return true
    }
    return try vault.conflicts().filter { names.contains(try $0.recordPath.name) }.map(\.path)
  }

  /// Takes out of an undo what must stay of the ledger; returns the versions that this concerns.
  private func keepSentVersions(
    _ changes: inout [Operation.Change], cameBySync: Bool
  ) throws -> [Undone.Kept] {
    var kept: [Undone.Kept] = []
    let all = changes
    try changes.removeAll { change in
      guard let file = LedgerFile(GitPath(change.path.text)) else { return false }
      let ledger = try vault.ledger(file.folder)
      let record = try ledger.file(file.number, "yaml")
      // A withdrawn version has no text beside its record.
      let isLosing = try isLosing(change, file) && !all.contains { try withdraws($0, file) }
      guard try cameBySync || isLosing && isPublished(record) else { return false }
      if let version = ledger[file.number] {
        let version = Undone.Kept(path: version.moved ?? version.path, number: file.number)
        if !kept.contains(version) { kept.append(version) }
      }
      return true
    }
    return kept
  }

  /// Whether a change puts the record of a version back that says that it is withdrawn.
  private func withdraws(_ change: Operation.Change, _ version: LedgerFile) throws -> Bool {
    guard let file = LedgerFile(GitPath(change.path.text)), file.folder == version.folder,
      file.number == version.number, file.end == "yaml", change.before != nil
    else { return false }
    return try bytes(of: change.after).flatMap { Version(number: file.number, record: $0) }?
      .withdrawn != nil
  }

  /// Whether a change of the ledger takes a version's text or record away, or gives the number another
  /// text.
  private func isLosing(_ change: Operation.Change, _ file: LedgerFile) throws -> Bool {
    guard change.before != nil else { return false }
    guard file.end == "yaml", change.after != nil else { return true }
    func text(_ content: Operation.Content?) throws -> ObjectID? {
      try bytes(of: content).flatMap { Version(number: file.number, record: $0)?.text }
    }
    return try text(change.before) != text(change.after)
  }
}

extension Operation {
  /// The changes that take this operation's back.
  var reversed: [Change] {
    let moves = moves
    // A place that was moved from is filled again by moving back, so it comes first.
    let ordered =
      changes.filter { moves[$0.path] != nil } + changes.filter { moves[$0.path] == nil }
    return ordered.map { $0.reversed(movedFrom: moves[$0.path]) }
  }

  /// Where each file went that was moved.
  var moves: [NotePath: NotePath] {
    var moves: [NotePath: NotePath] = [:]
    for change in changes {
      if let source = change.movedFrom { moves[source] = change.path }
    }
    return moves
  }
}

extension [Operation.Change] {
  /// Refuses to take an operation back by these changes where a file is no longer as it left it; also
  /// where they are all that is to be done, and every file is back already.
  func requireUnchanged(
    since operation: Operation, in vault: Vault, isAll: Bool
  ) throws {
    let areBack = try map { try $0.requireUnchanged(since: operation, in: vault) }
    if isAll, !areBack.contains(false), let first {
      throw HistoryError.changedSince(path: first.path.text, operation: operation.command)
    }
  }
}

extension Operation.Change {
  /// Refuses to take an operation back, of which this is a change, where its file is no longer as it left it.
  ///
  /// - Returns: whether the file is back already.
  fileprivate func requireUnchanged(since operation: Operation, in vault: Vault) throws -> Bool {
    var found: [UInt8]?
    // What stands in its place may go in the same operation.
    do { found = try vault.bytesIfThere(path) } catch VaultError.notAFile {}
    let isBack = try Applier.matches(after, found)
    guard try isBack || Applier.matches(before, found) else {
      throw HistoryError.changedSince(path: path.text, operation: operation.command)
    }
    // What is to be moved back has to be where it was moved to.
    if let source = movedFrom, try !isBack && vault.bytesIfThere(source) == nil {
      throw HistoryError.changedSince(path: source.text, operation: operation.command)
    }
    return isBack
  }

  /// The change that takes it back, by moving `movedFrom` where that holds what it held.
  func reversed(movedFrom: NotePath?) -> Operation.Change {
    Operation.Change(
      path, before: after, after: before, movedFrom: movedFrom,
      isExecutable: isExecutable != changesMode, changesMode: changesMode)
  }
}
