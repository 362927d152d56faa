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
    let markers = Vault.markers(in: bytes, of: path)
    if found.isEmpty && markers.isEmpty || vault.allowsAnything(in: path) { return [] }
    let id = try ObjectID.blob(bytes)
    // Bytes that the repository has already, as those of a note that was moved, tell nothing new.
    if !found.isEmpty, repository.exists(id) { found = [] }
    let before =
      if let old, old.kind == .file { try repository.readBlob(old.id) } else { [UInt8]() }
    let known = Set(Secret.all(in: before).map(\.value))
    found.removeAll { known.contains($0.value) }
    // Whoever finishes a merge by 'git add' puts what is not finished into the repository: of markers
    // the last snapshot alone tells whether they are new.
    if isNew(markers, over: before), try !isInLastSnapshot(id) { found += markers }
    return try found.filter { try !vault.allows($0) }
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
      let before =
        if let old = change.old, old.kind == .file {
          try repository.readBlob(old.id)
        } else { [UInt8]() }
      if isNew(markers, over: before), try !markers.allSatisfy(vault.allows) {
        paths.append(path.text)
      }
    }
    if !paths.isEmpty { throw HistoryError.conflictMarkers(paths: paths) }
  }
}
