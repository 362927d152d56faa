internal import Git

/// The files that a side moved to a name which the other gave to another file: which of them stand
/// elsewhere, so that each is whole.
///
/// Theirs has the name, since others may have seen it: a file that we moved there stands where
/// theirs has it. A file that we made can stand nowhere else: one that they moved there stays where
/// ours has it. Only where that place is not free either do two files meet at one name.
struct ContestedNames {
  /// The files that we moved, and that stand where theirs has them.
  private(set) var yielding: Set<GitPath> = []
  /// The files that they moved, and that stay where both had them.
  private(set) var staying: Set<GitPath> = []

  /// Begins with none.
  init() {}

  /// Looks through what both did, by the paths that the files had before.
  init(
    _ deeds: [GitPath: Deeds], _ theirChanges: [FileChange], ours: ObjectID,
    from source: borrowing some TreeSource & ~Copyable
  ) throws {
    let theirs = Self.newNames(theirChanges, deeds)
    if theirs.isEmpty { return }
    try findYielding(deeds, theirs, ours, source)
    // What ours leaves to theirs.
    let left = Set(yielding.compactMap { deeds[$0]?.ours.place(of: $0) })
    let folders = Set(theirs.keys.flatMap(\.folders))
    for (path, deed) in deeds {
      guard case (.nothing, .changed(let place, let entry)) = (deed.ours, deed.theirs),
        place != path, theirs[path] == nil, !folders.contains(path), !left.contains(place),
        deeds[place]?.empty(place) != true,
        let present = try source.entry(at: place, in: ours),
        present.kind != .folder, present.id != entry.id
      else { continue }
      staying.insert(path)
    }
  }

  /// A file where theirs has one and both did not have it.
  private struct NewName {
    let entry: TreeEntry
    /// Where both had the file; `nil` for a new one.
    let origin: GitPath?
  }

  /// The files of theirs that want a name for themselves, by it.
  private static func newNames(
    _ changes: [FileChange], _ deeds: [GitPath: Deeds]
  ) -> [GitPath: NewName] {
    var names: [GitPath: NewName] = [:]
    for change in changes where !change.newPath.isReserved {
      guard let entry = change.new else { continue }
      let origin = change.kind == .added ? nil : change.oldPath
      // One that we removed and they changed stays.
      let isBack = origin.flatMap { deeds[$0]?.ours.place(of: $0) } == nil
      if origin != change.newPath || isBack {
        names[change.newPath] = NewName(entry: entry, origin: origin)
      }
    }
    return names
  }

  private mutating func findYielding(
    _ deeds: [GitPath: Deeds], _ theirs: [GitPath: NewName], _ ours: ObjectID,
    _ source: borrowing some TreeSource & ~Copyable
  ) throws {
    var moves: [GitPath: (name: GitPath, goal: GitPath)] = [:]
    for (path, deed) in deeds {
      guard case .changed(let name, let entry) = deed.ours, name != path,
        let goal = deed.theirs.place(of: path), goal != name,
        let other = theirs[name], other.origin != path, other.entry.id != entry.id
      else { continue }
      moves[path] = (name, goal)
    }
    // They may make room for one another: so all do, and then those do not that have none.
    while !moves.isEmpty {
      let left = Set(moves.values.map(\.name))
      func isFree(_ path: GitPath) throws -> Bool {
        try left.contains(path) || deeds[path]?.empty(path) == true
          || source.entry(at: path, in: ours) == nil
      }
      let stuck = try moves.filter { _, move in
        let origin = theirs[move.name]?.origin
        // Theirs gives it the name only if we did not move that file too.
        let isGiven =
          origin.map { path in
            // One that we removed and they changed is back at that name.
            let place = deeds[path]?.ours.place(of: path)
            return place == nil || place == path || moves[path] != nil
          } ?? true
        if !isGiven { return true }
        if try !isFree(move.goal) { return true }
        return try move.goal.folders.contains { folder in
          try source.entry(at: folder, in: ours).map { $0.kind != .folder } ?? false
        }
      }
      if stuck.isEmpty { break }
      for path in stuck.keys { moves[path] = nil }
    }
    yielding = Set(moves.keys)
  }
}
