extension Repository {
  /// Whether a file that is not versioned yet is to stay so, by the user's ignore files.
  ///
  /// Those are `.gitignore` in the folders above it, `info/exclude`, and the file that
  /// `core.excludesFile` names, or `git/ignore` among the user's settings. Before them stands `leftAlone`.
  public func isIgnored(_ path: GitPath) throws(GitError) -> Bool {
    try ignoreRules(inFolderOf: path).ignores(path)
  }

  /// What the ignore files say of the files that stand where a path does; a scan asks once for each folder.
  ///
  /// The nearest file counts most. Nothing below a folder that is ignored is taken in again, whatever is
  /// said of its own name ([gitignore](https://git-scm.com/docs/gitignore)). What `keptBack` names is
  /// ignored whatever the others say.
  ///
  /// `others` are ignore files of the vault that are to have other texts.
  public func ignoreRules(
    inFolderOf path: GitPath, with others: [GitPath: [UInt8]] = [:]
  ) throws(GitError) -> FolderIgnoreRules {
    let foldsCase = configuration.isOn("core.ignorecase")
    var rules = FolderIgnoreRules(foldsCase: foldsCase)
    func add(_ place: String, base: Int) throws(GitError) {
      if let read = try ignoreFiles.rules(at: place, foldsCase: foldsCase) {
        rules.add(read, base: base)
      }
    }
    func add(in folder: [UInt8]) throws(GitError) {
      let file = GitPath(bytes: folder + Array(RuleFiles.ignored.inFolders.utf8))
      if let text = others[file] {
        rules.add(IgnoreRules(text, foldsCase: foldsCase), base: folder.count)
      } else {
        try add(workTree + "/" + String(decoding: file.bytes, as: UTF8.self), base: folder.count)
      }
    }
    if let keptBack {
      rules.keptBack = try ignoreFiles.paragraphs(at: keptBack, foldsCase: foldsCase)
    }
    rules.add(ignoreFiles.rules(saying: leftAlone, foldsCase: foldsCase), base: 0)
    for place in placesOutside(.ignored).reversed() where !place.isEmpty {
      if let text = pathInWorkTree(place).flatMap({ others[$0] }) {
        rules.add(IgnoreRules(text, foldsCase: foldsCase), base: 0)
      } else {
        try add(fromTop(place), base: 0)
      }
    }
    var folder: [UInt8] = []
    try add(in: [])
    for name in path.names.dropLast() {
      folder += name
      if rules.names(folder, isFolder: true) {
        rules.isFolderIgnored = true
        rules.isFolderKeptBack = !rules.filesName(folder, isFolder: true)
        break
      }
      folder.append(UInt8(ascii: "/"))
      try add(in: folder)
    }
    return rules
  }

  /// What counts less than the ignore files of folders, as texts of that form: what counts most comes last.
  ///
  /// It is `leftAlone`, and what the files outside say but for some of the vault.
  public func ignoredOutsideFolders(
    but files: some Collection<GitPath>
  ) throws(GitError) -> [[UInt8]] {
    var texts = [Array(leftAlone.utf8)]
    for place in placesOutside(.ignored).reversed() where !place.isEmpty {
      if let path = pathInWorkTree(place), files.contains(path) { continue }
      if let text = try ignoreFiles.text(at: fromTop(place)) { texts.append(text) }
    }
    return texts
  }

  /// Where the settings mean a file to be: git works in the folder at the top.
  private func fromTop(_ place: String) -> String {
    place.hasPrefix("/") ? place : workTree + "/" + place
  }

  /// Those of some paths that are ignore files of the vault: a folder's, or the one that
  /// `core.excludesFile` names.
  public func ignoreFilePaths(among paths: some Sequence<GitPath>) -> Set<GitPath> {
    // The settings are asked once for all of them.
    let named = placesOutside(.ignored).compactMap { pathInWorkTree($0) }
    return Set(
      paths.filter { path in
        path.names.last?.elementsEqual(RuleFiles.ignored.inFolders.utf8) == true
          || named.contains(path)
      })
  }

  /// A place, by its path from the top of the work tree on; `nil` where it is elsewhere.
  private func pathInWorkTree(_ place: String) -> GitPath? {
    if !place.hasPrefix("/") { return place.isEmpty ? nil : GitPath(place) }
    let top = workTree + "/"
    return place.hasPrefix(top) ? GitPath(String(place.dropFirst(top.count))) : nil
  }

  /// Whether the ignore files name a folder, or one above it, and no file below it is versioned all the same.
  public func leavesOut(folder: GitPath) throws(GitError) -> Bool {
    guard try ignoreRules(inFolderOf: folder.appending("a file".utf8)).isFolderIgnored,
      !userIndexMayHaveFiles(below: folder)
    else { return false }
    guard let head = try head().id else { return true }
    return try entry(at: folder, in: commit(head).tree) == nil
  }
}
