import Glibc

/// The files in which git is told something of paths, by the names that they have in each place.
struct RuleFiles {
  /// The name in the vault's folders.
  let inFolders: String
  /// The name in the repository's folder `info`.
  let inRepository: String
  /// The setting that names the user's own.
  let setting: String
  /// The name among the user's settings, where nothing is set.
  let ofUser: String

  /// What git makes of a file's bytes.
  static let attributes = RuleFiles(
    inFolders: ".gitattributes", inRepository: "attributes", setting: "core.attributesfile",
    ofUser: "attributes")
  /// What git leaves alone.
  static let ignored = RuleFiles(
    inFolders: ".gitignore", inRepository: "exclude", setting: "core.excludesfile",
    ofUser: "ignore")
}

extension Repository {
  /// Where the files are that tell something of every path.
  func placesOutside(_ rules: RuleFiles) -> [String] {
    let own = commonDirectory + "/info/" + rules.inRepository
    if let named = setting(rules.setting) {
      if named.hasPrefix("~"), !named.hasPrefix("~/") { return [own, Self.inHome(named) ?? named] }
      // Without a home before it, libgit2 takes it as it is.
      return [own, named.hasPrefix("~/") ? path(ofSetting: rules.setting) ?? named : named]
    }
    return [own] + (environment.settingsFolder.map { [$0 + "/" + rules.ofUser] } ?? [])
  }

  /// A path such as `~ada/ignore`, whole, in the home of that user; `nil` where there is no such user.
  ///
  /// libgit2 takes it for no file.
  private static func inHome(_ named: String) -> String? {
    let parts = named.dropFirst().split(
      separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let user = unsafe getpwnam(String(parts[0]))?.pointee,
      let home = unsafe user.pw_dir
    else { return nil }
    return unsafe String(cString: home) + (parts.count > 1 ? "/" + parts[1] : "")
  }

  /// Refuses to ask what is told of a path where one of the files that tell it is a pipe, a socket or a
  /// device: libgit2 opens whatever has their names, and would wait for a FIFO for ever.
  func requireReadable(_ rules: RuleFiles, of path: GitPath) throws(GitError) {
    var places = placesOutside(rules)
    var folder = workTree
    for name in path.names {
      places.append(folder + "/" + rules.inFolders)
      folder += "/" + String(decoding: name, as: UTF8.self)
    }
    for place in places { try RuleFiles.requireReadable(place) }
  }
}

extension RuleFiles {
  /// Refuses a pipe, a socket or a device.
  ///
  /// `/dev/null`, which many set for none, is read as empty.
  static func requireReadable(_ place: String) throws(GitError) {
    guard case .other = FileKind.of(place, following: true), !FileKind.isNullDevice(place) else {
      return
    }
    throw GitError("read \(place)", .denied, "it is a pipe or a device: remove it")
  }
}
