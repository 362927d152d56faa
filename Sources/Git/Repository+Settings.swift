import CGit2

extension Repository {
  /// Sets what keeps bytes as they are: in this repository's own settings, sent to nobody.
  ///
  /// With `core.autocrlf=true` git drops the CRs a user wrote, and a remote's `.gitattributes` may
  /// ask for the like; `info/attributes` outranks both. `core.protectHFS` has git refuse names
  /// that a Mac takes for `.git`. The user's own lines are kept.
  public mutating func keepBytesAsTheyAre() throws(GitError) {
    let file = try SettingsFile(commonDirectory: commonDirectory)
    try file.set("core.autocrlf", to: "false")
    try file.set("core.protectHFS", to: "true")
    try reloadSettings()
    let path = commonDirectory + "/info/attributes"
    let line = "* -text -ident"
    var bytes = readPlainFile(path) ?? []
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    if lines.contains(where: { $0.elementsEqual(line.utf8) }) { return }
    if let last = bytes.last, last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
    bytes += Array((line + "\n").utf8)
    makeFolder(commonDirectory + "/info")
    try replaceFile(path, with: bytes, sync: true, "write info/attributes")
  }

  /// Has a branch of ours belong to one of a remote's, as `git branch --set-upstream-to` does.
  public func setUpstream(
    of branch: String, to other: String, on remote: String
  ) throws(GitError) {
    let file = try SettingsFile(commonDirectory: commonDirectory)
    try file.set("branch.\(branch).remote", to: remote)
    try file.set("branch.\(branch).merge", to: "refs/heads/\(other)")
  }

  /// A git setting as it applies here, or nil when it is not set.
  public func setting(_ name: String) -> String? { configuration.string(name) }

  /// A git setting that is a path, whole where it began with `~/`, or nil when it is not set.
  public func path(ofSetting name: String) -> String? {
    configuration.path(name, home: environment.nonEmpty("HOME") ?? "")
  }

  /// Reads the settings again after one was changed.
  mutating func reloadSettings() throws(GitError) {
    configuration = try Configuration(handle, environment)
  }
}
