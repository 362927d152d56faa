internal import Git
internal import Vault

/// Git takes a folder for renamed where most of its files are found elsewhere, and a text of a version or of
/// a conflict is just what a note was: what is new in that folder goes to our records then, where nobody
/// finds it (git-config(1), `merge.directoryRenames`).
extension History {
  /// Gives the files back that are in the last snapshot, stand where our records are, and are none.
  func putBackFiles() throws -> [MisplacedEdit] {
    guard let head = try head() else { return [] }
    let tree = try repository.commit(head).tree
    let pending = try pendingPaths()
    var strays: [NotePath: ObjectID] = [:]
    for file in strayFiles() where !pending.contains(GitPath(file.text)) {
      guard let entry = try repository.entry(at: GitPath(file.text), in: tree), entry.kind == .file
      else { continue }
      strays[file] = entry.id
      // A remote can have any number; the others are for the next snapshot.
      if strays.count == Self.mostStrays { break }
    }
    if strays.isEmpty { return [] }
    let origins = try origins(of: strays, since: head)
    return try strays.sorted { $0.key < $1.key }.compactMap { file, id in
      let places = [origins[file]].compactMap(\.self) + placesAtTop(for: file, id)
      let place = try putBack(file, toOneOf: places)
      return place.map { MisplacedEdit(file: file, fate: .moved(to: $0)) }
    }
  }

  /// Moves a file to the first of some places that it can have; `nil` where there is none.
  private func putBack(_ file: NotePath, toOneOf places: [NotePath]) throws -> NotePath? {
    guard let bytes = try? vault.files.read(file, limit: vault.settings.largestFile).bytes
    else { return nil }
    for place in places where !vault.files.isTaken(place) {
      do {
        try carryOutForGood(
          FileEdit.move(file, to: place, old: bytes, new: bytes).changes, orNone: true)
        return place
      } catch HistoryError.takenBack {
        // There can be a file in the place of a folder.
        continue
      }
    }
    return nil
  }

  /// The files where our records are that are none, as their names tell.
  private func strayFiles() -> [NotePath] {
    let posts = StateFile.names(in: vault.root + "/" + Version.folder)
    let folders = [Conflict.folder] + posts.map { Version.folder + "/" + $0 }
    return folders.flatMap { strayFiles(in: $0) { !GitPath($0).isNamedAsRecord } }
  }

  private func strayFiles(in folder: String, where isStray: (String) -> Bool) -> [NotePath] {
    StateFile.names(in: vault.root + "/" + folder).flatMap { name -> [NotePath] in
      let path = folder + "/" + name
      guard isStray(path), let file = try? NotePath(path) else { return [] }
      return vault.hasFolder(path) ? strayFiles(in: path) { _ in true } : [file]
    }
  }

  /// Where a snapshot had files under the same name.
  private func origins(
    of strays: [NotePath: ObjectID], since head: ObjectID
  ) throws -> [NotePath: NotePath] {
    // A rebase leaves the snapshot that had it to the reflog.
    let moves = try repository.lastMoves(atMost: 100)
    let starts = [head] + moves.compactMap { $0.from }.filter { repository.exists($0) }
    var left = Self.mostSnapshots
    var wanted = Dictionary(grouping: strays.keys) { strays[$0] }
    var found: [NotePath: NotePath] = [:]
    try repository.eachCommit(from: starts, order: .time) { commit throws(GitError) in
      left -= 1
      var before: ObjectID?
      if let parent = commit.parents.first { before = try repository.commit(parent).tree }
      for change in try repository.diff(before, commit.tree, findingRenames: false) {
        guard let files = wanted[change.new?.id], !change.newPath.isOfRecords,
          let place = change.newPath.notePath
        else { continue }
        for file in files where file.name == place.name { found[file] = place }
        wanted[change.new?.id] = files.filter { found[$0] == nil }
      }
      return found.count < strays.count && left > 0
    }
    return found
  }

  private func placesAtTop(for file: NotePath, _ id: ObjectID) -> [NotePath] {
    let name = GitPath(file.name)
    return [name, name.marked("(\(id.description.prefix(8)))")].compactMap(\.notePath)
  }

  private static let mostStrays = 100
  /// How many snapshots are looked through for a file: such a merge is seldom older.
  private static let mostSnapshots = 1_000
}

extension GitPath {
  /// Whether its name is one of a record, or of its texts, of a kind that is known or of a later one.
  fileprivate var isNamedAsRecord: Bool {
    if isRecord {
      let name = description.dropFirst(Conflict.folder.count + 1)
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      return parts.count > 1 && parts[0].count == 8 && parts[0].allSatisfy(\.isHexDigit)
        && !name.contains("/")
    }
    return LedgerFile(self) != nil
  }
}
