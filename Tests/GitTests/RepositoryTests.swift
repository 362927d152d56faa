import Foundation
import Git
import Glibc
import TestSupport
import Testing

/// Every row of the table of repository kinds.
@Suite struct RepositoryTests {
  private func sandbox() throws -> Sandbox {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    try sandbox.commit(["a.md": "1", "b/c.md": "2"])
    return sandbox
  }

  @Test("a plain repository, an unborn one, a worktree and one with index version 4 open")
  func accepted() throws {
    let sandbox = try sandbox()
    #expect(sandbox.problem() == nil)
    try sandbox.git("worktree", "add", "-q", "../other", "-b", "side")
    #expect(sandbox.problem("other") == nil)
    let other = try sandbox.open("other")
    #expect(other.gitDirectory == sandbox.path("vault/.git/worktrees/other"))
    #expect(other.commonDirectory == sandbox.path("vault/.git"))
    #expect(try other.head().branch == "side")
    try sandbox.git("update-index", "--index-version", "4")
    #expect(sandbox.problem() == nil)
    try sandbox.git("config", "core.fsmonitor", "touch \(sandbox.path("ran"))")
    try sandbox.git("config", "core.hooksPath", sandbox.path("hooks"))
    try sandbox.folder.write("garbage", to: "vault/.git/objects/info/commit-graph")
    #expect(sandbox.problem() == nil)
    #expect(throws: (any Error).self) { try sandbox.folder.read("ran") }
    try sandbox.initialise("unborn")
    #expect(try sandbox.open("unborn").head() == .unborn(branch: "main"))
    try sandbox.folder.write("not an index", to: "vault/.git/index")
    #expect(sandbox.problem() == nil)
  }

  @Test("a process that opens a repository again and again, as sync --watch does, does not grow")
  func memory() throws {
    let sandbox = try sandbox()
    let aliases = (0..<200).map { "\ta\($0) = log\n" }.joined()
    try sandbox.folder.write("[alias]\n" + aliases, to: "home/.gitconfig")
    try sandbox.git("remote", "add", "origin", sandbox.path("hub.git"))
    func residentBytes() throws -> Int {
      let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(
        separator: " ")
      return (Int(fields.dropFirst().first ?? "") ?? 0) * Int(getpagesize())
    }
    func use() throws {
      let repository = try sandbox.open()
      #expect(try repository.remotes().count == 1)
      #expect(try repository.severalAddresses(of: "origin") == nil)
      #expect(try repository.twoAddresses(of: "origin") == nil)
    }
    for _ in 0..<5 { try use() }
    let before = try residentBytes()
    for _ in 0..<60 { try use() }
    // Other tests run beside this one.
    let grown = try residentBytes() - before
    #expect(grown < 100_000_000, "\(grown)")
  }

  @Test("no repository, a bare one and a file in its place are told apart")
  func absent() throws {
    let sandbox = try sandbox()
    try sandbox.folder.write("", to: "plain/a.md")
    #expect(sandbox.problem("plain") == .notARepository(path: sandbox.path("plain")))
    #expect(sandbox.problem("nowhere") == .notARepository(path: sandbox.path("nowhere")))
    #expect(sandbox.problem("vault/b") == .notARepository(path: sandbox.path("vault/b")))
    try sandbox.initialise("bare", "--bare")
    #expect(sandbox.problem("bare") == .bare(path: sandbox.path("bare")))
    try sandbox.git("config", "core.bare", "true")
    #expect(sandbox.problem() == .bare(path: sandbox.path("vault")))
    try runProcess(["mkfifo", sandbox.path("plain/.git")])
    #expect(sandbox.problem("plain") == .notARepository(path: sandbox.path("plain")))
  }

  @Test("a detached HEAD and an unfinished operation are refused for writing only")
  func unfinished() throws {
    let sandbox = try sandbox()
    try sandbox.git("checkout", "-q", "--detach")
    #expect(sandbox.problem() == .detachedHead(try sandbox.id("HEAD")))
    #expect(sandbox.problem(for: .reading) == nil)
    try sandbox.git("checkout", "-q", "main")
    try sandbox.git("bisect", "start")
    #expect(sandbox.problem() == .operationInProgress("bisect", howToFinish: "git bisect reset"))
    try sandbox.git("bisect", "reset")
    try sandbox.git("checkout", "-q", "-b", "side")
    try sandbox.commit(["a.md": "x"])
    try sandbox.git("checkout", "-q", "main")
    try sandbox.commit(["a.md": "y"])
    for (command, name) in [
      ("merge", "merge"), ("rebase", "rebase"), ("cherry-pick", "cherry-pick"),
    ] {
      try sandbox.git(command, "side", failing: true)
      guard case .operationInProgress(name, let fix)? = sandbox.problem() else {
        Issue.record("\(name) was not noticed: \(String(describing: sandbox.problem()))")
        continue
      }
      #expect(fix.contains("--abort"))
      #expect(sandbox.problem(for: .reading) == nil)
      try sandbox.git(command, "--abort")
    }
    #expect(sandbox.problem() == nil)
  }

  @Test("what is only partly there is refused")
  func partial() throws {
    let sandbox = try sandbox()
    try sandbox.git("sparse-checkout", "set", "b")
    #expect(sandbox.problem() == .sparseCheckout)
    try sandbox.git("sparse-checkout", "disable")
    #expect(sandbox.problem() == nil)
    try sandbox.git("update-index", "--skip-worktree", "a.md")
    #expect(sandbox.problem() == .sparseCheckout)
    try sandbox.git("update-index", "--index-version", "4")
    #expect(sandbox.problem() == .sparseCheckout)
    try sandbox.git("update-index", "--no-skip-worktree", "a.md")
    #expect(sandbox.problem() == nil)
    try sandbox.git("update-index", "--split-index")
    #expect(sandbox.problem() == .splitIndex)
    try sandbox.git("update-index", "--no-split-index")
    #expect(sandbox.problem() == nil)
    try sandbox.commit(["a.md": "3"])
    let url = "file://" + sandbox.path("vault")
    try sandbox.git("clone", "-q", "--depth", "1", url, "../shallow")
    #expect(sandbox.problem("shallow") == .shallow)
    #expect(sandbox.problem("shallow", for: .reading) == nil)
    try sandbox.git("config", "uploadpack.allowFilter", "true")
    try sandbox.git("clone", "-q", "--filter=blob:none", url, "../part")
    #expect(sandbox.problem("part") == .partialClone)
  }

  @Test("a format that cannot be read is named")
  func formats() throws {
    let sandbox = try sandbox()
    try sandbox.initialise("sha256", "--object-format=sha256")
    #expect(sandbox.problem("sha256") == .newerFormat("objectformat"))
    for name in ["refstorage", "preciousobjects", "relativeworktrees"] {
      try sandbox.initialise(name)
      try sandbox.git("config", "core.repositoryformatversion", "1", in: name)
      try sandbox.git("config", "extensions.\(name)", "true", in: name)
      #expect(sandbox.problem(name) == .newerFormat(name))
    }
    try sandbox.initialise("v2")
    try sandbox.git("config", "core.repositoryformatversion", "2", in: "v2")
    guard case .newerFormat? = sandbox.problem("v2") else {
      Issue.record("version 2 opened: \(String(describing: sandbox.problem("v2")))")
      return
    }
  }

  @Test("what a link below the references leads to is no reference, and no lock")
  func linkedReferences() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    try sandbox.commit(["a.md": "1"])
    for name in ["thesis.txt", "deep/letter.txt", "Cargo.lock"] {
      try sandbox.folder.write("mine", to: "Documents/" + name)
    }
    let repository = try sandbox.open()
    let refs = sandbox.path("vault/.git/refs")
    for (place, goal) in [
      ("remotes", sandbox.path("Documents")), ("x", sandbox.path("Documents")), ("a", "."),
      ("b", "."),
    ] {
      try FileManager.default.createSymbolicLink(
        atPath: refs + "/" + place, withDestinationPath: goal)
    }
    #expect(try repository.removeTornRemoteReferences().isEmpty)
    #expect(repository.filesOfReferences() == ["refs/heads/main"])
    try FileManager.default.removeItem(atPath: refs + "/remotes")
    try FileManager.default.createDirectory(
      atPath: refs + "/remotes", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: refs + "/remotes/origin", withDestinationPath: sandbox.path("Documents"))
    #expect(try repository.removeTornRemoteReferences().isEmpty)
    for name in ["thesis.txt", "deep/letter.txt", "Cargo.lock"] {
      #expect(FileManager.default.fileExists(atPath: sandbox.path("Documents/" + name)))
    }
  }

  @Test("another folder as work tree, and settings that include a FIFO or a device, are refused")
  func hostileSettings() throws {
    let sandbox = try sandbox()
    try sandbox.folder.write("", to: "elsewhere/x")
    try sandbox.git("config", "core.worktree", sandbox.path("elsewhere"))
    #expect(sandbox.problem() == .otherWorkTree(path: sandbox.path("elsewhere")))
    try sandbox.git("config", "--file", ".git/config", "--unset", "core.worktree")
    try runProcess(["mkfifo", sandbox.path("fifo")])
    let settings = try sandbox.folder.read("vault/.git/config")
    for path in [sandbox.path("fifo"), "/dev/zero", "../../fifo"] {
      try sandbox.folder.write(settings + "[Include] path = \"\(path)\"\n", to: "vault/.git/config")
      guard case .unsafeInclude? = sandbox.problem() else {
        Issue.record("\(path) was included")
        continue
      }
    }
    try sandbox.folder.write(
      settings + "[include]\npath = ../../fine # x\n", to: "vault/.git/config")
    try sandbox.folder.write("[user]\n\tname = Included\n", to: "fine")
    #expect(sandbox.problem() == nil)
    #expect(try sandbox.open().setting("user.name") == "Included")
  }

  @Test("a broken ~/.gitconfig breaks nothing, and a sound one is read with what it includes")
  func userSettings() throws {
    let sandbox = try sandbox()
    #expect(try sandbox.open().signature(as: .author, seconds: 0, offset: 0) == nil)
    try sandbox.folder.write(
      "[user]\n\tname = Ada L\n[include]\n\tpath = ~/more\n", to: "home/.gitconfig")
    try sandbox.folder.write("[user]\n\temail = ada@x.org\n", to: "home/more")
    #expect(
      try sandbox.open().signature(as: .author, seconds: 7, offset: 60)
        == Signature(name: "Ada L", email: "ada@x.org", seconds: 7, offset: 60))
    try sandbox.folder.write("[user\nname = x", to: "home/.gitconfig")
    #expect(try sandbox.open().signature(as: .author, seconds: 0, offset: 0) == nil)
    #expect(sandbox.problem() == nil)
  }

  @Test(
    "what git includes for the address of a remote counts as git has it",
    arguments: [
      ("**/work*.path", "../work.path"), ("**/work*.path", "../home.path"),
      ("https://forge.example/**", "https://forge.example/me/notes.git"),
      ("https://forge.example/*", "https://forge.example/me/notes.git"),
      ("https://forge.example/*", "https://forge.example/notes.git"),
      ("git@forge.example:acme/**", "git@forge.example:acme/notes"),
      ("git@forge.example:**", "git@forge.example:acme/notes"),
      ("git@FORGE.example:acme/**", "git@forge.example:acme/notes"),
      ("**/acme/**/notes", "https://forge.example/acme/notes"),
      ("**", "https://forge.example/notes"), ("[a-z]*/x", "https://x"), ("*", ""),
    ])
  func includedForAddress(glob: String, address: String) throws {
    let sandbox = try sandbox()
    let user = "[user]\n\tname = Ada\n\temail = ada@home.org\n"
    try sandbox.folder.write(user + "[include]\n\tpath = more/a\n", to: "home/.gitconfig")
    try sandbox.folder.write(
      "[includeIf \"hasconfig:remote.*.url:\(glob)\"]\n\tpath = b\n", to: "home/more/a")
    try sandbox.folder.write(
      "[user]\n\temail = ada@work.org\n[core]\n\texcludesFile = ~/ignore\n", to: "home/more/b")
    try sandbox.folder.write("diary/\n", to: "home/ignore")
    if !address.isEmpty { try sandbox.git("remote", "add", "hub", address) }
    let email = try sandbox.git("config", "user.email")
    let repository = try sandbox.open()
    #expect(repository.setting("user.email") == email)
    #expect(try repository.isIgnored("diary/d.md") == email.hasSuffix("work.org"))
    // What this repository says itself counts more.
    try sandbox.git("config", "user.email", "ada@here.org")
    #expect(try sandbox.open().setting("user.email") == "ada@here.org")
  }

  @Test("author and committer are who git takes for them")
  func roles() throws {
    let sandbox = try sandbox()
    func isAsGitHasIt(_ extra: [String: String] = [:]) throws {
      var variables = sandbox.environment.variables.merging(extra) { $1 }
      let repository = try Repository.open(
        sandbox.path("vault"), environment: GitEnvironment(variables: variables))
      for role in [Repository.Role.author, .committer] {
        let found = repository.signature(as: role, seconds: 7, offset: 0)
        let signature = try #require(found)
        variables["LC_ALL"] = "C"
        let told = try runProcess(
          ["git", "var", "GIT_\(role.rawValue.uppercased())_IDENT"], in: sandbox.path("vault"),
          environment: variables)
        #expect(
          told.output.hasPrefix("\(signature.name) <\(signature.email)> "), "\(told) \(signature)")
      }
    }
    let names = "[user]\n\tname = Ada\n"
    try sandbox.folder.write(names, to: "home/.gitconfig")
    #expect(try sandbox.open().signature(as: .author, seconds: 0, offset: 0) == nil)
    try isAsGitHasIt(["EMAIL": "ada@mail.org"])
    try sandbox.folder.write(names + "\temail = ada@home.org\n", to: "home/.gitconfig")
    try isAsGitHasIt(["EMAIL": "ada@mail.org"])
    try sandbox.folder.write(
      names + "\temail = ada@home.org\n[author]\n\temail = ada@public.org\n[committer]\n"
        + "\tname = Ada's machine\n\temail = machine@public.org\n", to: "home/.gitconfig")
    try isAsGitHasIt()
    try isAsGitHasIt(["GIT_COMMITTER_EMAIL": "other@x.org", "GIT_AUTHOR_NAME": "Augusta"])
  }

  @Test(
    "of a name and an address what cannot stand in a commit is left out, as git does",
    arguments: [
      "Anna <anna@x.org>", "<anna@x.org>", "\"Anna\"; ", " 'Anna, B. <b' ", "A\nB <", "Ünal\\",
      "Anna \u{308}<", ".a.",
    ])
  func odd(name: String) throws {
    let sandbox = try sandbox()
    let variables = sandbox.environment.variables.merging(
      ["GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": name]) { $1 }
    let repository = try Repository.open(
      sandbox.path("vault"), environment: GitEnvironment(variables: variables))
    let found = repository.signature(as: .author, seconds: 7, offset: 0)
    let author = try #require(found)
    let told = try runProcess(
      ["git", "var", "GIT_AUTHOR_IDENT"], in: sandbox.path("vault"), environment: variables)
    #expect(told.output.hasPrefix("\(author.name) <\(author.email)> "), "\(told) \(author)")
    let tree = try sandbox.id("HEAD^{tree}")
    let commit = try repository.createCommit(
      tree: tree, parents: [], author: author, committer: author, message: "x")
    #expect(try repository.commit(commit).author == author)
  }

  @Test("a name of signs alone is none")
  func signsAlone() throws {
    let sandbox = try sandbox()
    let variables = sandbox.environment.variables.merging(
      ["GIT_AUTHOR_NAME": " <>.", "GIT_AUTHOR_EMAIL": "a@x.org"]) { $1 }
    let repository = try Repository.open(
      sandbox.path("vault"), environment: GitEnvironment(variables: variables))
    #expect(repository.signature(as: .author, seconds: 0, offset: 0) == nil)
  }

  @Test("a linked work tree that mv moved is opened where it is, and a copy of one is refused")
  func movedWorkTree() throws {
    let sandbox = try sandbox()
    try sandbox.git("worktree", "add", "-q", "../other", "-b", "side")
    try runProcess(["cp", "-r", sandbox.path("other"), sandbox.path("copy")])
    #expect(
      sandbox.problem("copy") == .sharedRepository(with: sandbox.path("other"), isLinked: true))
    try runProcess(["mv", sandbox.path("other"), sandbox.path("moved")])
    #expect(sandbox.problem("moved") == nil)
    #expect(try sandbox.open("moved").gitDirectory == sandbox.path("vault/.git/worktrees/other"))
  }

  @Test("a link called .git is followed as git does, but for one to another vault's repository")
  func linkToRepository() throws {
    let sandbox = try sandbox()
    try sandbox.folder.write("", to: "vault/.notes/config.yaml")
    try sandbox.folder.write("", to: "second/a.md")
    try runProcess(["ln", "-s", "../vault/.git", sandbox.path("second/.git")])
    #expect(
      sandbox.problem("second") == .sharedRepository(with: sandbox.path("vault"), isLinked: false))
    try runProcess(["mv", sandbox.path("vault/.git"), sandbox.path("kept.git")])
    try runProcess(["ln", "-s", "../kept.git", sandbox.path("vault/.git")])
    let repository = try sandbox.open()
    #expect(repository.workTree == sandbox.path("vault"))
    #expect(repository.gitDirectory == sandbox.path("vault/.git"))
    let settings = try sandbox.folder.read("kept.git/config")
    try sandbox.folder.write(settings + "[include] path = /dev/zero\n", to: "kept.git/config")
    #expect(sandbox.problem() == .unsafeInclude(path: "/dev/zero"))
    try sandbox.folder.write(settings, to: "kept.git/config")
    try sandbox.git("config", "core.worktree", sandbox.path("second"))
    #expect(sandbox.problem() == .otherWorkTree(path: sandbox.path("second")))
  }

  @Test(
    "another user's repository is opened where safe.directory trusts it, as git has it",
    .enabled(if: geteuid() == 0),
    arguments: [
      (".gitconfig", "$/vault", true), (".config/git/config", "$/vault", true),
      (".config/git/config", "$/vault/", true), (".config/git/config", "~/../vault", true),
      (".config/git/config", "$/*", true), (".config/git/config", "/x/*", false),
      (".config/git/config", "$/vault\n\tdirectory =", false),
      (".config/git/config", "$/vau", false),
    ])
  func trusted(file: String, value: String, isTrusted: Bool) throws {
    let sandbox = try sandbox()
    try runProcess(["chown", "-R", "65534", sandbox.path("vault")])
    try runProcess(["rm", sandbox.path("home/.gitconfig")])
    try sandbox.folder.write(
      "[safe]\n\tdirectory = \(value.replacing("$", with: sandbox.path("")))\n".replacing(
        "//", with: "/"), to: "home/" + file)
    var environment = sandbox.environment
    environment.variables["GIT_CONFIG_GLOBAL"] = nil
    if isTrusted {
      _ = try Repository.open(sandbox.path("vault"), environment: environment)
    } else {
      #expect(throws: GitError.self) {
        _ = try Repository.open(sandbox.path("vault"), environment: environment)
      }
    }
  }

  @Test("another user's repository is refused", .enabled(if: geteuid() == 0))
  func foreign() throws {
    let sandbox = try sandbox()
    try sandbox.folder.write("[init]\n\tdefaultBranch = main\n", to: "home/.gitconfig")
    try runProcess(["chown", "-R", "65534", sandbox.path("vault")])
    #expect(sandbox.problem() == .foreignOwner(user: 65534, path: sandbox.path("vault")))
    try sandbox.folder.write(
      "[safe]\n\tdirectory = \(sandbox.path("vault"))\n", to: "home/.gitconfig")
    #expect(sandbox.problem() == nil)
  }

  @Test("a damaged repository is called damaged")
  func damaged() throws {
    let sandbox = try sandbox()
    try sandbox.folder.write("[core\n", to: "vault/.git/config")
    guard case .damaged? = sandbox.problem() else {
      Issue.record("\(String(describing: sandbox.problem()))")
      return
    }
    for file in ["HEAD"] {
      let other = try self.sandbox()
      try other.folder.write("", to: "vault/.git/\(file)")
      #expect(other.problem() != nil)
    }
  }

  @Test("each problem has a sentence and a command")
  func words() throws {
    let id = try #require(ObjectID(hex: String(repeating: "a", count: 40)))
    let problems: [RepositoryProblem] = [
      .notARepository(path: "p"), .bare(path: "p"), .detachedHead(id),
      .operationInProgress("merge", howToFinish: "git merge --abort"), .sparseCheckout, .shallow,
      .partialClone, .splitIndex, .newerFormat("x"), .foreignOwner(user: 1, path: "p"),
      .otherWorkTree(path: "p"), .sharedRepository(with: "p", isLinked: true),
      .sharedRepository(with: "p", isLinked: false), .unsafeInclude(path: "p"), .damaged("m"),
    ]
    for problem in problems {
      #expect(problem.description.hasSuffix("."))
      #expect(!problem.fix.isEmpty)
    }
  }

  @Test("settings that keep bytes are set once, beside the user's own lines")
  func keepBytes() throws {
    let sandbox = try sandbox()
    try sandbox.folder.write("*.png binary", to: "vault/.git/info/attributes")
    for _ in 0..<2 {
      var repository = try sandbox.open()
      try repository.keepBytesAsTheyAre()
      #expect(repository.setting("core.autocrlf") == "false")
    }
    #expect(
      try sandbox.folder.read("vault/.git/info/attributes") == "*.png binary\n* -text -ident\n")
    #expect(try sandbox.git("config", "core.protectHFS") == "true")
    #expect(try sandbox.git("check-attr", "text", "x.md") == "x.md: text: unset")
  }
}
