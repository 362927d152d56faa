public import Git
public import Vault

/// The vault as a snapshot left it, held against the files as they are.
public struct StandingThen: Sendable {
  /// The snapshot.
  public let snapshot: Commit
  /// The notes that differ from what their files hold: each with the text that it had, by the name
  /// of its blob; `nil` where there was no such note.
  public let differences: [NotePath: String?]
}

extension History {
  /// The vault as it stood at a moment, in seconds since 1970; `nil` before the first snapshot.
  ///
  /// It is what the newest snapshot until then left, along the first parents: what this branch held,
  /// and not what was written elsewhere and came in later.
  public func vault(at seconds: Int64) throws -> StandingThen? {
    try snapshot(at: seconds).map { try vault(at: $0.id) }
  }

  /// The newest snapshot until a moment, in seconds since 1970, along the first parents.
  public func snapshot(at seconds: Int64) throws -> Commit? {
    guard let head = try head() else { return nil }
    var snapshot = try repository.commit(head)
    while snapshot.committer.seconds > seconds {
      guard let before = snapshot.parents.first else {
        if repository.isCutOff(snapshot.id) { try requireWhole() }
        return nil
      }
      snapshot = try repository.commit(before)
    }
    return snapshot
  }

  /// The vault as it stood at a snapshot.
  public func vault(at snapshot: ObjectID) throws -> StandingThen {
    let snapshot = try repository.commit(snapshot)
    var differences: [NotePath: String?] = [:]
    let since = try repository.diff(snapshot.tree, headTree(), findingRenames: false)
    for change in since {
      guard let note = change.newPath.notePath, note.isNote else { continue }
      differences[note] = .some(blob(change.old))
    }
    // What is not saved, and what is kept out of every snapshot, stands in the file alone.
    let unsaved = try status()
    let paths =
      unsaved.changes.flatMap { [$0.oldPath, $0.newPath] }
      + unsaved.stopped.map { GitPath($0.path.text) }
    for path in paths {
      guard let note = path.notePath, note.isNote, differences[note] == nil else { continue }
      differences[note] = .some(blob(try repository.entry(at: path, in: snapshot.tree)))
    }
    return StandingThen(snapshot: snapshot, differences: differences)
  }

  /// The snapshot that the branch began with; `nil` before the first.
  public func firstSnapshot() throws -> Commit? {
    guard let head = try head() else { return nil }
    var snapshot = try repository.commit(head)
    while let before = snapshot.parents.first { snapshot = try repository.commit(before) }
    return snapshot
  }

  private func blob(_ entry: TreeEntry?) -> String? {
    entry.flatMap { $0.kind == .file ? $0.id.description : nil }
  }
}
