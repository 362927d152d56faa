internal import Git
internal import Glibc
internal import Vault

/// A git hook that a vault can have.
public struct HookScript: Sendable {
  /// Git's name for it, such as `post-commit`.
  public let name: String
  /// Its text, with `@notes@` where the program's path goes.
  public let bytes: [UInt8]

  /// A hook.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  /// The lines between the marks, with the program's path in them.
  func block(program: String) -> String {
    let text = String(decoding: bytes, as: UTF8.self).replacing(
      "@notes@", with: Self.quoted(program))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.drop { !$0.hasPrefix(Self.begin) }.joined(separator: "\n")
  }

  /// A path as a shell takes it for one word.
  static func quoted(_ path: String) -> String {
    "'" + path.replacing("'", with: "'\\''") + "'"
  }

  static let begin = "# >>> notes"
  static let end = "# <<< notes"
}

extension History {
  /// Puts hooks beside what the user has, and registers the merge driver.
  ///
  /// The block stands right behind the first line, so that a hook that ends with `exit` still runs
  /// it. A hook that is no shell script is left alone.
  ///
  /// - Returns: the paths of what was installed, and of the hooks that are no shell scripts.
  public mutating func installHooks(
    _ scripts: [HookScript], program: String
  ) throws -> (installed: [String], foreign: [String]) {
    var installed: [String] = []
    var foreign: [String] = []
    for script in scripts {
      let file = StateFile(hookFolder + "/" + script.name)
      let old = try file.read().map { String(decoding: $0, as: UTF8.self) } ?? "#!/bin/sh\n"
      let lines = Self.withoutBlock(old).split(separator: "\n", omittingEmptySubsequences: false)
      guard let first = lines.first, first.hasPrefix("#!"), first.hasSuffix("sh") else {
        foreign.append(file.path)
        continue
      }
      let rest = lines.dropFirst().joined(separator: "\n")
      let text = first + "\n" + script.block(program: program) + rest
      try file.write(Array(text.utf8))
      guard unsafe chmod(file.path, 0o755) == 0 else {
        throw VaultError.system(operation: "make executable", path: file.path, errno: errno)
      }
      installed.append(file.path)
    }
    try changingSettings { repository throws(GitError) in
      try Self.register(program: program, in: &repository)
    }
    installed.append(repository.commonDirectory + "/config: merge.notes")
    return (installed, foreign)
  }

  private static func register(
    program: String, in repository: inout Repository
  ) throws(GitError) {
    let merge = HookScript.quoted(program) + " merge-file"
    try repository.set("merge.notes.name", to: "notes: prose merge without markers")
    // Where the program is gone, git's own merge and its marks are better than one side in silence.
    let driver = """
      \(merge) --record=%P -- %O %A %B; r=$?; case $r in 0|3) exit $r;; esac; \
      git merge-file -L ours -L base -L theirs %A %O %B
      """
    try repository.set("merge.notes.driver", to: driver)
    // What git makes of several common ancestors is asked of nobody.
    try repository.set("merge.notes.recursive", to: "notes-ancestor")
    try repository.set("merge.notes-ancestor.name", to: "notes: the common ancestor of a merge")
    try repository.set("merge.notes-ancestor.driver", to: "\(merge) -- %O %A %B 2>/dev/null")
    try repository.removeAttribute(oldAttribute)
    for line in attributes { try repository.addAttribute(line) }
  }

  /// Takes the hooks and the merge driver out, and leaves everything else as it is.
  ///
  /// - Returns: the paths of what was taken out.
  public mutating func uninstallHooks(_ names: [String]) throws -> [String] {
    var removed: [String] = []
    for name in names {
      let file = StateFile(hookFolder + "/" + name)
      guard let bytes = try file.read() else { continue }
      let old = String(decoding: bytes, as: UTF8.self)
      let text = Self.withoutBlock(old)
      if text == old { continue }
      let isEmpty = text.split(separator: "\n").allSatisfy { $0.hasPrefix("#!") }
      if isEmpty {
        try file.remove()
      } else {
        try file.write(Array(text.utf8))
        unsafe chmod(file.path, 0o755)
      }
      removed.append(file.path)
    }
    try changingSettings { repository throws(GitError) in
      try repository.removeSection("merge.notes")
      try repository.removeSection("merge.notes-ancestor")
      for line in Self.attributes + [Self.oldAttribute] { try repository.removeAttribute(line) }
    }
    return removed
  }

  /// Which of the hooks are installed.
  public func installedHooks(_ names: [String]) throws -> Set<String> {
    var found: Set<String> = []
    for name in names {
      let bytes = try StateFile(hookFolder + "/" + name).read() ?? []
      if String(decoding: bytes, as: UTF8.self).contains(HookScript.begin) { found.insert(name) }
    }
    return found
  }

  /// Which files git merges by the driver: those that are notes (`NotePath.isNote`), and not the texts of
  /// versions and conflicts, which are whole or nothing.
  private static let attributes = [
    "*.[mM][dD] merge=notes",
    "*.[mM][aA][rR][kK][dD][oO][wW][nN] merge=notes",
    ".notes/versions/** merge=binary",
    ".notes/conflicts/** merge=binary",
  ]
  private static let oldAttribute = "*.md merge=notes"

  /// Where git looks for hooks: `core.hooksPath`, else its own folder.
  private var hookFolder: String {
    guard let folder = repository.path(ofSetting: "core.hooksPath"), !folder.isEmpty else {
      return repository.commonDirectory + "/hooks"
    }
    return folder.hasPrefix("/") ? folder : vault.root + "/" + folder
  }

  private static func withoutBlock(_ text: String) -> String {
    var isInside = false
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
      if line.hasPrefix(HookScript.begin) { isInside = true }
      defer { if line.hasPrefix(HookScript.end) { isInside = false } }
      return !isInside
    }
    return lines.joined(separator: "\n")
  }
}
