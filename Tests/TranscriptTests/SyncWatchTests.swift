import Foundation
import TestSupport
import Testing

@Suite("notes sync --watch, as a process")
struct SyncWatchTests {
  private let folder = TemporaryFolder()
  private var here: String { folder.path + "/here" }
  private var there: String { folder.path + "/there" }
  private var remote: String { folder.path + "/remote.git" }

  private func run(_ command: [String], in place: String) throws -> ProcessResult {
    try runProcess(command, in: place, environment: Handbook.environment(home: folder.path))
  }

  private func notes(_ arguments: String..., in place: String) throws -> ProcessResult {
    try run([Handbook.program] + arguments, in: place)
  }

  private func setUp() throws {
    try FileManager.default.createDirectory(atPath: here, withIntermediateDirectories: true)
    try #require(run(["git", "init", "-q", "--bare", "-b", "main", remote], in: here).status == 0)
    try #require(notes("init", "-q", in: here).status == 0)
    try folder.write("one\n", to: "here/a.md")
    try #require(notes("sync", "-q", "--remote", remote, in: here).status == 0)
    try #require(notes("clone", "-q", remote, there, in: folder.path).status == 0)
  }

  private func watch() throws -> ChildProcess {
    try ChildProcess(
      [Handbook.program, "sync", "--watch", "--every", "1s"], in: there,
      environment: Handbook.environment(home: folder.path),
      streams: ["/dev/null", folder.path + "/out", folder.path + "/err"])
  }

  /// Waits until something is so, for twenty seconds at most.
  private func becomes(_ what: Comment, _ isSo: () throws -> Bool) rethrows {
    for _ in 0..<2_000 {
      if try isSo() { return }
      usleep(10_000)
    }
    Issue.record(what)
  }

  private func text(_ path: String) -> String? {
    try? String(contentsOfFile: folder.path + "/" + path, encoding: .utf8)
  }

  @Test("edits come and go by themselves, and it ends in order when it is told to")
  func comesAndGoes() throws {
    try setUp()
    let child = try watch()
    becomes("watching") { text("err")?.contains("syncing") == true }
    try folder.write("new here\n", to: "here/b.md")
    _ = try notes("sync", in: here)
    becomes("an edit of there") { text("there/b.md") == "new here\n" }
    try folder.write("new there\n", to: "there/c.md")
    try becomes("an edit of here") {
      _ = try notes("sync", in: here)
      return text("here/c.md") == "new there\n"
    }
    #expect(text("out")?.contains("1 in, 0 out") == true)
    #expect(text("out")?.contains("0 in, 1 out") == true)
    kill(child.number, SIGTERM)
    #expect(try child.wait(seconds: 120) == 0)
    #expect(try run(["git", "fsck", "--strict"], in: there).status == 0)
    #expect(try run(["git", "status", "--porcelain"], in: there).output == "")
    let locks = try run(
      ["find", ".git", "-name", "*.lock", "-not", "-path", "*/notes/*"], in: there)
    #expect(locks.output == "")
  }

  @Test("a remote that goes is told once, and one that comes back is synced with again")
  func offline() throws {
    try setUp()
    try FileManager.default.moveItem(atPath: remote, toPath: remote + ".away")
    let child = try watch()
    becomes("offline") { text("err")?.contains("the remote is not there") == true }
    try folder.write("new there\n", to: "there/c.md")
    try FileManager.default.moveItem(atPath: remote + ".away", toPath: remote)
    becomes("back") { text("out")?.contains("back again") == true }
    try becomes("an edit of here") {
      _ = try notes("sync", in: here)
      return text("here/c.md") == "new there\n"
    }
    let told = text("err")?.split(separator: "\n").count { $0.contains("not there") }
    #expect(told == 1)
    kill(child.number, SIGINT)
    #expect(try child.wait(seconds: 120) == 0)
  }

  @Test("another branch that is checked out for a moment, or none, does not end it")
  func otherBranch() throws {
    try setUp()
    let child = try watch()
    becomes("watching") { text("err")?.contains("syncing") == true }
    #expect(try run(["git", "switch", "-q", "-c", "topic"], in: there).status == 0)
    becomes("refused") { text("err")?.contains("topic is checked out") == true }
    #expect(try run(["git", "switch", "-q", "--detach"], in: there).status == 0)
    becomes("refused again") { text("err")?.contains("HEAD is detached") == true }
    #expect(try run(["git", "switch", "-q", "main"], in: there).status == 0)
    try folder.write("new here\n", to: "here/b.md")
    #expect(try notes("sync", "-q", in: here).status == 0)
    becomes("back") { text("there/b.md") == "new here\n" }
    kill(child.number, SIGTERM)
    #expect(try child.wait(seconds: 120) == 0)
  }

  @Test("it goes with no option that is about one sync")
  func usage() throws {
    try setUp()
    for option in [["--dry-run"], ["-m", "x"], ["--format", "json"], ["--every", "0s"]] {
      let result = try run([Handbook.program, "sync", "--watch"] + option, in: there)
      #expect(result.status == 64, "\(option)")
    }
    let once = try run([Handbook.program, "sync", "--every", "5s"], in: there)
    #expect(once.status == 64 && once.errors.contains("--every goes with --watch"))
  }
}
