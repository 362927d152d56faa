import CGit2

extension Repository {
  /// Sets what keeps bytes as they are: in this repository's own settings, sent to nobody.
  ///
  /// With `core.autocrlf=true` git drops the CRs a user wrote, and a remote's `.gitattributes` may
  /// ask for the like; `info/attributes` outranks both. `core.protectHFS` has git refuse names
  /// that a Mac takes for `.git`. The user's own lines are kept.
  public mutating func keepBytesAsTheyAre() throws(GitError) {
    try setKeepingBytes()
    try reloadSettings()
  }

  /// The same for one who has no more use for the settings than what they are.
  public func setKeepingBytes() throws(GitError) {
    let file = try SettingsFile(commonDirectory: commonDirectory)
    try file.set("core.autocrlf", to: "false")
    try file.set("core.protectHFS", to: "true")
    try keepFoldersAsTheyAre()
    if keepsBytes { return }
    var bytes = readPlainFile(attributesPath) ?? []
    if let last = bytes.last, last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
    bytes += Array((Self.keepingBytes + "\n").utf8)
    makeFolder(commonDirectory + "/info")
    try replaceFile(attributesPath, with: bytes, sync: true, "write info/attributes")
  }

  /// Has git move no file to another folder since its neighbours went there, where nobody has set what it
  /// is to do: git takes a note for moved to our records, where its text is.
  public func keepFoldersAsTheyAre() throws(GitError) {
    if setting("merge.directoryRenames") != nil { return }
    let file = try SettingsFile(commonDirectory: commonDirectory)
    try file.set("merge.directoryRenames", to: "false")
  }

  /// Whether this repository has git keep bytes as they are.
  ///
  /// One that git cloned has not: there git may have written files with other bytes than the snapshot
  /// has, by a setting or by attributes in any folder.
  public var keepsBytes: Bool {
    (readPlainFile(attributesPath) ?? []).split(separator: UInt8(ascii: "\n"))
      .contains { $0.elementsEqual(Self.keepingBytes.utf8) }
  }

  /// Whether the disk tells which files may be run.
  ///
  /// On exFAT, NTFS and the like all may, and git notes so in `core.fileMode` where it makes a repository.
  public var tellsWhatMayRun: Bool { configuration.flag("core.fileMode") ?? true }

  /// Whether something has git turn bytes in all folders of such a repository.
  public var turnsBytesEverywhere: Bool {
    configuration.isOn("core.autocrlf") || setting("core.eol") != nil
      || placesOutside(.attributes).contains { place in
        if case .missing = FileKind.of(place, following: true) { false } else { true }
      }
  }

  private static var keepingBytes: String { "* -text -ident" }
  private var attributesPath: String { commonDirectory + "/info/attributes" }

  /// What git would take a file's bytes for in a snapshot: line ends and `$Id$` as its settings and
  /// attributes have them here, be they such that git would refuse to turn them back.
  public func asGitTakesIt(_ bytes: [UInt8], at path: GitPath) throws(GitError) -> [UInt8] {
    try requireReadable(.attributes, of: path)
    let operation = "read the attributes of \(path)"
    var filters: OpaquePointer?
    var taken = unsafe git_buf()
    defer {
      unsafe git_filter_list_free(filters)
      unsafe git_buf_dispose(&taken)
    }
    try unsafe path.withCString { (raw: UnsafePointer<CChar>) throws(GitError) in
      try check(
        operation,
        unsafe git_filter_list_load(
          &filters, handle.pointer, nil, raw, GIT_FILTER_TO_ODB, GIT_FILTER_ALLOW_UNSAFE.rawValue))
    }
    guard unsafe filters != nil else { return bytes }
    let code = unsafe bytes.withUnsafeBytes { given in
      unsafe git_filter_list_apply_to_buffer(
        &taken, filters, given.baseAddress?.assumingMemoryBound(to: CChar.self), given.count)
    }
    try check(operation, code)
    return unsafe Array(UnsafeRawBufferPointer(start: taken.ptr, count: taken.size))
  }

  /// Has a branch of ours belong to one of a remote's, as `git branch --set-upstream-to` does.
  public func setUpstream(
    of branch: String, to other: String, on remote: String
  ) throws(GitError) {
    let file = try SettingsFile(commonDirectory: commonDirectory)
    try file.set("branch.\(branch).remote", to: remote)
    try file.set("branch.\(branch).merge", to: "refs/heads/\(other)")
  }

  /// Notes that a branch of ours was synced with one of a remote's.
  ///
  /// Git's own `branch.NAME.merge` does not tell: `git switch -c draft origin/main` sets it too. What is
  /// noted goes along with `git branch -m`.
  public func noteSynced(_ branch: String, with upstream: String) throws(GitError) {
    if syncedUpstream(of: branch) == upstream { return }
    let file = try SettingsFile(commonDirectory: commonDirectory)
    try file.set("branch.\(branch).notesSynced", to: upstream)
  }

  /// The remote and its branch that a branch of ours was last synced with.
  public func syncedUpstream(of branch: String) -> String? {
    setting("branch.\(branch).notesSynced")
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
