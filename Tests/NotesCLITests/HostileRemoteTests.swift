import Foundation
import TestSupport
import Testing

/// What a remote may hold that somebody else wrote with no regard for anybody: it is refused or
/// harmless, and the rest comes in.
@Suite("a hostile or broken remote")
struct HostileRemoteTests {
  let here: TestVault
  var remote: String { here.remote }

  init() throws {
    here = try TestVault()
    try here.makeRemote()
    try here.write("mine\n", to: "mine.md")
    try here.notes("sync", "--remote", remote).succeeded()
  }

  /// Makes an object of these bytes in the remote, however wrong they are.
  private func object(_ type: String, _ bytes: [UInt8]) throws -> String {
    let file = here.folder.path + "/object-\(UInt32.random(in: 0 ... .max))"
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    let made = try here.git(
      "hash-object", "-t", type, "-w", "--literally", file, in: remote)
    return try #require(made.output.split(separator: "\n").first.map(String.init), "\(made.errors)")
  }

  private func tree(_ entries: [(mode: String, name: [UInt8], id: String)]) throws -> String {
    var bytes: [UInt8] = []
    for entry in entries {
      bytes += Array(entry.mode.utf8) + [0x20] + entry.name + [0]
      let digits = Array(entry.id)
      for place in stride(from: 0, to: 40, by: 2) {
        bytes.append(UInt8(String(digits[place...(place + 1)]), radix: 16) ?? 0)
      }
    }
    return try object("tree", bytes)
  }

  /// Puts a tree with these entries beside what is there onto the remote's branch.
  private func publish(
    _ entries: [(mode: String, name: String, id: String)], without gone: String? = nil,
    author: String = "Eve <eve@example.org> 1700000000 +0000"
  ) throws {
    let parent = try text(here.git("rev-parse", "main", in: remote))
    let listing = try here.git("ls-tree", "main", in: remote).output
    let old = listing.split(separator: "\n").map { line -> (String, [UInt8], String) in
      let parts = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      let mode = parts[0] == "040000" ? "40000" : String(parts[0])
      return (mode, Array(parts[3].utf8), String(parts[2]))
    }
    let new = entries.map { ($0.mode, Array($0.name.utf8), $0.id) }
    let kept = old.filter { gone.map { Array($0.utf8) } != $0.1 }
    let sorted = (kept + new).sorted { $0.1.lexicographicallyPrecedes($1.1) }
    let commit = try object(
      "commit",
      Array(
        """
        tree \(tree(sorted.map { (mode: $0.0, name: $0.1, id: $0.2) }))
        parent \(parent)
        author \(author)
        committer \(author)

        hello \u{1B}]0;owned\u{7} \u{1B}[31m

        """.utf8))
    try here.git("update-ref", "refs/heads/main", commit, in: remote)
  }

  private func text(_ result: ProcessResult) -> String {
    result.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// What stands in and around the vault, apart from git's objects.
  private func surroundings() throws -> String {
    try runProcess(
      [
        "sh", "-c",
        "find .. -not -name 'object-*' -not -path '*/remote.git/*' -not -path '*/.git/*' | sort; ls -A .git/hooks; cat .git/config",
      ], in: here.path
    ).output
  }

  @Test("a name that leaves the vault or reaches into git's folder makes nothing, and is told")
  func names() throws {
    let blob = try object("blob", Array("evil\n".utf8))
    let hooks = try tree([("100755", Array("post-commit".utf8), blob)])
    let git = try tree([
      ("40000", Array("hooks".utf8), hooks), ("100644", Array("config".utf8), blob),
    ])
    let up = try tree([("100644", Array("evil.md".utf8), blob)])
    let before = try surroundings()
    for name in [".git", ".GIT", "..", ".", "git~1", ".g\u{200C}it", ".git "] {
      try publish([
        ("40000", name, name == ".." || name == "." ? up : git), ("100644", "good.md", blob),
      ])
      let result = here.notes("sync")
      #expect(result.status == 0 || result.status == 2, "\(name): \(result.errors)")
      let now = try surroundings().replacing("../vault/good.md\n", with: "")
      #expect(now == before, "\(name)")
      if result.status == 0 { #expect(try here.read("good.md") == "evil\n") }
      // Both go back to where they began.
      let clean = try text(here.git("rev-list", "--max-parents=0", "HEAD"))
      try here.git("read-tree", "--empty")
      try here.git("update-ref", "refs/heads/main", clean)
      try here.git("reset", "-q", "--hard", clean)
      try here.git("update-ref", "refs/heads/main", clean, in: remote)
    }
  }

  @Test(
    "a name that is not let in stays out of our snapshots, so that it keeps no note from being saved",
    arguments: ["mine.md/b", "..", "twice"])
  func namesStayOut(name: String) throws {
    try here.write("one\n", to: "twice/x.md")
    try here.notes("sync").succeeded()
    let evil = try object("blob", Array("evil\n".utf8))
    let up = try tree([("100644", Array("evil.md".utf8), evil)])
    let old = try text(here.git("rev-parse", "main", in: remote))
    try publish([(name == ".." ? "40000" : "100644", name, name == ".." ? up : evil)])
    let copy = here.folder.path + "/copy"
    let cloned = try here.notes("clone", remote, copy).succeeded()
    let synced = try here.notes("sync").succeeded()
    for result in [cloned, synced] {
      #expect(result.errors.contains("not let in: \(name): "), "\(result.errors)")
      #expect(!result.errors.contains("not written"), "\(result.errors)")
    }
    for note in ["mine.md", "twice/x.md"] { try here.write("edited\n", to: note) }
    let sent = try here.notes("sync").succeeded()
    #expect(sent.output == "out  M mine.md\nout  M twice/x.md\n", "\(sent.output)")
    #expect(try here.git("show", "main:twice/x.md", in: remote).output == "edited\n")
    #expect(try here.git("merge-base", "--is-ancestor", old, "main", in: remote).status == 0)
    let names = try here.git("ls-tree", "-r", "--name-only", "main", in: remote).output
    #expect(names == ".notes/config.yaml\nmine.md\ntwice/x.md\n")
    try here.notes("sync", "-C", copy).succeeded()
    #expect(try here.read("../copy/mine.md") == "edited\n")
    #expect(try here.notes("status", "-C", copy).succeeded().errors.contains("nothing to save"))
  }

  @Test(
    "a note that the remote moved to a name that is not let in stays, whether something was changed here",
    arguments: ["..", ".git", "n/.md"], [false, true])
  func movedToForbiddenName(name: String, isEdited: Bool) throws {
    let old = (1...9).map { "line \($0) of some words\n" }.joined()
    try here.write(old, to: "moved.md")
    try here.notes("sync").succeeded()
    let blob = try object("blob", Array((old + "and theirs\n").utf8))
    try publish([("100644", name, blob)], without: "moved.md")
    if isEdited { try here.write("edited\n", to: "mine.md") }
    let synced = try here.notes("sync").succeeded()
    #expect(synced.errors.contains("not let in: \(name): "), "\(synced.errors)")
    #expect(synced.output.contains("in   M moved.md\n"), "\(synced.output)")
    #expect(try here.read("moved.md") == old + "and theirs\n")
    #expect(!here.has("n"))
    let names = try here.git("ls-tree", "-r", "--name-only", "main", in: remote).output
    #expect(names == ".notes/config.yaml\nmine.md\nmoved.md\n")
    #expect(try here.notes("status").succeeded().errors.contains("nothing to save"))
  }

  @Test("links and submodules of a remote are never made, nor written through")
  func links() throws {
    let target = try object("blob", Array("/etc".utf8))
    let blob = try object("blob", Array("text\n".utf8))
    let commit = try text(here.git("rev-parse", "main", in: remote))
    try publish([
      ("120000", "link", target), ("120000", "link.md", target), ("160000", "module", commit),
      ("100644", "plain.md", blob),
    ])
    try here.notes("sync").succeeded()
    for name in ["link", "link.md", "module"] { #expect(!here.has(name), "\(name)") }
    #expect(try here.read("plain.md") == "text\n")
    // They stay in the tree as they are, and a snapshot does not remove them.
    try here.write("more\n", to: "mine.md")
    try here.notes("sync").succeeded()
    let listing = try here.git("ls-tree", "main", in: remote).output
    #expect(listing.contains("\tlink\n") && listing.contains("\tmodule\n"))
  }

  @Test("control characters of names, authors and messages never reach the terminal")
  func controlCharacters() throws {
    let blob = try object("blob", Array("text\n".utf8))
    try publish(
      [("100644", "a\u{1B}]0;owned\u{7}.md", blob), ("100644", "-rf.md", blob)],
      author: "E\u{1B}[31mve <eve@example.org> 99999999999999 +9999")
    for command in [
      ["sync"], ["history"], ["history", "--format", "json"], ["list"], ["status"],
      ["show", "./-rf.md"], ["undo", "--list"],
    ] {
      let result = here.run(command, isTerminal: true)
      #expect([0, 1].contains(result.status), "\(command): \(result.errors)")
      let printed = result.output + result.errors
      #expect(!printed.contains("\u{1B}]") && !printed.contains("\u{7}"), "\(command): \(printed)")
      #expect(!printed.contains("\u{1B}[31mve"), "\(command): \(printed)")
    }
  }

  @Test("attributes of a remote change no byte, and nothing that arrives is run")
  func attributes() throws {
    let attributes = try object(
      "blob", Array("* text eol=crlf ident working-tree-encoding=UTF-16 filter=x merge=x\n".utf8))
    let note = try object("blob", Array("$Id$\none\r\ntwo\n".utf8))
    let script = try object("blob", Array("#!/bin/sh\ntouch \(here.folder.path)/ran\n".utf8))
    let hooks = try tree([("100755", Array("post-commit".utf8), script)])
    try publish([
      ("100644", ".gitattributes", attributes), ("40000", "hooks", hooks), ("100644", "n.md", note),
    ])
    try here.notes("sync").succeeded()
    #expect(try here.read("n.md") == "$Id$\none\r\ntwo\n")
    try here.write("$Id$\none\r\ntwo\nthree\r", to: "n.md")
    try here.notes("sync").succeeded()
    let sent = try runProcess(
      ["git", "cat-file", "blob", "main:n.md"], in: remote, environment: here.environment)
    #expect(sent.output == "$Id$\none\r\ntwo\nthree\r")
    #expect(!FileManager.default.fileExists(atPath: here.folder.path + "/ran"))
  }

  @Test("a note goes where a link or a pipe stands in the vault: neither is written through")
  func inTheWay() throws {
    let blob = try object("blob", Array("theirs\n".utf8))
    let outside = here.folder.path + "/outside.txt"
    try "untouched\n".write(toFile: outside, atomically: false, encoding: .utf8)
    try runProcess(["ln", "-s", outside, here.path + "/link.md"])
    try runProcess(["mkfifo", here.path + "/pipe.md"])
    try publish([("100644", "link.md", blob), ("100644", "pipe.md", blob)])
    let result = here.notes("sync")
    #expect([0, 2, 3].contains(result.status), "\(result.errors)")
    #expect(try String(contentsOfFile: outside, encoding: .utf8) == "untouched\n")
    let kinds = try runProcess(["stat", "-c", "%F", "link.md", "pipe.md"], in: here.path).output
    #expect(kinds == "symbolic link\nfifo\n")
  }

  @Test(
    "a file or a link in the place of the vault's folder is not let in, and goes with the next sync",
    arguments: ["echo x > .notes", "ln -s /tmp .notes"], [true, false])
  func vaultFolder(_ deed: String, isMerged: Bool) throws {
    let other = try TestVault(isVault: false, name: "other", beside: here)
    try here.git("clone", "-q", remote, other.path)
    try runProcess(["sh", "-c", "git rm -qr .notes; \(deed)"], in: other.path)
    try other.git("add", ".")
    try other.git("commit", "-q", "-m", "end the vault")
    try other.git("push", "-q", "origin", "main")
    let copy = here.folder.path + "/copy"
    let cloned = try here.notes("clone", remote, copy).succeeded()
    #expect(cloned.errors.contains("not let in: .notes: it is a "), "\(cloned.errors)")
    if isMerged { try here.write("more\n", to: "mine.md") }
    let synced = try here.notes("sync").succeeded()
    #expect(synced.errors.contains("not let in: .notes: it is a "), "\(synced.errors)")
    try here.notes("init").succeeded()
    try here.notes("sync").succeeded()
    let listing = try here.git("ls-tree", "-r", "--name-only", "main", in: remote).output
    #expect(listing == ".notes/config.yaml\nmine.md\n")
    try here.notes("sync", "-C", copy).succeeded()
    #expect(try here.notes("status", "-C", copy).succeeded().errors.contains("nothing to save"))
    #expect(try here.read("../copy/.notes/config.yaml") == here.read(".notes/config.yaml"))
  }

  @Test("a remote that removed most files is not taken in without being told to")
  func massDeletion() throws {
    for number in 0..<40 { try here.write("\(number)\n", to: "n\(number).md") }
    try here.notes("sync").succeeded()
    let other = try here.cloned(as: "other")
    try other.git("rm", "-q", "-r", "n*.md")
    try other.git("commit", "-q", "-m", "gone")
    try other.git("push", "-q", "origin", "main")
    let result = here.notes("sync")
    #expect(result.status == 8)
    #expect(result.errors.contains("the remote removed 40 of"))
    #expect(try here.read("n7.md") == "7\n")
    try here.notes("sync", "--accept-deletions").succeeded()
    #expect(!here.has("n7.md"))
  }

  @Test("history that was rewritten, and a branch that is gone, take nothing away here")
  func rewritten() throws {
    try here.write("second\n", to: "second.md")
    try here.notes("sync").succeeded()
    let tip = try text(here.git("rev-parse", "HEAD"))
    // A force-push to the commit before, and another one upon it.
    let other = try TestVault(isVault: false, name: "other", beside: here)
    try here.git("clone", "-q", remote, other.path)
    try other.git("reset", "-q", "--hard", "HEAD~1")
    try other.write("theirs\n", to: "theirs.md")
    try other.git("add", ".")
    try other.git("commit", "-q", "-m", "theirs")
    try other.git("push", "-q", "--force", "origin", "main")
    try here.notes("sync").succeeded()
    #expect(try here.read("second.md") == "second\n")
    #expect(try here.read("theirs.md") == "theirs\n")
    #expect(try here.git("merge-base", "--is-ancestor", tip, "main", in: remote).status == 0)
    try here.git("update-ref", "-d", "refs/heads/main", in: remote)
    try here.notes("sync").succeeded()
    #expect(try here.git("show", "main:second.md", in: remote).output == "second\n")
  }

  @Test("a tree of 20,000 entries and folders 40 deep come in")
  func large() throws {
    let blob = try object("blob", Array("x\n".utf8))
    let wide = try tree(
      (0..<20_000).map { ("100644", Array("n\(100_000 + $0).txt".utf8), blob) })
    var deep = try tree([("100644", Array("deep.md".utf8), blob)])
    for _ in 0..<40 { deep = try tree([("40000", Array("d".utf8), deep)]) }
    try publish([("40000", "wide", wide), ("40000", "deep", deep)])
    try here.notes("sync").succeeded()
    #expect(here.has("wide/n119999.txt"))
    #expect(here.has("deep/" + String(repeating: "d/", count: 40) + "deep.md"))
  }

  @Test("a few trees that stand for more files than any machine holds are refused with words")
  func bomb() throws {
    let blob = try object("blob", Array("x\n".utf8))
    var bomb = try tree((0..<10).map { ("100644", Array("\($0).md".utf8), blob) })
    for _ in 0..<20 { bomb = try tree((0..<10).map { ("40000", Array("\($0)".utf8), bomb) }) }
    try publish([("40000", "bomb", bomb)])
    let results = [
      here.notes("sync"), here.notes("sync", "--dry-run"),
      here.notes("clone", remote, here.folder.path + "/copy"),
    ]
    for result in results {
      #expect(result.status == 8, "\(result.output) \(result.errors)")
      #expect(
        result.errors.contains("the remote's files are more than 1000000; nothing was taken in"))
    }
    #expect(!here.has("bomb") && !here.has("../copy"))
    try here.write("more\n", to: "mine.md")
    try here.notes("save").succeeded()
    try here.notes("status").succeeded()
  }

  @Test("an object above the limit is refused with words, and everything here works on")
  func hugeObject() throws {
    let made = try runProcess(
      ["sh", "-c", "head -c 300000000 /dev/zero | git hash-object -w --stdin"], in: remote,
      environment: here.environment)
    try publish([("100644", "huge.md", text(made))])
    let result = here.notes("sync")
    #expect(result.status == 8, "\(result.output) \(result.errors)")
    #expect(result.errors.contains("has 300000000 bytes, and the limit is 268435456"))
    #expect(!here.has("huge.md"))
    try here.write("more\n", to: "mine.md")
    try here.notes("save").succeeded()
    let rests = try runProcess(["find", ".git/objects", "-name", "*pack_git2*"], in: here.path)
    #expect(rests.output == "")
  }
}
