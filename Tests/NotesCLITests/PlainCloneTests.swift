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
}
