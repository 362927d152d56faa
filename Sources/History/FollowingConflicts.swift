internal import Git
internal import Vault

extension History {
  /// The sides of a merge with the record of each conflict named for the place where the merge puts
  /// the note, as `notes mv` does it; one that the other side settled does not come back with the note.
  func followingConflicts(_ sides: MergeSides, _ ways: [TreePlan.Way]) throws -> MergeSides {
    let (ourPlaces, theirPlaces) = (ways.map { $0.ours }, ways.map { $0.theirs })
    var result = sides
    let ours = try followed(sides.ourChanges, ways, ourPlaces, sides.theirChanges, theirPlaces)
    let theirs = try followed(sides.theirChanges, ways, theirPlaces, sides.ourChanges, ourPlaces)
    result.ourChanges = ours.changes
    result.theirChanges = theirs.changes
    if !ours.edits.isEmpty { result.ours = try repository.updatedTree(sides.ours, ours.edits) }
    return result
  }

  /// What a side did, with the records that it has over notes of `places` over their places in the
  /// result; and what that changes in its tree.
  private func followed(
    _ changes: [FileChange], _ ways: [TreePlan.Way], _ places: [GitPath?],
    _ otherChanges: [FileChange], _ otherPlaces: [GitPath?]
  ) throws -> (changes: [FileChange], edits: [TreeChange]) {
    var numbers: [GitPath: Int] = [:]
    for (number, place) in places.enumerated() { if let place { numbers[place] = number } }
    let others = Dictionary(
      otherChanges.filter(\.isRecord).map { ($0.newPath, $0.kind) },
      uniquingKeysWith: { first, _ in first })
    let added = Dictionary(
      changes.filter { $0.isRecord && $0.kind == .added }.map { ($0.newPath, $0.new) },
      uniquingKeysWith: { first, _ in first })
    // A record can follow a note that plain git had renamed before both sides began.
    let (ourGone, theirGone) = try (gone(changes), gone(otherChanges))
    let theirNew = try otherChanges.compactMap { try conflict(in: $0) }
    func isSettledElsewhere(_ conflict: Conflict) -> Bool {
      theirGone.contains { $0.isSame(as: conflict) && ourGone.contains($0) }
        && !theirNew.contains { $0.isSame(as: conflict) }
    }
    var edits: [GitPath: TreeEntry?] = [:]
    for change in changes {
      guard let conflict = try conflict(in: change) else { continue }
      func record(over place: GitPath?) throws -> GitPath? {
        guard let place = place?.notePath else { return nil }
        return GitPath(try conflict.at(place).recordPath.text)
      }
      var isSettled = isSettledElsewhere(conflict)
      var goal = conflict.path
      if let number = numbers[GitPath(conflict.path.text)] {
        if try record(over: ways[number].base).flatMap({ others[$0] }) == .deleted,
          try record(over: otherPlaces[number]).flatMap({ others[$0] }) != .added
        {
          isSettled = true
        }
        guard let place = ways[number].result.notePath else { continue }
        goal = place
      }
      guard isSettled || goal != conflict.path else { continue }
      let moved = try conflict.at(goal)
      let pairs =
        try [(conflict.recordPath, moved.recordPath)]
        + zip(conflict.files, moved.files).map { ($0.path, $1.path) }
      for (old, new) in pairs {
        // A record can lack some of its texts.
        guard let entry = added[GitPath(old.text)] else { continue }
        edits[GitPath(old.text)] = .some(nil)
        if isSettled { continue }
        let isRecord = try old == conflict.recordPath
        edits[GitPath(new.text)] =
          isRecord ? .file(try repository.writeBlob(moved.record)) : entry
      }
    }
    if edits.isEmpty { return (changes, []) }
    var left: [FileChange] = []
    var before: [GitPath: TreeEntry] = [:]
    for change in changes {
      if change.isRecord, edits[change.newPath] != nil {
        before[change.newPath] = change.old
      } else {
        left.append(change)
      }
    }
    for (path, entry) in edits where before[path] != entry {
      left.append(FileChange(path, before[path], entry))
    }
    return (
      left.sorted { ($0.newPath, $0.oldPath) < ($1.newPath, $1.oldPath) },
      edits.map { TreeChange($0.key, $0.value) }
    )
  }

  /// The conflicts whose records a side took away.
  private func gone(_ changes: [FileChange]) throws -> [Conflict] {
    try changes.filter { $0.isOfRecordFile && $0.kind == .deleted }
      .compactMap { try conflict($0.old, at: $0.oldPath) }
  }

  /// The conflict whose record a side put there; `nil` for any other change.
  private func conflict(in change: FileChange) throws -> Conflict? {
    guard change.isOfRecordFile, change.kind == .added else { return nil }
    return try conflict(change.new, at: change.newPath)
  }
}

extension Conflict {
  /// Whether it is the same question, over a file that may have another path there.
  fileprivate func isSame(as other: Conflict) -> Bool {
    kind == other.kind && texts == other.texts
  }
}
