/// A text that a file had, and the commit that brought it.
public struct FileVersion: Sendable, Equatable {
  /// The commit.
  public let commit: Commit
  /// Where the file stood.
  public let path: GitPath
  /// What it held; nil where the commit removed it.
  public let id: ObjectID?
}

extension Repository {
  /// Visits the versions of a file, newest first, until `visit` returns false.
  ///
  /// A commit counts when the file is different from what it was in every parent; of a merge that
  /// took one side's file, only that side is followed. Source: "History Simplification" in
  /// git-log(1). With `followingRenames` the file is looked for under its older paths.
  public func eachVersion(
    of path: GitPath, from start: ObjectID, followingRenames: Bool = true,
    _ visit: (FileVersion) throws(GitError) -> Bool
  ) throws(GitError) {
    var pending = [Place(commit: try commit(start), path: path)]
    var seen: Set<PlaceKey> = []
    while let place = Self.takeNewest(from: &pending) {
      guard seen.insert(PlaceKey(commit: place.commit.id, path: place.path)).inserted else {
        continue
      }
      let entry = try entry(at: place.path, in: place.commit.tree)
      var parents: [Commit] = []
      for id in place.commit.parents { parents.append(try commit(id)) }
      if let same = try firstParent(parents, with: entry?.id, at: place.path) {
        pending.append(Place(commit: same, path: place.path))
        continue
      }
      // A root without the file: it never was there.
      if entry == nil, parents.isEmpty { continue }
      guard try visit(FileVersion(commit: place.commit, path: place.path, id: entry?.id)) else {
        return
      }
      for parent in parents {
        let older = try olderPath(
          of: place.path, in: place.commit, parent: parent, followingRenames)
        if let older { pending.append(Place(commit: parent, path: older)) }
      }
    }
  }

  private func firstParent(_ parents: [Commit], with id: ObjectID?, at path: GitPath)
    throws(GitError) -> Commit?
  {
    for parent in parents where try entry(at: path, in: parent.tree)?.id == id { return parent }
    return nil
  }

  /// Where a file stood in a parent; nil where it was not there.
  private func olderPath(
    of path: GitPath, in commit: Commit, parent: Commit, _ followingRenames: Bool
  ) throws(GitError) -> GitPath? {
    if try entry(at: path, in: parent.tree) != nil { return path }
    guard followingRenames else { return nil }
    return try diff(parent.tree, commit.tree).first { $0.kind == .renamed && $0.newPath == path }?
      .oldPath
  }

  private static func takeNewest(from pending: inout [Place]) -> Place? {
    guard let newest = pending.indices.max(by: { left, right in
      pending[left].commit.committer.seconds < pending[right].commit.committer.seconds
    }) else { return nil }
    return pending.remove(at: newest)
  }
}

private struct Place {
  let commit: Commit
  let path: GitPath
}

private struct PlaceKey: Hashable {
  let commit: ObjectID
  let path: GitPath
}
