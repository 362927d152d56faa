import Git
import Glibc
import TestSupport
import Testing

@Suite struct UserIndexTests {
  /// Makes a snapshot of some files past the user's index, and refreshes it.
  private func save(
    _ sandbox: Sandbox, _ files: [String: String?], staged: StagedText = .stays
  ) throws -> Bool {
    let repository = try sandbox.open()
    let head = try #require(try repository.head().id)
    let old = try repository.commit(head).tree
    var changes: [TreeChange] = []
    for (path, text) in files where text == nil {
      try runProcess(["rm", "-rf", sandbox.path("vault/" + path)])
    }
    for (path, text) in files {
      if let text {
        try sandbox.folder.write(text, to: "vault/\(path)")
        changes.append(TreeChange(GitPath(path), .file(try repository.writeBlob(Array(text.utf8)))))
      } else {
        changes.append(TreeChange(GitPath(path), nil))
      }
    }
    let tree = try repository.updatedTree(old, changes)
    let commit = try repository.createCommit(
      tree: tree, parents: [head], author: Sandbox.author, committer: Sandbox.author, message: "s")
    try repository.setReference("refs/heads/main", to: commit, expecting: .at(head), message: "s")
    func stamp(_ path: GitPath) -> FileStamp? {
      var status = stat()
      guard unsafe lstat(sandbox.path("vault/\(path)"), &status) == 0 else { return nil }
      return FileStamp(status)
    }
    let diff = try repository.diff(old, tree)
    if staged == .stays { return repository.refreshUserIndex(diff, stamp: stamp) }
    let lock = try repository.lockUserIndex()
    let isDone = repository.refreshUserIndex(diff, holding: lock, staged: staged, stamp: stamp)
    return lock.release() && isDone
  }

  private func sandbox() throws -> Sandbox {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let long = (0..<20).map { "line \($0)\n" }.joined()
    try sandbox.commit(["a.md": "1", "b.md": "2", "move.md": long, "c": "3", "staged.md": "4"])
    return sandbox
  }

  @Test("after a snapshot git status is clean", arguments: ["2", "4"])
  func clean(version: String) throws {
    let sandbox = try sandbox()
    try sandbox.git("update-index", "--index-version", version)
    let long = (0..<20).map { "line \($0)\n" }.joined()
    let done = try save(
      sandbox,
      [
        "a.md": "1b", "b.md": nil, "move.md": nil, "moved/é here.md": long, "c": nil, "c/d.md": "5",
        "new.md": "6",
      ])
    #expect(done)
    #expect(try sandbox.git("status", "--porcelain") == "")
    #expect(try sandbox.git("write-tree") == sandbox.git("rev-parse", "HEAD^{tree}"))
    #expect(try sandbox.git("fsck", "--strict") == "")
    #expect(
      try runProcess(["sh", "-c", "ls .git | grep -E 'lock|notes~'"], in: sandbox.path("vault"))
        .output == "")
  }

  @Test("an index without a checksum is brought up to a snapshot", arguments: ["2", "4"])
  func unchecked(version: String) throws {
    let sandbox = try sandbox()
    try sandbox.git("update-index", "--index-version", version)
    // What git 2.40 writes with index.skipHash.
    try zero(20, of: sandbox)
    #expect(try sandbox.open().isUserIndexSound())
    #expect(try save(sandbox, ["a.md": "1b", "b.md": nil, "new/é.md": "6"]))
    #expect(try sandbox.git("status", "--porcelain") == "")
    #expect(try sandbox.git("fsck", "--strict") == "")
    // What a disk has of one after a power cut.
    try zero(120, of: sandbox)
    #expect(try !sandbox.open().isUserIndexSound())
    #expect(try !save(sandbox, ["a.md": "1c"]))
  }

  /// Puts zeros in the place of the last bytes of git's index.
  private func zero(_ count: Int, of sandbox: Sandbox) throws {
    try runProcess(
      ["sh", "-c", "truncate -s -\(count) index && truncate -s +\(count) index"],
      in: sandbox.path("vault/.git"))
  }

  @Test("an index that is not there is made of all files")
  func missing() throws {
    let sandbox = try sandbox()
    try runProcess(["rm", sandbox.path("vault/.git/index")])
    #expect(try save(sandbox, ["a.md": "1b", "b.md": nil]))
    #expect(try sandbox.git("status", "--porcelain") == "")
  }

  @Test("what the user has staged stays staged")
  func staged() throws {
    let sandbox = try sandbox()
    try sandbox.folder.write("mine", to: "vault/staged.md")
    try sandbox.folder.write("mine too", to: "vault/brand-new.md")
    try sandbox.git("add", "staged.md", "brand-new.md")
    #expect(try save(sandbox, ["a.md": "1b", "staged.md": "theirs", "brand-new.md": "other"]))
    #expect(
      try sandbox.git("status", "--porcelain") == "MM brand-new.md\nMM staged.md")
    #expect(try sandbox.git("show", ":staged.md") == "mine")
  }

  @Test("what the user has staged becomes what the snapshot has, where that is asked for")
  func following() throws {
    let sandbox = try sandbox()
    for name in ["staged.md", "brand-new.md", "b.md", "a.md"] {
      try sandbox.folder.write("mine", to: "vault/\(name)")
    }
    try sandbox.git("add", ".")
    let isDone = try save(
      sandbox, ["staged.md": "theirs", "brand-new.md": "other", "b.md": nil], staged: .follows)
    #expect(isDone)
    #expect(try sandbox.git("status", "--porcelain") == "M  a.md")
  }

  @Test("what git could not merge stays as git left it", arguments: [StagedText.stays, .follows])
  func unmerged(staged: StagedText) throws {
    let sandbox = try sandbox()
    let id = try sandbox.git("rev-parse", "HEAD:a.md")
    try sandbox.git(
      "update-index", "--index-info",
      input: "0 \(String(repeating: "0", count: 40)) 0\ta.md\n100644 \(id) 2\ta.md\n")
    #expect(try save(sandbox, ["a.md": "theirs"], staged: staged))
    #expect(try sandbox.git("ls-files", "--unmerged") == "100644 \(id) 2\ta.md")
  }

  @Test("an edit made just after the snapshot shows")
  func edited() throws {
    let sandbox = try sandbox()
    #expect(try save(sandbox, ["a.md": "XX"]))
    try sandbox.folder.write("YY", to: "vault/a.md")
    #expect(try sandbox.git("status", "--porcelain") == " M a.md")
  }

  @Test("a locked, damaged or missing index is no hindrance")
  func hindered() throws {
    let sandbox = try sandbox()
    try sandbox.folder.write("", to: "vault/.git/index.lock")
    #expect(try !save(sandbox, ["a.md": "x"]))
    #expect(try runProcess(["ls", sandbox.path("vault/.git/index.lock")]).status == 0)
    try runProcess(["rm", sandbox.path("vault/.git/index.lock")])
    try sandbox.git("reset", "-q")
    try sandbox.folder.write("garbage", to: "vault/.git/index")
    #expect(try !save(sandbox, ["a.md": "y"]))
    #expect(try sandbox.folder.read("vault/.git/index") == "garbage")
    try runProcess(["rm", sandbox.path("vault/.git/index")])
    try sandbox.git("reset", "-q")
    #expect(try save(sandbox, ["a.md": "z"]))
    #expect(try sandbox.git("status", "--porcelain") == "")
  }

  @Test(
    "what a folder that git ignores has is not taken in again by its own name",
    arguments: [
      "private/\n!*.md\n", "!*.md\nprivate/\n", "*\n!*.md\n", "/*\n!*.md\n", ".*\n!*.md\n",
      "*.md\n!README.md\nprivate/\n", "*\n!*/\n!*.md\n", "/private/*\n!/private/sub/\n",
      "private/**\n!*.md\n", "**/sub\n!sub/a.md\n",
    ])
  func ignoredFolder(rules: String) throws {
    let sandbox = try sandbox()
    try sandbox.folder.write(rules, to: "vault/.gitignore")
    let repository = try sandbox.open()
    let paths = [
      "a.md", "README.md", "private/a.md", "private/sub/a.md", ".hid/a.md", "x/sub/a.md", "x/a.txt",
    ]
    let git = try sandbox.git(
      "check-ignore", "--no-index", "--stdin", input: paths.joined(separator: "\n"), failing: true)
    let ignored = Set(git.split(separator: "\n").map(String.init))
    for path in paths {
      #expect(try repository.isIgnored(GitPath(path)) == ignored.contains(path), "\(path)")
    }
  }

  @Test("ignore files are honoured as git does")
  func ignored() throws {
    let sandbox = try sandbox()
    try sandbox.folder.write("*.tmp\n!keep.tmp\n/only-here\n", to: "vault/.gitignore")
    try sandbox.folder.write("secret/\n", to: "vault/.git/info/exclude")
    try sandbox.folder.write("*.global\n!*.not\n", to: "home/.config/git/ignore")
    try sandbox.folder.write("inner.md\n", to: "vault/sub/.gitignore")
    let repository = try sandbox.open()
    let paths = [
      "a.md", "x.tmp", "keep.tmp", "d/x.tmp", "only-here", "d/only-here", "secret/a.md", "y.global",
      "sub/inner.md", "inner.md", "secret", "é.tmp",
    ]
    // Git itself takes the default file from $XDG_CONFIG_HOME.
    let extra = ["XDG_CONFIG_HOME": sandbox.path("home/.config")]
    let git = try sandbox.git(
      "-c", "core.quotePath=false", "check-ignore", "--no-index", "--stdin",
      input: paths.joined(separator: "\n"), failing: true, extra: extra)
    let expected = Set(git.split(separator: "\n").map(String.init))
    #expect(expected.contains("y.global"))
    for path in paths {
      #expect(try repository.isIgnored(GitPath(path)) == expected.contains(path), "\(path)")
    }
    try runProcess(["rm", sandbox.path("vault/.gitignore")])
    try runProcess(["mkfifo", sandbox.path("vault/.gitignore")])
    let error = #expect(throws: GitError.self) { try sandbox.open().isIgnored("x.tmp") }
    #expect(String(describing: error).contains(".gitignore"))
  }
}
