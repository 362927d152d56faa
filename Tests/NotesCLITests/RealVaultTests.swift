import Foundation
import TestSupport
import Testing

/// The whole road on a vault that nobody here wrote.
@Suite("on a real vault", .enabled(if: SharedData.exists))
struct RealVaultTests {
  let vault: TestVault

  init() throws {
    vault = try TestVault(isVault: false, name: "garden")
    try FileManager.default.copyItem(atPath: SharedData.path + "/vault", toPath: vault.path)
    // What is read in place may not be written to; the copy may.
    try runProcess(["chmod", "-R", "u+w", vault.path])
  }

  @Test("init, list, search, rename of the most linked note, sync to a second machine and back")
  func road() throws {
    let sums = try runProcess(
      ["sh", "-c", "find . -type f | sort | xargs -d '\\n' sha256sum"], in: vault.path)
    try vault.notes("init").succeeded()
    let count = vault.notes("list", "--format", "path").lines.count
    let onDisk = try runProcess(["sh", "-c", "find . -name '*.md' | wc -l"], in: vault.path)
    #expect("\(count)" == onDisk.output.trimmingCharacters(in: .whitespacesAndNewlines))
    #expect(vault.notes("list", "--tag", "fruit", "--format", "path").status == 0)
    #expect(vault.notes("list", "--no-links", "-n", "5").lines.count >= 1)
    #expect(vault.notes("tags", "--by-count").lines.first?.isEmpty == false)
    let hit = vault.notes("search", "local-first", "software", "--format", "path").lines
    #expect(hit.contains { $0.contains("local-first software") }, "\(hit)")

    // The most linked note, by the program's own counting.
    try vault.notes("save", "-m", "as it came").succeeded()
    let incoming = vault.notes(
      "links", "content/thoughts/trust.md", "--incoming", "--format", "jsonl"
    )
    .lines.count
    #expect(incoming > 5)
    let broken = vault.notes("links", "--broken", "--format", "jsonl").lines.count
    let move = vault.notes("mv", "content/thoughts/trust.md", "content/notes/on trust.md")
    #expect(move.status == 0, "\(move.errors)")
    let after = vault.notes("links", "content/notes/on trust.md", "--incoming", "--format", "jsonl")
    #expect(after.lines.count == incoming)
    #expect(vault.notes("links", "--broken", "--format", "jsonl").lines.count == broken)
    try vault.notes("undo").succeeded()
    let back = try runProcess(
      [
        "sh", "-c",
        "find . -type f -not -path './.git/*' -not -path './.notes/*' | sort | xargs -d '\\n' sha256sum",
      ],
      in: vault.path)
    #expect(back.output == sums.output)

    try vault.makeRemote()
    try vault.notes("sync", "--remote", vault.remote).succeeded()
    let other = try vault.cloned(as: "laptop")
    #expect(try runProcess(["diff", "-r", "--exclude=.git", vault.path, other.path]).output == "")
    try other.notes("mv", "content/thoughts/trust.md", "trust in systems").succeeded()
    try other.notes("sync").succeeded()
    try vault.notes("sync").succeeded()
    #expect(try runProcess(["diff", "-r", "--exclude=.git", vault.path, other.path]).output == "")
    #expect(
      vault.notes("history", "trust in systems").output.contains("was content/thoughts/trust.md"))

    for path in [vault.path, other.path, vault.remote] {
      let fsck = try vault.git("fsck", "--full", "--strict", "--no-dangling", in: path)
      #expect(fsck.status == 0 && fsck.errors.isEmpty, "\(path): \(fsck.errors)")
    }
    #expect(try vault.git("status", "--porcelain").output == "")
    let plain = vault.folder.path + "/plain"
    #expect(
      try vault.git("clone", "--quiet", vault.remote, plain, in: vault.folder.path).status == 0)
    #expect(try runProcess(["diff", "-r", "--exclude=.git", vault.path, plain]).output == "")
  }

  @Test("editing with git alone is only a change: checkout, pull and bulk renames show at once")
  func plainGit() throws {
    try vault.notes("init").succeeded()
    try vault.notes("save").succeeded()
    try vault.git("checkout", "--quiet", "-b", "other")
    try vault.git("mv", "content/thoughts", "content/ideas")
    try vault.git("commit", "--quiet", "-m", "renamed")
    #expect(vault.notes("list", "--path", "content/thoughts").status == 1)
    #expect(vault.notes("list", "--path", "content/ideas").status == 0)
    try vault.git("checkout", "--quiet", "main")
    #expect(vault.notes("list", "--path", "content/ideas").status == 1)
    #expect(vault.notes("status").errors.contains("nothing to save"))
  }
}
