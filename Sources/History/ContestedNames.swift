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
  /// The files that we changed in their place and that they moved: those whose new place is free, so
  /// that they leave the old one to others.
  private(set) var leaving: Set<GitPath> = []

  /// Begins with none.
  init() {}

  /// Looks through what both did, by the paths that the files had before.
  init(
    _ deeds: [GitPath: Deeds], _ theirChanges: [FileChange], ours: ObjectID,
    from source: borrowing some TreeSource & ~Copyable
  ) throws {
    let theirs = Self.newNames(theirChanges, deeds)
    if theirs.isEmpty { return }
    try findMoving(deeds, theirs, ours, source)
    // What ours leaves to theirs.
    let left = Set(yielding.compactMap { deeds[$0]?.ours.place(of: $0) })
    let folders = Set(theirs.keys.flatMap(\.folders))
    for (path, deed) in deeds {
      guard case (.nothing, .changed(let place, let entry)) = (deed.ours, deed.theirs),
        place != path, theirs[path] == nil, !folders.contains(path), !left.contains(place),
        deeds[place]?.empty(place) != true, !leaving.contains(place),
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

  /// Finds those that yield and those that leave.
  private mutating func findMoving(
    _ deeds: [GitPath: Deeds], _ theirs: [GitPath: NewName], _ ours: ObjectID,
    _ source: borrowing some TreeSource & ~Copyable
  ) throws {
    var moves: [GitPath: (name: GitPath, goal: GitPath)] = [:]
    for (path, deed) in deeds {
      guard case .changed(let name, let entry) = deed.ours,
        let goal = deed.theirs.place(of: path), goal != name
      else { continue }
      if name == path {
        moves[path] = (name, goal)
      } else if let other = theirs[name], other.origin != path, other.entry.id != entry.id {
        moves[path] = (name, goal)
      }
    }
    // They may make room for one another: so all do, and then those do not that have none.
    while !moves.isEmpty {
      let left = Set(moves.values.map(\.name))
      func goes(_ path: GitPath) -> Bool {
        left.contains(path) || deeds[path]?.empty(path) == true
      }
      func isFree(_ path: GitPath) throws -> Bool {
        guard let present = try source.entry(at: path, in: ours) else { return true }
        if present.kind != .folder { return goes(path) }
        return try source.files(below: path, in: ours).allSatisfy(goes)
      }
      let stuck = try moves.filter { path, move in
        if move.name != path {
          let origin = theirs[move.name]?.origin
          // Theirs gives it the name only if we did not move that file too.
          let isGiven =
            origin.map { path in
              // One that we removed and they changed is back at that name.
              let place = deeds[path]?.ours.place(of: path)
              return place == nil || place == path || moves[path] != nil
            } ?? true
          if !isGiven { return true }
        }
        if try !isFree(move.goal) { return true }
        return try move.goal.folders.contains { folder in
          try source.entry(at: folder, in: ours).map { $0.kind != .folder && !goes(folder) }
            ?? false
        }
      }
      if stuck.isEmpty { break }
      for path in stuck.keys { moves[path] = nil }
    }
    leaving = Set(moves.filter { $0.key == $0.value.name }.keys)
    yielding = Set(moves.keys).subtracting(leaving)
  }
}
