internal import Git
internal import Vault

/// A file that somebody edits while a sync brings in that another machine moved it, or whose edit was kept out
/// of the snapshot: the edit is brought to the new place, as by a merge of two snapshots.
extension History {
  /// A file that a sync is to take away, with what somebody wrote in it.
  struct EditedMove {
    let change: Operation.Change
    let found: [UInt8]
  }

  /// An operation without the removals of files that were edited and stand elsewhere now, and those by
  /// where they do.
  func partingEditedMoves(
    _ operation: Operation
  ) throws -> (edited: [NotePath: EditedMove], others: Operation) {
    var edited: [NotePath: EditedMove] = [:]
    if operation.head == nil { return (edited, operation) }
    var others = operation
    try others.changes.removeAll { change in
      guard change.after == nil, change.before != nil, let target = change.movedTo,
        edited[target] == nil,
        // What cannot be read is told of by who is to remove it.
        let found = try? vault.bytesIfThere(change.path),
        (try? vault.files.refuseOtherRepository(above: change.path)) != nil,
        try !Applier.matches(change.before, found)
      else { return false }
      edited[target] = EditedMove(change: change, found: found)
      return true
    }
    return (edited, others)
  }

  /// Whether a file that came by being moved has the edit by now: a killed command may have come to that.
  func has(_ edit: EditedMove?, at change: Operation.Change, _ found: [UInt8]) -> Bool {
    guard let edit else { return false }
    let merge = Operation.Change(
      change.path, before: edit.change.before, after: change.after)
    // Where the edit can be in no record it did not come there.
    return (try? mergeEdit(merge, edit.found)) == found
  }

  /// Brings an edit to where the file is now, and takes away the file that it was made in; what cannot be
  /// merged waits, as in any merge.
  ///
  /// Where the edit can be in no record, it waits with the file until it can.
  func follow(_ edit: EditedMove, to target: NotePath, _ applied: inout Applied) throws {
    // Whatever stands there by now is not the file that was moved.
    if let waiting = applied.unmade.first(where: { $0.path == target }) {
      var unmade = edit.change
      unmade.obstacle = waiting.obstacle
      return applied.unmade.append(unmade)
    }
    do {
      guard let there = try vault.bytesIfThere(target) else {
        // It was removed or moved since: then it is as with any file that was removed.
        if try mergeEdit(edit.change, edit.found) == nil {
          applied.left.append(LeftFile(path: edit.change.path))
        }
        return
      }
      let id = try ObjectID.blob(there)
      let merge = Operation.Change(
        target, before: edit.change.before,
        after: repository.exists(id) ? .blob(id) : .bytes(there))
      if let merged = try mergeEdit(merge, edit.found), merged != there {
        guard try vault.files.replace(target, with: merged, ifContent: { $0 == there }) == .done
        else { throw VaultError.changedMeanwhile(target.text) }
        applied.changes.append(.written(target))
      }
      guard
        try vault.files.remove(
          edit.change.path, to: vault.trash, ifContent: { $0 == edit.found }) == .done
      else { throw VaultError.changedMeanwhile(edit.change.path.text) }
      applied.changes.append(.removed(edit.change.path))
    } catch let error as VaultError {
      guard let obstacle = error.obstacle else { throw error }
      var unmade = edit.change
      unmade.obstacle = obstacle
      applied.unmade.append(unmade)
    }
  }
}
