import Foundation
import TestSupport
import Testing

@Suite("what was sent of a post's versions holds on every machine")
struct SentVersionTests {
  let here: TestVault
  let there: TestVault
  private let folder = ".notes/versions/ess4yabc/"

  init() throws {
    here = try TestVault()
    try here.makeRemote()
    try here.write("---\nid: ess4yabc\ntype: post\n---\n\nThe first text.\n", to: "posts/essay.md")
    try here.write("A plain post, without an id.\n", to: "posts/plain.md")
    for post in ["essay", "plain"] { try here.notes("version", "cut", post).succeeded() }
    try here.notes("sync", "--remote", here.remote).succeeded()
    there = try here.cloned()
  }

  private func write(_ words: String, in vault: TestVault) throws {
    try vault.write(try vault.read("posts/essay.md") + "\n\(words)\n", to: "posts/essay.md")
  }

  @Test("a version that one machine withdrew stays so where another moved its post meanwhile")
  func withdrawnAndMoved() throws {
    try here.notes("mv", "plain", "posts/tract").succeeded()
    try here.notes("sync").succeeded()
    try there.notes("version", "withdraw", "plain@v1", "-m", "names a patient").succeeded()
    for vault in [there, here] { try vault.notes("sync").succeeded() }
    for vault in [here, there] {
      #expect(vault.notes("conflicts").status == 1)
      let list = vault.notes("version", "list", "tract").output
      #expect(list.contains("(withdrawn") && list.contains("names a patient"), "\(list)")
      #expect(vault.notes("show", "tract@v1").errors.contains("withdrawn"))
      let records = try vault.git("ls-files", ".notes/versions").output
      #expect(records.split(separator: "\n").count == 3, "\(records)")
    }
  }

  @Test("a version that is sent before a cut may be made is not replaced by it")
  func sentMeanwhile() throws {
    try here.write("One.\n", to: "posts/new.md")
    try here.notes("version", "cut", "new").succeeded()
    try here.write("One, and quite another one.\n", to: "posts/new.md")
    let status = try here.run(["version", "cut", "new"]) {
      try here.git("push", "--quiet", "origin", "main")
    }
    #expect(status == 0)
    #expect(here.notes("version", "list", "new").lines.count == 2)
    #expect(here.notes("version", "show", "new@v1").output == "One.\n")
  }

  @Test("a version that is withdrawn keeps the words that it is given before that may be done")
  func annotatedMeanwhile() throws {
    let record = ".notes/versions/ess4yabc/v1.yaml"
    let status = try here.run(["version", "withdraw", "essay@v1", "-m", "names a patient"]) {
      let old = try here.read(record)
      try here.write(old.replacing("kind: major", with: "kind: minor"), to: record)
    }
    #expect(status == 0)
    let list = here.notes("version", "list", "essay").output
    #expect(list.contains("minor") && list.contains("names a patient"), "\(list)")
  }

  @Test("of two withdrawals of a version the earlier holds, and of two notes one waits")
  func twice() throws {
    for vault in [here, there] {
      try vault.notes("version", "withdraw", "plain@v1", "-m", "from \(vault.path)").succeeded()
      try vault.notes("version", "note", "essay@v1", "-m", "from \(vault.path)").succeeded()
    }
    try here.notes("sync").succeeded()
    #expect(there.notes("sync").status == 3)
    let record = folder + "v1.yaml"
    #expect(there.notes("conflicts").lines.count == 1)
    #expect(there.notes("version", "list", "plain").output.contains("from \(here.path)"))
    #expect(there.notes("version", "list", "essay").output.contains("from \(here.path)"))
    let both = there.notes("resolve", record, "--both")
    #expect(both.status == 1 && both.errors.contains("--mine"), "\(both.errors)")
    try there.notes("resolve", record, "--mine").succeeded()
    #expect(there.notes("version", "list", "essay").output.contains("from \(there.path)"))
    #expect(there.notes("version", "list", "essay").lines.count == 1)
  }

  @Test("a version that was sent is not replaced on the same day by a cut on another branch")
  func cutOnAnotherBranch() throws {
    let sent = here.notes("show", "essay@v1").output
    try here.git("switch", "--quiet", "-c", "draft")
    try write("Words of the draft, of which there are some.", in: here)
    let cut = try here.notes("version", "cut", "essay", "-m", "draft").succeeded()
    #expect(cut.output.contains("v2"), "\(cut)")
    #expect(here.notes("show", "essay@v1").output == sent)
    #expect(here.notes("undo").status == 0 && !here.has(folder + "v2.yaml"))
    // So it is where a remote was seen that is not the branch's own.
    try here.git("switch", "--quiet", "main")
    try here.git("branch", "--quiet", "--unset-upstream")
    try here.git("remote", "rename", "origin", "old")
    try write("Words that are told on main.", in: here)
    let again = try here.notes("version", "cut", "essay", "-m", "again").succeeded()
    #expect(again.output.contains("v2"), "\(again)")
  }

  @Test("undo leaves a version that was sent where it is, and its number with it")
  func undoOfSent() throws {
    try write("Twelve is the answer.", in: here)
    try here.notes("version", "cut", "essay", "--new", "-m", "as sent").succeeded()
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    let undone = here.notes("undo")
    #expect(undone.status == 1)
    #expect(undone.errors.contains("v2 of posts/essay.md was sent"), "\(undone.errors)")
    #expect(undone.errors.contains("notes version withdraw posts/essay.md@v2"))
    #expect(here.has(folder + "v2.yaml") && here.has(folder + "v2.md"))
    try write("Thirteen is the answer.", in: here)
    #expect(try here.notes("version", "cut", "essay", "--new").succeeded().output.hasPrefix("v3"))
    // What nobody has seen is taken back wholly.
    try here.notes("undo").succeeded()
    #expect(!here.has(folder + "v3.yaml") && !here.has(folder + "v3.md"))
  }

  @Test("undo of a cut that was sent takes back the post's own change, and says what stays")
  func undoOfSentAndUpdated() throws {
    let text = "---\nid: ess4yabc\ntype: post\nupdated: 2020-01-01\n---\n\nAnother text.\n"
    try here.write(text, to: "posts/essay.md")
    try here.notes("version", "cut", "essay", "--new", "--kind", "major").succeeded()
    try here.notes("sync").succeeded()
    let undone = try here.notes("undo").succeeded()
    #expect(undone.output == "back: posts/essay.md\n")
    #expect(undone.errors.contains("v2 of posts/essay.md stays as it was sent"), "\(undone.errors)")
    #expect(try here.read("posts/essay.md") == text)
    try here.notes("undo").succeeded()
    #expect(try here.read("posts/essay.md") == here.read(folder + "v2.md"))
  }

  @Test("undo of a sync leaves the versions that came with it, and those that were withdrawn")
  func undoOfSync() throws {
    try write("Twelve is the answer.", in: here)
    try here.notes("version", "cut", "essay", "--new").succeeded()
    try here.notes("version", "withdraw", "plain@v1", "-m", "names a patient").succeeded()
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    let undone = try there.notes("undo").succeeded()
    #expect(undone.output == "back: posts/essay.md\n", "\(undone.output)")
    #expect(undone.errors.contains("v2 of posts/essay.md stays as it was sent"), "\(undone.errors)")
    #expect(try !there.read("posts/essay.md").contains("Twelve"))
    #expect(there.notes("show", "essay@v2").output.contains("Twelve"))
    #expect(there.notes("show", "plain@v1").errors.contains("names a patient"))
  }

  @Test("other words for a version that was sent, and its withdrawal, can be taken back")
  func undoOfWords() throws {
    try here.notes("version", "note", "essay@v1", "-m", "Other words").succeeded()
    try here.notes("version", "withdraw", "plain@v1", "-m", "names a patient").succeeded()
    try here.notes("sync").succeeded()
    try here.notes("undo", "3").succeeded()
    #expect(!here.notes("version", "list", "essay").output.contains("Other words"))
    try here.notes("undo", "4").succeeded()
    #expect(here.notes("show", "plain@v1").output == "A plain post, without an id.\n")
  }

  @Test("a withdrawal that is taken back and done again takes the text out again")
  func withdrawnAgain() throws {
    try here.notes("version", "withdraw", "plain@v1", "-m", "names a patient").succeeded()
    try here.notes("sync").succeeded()
    for isBack in [true, false] {
      try here.notes("undo").succeeded()
      try here.notes("sync").succeeded()
      let files = try here.git("ls-tree", "-r", "--name-only", "HEAD", ".notes/versions").output
        .split(separator: "\n").filter { $0.contains("/p-") && $0.hasSuffix("v1.md") }
      #expect(files.isEmpty == !isBack, "\(files)")
    }
    #expect(here.notes("show", "plain@v1").errors.contains("names a patient"))
    try there.notes("sync").succeeded()
    #expect(there.notes("show", "plain@v1").errors.contains("names a patient"))
  }

  @Test("a sync says which number a version has now whose own was sent first by another machine")
  func renumbered() throws {
    try write("By here.", in: here)
    try here.notes("version", "cut", "essay", "--new").succeeded()
    try here.notes("sync").succeeded()
    try there.write("---\nid: ess4yabc\ntype: post\n---\n\nBy there.\n", to: "posts/essay.md")
    try there.notes("version", "cut", "essay", "--new").succeeded()
    let trial = there.notes("sync", "--dry-run", "--format", "jsonl")
    #expect(
      trial.output.contains("\"renumbered\":[{\"from\":2,\"path\":\"posts/essay.md\",\"to\":3}]"),
      "\(trial.output)")
    let words = "your v2 of posts/essay.md is v3 now: another machine's v2 was sent first"
    #expect(there.notes("sync").lines.contains(words))
    #expect(!here.notes("sync").output.contains("your v2"))
  }

  @Test("links to a version that gets another number by a sync lead to it still")
  func renumberedLinks() throws {
    try here.write(
      "---\nid: ess4yabc\ntype: post\ntitle: On Essays\n---\n\nOne.\n", to: "posts/essay.md")
    // Nobody has a v2 yet: it is not known whose is meant.
    try here.write("Some day: [[essay@v2]].\n", to: "log.md")
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    try write("By here.", in: here)
    try here.notes("version", "cut", "essay", "--new").succeeded()
    try here.write("Of here: [[essay@v2]].\n", to: "here.md")
    try here.notes("sync").succeeded()
    try write("By there, one.", in: there)
    try there.notes("version", "cut", "essay", "--new").succeeded()
    try write("By there, two.", in: there)
    try there.notes("version", "cut", "essay", "--new").succeeded()
    try there.write(
      """
      ---
      builds-on: "[[posts/essay@v2]]"
      ---
      [[essay@v2#Part|two]] ![[On Essays@v3]] [[ess4yabc@v1]] [[plain@v2]] `[[essay@v2]]`

      """, to: "there.md")
    try there.write("Some day: [[essay@v2]]. Since then [[On Essays@v2]].\n", to: "log.md")
    for vault in [there, here] { try vault.notes("sync").succeeded() }
    for vault in [here, there] {
      #expect(try vault.read("here.md") == "Of here: [[essay@v2]].\n")
      #expect(
        try vault.read("there.md") == """
          ---
          builds-on: "[[posts/essay@v3]]"
          ---
          [[essay@v3#Part|two]] ![[On Essays@v4]] [[ess4yabc@v1]] [[plain@v2]] `[[essay@v2]]`

          """)
      #expect(
        try vault.read("log.md") == "Some day: [[essay@v2]]. Since then [[On Essays@v3]].\n")
      #expect(try vault.git("status", "--porcelain").output == "")
    }
    #expect(here.notes("show", "essay@v4").output.contains("By there, two."))
  }
}
