import Foundation
import TestSupport
import Testing

@Suite("notes watch, as a process")
struct WatchTests {
  private let folder = TemporaryFolder()
  private var vault: String { folder.path + "/vault" }

  private func notes(_ arguments: String...) throws -> ProcessResult {
    let environment = Handbook.environment(home: folder.path)
    return try runProcess([Handbook.program] + arguments, in: vault, environment: environment)
  }

  /// A watcher that has begun.
  private func watch() throws -> ChildProcess {
    try folder.write("", to: "err")
    let child = try ChildProcess(
      [Handbook.program, "watch"], in: vault,
      environment: Handbook.environment(home: folder.path),
      streams: ["/dev/null", folder.path + "/out", folder.path + "/err"])
    for _ in 0..<1_000 where try !folder.read("err").contains("watching") { usleep(10_000) }
    return child
  }

  @Test("one that is killed leaves nothing that vouches, and one that is ended cleans up")
  func ends() throws {
    try FileManager.default.createDirectory(atPath: vault, withIntermediateDirectories: true)
    try #require(notes("init", "-q").status == 0)
    let killed = try watch()
    let second = try notes("watch")
    #expect(second.status == 5)
    #expect(second.errors.contains("process \(killed.number)"))
    try folder.write("one", to: "vault/a.md")
    #expect(try notes("list", "--format", "path", "-q").output == "a.md\n")
    killed.stop()
    try folder.write("two", to: "vault/b.md")
    #expect(try notes("list", "--format", "path", "-q").output == "a.md\nb.md\n")
    for signal in [SIGINT, SIGTERM] {
      let ended = try watch()
      try folder.write("\(signal)", to: "vault/a.md")
      for _ in 0..<500 where try folder.read("out").isEmpty { usleep(10_000) }
      kill(ended.number, signal)
      #expect(try ended.wait(seconds: 120) == 0)
      #expect(try folder.read("out") == "1 note\n")
      #expect(!FileManager.default.fileExists(atPath: vault + "/.git/notes/watch/socket"))
    }
  }
}
