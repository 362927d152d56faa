import Foundation
import TestSupport
import Testing

/// Every row of the repository table that stops a vault: one line, exit 4, the command that helps,
/// and nothing lost.
@Suite("repositories of every shape")
struct ShapeTests {
  let vault: TestVault

  init() throws {
    vault = try TestVault()
    try vault.write("one\n", to: "one.md")
    try vault.write("two\n", to: "sub/two.md")
    try vault.notes("save").succeeded()
    try vault.write("changed\n", to: "one.md")
  }

  func isRefused(_ word: String, reads: Bool = false) throws {
    let before = try vault.git("rev-parse", "HEAD").output
    let reading = reads ? [] : [["history", "one"], ["status"]]
    for command in [["save"], ["sync", "--remote", "/nowhere"]] + reading {
      let result = vault.run(command)
      #expect(result.status == 4, "\(command): \(result.output)\(result.errors)")
      #expect(result.errors.contains(word), "\(command): \(result.errors)")
      #expect(result.errors.split(separator: "\n").count <= 2)
    }
    #expect(try vault.git("rev-parse", "HEAD").output == before)
    #expect(try vault.read("one.md") == "changed\n")
    // Notes are files: reading them needs no repository.
    #expect(vault.notes("list").status == 0)
  }

  @Test("a sparse checkout is refused, since the rest would look deleted")
  func sparse() throws {
    try vault.git("checkout", "--quiet", "one.md")
    try vault.git("sparse-checkout", "set", "--cone", "sub", ".notes")
    try vault.write("changed\n", to: "one.md")
    try isRefused("sparse")
  }

  @Test("a detached HEAD makes no snapshot, and all is read from it")
  func detached() throws {
    try vault.write("A text of some words that is read later.\n", to: "one.md")
    try vault.notes("version", "cut", "one").succeeded()
    try vault.git("checkout", "--quiet", "--detach")
    try vault.write("A text of some words that is read later.\n\nMore.\n", to: "one.md")
    for command in [
      ["version", "list", "one"], ["version", "show", "one@v1"], ["show", "one@v1"],
      ["show", "one@2100-01-01"], ["diff", "one"], ["diff", "one", "v1"], ["evolve", "one"],
      ["blame", "one"], ["blame", "one", "--all"], ["changes", "--since", "2020-01-01"], ["status"],
      ["history"], ["history", "one"], ["history", "one", "--all"], ["check"],
      ["search", "--history", "words later"], ["publish"],
    ] {
      let result = vault.run(command)
      #expect(result.status == 0, "\(command): \(result.output)\(result.errors)")
    }
    try vault.write("changed\n", to: "one.md")
    try isRefused("detached", reads: true)
    #expect(vault.notes("version", "cut", "one").status == 4)
  }

  @Test("a shallow clone answers from the versions, and says where the history is cut off")
  func shallowVersions() throws {
    for words in ["First words.", "Second words."] {
      try vault.write("---\ntype: post\n---\n\n\(words)\n", to: "one.md")
      try vault.notes("version", "cut", "one", "--new").succeeded()
    }
    try vault.git(
      "clone", "--quiet", "--depth", "1", "file://" + vault.path, vault.folder.path + "/ci")
    let clone = try TestVault(isVault: false, name: "ci", beside: vault)
    try clone.git("checkout", "--quiet", "--detach")
    #expect(clone.notes("version", "list", "one").lines.count == 2)
    #expect(clone.notes("show", "one@v1").output.contains("First words."))
    #expect(clone.notes("diff", "one", "v1", "v2").output.contains("[-First-]{+Second+}"))
    #expect(clone.notes("evolve", "one").output.contains("—— v2"))
    #expect(clone.notes("blame", "one").output.contains("v1"))
    #expect(clone.notes("history", "one").lines.count == 2)
    #expect(clone.notes("status").status == 0)
    try clone.notes("publish").succeeded()
    let cut = "the history is cut off here"
    let all = clone.notes("history")
    #expect(all.lines.count == 1 && all.errors.contains(cut), "\(all.output)\(all.errors)")
    let blame = clone.notes("blame", "one", "--all")
    #expect(blame.status == 0 && blame.errors.contains(cut), "\(blame.errors)")
    for command in [
      ["history", "one", "--all"], ["search", "--history", "First"], ["show", "one@2000-01-01"],
      ["changes", "--since", "2000-01-01"], ["blame", "one@2000-01-01"],
    ] {
      let result = clone.run(command)
      #expect(result.status == 4, "\(command): \(result.output)\(result.errors)")
      #expect(result.errors.contains("--unshallow"), "\(command): \(result.errors)")
    }
  }

  @Test("a merge under way is refused, and how to finish it is said")
  func merging() throws {
    try vault.git("checkout", "--quiet", "one.md")
    try vault.git("checkout", "--quiet", "-b", "side")
    try vault.write("side\n", to: "one.md")
    try vault.git("commit", "--quiet", "-am", "side")
    try vault.git("checkout", "--quiet", "main")
    try vault.write("main\n", to: "one.md")
    try vault.git("commit", "--quiet", "-am", "main")
    try vault.git("merge", "side")
    try vault.write("changed\n", to: "one.md")
    try isRefused("merge", reads: true)
  }

  @Test("a shallow clone is refused")
  func shallow() throws {
    let head = try vault.git("rev-parse", "HEAD").output
    try vault.write(head, to: ".git/shallow")
    try isRefused("shallow", reads: true)
  }

  @Test("a partial clone is refused")
  func partial() throws {
    try vault.git("config", "remote.origin.url", "/nowhere")
    try vault.git("config", "remote.origin.promisor", "true")
    try vault.git("config", "remote.origin.partialclonefilter", "blob:none")
    try isRefused("partial")
  }

  @Test("settings that put the work tree elsewhere are refused")
  func otherWorkTree() throws {
    try vault.git("config", "core.worktree", vault.folder.path)
    try isRefusedWithoutGit("work tree")
  }

  @Test("a vault whose repository is kept elsewhere, with a link to it, is read and saved")
  func linkToRepository() throws {
    let kept = vault.folder.path + "/kept.git"
    try FileManager.default.moveItem(atPath: vault.path + "/.git", toPath: kept)
    try FileManager.default.createSymbolicLink(
      atPath: vault.path + "/.git", withDestinationPath: "../kept.git")
    #expect(vault.notes("status").output.contains("M one.md"))
    try vault.notes("save").succeeded()
    #expect(try vault.git("status", "--porcelain").output == "")
    #expect(try vault.git("show", "HEAD:one.md").output == "changed\n")
    #expect(vault.notes("history", "one").status == 0)
    #expect(vault.notes("init").status == 0)
    #expect(vault.notes("doctor").status == 0)
    let target = try FileManager.default.destinationOfSymbolicLink(atPath: vault.path + "/.git")
    #expect(target == "../kept.git")
  }

  @Test("a linked work tree that was moved by mv is read and saved, and its copy is refused")
  func movedWorkTree() throws {
    try vault.git("worktree", "add", "-q", "-b", "side", "../side")
    let side = try TestVault(isVault: false, name: "side", beside: vault)
    try runProcess(["cp", "-r", side.path, side.path + "-copy"])
    let copy = try TestVault(isVault: false, name: "side-copy", beside: vault)
    let refused = copy.notes("save")
    #expect(refused.status == 4)
    #expect(refused.errors.contains("hint: git worktree repair"), "\(refused.errors)")
    try runProcess(["mv", side.path, side.path + "-moved"])
    let moved = try TestVault(isVault: false, name: "side-moved", beside: vault)
    try moved.write("moved and changed\n", to: "one.md")
    try moved.notes("save").succeeded()
    #expect(try moved.git("status", "--porcelain").output == "")
    #expect(try vault.git("show", "side:one.md").output == "moved and changed\n")
  }

  @Test("a bare repository is refused")
  func bare() throws {
    try vault.git("config", "core.bare", "true")
    try isRefusedWithoutGit("bare")
  }

  /// As above, for repositories in which git itself would not do as asked.
  func isRefusedWithoutGit(_ word: String) throws {
    let result = vault.notes("save")
    #expect(result.status == 4)
    #expect(result.errors.contains(word), "\(result.errors)")
    #expect(try vault.read("one.md") == "changed\n")
  }

  @Test("a newer format is refused by its name", arguments: ["objectformat", "refstorage"])
  func newer(format: String) throws {
    try vault.git("config", "core.repositoryformatversion", "1")
    try vault.git(
      "config", "extensions.\(format)", format == "objectformat" ? "sha256" : "reftable")
    try isRefusedWithoutGit("format")
  }

  @Test("a split index does not stop a snapshot, or is refused with the command that joins it")
  func splitIndex() throws {
    try vault.git("update-index", "--split-index")
    let result = vault.notes("save")
    #expect(result.status == 0 || result.errors.contains("--no-split-index"))
  }

  @Test("a broken ~/.gitconfig stops nothing")
  func brokenConfig() throws {
    try vault.folder.write("[user\nname = x\n", to: "gitconfig")
    #expect(vault.notes("save").status == 0)
    try FileManager.default.removeItem(atPath: vault.folder.path + "/gitconfig")
    #expect(try vault.git("status", "--porcelain").output == "")
  }

  @Test("without a name for the author, the line says how to set one")
  func noAuthor() throws {
    let result = vault.notes(
      "save", environment: ["GIT_AUTHOR_NAME": "", "GIT_AUTHOR_EMAIL": ""])
    #expect(result.status == 2)
    #expect(result.errors.contains("git config --global user.name"))
  }

  @Test("a folder inside another repository is not made a vault; the repository itself is")
  func insideRepository() throws {
    let outer = try TestVault(isVault: false, name: "outer")
    try FileManager.default.createDirectory(
      atPath: outer.path + "/docs", withIntermediateDirectories: true)
    try outer.git("init", "--quiet", "-b", "main")
    let refused = outer.notes("init", "docs")
    #expect(refused.status == 4)
    #expect(refused.errors.contains("notes init \(outer.path)"))
    #expect(outer.notes("init", "new/deep").status == 4)
    #expect(!outer.has("new/deep"))
    #expect(outer.notes("init").status == 0)
    #expect(outer.notes("init").output.contains("already"))
  }

  @Test(
    "a folder that the repository around it ignores is made a vault, or cloned to, and is one of its own",
    arguments: ["*\n!.gitignore\n", "docs/\nclone/\n"])
  func ignoredInsideRepository(rules: String) throws {
    let outer = try TestVault(isVault: false, name: "outer")
    try outer.write(rules, to: ".gitignore")
    try outer.git("init", "--quiet", "-b", "main")
    try outer.git("add", ".gitignore")
    try outer.git("commit", "--quiet", "-m", "home")
    try outer.write("# A\n", to: "docs/a.md")
    let made = try outer.notes("init", "docs").succeeded()
    #expect(made.output.contains("is a vault now"))
    try outer.notes("save", in: "docs").succeeded()
    #expect(try outer.git("status", "--porcelain").output == "")
    #expect(outer.notes("status", in: "docs").errors.contains("nothing to save"))
    try outer.makeRemote()
    try outer.notes("sync", "--remote", outer.remote, in: "docs").succeeded()
    try outer.notes("clone", outer.remote, "clone").succeeded()
    #expect(try outer.read("clone/a.md") == "# A\n")
  }

  @Test("a folder of which the repository around it has a file is a part of that, though ignored")
  func ignoredPartOfRepository() throws {
    let outer = try TestVault(isVault: false, name: "outer")
    try outer.write("*\n", to: ".gitignore")
    try outer.write("# A\n", to: "docs/a.md")
    try outer.git("init", "--quiet", "-b", "main")
    try outer.git("add", "--force", "docs/a.md")
    #expect(outer.notes("init", "docs").status == 4)
    try outer.git("commit", "--quiet", "-m", "home")
    try outer.git("rm", "--quiet", "--cached", "docs/a.md")
    #expect(outer.notes("init", "docs").status == 4)
  }

  @Test("the history of a repository that becomes a vault is the vault's")
  func existingHistory() throws {
    let old = try TestVault(isVault: false, name: "old")
    try FileManager.default.createDirectory(
      atPath: old.path, withIntermediateDirectories: true)
    try old.git("init", "--quiet", "-b", "trunk")
    try old.write("hello\n", to: "note.md")
    try old.git("add", ".")
    try old.git("commit", "--quiet", "-m", "years ago")
    try old.notes("init").succeeded()
    #expect(old.notes("history", "note").output.contains("years ago"))
    try old.notes("save").succeeded()
    #expect(try old.git("log", "--oneline", "trunk").output.split(separator: "\n").count == 2)
  }
}
