internal import Git
internal import Vault

/// What became of two trees.
struct MergedTree: Sendable {
  let tree: ObjectID
  let conflicts: [Conflict]
}

extension History {
  /// Merges their commit's tree into ours, in memory, with every conflict settled.
  ///
  /// Where both sides changed the same lines, the note keeps ours with everything of theirs that
  /// does not touch those lines, and theirs goes whole into a conflict record. No marker is ever
  /// written into a file.
  func merge(base: ObjectID?, ours: ObjectID, theirs: ObjectID) throws -> MergedTree {
    let merged = try repository.mergeTrees(base: base, ours: ours, theirs: theirs)
    var changes = merged.changes
    var conflicts: [Conflict] = []
    for conflict in merged.conflicts {
      try settle(conflict, into: &changes, &conflicts)
    }
    for conflict in conflicts {
      let record = try repository.writeBlob(conflict.record)
      changes.append(TreeChange(GitPath(try conflict.recordPath.text), .file(record)))
      if let other = conflict.other {
        changes.append(TreeChange(GitPath(try conflict.otherPath.text), .file(other)))
      }
    }
    return MergedTree(tree: try repository.updatedTree(ours, changes), conflicts: conflicts)
  }

  private func settle(
    _ conflict: MergeConflict, into changes: inout [TreeChange], _ conflicts: inout [Conflict]
  ) throws {
    let ours = conflict.ours
    let theirs = conflict.theirs
    // Our side's place is where the file stays; a name that is no path of a vault stays as it is.
    let kept = conflict.ours.map { _ in conflict.ourPath } ?? conflict.theirPath
    guard let path = try? NotePath(kept.description) else { return }
    let base = conflict.base?.id
    switch (ours, theirs) {
    case (let ours?, let theirs?):
      guard ours.id != theirs.id else { return changes.append(TreeChange(kept, ours)) }
      let text = try mergeBlobs(base: base, ours: ours, theirs: theirs)
      changes.append(TreeChange(kept, TreeEntry(mode: ours.mode, id: text.id)))
      if conflict.theirPath != kept { changes.append(TreeChange(conflict.theirPath, nil)) }
      if !text.isClean {
        conflicts.append(
          try Conflict(path, base == nil ? .bothAdded : .bothChanged, base: base, other: theirs.id))
      }
    case (let ours?, .none):
      changes.append(TreeChange(kept, ours))
      conflicts.append(try Conflict(path, .changedAndRemoved, base: base, other: nil))
    case (.none, let theirs?):
      changes.append(TreeChange(kept, theirs))
      conflicts.append(try Conflict(path, .changedAndRemoved, base: base, other: nil))
    case (.none, .none):
      changes.append(TreeChange(kept, nil))
    }
  }

  private func mergeBlobs(base: ObjectID?, ours: TreeEntry, theirs: TreeEntry) throws -> (
    id: ObjectID, isClean: Bool
  ) {
    // A link or a submodule is kept as it is, and never looked into.
    guard ours.kind == .file, theirs.kind == .file else { return (ours.id, false) }
    let merged = try mergeTexts(
      base: base.map { try repository.readBlob($0) } ?? [],
      ours: try repository.readBlob(ours.id), theirs: try repository.readBlob(theirs.id))
    return (try repository.writeBlob(merged.bytes), merged.isClean)
  }

  /// Merges three texts by lines; where that is not clean, the result holds our lines there.
  func mergeTexts(base: [UInt8], ours: [UInt8], theirs: [UInt8]) throws -> (
    bytes: [UInt8], isClean: Bool
  ) {
    if ours == theirs || theirs == base { return (ours, true) }
    if ours == base { return (theirs, true) }
    if [base, ours, theirs].contains(where: { $0.contains(0) }) { return (ours, false) }
    return try Git.mergeFile(base: base, ours: ours, theirs: theirs)
  }

  /// What a file should hold that somebody edited while a sync was bringing in another text.
  ///
  /// Their edit is an edit of what the file held before, so it is merged with what came in; what
  /// cannot be merged waits in a conflict record.
  func mergeEdit(_ change: Operation.Change, _ found: [UInt8]?) throws -> [UInt8]? {
    func bytes(_ content: Operation.Content?) throws -> [UInt8]? {
      switch content {
      case nil: nil
      case .bytes(let bytes): bytes
      case .blob(let id): try repository.readBlob(id)
      }
    }
    let incoming = try bytes(change.after)
    // Removed here and changed there, or the other way round: what was written stays.
    guard let found else { return incoming }
    guard let incoming else { return nil }
    let base = try bytes(change.before)
    let merged = try mergeTexts(base: base ?? [], ours: found, theirs: incoming)
    if !merged.isClean {
      let conflict = try Conflict(
        change.path, base == nil ? .bothAdded : .bothChanged, base: base.map { try ObjectID.blob($0) },
        other: ObjectID.blob(incoming))
      try write(conflict, other: incoming)
    }
    return merged.bytes
  }

  private func write(_ conflict: Conflict, other: [UInt8]) throws {
    for (path, bytes) in [
      (try conflict.otherPath, other), (try conflict.recordPath, conflict.record),
    ] {
      // Named by content: one that is there says the same.
      do { try vault.files.create(path, bytes) } catch VaultError.exists {}
    }
  }
}
