internal import Git
public import Vault

/// A file that is kept out of a snapshot, since it holds what looks like a key, a token or a password
/// and did not before.
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

  /// Allows what a file holds now that looks like a secret, on every machine.
  ///
  /// - Returns: what is allowed now and was not.
  public func allowSecrets(in path: NotePath) throws -> [Secret] {
    var allowed: [Secret] = []
    for secret in Secret.all(in: try files.read(path, limit: settings.largestFile).bytes) {
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
}

extension History {
  /// The secrets that a file would bring into the history and that nobody allowed; `old` is the file
  /// as it is in the last snapshot.
  func newSecrets(in bytes: [UInt8], of path: NotePath, over old: TreeEntry?) throws -> [Secret] {
    let found = Secret.all(in: bytes)
    if found.isEmpty || vault.settings.allowsSecretsIn.contains(where: { $0.matches(path.text) }) {
      return []
    }
    // Bytes that the repository has already, as those of a note that was moved, tell nothing new.
    if repository.exists(try ObjectID.blob(bytes)) { return [] }
    var known: Set<[UInt8]> = []
    if let old, old.kind == .file {
      known = Set(Secret.all(in: try repository.readBlob(old.id)).map(\.value))
    }
    return try found.filter { secret in
      try !known.contains(secret.value) && !vault.allows(secret)
    }
  }
}
