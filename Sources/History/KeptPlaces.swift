internal import Git
internal import Markup
internal import Vault

/// What is kept out of snapshots, for what it holds or its size, stays in them as it was; and so does the
/// question that waits over it, whose answer would go out without its text.
extension History {
  /// Takes out of the files that are `gone` those that stay in the snapshot: those that were renamed and are
  /// kept out where they are now, and the records of conflicts over what is kept out (`unread`).
  ///
  /// A record that followed such a note to its new place is not new then.
  func keepPlaces(
    _ gone: inout [FileChange], _ scan: inout Scan, _ index: inout WorkTreeIndex,
    _ unread: Set<GitPath>
  ) throws {
    if gone.isEmpty { return }
    scan.places = try places(of: scan.placeless, among: gone, but: scan.changes)
    scan.tellPlaces()
    let kept = Set(scan.places.values.map { GitPath($0.text) })
    let staying = unread.union(kept)
    if staying.isEmpty { return }
    func stays(_ path: GitPath) -> Bool {
      staying.contains(path) || path.folders.contains(where: staying.contains)
    }
    var records: [String: Bool] = [:]
    for name in Set(gone.compactMap(\.oldPath.recordName)) {
      let path = GitPath("\(Conflict.folder)/\(name)")
      let conflict = try conflict(index.entry(at: path)?.entry, at: path)
      records[name] = conflict.map { stays(GitPath($0.path.text)) }
    }
    gone.removeAll { change in
      if let name = change.oldPath.recordName { return records[name] ?? false }
      return kept.contains(change.oldPath)
    }
    if scan.places.isEmpty { return }
    let moved = try scan.changes.filter { change in
      guard change.kind == .added, let name = change.newPath.recordName,
        let path = try vault.conflict(in: name)?.path
      else { return false }
      return scan.places[path] != nil
    }
    for change in moved { index.remove(change.newPath) }
    scan.changes.removeAll(where: Set(moved).contains)
  }

  /// Where the last snapshot has files that are kept out and are not where it has any, of those that are
  /// gone.
  private func places(
    of files: [NotePath], among gone: [FileChange], but changes: [FileChange]
  ) throws -> [NotePath: NotePath] {
    if files.isEmpty { return [:] }
    // What came elsewhere with the same bytes was renamed to there; not so the text of a conflict over it.
    let added = changes.filter { $0.kind == .added && !$0.newPath.isBelow(.vaultFolder) }
    let renamed = Set(added.compactMap(\.new?.id))
    var left = gone.filter { change in
      guard change.oldPath != .vaultFolder, !change.oldPath.isBelow(.vaultFolder) else {
        return false
      }
      return change.old.map { !renamed.contains($0.id) } ?? false
    }
    let waiting = try waitingHere()?.changes ?? []
    var places: [NotePath: NotePath] = [:]
    for file in files.sorted() where !left.isEmpty && !file.text.hasPrefix(".notes/") {
      let waits = waiting.first { $0.path == file }?.after
      guard let place = try place(of: file, waitingFor: waits, among: left) else { continue }
      places[file] = place.oldPath.notePath
      left.removeAll { $0 == place }
    }
    return places
  }

  /// Which of the files that are gone became this one: the one whose change waits for it, the one of its id,
  /// or the one of which it has most, and half; of a file that is no note, else the only one of its name.
  private func place(
    of file: NotePath, waitingFor change: Operation.Content?, among gone: [FileChange]
  ) throws -> FileChange? {
    if case .blob(let id)? = change, let own = gone.first(where: { $0.old?.id == id }) {
      return own
    }
    // What is far larger than all that is saved is not read for this.
    let limit = 2 * min(vault.settings.largestFile, .max / 2)
    let found = try? vault.files.read(file, limit: limit).bytes
    let id = found.flatMap { file.isNote ? Frontmatter(of: $0)?.id : nil }
    var best: (change: FileChange, score: Int)?
    for change in gone {
      guard let found, let old = change.old else { continue }
      let oldID = try noteID(of: old, at: change.oldPath)
      if let id, let oldID {
        if id == oldID { return change }
        continue
      }
      // A key of many lines may have come to a short note.
      let score = try repository.share(of: old.id, in: found)
      if score >= best?.score ?? Repository.leastShare { best = (change, score) }
    }
    if best != nil || file.isNote { return best?.change }
    let named = gone.filter { $0.oldPath.notePath?.name == file.name }
    return named.count == 1 ? named.first : nil
  }
}

extension Scan {
  /// Says of each file that was renamed and is kept out where all others go on having it.
  fileprivate mutating func tellPlaces() {
    for index in stopped.indices { stopped[index].place = places[stopped[index].path] }
    for index in skipped.indices where skipped[index].isTooLarge {
      let entry = skipped[index]
      guard let place = (try? NotePath(entry.path)).flatMap({ places[$0] }) else { continue }
      skipped[index] = SkippedEntry(
        path: entry.path, why: "\(entry.why); the others keep \(place) until then",
        isTooLarge: true)
    }
  }
}
