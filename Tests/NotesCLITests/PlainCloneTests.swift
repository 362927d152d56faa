import Foundation
import TestSupport
import Testing

/// A vault that plain git cloned, where git turned line ends.
@Suite("a vault that git cloned")
struct PlainCloneTests {
  let here: TestVault
  let there: TestVault

  init() throws {
    here = try TestVault()
    there = try TestVault(isVault: false, name: "there", beside: here)
    try here.makeRemote()
  }

  /// Clones by git with settings of its own, or with attributes that came with the vault.
  private func cloned(_ how: String) throws {
    for number in 1...3 { try here.write("one\ntwo\nthree\n", to: "n\(number).md") }
    try here.write("as\r\nwritten\r\n", to: "crlf.md")
    if how == "attributes" { try here.write("n*.md eol=crlf\n", to: ".gitattributes") }
    try here.notes("sync", "--remote", here.remote).succeeded()
    let settings = how == "autocrlf" ? ["-c", "core.autocrlf=true"] : []
    if how == "autocrlf" { try here.git("config", "--global", "core.autocrlf", "true") }
    let made = try runProcess(
      ["git"] + settings + ["clone", "-q", here.remote, there.path],
      environment: here.environment)
    try #require(made.status == 0, "\(made.errors)")
    #expect(try there.read("n1.md") == "one\r\ntwo\r\nthree\r\n")
  }

  @Test(
    "what git turned line ends in is no edit: nothing goes out, and no conflict is met",
    arguments: ["autocrlf", "attributes"], ["", "init"])
  func turned(how: String, first: String) throws {
    try cloned(how)
    try here.write("one\nTWO\nthree\n", to: "n1.md")
    try here.notes("sync").succeeded()
    if first == "init" { try there.notes("init").succeeded() }
    #expect(there.notes("status").lines.filter { $0.contains(".md") } == [])
    let dry = there.notes("sync", "--dry-run")
    #expect(dry.lines == ["in   M n1.md"], "\(dry.output)\(dry.errors)")
    #expect(try there.read("n2.md") == "one\r\ntwo\r\nthree\r\n")
    let synced = there.notes("sync")
    #expect(synced.status == 0, "\(synced.output)\(synced.errors)")
    #expect(synced.lines == ["in   M n1.md"], "\(synced.output)\(synced.errors)")
    #expect(try there.read("n1.md") == "one\nTWO\nthree\n")
    #expect(try there.read("n2.md") == "one\ntwo\nthree\n")
    #expect(try there.read("crlf.md") == "as\r\nwritten\r\n")
    #expect(try there.git("status", "--porcelain").output == "")
    #expect(there.notes("sync").output == "")
    // From now on bytes are bytes.
    try there.write("one\r\ntwo\r\nthree\r\n", to: "n2.md")
    #expect(try there.notes("sync").succeeded().lines == ["out  M n2.md"])
  }

  @Test("an edit of a note in which git turned line ends goes out with the line ends that it had")
  func edited() throws {
    try cloned("autocrlf")
    let picture = "\u{0}\r\n\u{0}"
    try there.write("one\r\ntwo\r\nthree\r\nfour\r\n", to: "n1.md")
    try there.write("new\r\n", to: "new.md")
    try there.write(picture, to: "n3.md")
    try there.notes("sync").succeeded()
    func sent(_ file: String) throws -> String {
      try there.git("show", "main:" + file, in: here.remote).output
    }
    #expect(try sent("n1.md") == "one\ntwo\nthree\nfour\n")
    #expect(try sent("new.md") == "new\r\n")
    #expect(try sent("n3.md") == picture)
    #expect(try there.read("n1.md") == "one\ntwo\nthree\nfour\n")
    #expect(try there.git("status", "--porcelain").output == "")
  }

  /// Clones a vault of some notes by git, with settings that are to apply to the clone.
  private func clone(_ count: Int, _ settings: String...) throws {
    for number in 1...count { try here.write("one\ntwo\n", to: "n\(number).md") }
    try here.notes("sync", "--remote", here.remote).succeeded()
    let options = settings.flatMap { ["-c", $0] }
    let made = try runProcess(
      ["git"] + options + ["clone", "-q"] + options + [here.remote, there.path],
      environment: here.environment)
    try #require(made.status == 0, "\(made.errors)")
  }

  @Test("a note whose line ends git would refuse to turn (core.safecrlf) stops nothing")
  func mixed() throws {
    try clone(2, "core.autocrlf=true", "core.safecrlf=true")
    try there.write("one\r\ntwo\nthree\n", to: "n1.md")
    try there.write("new\r\nas\nit is\n", to: "new.md")
    #expect(try there.notes("status").succeeded().lines == ["M n1.md", "A new.md"])
    try there.notes("save").succeeded()
    #expect(try there.git("show", "HEAD:n1.md").output == "one\ntwo\nthree\n")
    #expect(try there.git("show", "HEAD:new.md").output == "new\r\nas\nit is\n")
    #expect(try there.read("n2.md") == "one\ntwo\n")
  }

  @Test(
    "words in an identifier that git would empty are the author's, and stay",
    arguments: ["", "one\n$Id$\n"])
  func identifier(before: String) throws {
    try here.write("*.md text=auto ident\n", to: ".gitattributes")
    try here.write("$Id$\nmore\n", to: "git.md")
    try here.write(before, to: "mine.md")
    try clone(1)
    let expanded = try there.read("git.md")
    #expect(expanded.hasPrefix("$Id: "))
    let text = "one\n$Id: 4711 is my locker $\n"
    try there.write(text, to: "mine.md")
    try there.write(expanded + "and more\n", to: "git.md")
    #expect(try there.notes("status").succeeded().lines == ["M git.md", "M mine.md"])
    try there.notes("save").succeeded()
    #expect(try there.read("mine.md") == text)
    #expect(try there.git("show", "HEAD:mine.md").output == text)
    #expect(try there.git("show", "HEAD:git.md").output == "$Id$\nmore\nand more\n")
    #expect(try there.git("status", "--porcelain").output == "")
  }

  @Test(
    "attributes are honoured wherever git finds them",
    arguments: ["vault/d/.gitattributes", ".config/git/attributes"])
  func elsewhere(file: String) throws {
    let isUsers = file.hasPrefix(".config")
    if !isUsers { try here.folder.write("*.md eol=crlf\n", to: file) }
    try here.write("one\ntwo\n", to: "d/a.md")
    if isUsers { try here.folder.write("*.md text eol=crlf\n", to: file) }
    try clone(1)
    #expect(try there.read("d/a.md") == "one\r\ntwo\r\n")
    #expect(try there.notes("status").succeeded().output == "")
    try there.notes("save").succeeded()
    #expect(try there.read("d/a.md") == "one\ntwo\n")
    #expect(try there.git("rev-parse", "HEAD").output == here.git("rev-parse", "HEAD").output)
    #expect(try there.git("status", "--porcelain").output == "")
  }

  /// Starts the first save of a clone with many notes, and waits until it turns line ends back.
  private func startTurning() throws -> ChildProcess {
    try clone(1_500, "core.autocrlf=true")
    let save = try ChildProcess(
      [Faults.program, "save"], in: there.path, environment: there.environment)
    for _ in 0..<60_000 where !there.has(".git/notes/journal") { usleep(1_000) }
    return save
  }

  /// How many notes have git's line ends.
  private func turned() throws -> Int {
    try (1...1_500).count { try there.read("n\($0).md").utf8.contains(0x0D) }
  }

  @Test(
    "killed while it turns line ends back, what is finished of that is nothing to undo",
    .enabled(if: Faults.canRun))
  func killed() throws {
    let save = try startTurning()
    save.send(SIGKILL)
    #expect(try save.wait(seconds: 120) == 128 + SIGKILL)
    #expect(try turned() > 0)
    try there.notes("add", "Mine", "text").succeeded()
    #expect(try there.notes("undo", "--list").succeeded().lines.count == 1)
    try there.notes("save").succeeded()
    #expect(try turned() == 0)
    #expect(try there.notes("undo", "--list").succeeded().lines.count == 1)
    #expect(try there.git("show", "--format=", "--name-only").output == "mine.md\n")
  }

  @Test(
    "a signal ends it between two portions of the notes, and the next save goes on",
    .enabled(if: Faults.canRun))
  func interrupted() throws {
    let save = try startTurning()
    save.send(SIGTERM)
    #expect(try save.wait(seconds: 60) == 128 + SIGTERM)
    #expect(try turned() > 0)
    #expect(!there.has(".git/index.lock"))
    try there.notes("save").succeeded()
    #expect(try turned() == 0)
    #expect(try there.git("status", "--porcelain").output == "")
  }
}
