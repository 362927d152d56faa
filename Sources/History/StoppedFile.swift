internal import Git
public import Vault

/// A file that is kept out of a snapshot, since it holds what looks like a key, a token or a password,
/// or what a merge left that was not finished, and did not before.
public struct StoppedFile: Error, Hashable {
  /// The file.
  public let path: NotePath
  /// What it holds.
  public let secrets: [Secret]
}

extension Secret {
  /// What an allowance names it by: it tells nothing of the secret to who does not have it.
  var fingerprint: String {
    get throws { try ObjectID.blob(value).description }
  }
}

extension Vault {
  /// The folder of the allowances: a file for each, so that two machines' do not meet.
  public static let allowedSecretsFolder = ".notes/allowed-secrets"

  /// Allows what a file holds now that would stop it, on every machine.
  ///
  /// - Returns: what is allowed now and was not.
  public func allowSecrets(in path: NotePath) throws -> [Secret] {
    var allowed: [Secret] = []
    let bytes = try files.read(path, limit: settings.largestFile).bytes
    for secret in Secret.all(in: bytes) + Self.markers(in: bytes, of: path) {
      let place = try NotePath("\(Self.allowedSecretsFolder)/\(secret.fingerprint)")
      do {
        try files.create(place, Array("\(secret.kind.rawValue) in \(path.text)\n".utf8))
        allowed.append(secret)
      } catch VaultError.exists {}
    }
    return allowed
  }

  func allows(_ secret: Secret) throws -> Bool {
    files.isTaken(try NotePath("\(Self.allowedSecretsFolder)/\(secret.fingerprint)"))
  }

  func allowsAnything(in path: NotePath) -> Bool {
    settings.allowsSecretsIn.contains { $0.matches(path.text) }
  }

  /// The marks of unfinished merges: in a program's text they may mean anything.
  static func markers(in bytes: [UInt8], of path: NotePath) -> [Secret] {
    path.isNote ? Secret.conflictMarkers(in: bytes) : []
  }
}

extension History {
  /// The secrets that a file would bring into the history and that nobody allowed, and the marks of
  /// unfinished merges; `old` is the file as it is in the last snapshot.
  func newSecrets(in bytes: [UInt8], of path: NotePath, over old: TreeEntry?) throws -> [Secret] {
    var found = Secret.all(in: bytes)
    var markers = Vault.markers(in: bytes, of: path)
    if found.isEmpty && markers.isEmpty { return [] }
    // The texts of a conflict may hold what its note may.
    let (path, old) = try noteOfRecord(with: path) ?? (path, old)
    if vault.allowsAnything(in: path) { return [] }
    let before = try contents(of: old)
    let known = Set(Secret.all(in: before).map(\.value))
    found = try found.filter { try !known.contains($0.value) && !vault.allows($0) }
    markers = isNew(markers, over: before) ? try markers.filter { try !vault.allows($0) } : []
    if found.isEmpty && markers.isEmpty { return [] }
    // That the repository has the bytes says nothing: `git add` puts them there, and so does whoever
    // finishes a merge by it. A note that was moved, or that comes back, has them from a snapshot.
    let id = try ObjectID.blob(bytes)
    if try isInLastSnapshot(id) { return [] }
    return try !found.isEmpty && isInSnapshot(id) ? markers : found + markers
  }

  /// The note that a conflict is over, and how the last snapshot has it, by a file of the record.
  private func noteOfRecord(with file: NotePath) throws -> (path: NotePath, old: TreeEntry?)? {
    guard GitPath(file.text).isRecord, let name = file.name.split(separator: ".").first,
      let path = try vault.conflict(in: name + ".yaml")?.path
    else { return nil }
    return (path, try headTree().flatMap { try repository.entry(at: GitPath(path.text), in: $0) })
  }

  /// What a file of a tree holds; nothing where it is none.
  private func contents(of entry: TreeEntry?) throws(GitError) -> [UInt8] {
    guard let entry, entry.kind == .file else { return [] }
    return try repository.readBlob(entry.id)
  }

  private func isNew(_ markers: [Secret], over before: [UInt8]) -> Bool {
    markers.count > Secret.conflictMarkers(in: before).count
  }

  /// Whether the last snapshot has a file of these bytes anywhere, as it has of one that was moved.
  private func isInLastSnapshot(_ id: ObjectID) throws -> Bool {
    guard let tree = try headTree() else { return false }
    var isThere = false
    try repository.eachEntry(of: tree) { _, entry in
      isThere = entry.id == id
      return !isThere
    }
    return isThere
  }

  /// Whether one of the newest snapshots brought a file of these bytes.
  private func isInSnapshot(_ id: ObjectID) throws -> Bool {
    guard repository.exists(id), let head = try head() else { return false }
    var left = Self.mostSnapshotsAsked
    var isThere = false
    try repository.eachCommit(from: [head]) { commit throws(GitError) in
      var before: ObjectID?
      if let parent = commit.parents.first { before = try repository.commit(parent).tree }
      isThere = try repository.diff(before, commit.tree, findingRenames: false)
        .contains { $0.new?.id == id }
      left -= 1
      return !isThere && left > 0
    }
    return isThere
  }

  /// As many are looked at while somebody waits; what is older than that can be allowed.
  private static var mostSnapshotsAsked: Int { 1_000 }

  /// Refuses to send snapshots of git's own in which a file came to hold what looks like a secret.
  ///
  /// Each that no remote has is looked at: what a later one took out of the file is sent all the same.
  /// What `saved` holds was looked at when it was saved.
  func refuseSecrets(in ours: ObjectID, since remote: ObjectID?, but saved: Saved) throws {
    // What was fetched counts, too: the harm is done.
    let seen = try repository.references(below: "refs/remotes/").map(\.id)
    let sent = ([remote].compactMap(\.self) + seen).filter { repository.exists($0) }
    var commits: [Commit] = []
    try repository.eachCommit(from: [ours], hiding: sent) { commit throws(GitError) in
      if commit.id != saved.commit { commits.append(commit) }
      return true
    }
    var looked: Set<ObjectID> = []
    var found: [(path: String, secret: Secret, commit: ObjectID)] = []
    for commit in commits.reversed() {
      for (path, secret) in try newSecrets(in: commit, &looked) {
        if !found.contains(where: { $0.path == path }) { found.append((path, secret, commit.id)) }
      }
    }
    guard let first = found.first else { return }
    let base = try remote.flatMap { try repository.mergeBases(ours, $0).first }
    throw HistoryError.secretToSend(
      path: first.path, secret: first.secret, snapshot: first.commit, base: base,
      others: found.count - 1)
  }

  /// The secrets that a snapshot brought, each with the file's path.
  private func newSecrets(
    in commit: Commit, _ looked: inout Set<ObjectID>
  ) throws -> [(path: String, secret: Secret)] {
    let parents = try commit.parents.map { try repository.commit($0).tree }
    var moved: [GitPath: FileChange]?
    var found: [(path: String, secret: Secret)] = []
    for change in try repository.diff(parents.first, commit.tree, findingRenames: false) {
      guard let new = change.new, new.kind == .file, new.id != change.old?.id else { continue }
      // A merge has what each side had; a conflict's texts are of both.
      var olds = [change.old]
      for parent in parents.dropFirst() {
        olds.append(try repository.entry(at: change.newPath, in: parent))
      }
      if parents.count > 1, change.isRecord || olds.contains(new) { continue }
      if !looked.insert(new.id).inserted { continue }
      var secrets = Secret.all(in: try repository.readBlob(new.id))
      if secrets.isEmpty { continue }
      let path = change.newPath.notePath
      if let path, vault.allowsAnything(in: path) { continue }
      if change.old == nil, let parent = parents.first {
        let renames =
          try moved
          ?? Dictionary(
            changes(parent, commit.tree).map { ($0.newPath, $0) }, uniquingKeysWith: { $1 })
        moved = renames
        olds.append(renames[change.newPath]?.old)
      }
      let known = Set(try olds.flatMap { Secret.all(in: try contents(of: $0)).map(\.value) })
      secrets = try secrets.filter { try !known.contains($0.value) && !vault.allows($0) }
      if let first = secrets.first { found.append((change.newPath.description, first)) }
    }
    return found
  }

  /// Refuses to send notes that a snapshot of git's own brought the marks of an unfinished merge into.
  ///
  /// What `saved` holds was looked at when it was saved.
  func refuseMarkers(in outgoing: [FileChange], but saved: Saved) throws {
    var paths: [String] = []
    for change in outgoing {
      guard let new = change.new, new.kind == .file, new.id != change.old?.id,
        saved.stamps[change.newPath]?.entry != new, let path = change.newPath.notePath,
        path.isNote, !vault.allowsAnything(in: path)
      else { continue }
      let markers = Vault.markers(in: try repository.readBlob(new.id), of: path)
      if markers.isEmpty { continue }
      if isNew(markers, over: try contents(of: change.old)), try !markers.allSatisfy(vault.allows) {
        paths.append(path.text)
      }
    }
    if !paths.isEmpty { throw HistoryError.conflictMarkers(paths: paths) }
  }
}
