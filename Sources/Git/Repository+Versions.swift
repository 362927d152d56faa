/// One state of one file in the history, and the commit that brought it.
public struct FileVersion: Equatable, Sendable {
  /// The commit.
  public let commit: Commit
  /// Where the file stood then; where it was removed, where it had stood.
  public let path: GitPath
  /// Its bytes; nil where the commit removed it.
  public let id: ObjectID?
  /// Whether the commit did no more than give it another name.
  public let isOnlyMoved: Bool
}

/// Says how a file that a commit has came to be there, where more is known of files than their bytes: by
/// the trees of a parent and of the commit, and what each has at the path; `nil` where nothing is.
public typealias FileTrace = (
  _ path: GitPath, _ parent: ObjectID, _ old: TreeEntry?, _ commit: ObjectID, _ new: TreeEntry
) throws(GitError) -> FileChange?

/// How a path leads from a commit's tree to a file: the folders on the way, and what is there.
private struct Trail {
  let folders: [ObjectID]
  let entry: TreeEntry?
}

/// A commit still to be looked at, and where the file stood in it.
private struct Pending {
  let commit: Commit
  let path: GitPath
  let trail: Trail
}

private struct Visit: Hashable {
  let commit: ObjectID
  let path: GitPath
}

extension Repository {
  /// Visits the commits that changed a file, newest first, back through renames if wanted.
  ///
  /// Where a merge took the file as one side had it, only that side is followed, as in `git log`.
  /// Where the file comes out of nothing, it is looked for among the files that the same commit
  /// removed, as in a comparison of the two trees: each of these became one other file at most, but for
  /// those below `folder`, which became none. What `trace` knows comes before all that. When `visit`
  /// returns false the walk ends. With `onAllBranches`, where the file is not there, all sides of a merge
  /// are followed: it may have come and gone on one of them. With `asOf`, in seconds since 1970, a merge
  /// that was made after it is followed to all sides that had the file, whatever its name there: until
  /// then, none was left out.
  public func eachVersion(
    of path: GitPath, from start: ObjectID, followingRenames: Bool = true,
    except folder: GitPath? = nil, onAllBranches: Bool = false, asOf moment: Int64? = nil,
    trace: FileTrace = { _, _, _, _, _ in nil },
    _ visit: (FileVersion) throws(GitError) -> Bool
  ) throws(GitError) {
    func came(_ child: Pending, from parent: Pending) throws(GitError) -> Pending? {
      try followingRenames ? followed(child, into: parent, except: folder, trace) : parent
    }
    let first = try commit(start)
    var pending = [Pending(commit: first, path: path, trail: try trail(path, first.tree, nil))]
    var visited: Set<Visit> = [Visit(commit: start, path: path)]
    while let next = takeNewest(&pending) {
      let parents = try parents(of: next)
      if parents.isEmpty, next.trail.entry == nil { continue }
      if let same = parents.first(where: { $0.trail.entry?.id == next.trail.entry?.id }) {
        var followed = onAllBranches && next.trail.entry == nil ? parents : [same]
        if let moment, next.trail.entry != nil, next.commit.committer.seconds > moment {
          for parent in parents where parent.commit.id != same.commit.id {
            guard let side = try came(next, from: parent) else { continue }
            if side.trail.entry != nil { followed.append(side) }
          }
        }
        for parent in followed
        where visited.insert(Visit(commit: parent.commit.id, path: parent.path)).inserted {
          pending.append(parent)
        }
        continue
      }
      var before: [Pending] = []
      for parent in parents {
        if let side = try came(next, from: parent) { before.append(side) }
      }
      // A merge chose the text that it has, also where that is one side's.
      let isOnlyMoved =
        parents.count == 1 && before.first?.trail.entry?.id == next.trail.entry?.id
      let version = FileVersion(
        commit: next.commit, path: next.path, id: next.trail.entry?.id, isOnlyMoved: isOnlyMoved)
      guard try visit(version) else { return }
      for parent in before
      where visited.insert(Visit(commit: parent.commit.id, path: parent.path)).inserted {
        pending.append(parent)
      }
    }
  }

  /// Takes out the newest by the committer's clock; of those equally new, the one put in first.
  ///
  /// A commit is put in after all of its children that matter were taken out, so a clock that
  /// went backwards changes the order of branches, and never that of parent and child.
  private func takeNewest(_ pending: inout [Pending]) -> Pending? {
    var newest: Int?
    for place in pending.indices {
      if let best = newest,
        pending[best].commit.committer.seconds >= pending[place].commit.committer.seconds
      {
        continue
      }
      newest = place
    }
    return newest.map { pending.remove(at: $0) }
  }

  private func parents(of child: Pending) throws(GitError) -> [Pending] {
    var parents: [Pending] = []
    for id in child.commit.parents {
      let parent = try commit(id)
      parents.append(
        Pending(
          commit: parent, path: child.path,
          trail: try trail(child.path, parent.tree, child.trail)))
    }
    return parents
  }

  /// What a parent had of a file; `nil` where that stood nowhere, and another one at its path.
  private func followed(
    _ child: Pending, into parent: Pending, except folder: GitPath?, _ trace: FileTrace
  ) throws(GitError) -> Pending? {
    guard let entry = child.trail.entry else { return parent }
    let known = try trace(
      child.path, parent.commit.tree, parent.trail.entry, child.commit.tree, entry)
    var old = known?.kind == .renamed ? known?.oldPath : nil
    if known?.kind == .added, parent.trail.entry != nil { return nil }
    if known == nil, parent.trail.entry == nil {
      old = try source(of: child.path, from: parent.commit, to: child.commit, except: folder)
    }
    guard let old else { return parent }
    return Pending(
      commit: parent.commit, path: old, trail: try trail(old, parent.commit.tree, nil))
  }

  /// Follows a path; a folder that is the one in `known` leads to the same, and is not read.
  private func trail(_ path: GitPath, _ tree: ObjectID, _ known: Trail?) throws(GitError) -> Trail {
    let names = path.names
    var folders: [ObjectID] = []
    var current = TreeEntry(mode: 0o040000, id: tree)
    for (depth, name) in names.enumerated() {
      guard current.kind == .folder else { return Trail(folders: folders, entry: nil) }
      if let known, depth < known.folders.count, known.folders[depth] == current.id {
        return Trail(folders: folders + known.folders[depth...], entry: known.entry)
      }
      folders.append(current.id)
      guard let next = try child(name, of: current.id) else {
        return Trail(folders: folders, entry: nil)
      }
      current = next
    }
    return Trail(folders: folders, entry: current.kind == .folder ? nil : current)
  }

  /// The path under which a parent had the file that a commit seems to add.
  private func source(
    of path: GitPath, from parent: Commit, to commit: Commit, except folder: GitPath?
  ) throws(GitError) -> GitPath? {
    var changes: [FileChange] = []
    try eachDifference(parent.tree, commit.tree) { path, old, new throws(GitError) in
      if old == nil || new == nil { changes.append(FileChange(path, old, new)) }
      return true
    }
    let renamed = try Renames.joined(changes, except: folder, in: self).first {
      $0.kind == .renamed && $0.newPath == path
    }
    return renamed?.oldPath
  }
}
