internal import Git
public import Vault

/// A file that is kept out of a snapshot, since it holds what looks like a key, a token or a password,
/// or what a merge left that was not finished, and did not before.
public struct StoppedFile: Sendable, Hashable {
  /// The file.
  public let path: NotePath
  /// What it holds.
  public let secrets: [Secret]
  /// Where the last snapshot has it, and goes on having it, if it was renamed since.
  public internal(set) var place: NotePath?
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

  /// The marks of unfinished merges: in a program's text they may mean anything, in notes and in the
  /// vault's own records nothing else.
  static func markers(in bytes: [UInt8], of path: NotePath) -> [Secret] {
    mayHaveMarkers(path) ? Secret.conflictMarkers(in: bytes) : []
  }

  static func mayHaveMarkers(_ path: NotePath) -> Bool {
    path.isNote || path.text.hasPrefix(".notes/") && path.text.hasSuffix(".yaml")
  }
}

extension History {
  /// The secrets that a file would bring into the history and that nobody allowed, and the marks of
  /// unfinished merges; `old` is the file as it is in the last snapshot.
  func newSecrets(in bytes: [UInt8], of path: NotePath, over old: TreeEntry?) throws -> [Secret] {
    try doubt(about: bytes, of: path, over: old).map { try newSecrets(of: $0) } ?? []
  }

  /// What of a file's secrets and marks is new to the file and not allowed; `nil` where nothing is.
  func doubt(about bytes: [UInt8], of path: NotePath, over old: TreeEntry?) throws -> Doubt? {
    var found = Secret.all(in: bytes)
    var markers = Vault.markers(in: bytes, of: path)
    if found.isEmpty && markers.isEmpty { return nil }
    // The texts of a conflict may hold what its note may.
    let (path, old) = try noteOfRecord(with: path) ?? (path, old)
    if vault.allowsAnything(in: path) { return nil }
    let before = try contents(of: old)
    let known = Set(Secret.all(in: before).map(\.value))
    found = try found.filter { try !known.contains($0.value) && !vault.allows($0) }
    markers = isNew(markers, over: before) ? try markers.filter { try !vault.allows($0) } : []
    if found.isEmpty && markers.isEmpty { return nil }
    return Doubt(id: try ObjectID.blob(bytes), secrets: found, markers: markers)
  }

  /// What of it is new to the history, too.
  ///
  /// That the repository has the bytes says nothing: `git add` puts them there, and so does whoever
  /// finishes a merge by it. A note that was moved, or that comes back, has them from a snapshot.
  func newSecrets(of doubt: Doubt) throws -> [Secret] {
    try lookInSnapshots(for: [doubt.id])
    guard let newest = doubts.newest[doubt.id] ?? nil else { return doubt.secrets + doubt.markers }
    return newest == doubts.head ? [] : doubt.markers
  }

  /// Refuses words that hold what looks like a secret and that nobody allowed: a snapshot's message is sent
  /// as its files are.
  func refuseSecrets(inWords words: String) throws {
    let found = try Secret.all(in: Array(words.utf8)).filter { try !vault.allows($0) }
    if !found.isEmpty { throw HistoryError.stoppedWords(found) }
  }

  /// Looks for files of some bytes in the newest snapshots, once for all of them.
  func lookInSnapshots(for ids: Set<ObjectID>) throws {
    let head = try head()
    if doubts.head != head { (doubts.head, doubts.newest) = (head, [:]) }
    let new = ids.filter { doubts.newest[$0] == nil }
    guard let head, !new.isEmpty else { return }
    let found = try repository.newestSnapshots(having: new, from: [head]) { isEndAskedFor }
    if isEndAskedFor { throw CancellationError() }
    for id in new { doubts.newest.updateValue(found[id], forKey: id) }
  }

  /// The note that a conflict is over, and how the last snapshot has it, by a file of the record.
  private func noteOfRecord(with file: NotePath) throws -> (path: NotePath, old: TreeEntry?)? {
    guard let name = GitPath(file.text).recordName, let path = try vault.conflict(in: name)?.path
    else { return nil }
    return (path, try headTree().flatMap { try repository.entry(at: GitPath(path.text), in: $0) })
  }

  /// What a file of a tree holds; nothing where it is none.
  private func contents(of entry: TreeEntry?) throws(GitError) -> [UInt8] {
    guard let entry, entry.kind == .file else { return [] }
    return try repository.readBlob(entry.id)
  }

  func isNew(_ markers: [Secret], over before: [UInt8]) -> Bool {
    markers.count > Secret.conflictMarkers(in: before).count
  }

  /// Refuses to send snapshots of git's own in which a file came to hold what looks like a secret.
  ///
  /// Each that no remote has is looked at: what a later one took out of the file is sent all the same.
  /// What `saved` holds was looked at when it was saved, and what `harmless` names earlier in this sync.
  func refuseSecrets(
    in ours: ObjectID, since remote: ObjectID?, but saved: Saved, _ harmless: inout Set<ObjectID>
  ) throws {
    // What was fetched counts, too: the harm is done.
    let seen = try repository.references(below: "refs/remotes/").map(\.id)
    let sent = ([remote].compactMap(\.self) + seen).filter { repository.exists($0) }
    var commits: [Commit] = []
    try repository.eachCommit(from: [ours], hiding: sent) { commit throws(GitError) in
      if commit.id != saved.commit, !harmless.contains(commit.id) { commits.append(commit) }
      return true
    }
    var looked: Set<ObjectID> = []
    var trees = TreeCache()
    var found: [SentSecret] = []
    for commit in commits.reversed() { found += try newSecrets(in: commit, &looked, &trees) }
    if !found.isEmpty {
      // A copy, or a note that comes back, brings nothing that is not there.
      let known = try repository.newestSnapshots(having: Set(found.map(\.blob)), from: sent)
      found.removeAll { known[$0.blob] != nil }
    }
    guard let first = found.first else { return harmless.formUnion(commits.map(\.id)) }
    let base = try remote.flatMap { try repository.mergeBases(ours, $0).first }
    let isThere = first.path.notePath.flatMap {
      try? vault.files.read($0, limit: vault.settings.largestFile).bytes
    }.map { Secret.all(in: $0).contains { $0.value == first.secret.value } }
    throw HistoryError.secretToSend(
      path: first.path.description, secret: first.secret, snapshot: first.commit, base: base,
      others: Set(found.map(\.path)).count - 1, isThere: isThere ?? false)
  }

  /// The secrets that a snapshot brought, one for each file.
  private func newSecrets(
    in commit: Commit, _ looked: inout Set<ObjectID>, _ trees: inout TreeCache
  ) throws -> [SentSecret] {
    let parents = try commit.parents.map { try repository.commit($0).tree }
    var moved: [GitPath: FileChange]?
    var found: [SentSecret] = []
    let changes = try repository.diff(
      parents.first, commit.tree, findingRenames: false, cache: &trees)
    for change in changes {
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
      // The texts of a conflict may hold what its note may.
      let note = try noteOfRecord(with: change.newPath, in: commit.tree)
      let paths = [change.newPath.notePath, note].compactMap(\.self)
      if paths.contains(where: { vault.allowsAnything(in: $0) }) { continue }
      if let note {
        olds += try (parents + [commit.tree]).map {
          try repository.entry(at: GitPath(note.text), in: $0)
        }
      } else if change.old == nil, let parent = parents.first {
        let renames =
          try moved
          ?? Dictionary(
            self.changes(parent, commit.tree).map { ($0.newPath, $0) }, uniquingKeysWith: { $1 })
        moved = renames
        olds.append(renames[change.newPath]?.old)
      }
      let known = Set(try olds.flatMap { Secret.all(in: try contents(of: $0)).map(\.value) })
      secrets = try secrets.filter { try !known.contains($0.value) && !vault.allows($0) }
      if let first = secrets.first {
        found.append(
          SentSecret(path: change.newPath, secret: first, blob: new.id, commit: commit.id))
      }
    }
    return found
  }

  /// The note that a conflict is over whose record a snapshot has, by a file of the record.
  private func noteOfRecord(with file: GitPath, in tree: ObjectID) throws -> NotePath? {
    guard let name = file.recordName else { return nil }
    let path = GitPath("\(Conflict.folder)/\(name)")
    return try conflict(repository.entry(at: path, in: tree), at: path)?.path
  }

  /// Refuses to send notes that a snapshot of git's own brought the marks of an unfinished merge into.
  ///
  /// What `saved` holds was looked at when it was saved.
  func refuseMarkers(in outgoing: [FileChange], but saved: Saved) throws {
    var paths: [String] = []
    for change in outgoing {
      guard let new = change.new, new.kind == .file, new.id != change.old?.id,
        saved.stamps[change.newPath]?.entry != new, let path = change.newPath.notePath,
        Vault.mayHaveMarkers(path), !vault.allowsAnything(in: path)
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

/// What would stop a file if the history did not have its bytes.
struct Doubt: Error {
  /// The bytes.
  let id: ObjectID
  /// What looks like a secret, and is new to the file.
  let secrets: [Secret]
  /// The marks of an unfinished merge that are.
  let markers: [Secret]
}

/// What was found out of such bytes, for as long as the branch stands where it stood.
final class Doubts {
  fileprivate(set) var head: ObjectID?
  /// The newest snapshot that has a file of them; `.some(nil)` where none has.
  fileprivate(set) var newest: [ObjectID: ObjectID?] = [:]
}

/// A secret that a snapshot would bring to a remote.
private struct SentSecret {
  let path: GitPath
  let secret: Secret
  let blob: ObjectID
  let commit: ObjectID
}
