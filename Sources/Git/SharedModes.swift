import Glibc

/// Who else may read and write a repository's files, as its `core.sharedRepository` says.
///
/// libgit2 heeds it in new repositories only. See git-config(1).
enum SharedModes: Equatable {
  /// The group may read and write, too.
  case group
  /// The group may, and everybody may read.
  case everybody
  /// Files have these permissions, whatever the user's other files have.
  case exactly(mode_t)

  /// What a repository's settings say; `nil` where files are to be as all others that the user makes.
  init?(of repository: borrowing Handle<RepositoryKind>, _ environment: GitEnvironment) {
    // Settings that cannot be read share nothing.
    guard let settings = try? Configuration(repository, environment) else { return nil }
    let name = "core.sharedRepository"
    switch settings.string(name) {
    case nil, "umask", "0": return nil
    case "group", "1": self = .group
    case "all", "world", "everybody", "2": self = .everybody
    case .some(let word):
      if let mode = mode_t(word, radix: 8) {
        // Its owner must be able to read and write.
        guard mode & 0o600 == 0o600 else { return nil }
        self = .exactly(mode & 0o666)
      } else {
        guard settings.isOn(name) else { return nil }
        self = .group
      }
    }
  }

  /// Has the files that the process makes be so, until `umask` is given what it was before.
  ///
  /// Who pushes makes no other files meanwhile.
  ///
  /// - Returns: what it was.
  func begin() -> mode_t {
    let before = umask(0o077)
    umask(mask(over: before))
    return before
  }

  /// The permissions that new files and folders are not to have.
  func mask(over usual: mode_t) -> mode_t {
    switch self {
    case .group: usual & ~0o770
    case .everybody: usual & ~0o775
    // Who may read a folder may also go into it.
    case .exactly(let mode): 0o777 & ~(mode | (mode & 0o444) >> 2)
    }
  }
}
