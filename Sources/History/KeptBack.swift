internal import Git
internal import Vault

extension History {
  /// Where this machine notes what it keeps back, as an ignore file that counts more than all others.
  static func keptBackPath(of vault: Vault) -> String { vault.stateFolder + "/kept-back" }

  /// Keeps back what is ignored here and would not be by the ignore files that come in: whoever can push
  /// would have it sent to them otherwise.
  ///
  /// Nothing else says so afterwards, so it is noted before any of these files is written.
  ///
  /// - Returns: the files and folders that are kept back now, folders with a `/` behind them.
  func keepBack(beforeTakingIn changes: [FileChange]) throws -> [String] {
    let others = try incomingIgnoreFiles(changes)
    if others.isEmpty { return [] }
    let head = try headTree()
    var kept: Set<String> = []
    try Walk(root: vault.root, includesHidden: true).eachFolder { listing in
      guard let first = listing.files.first else { return }
      let place = listing.gitPath(of: first)
      let now = try repository.ignoreRules(inFolderOf: place)
      let then = try repository.ignoreRules(inFolderOf: place, with: others)
      if then.isFolderIgnored { return }
      for file in listing.files {
        let path = listing.gitPath(of: file)
        if path.isBelow(.vaultFolder) || !now.ignores(path) || then.ignores(path) { continue }
        if try head.flatMap({ try repository.entry(at: path, in: $0) }) != nil { continue }
        kept.insert(try now.isFolderIgnored ? ignoredFolder(above: path) : path.description)
      }
    }
    if kept.isEmpty { return [] }
    let file = StateFile(Self.keptBackPath(of: vault))
    let lines = kept.sorted().map { "/" + Self.pattern(of: $0) + "\n" }
    try file.write((file.read() ?? []) + Array(lines.joined().utf8))
    return kept.sorted()
  }

  /// The ignore files that come in, with what they will say; nothing where one goes.
  private func incomingIgnoreFiles(_ changes: [FileChange]) throws -> [GitPath: [UInt8]] {
    var files: [GitPath: [UInt8]] = [:]
    func isIgnoreFile(_ path: GitPath) -> Bool {
      path.names.last.map { $0.elementsEqual(".gitignore".utf8) } ?? false
    }
    for change in changes {
      if isIgnoreFile(change.oldPath) { files[change.oldPath] = [] }
    }
    for change in changes where isIgnoreFile(change.newPath) {
      guard let new = change.new, new.kind == .file else { continue }
      files[change.newPath] = try repository.readBlob(new.id)
    }
    return files
  }

  /// The first of the folders that a path is in which is ignored.
  private func ignoredFolder(above path: GitPath) throws -> String {
    for folder in path.folders.sorted(by: { $0.bytes.count < $1.bytes.count }) {
      let inside = folder.appending("a file".utf8)
      if try repository.ignoreRules(inFolderOf: inside).isFolderIgnored { return "\(folder)/" }
    }
    return path.description
  }

  /// A path as a line of an ignore file has it.
  private static func pattern(of path: String) -> String {
    var pattern = ""
    for character in path.unicodeScalars {
      switch character {
      case "\\", "*", "?", "[", " ": pattern += "\\\(character)"
      // No line can have one.
      case "\n": pattern += "?"
      default: pattern.unicodeScalars.append(character)
      }
    }
    return pattern
  }
}
