import Foundation
import TestSupport
import Testing
import Web

@testable import NotesCLI

/// A file manager, an editor and plain git give a note another name without a word to its conflict.
@Suite("conflicts over notes that went elsewhere")
struct FollowedConflictTests {
  let here: TestVault

  init() throws {
    here = try TestVault()
    try here.makeRemote()
  }

  /// A note of some words, with an id or without.
  private func note(_ id: String?, _ title: String, _ word: String) -> String {
    (id.map { "---\nid: \($0)\ntitle: \(title)\n---\n\n" } ?? "")
      + "# H \(title)\n\n\(title) one \(word) three four.\n\n\(title) has a second paragraph.\n"
  }

  /// Another machine, on which a conflict over `a.md` waits: AAA is in the note, BBB waits.
  private func disagreement(_ id: String? = "abcd1111") throws -> TestVault {
    try here.write(note(id, "Alpha", "two"), to: "a.md")
    try here.write(note("eeee2222", "Other", "two"), to: "n.md")
    try here.notes("sync", "--remote", here.remote).succeeded()
    let there = try here.cloned()
    try here.write(note(id, "Alpha", "AAA"), to: "a.md")
    try here.notes("sync").succeeded()
    try there.write(note(id, "Alpha", "BBB"), to: "a.md")
    #expect(there.notes("sync").status == 3)
    return there
  }

  private func move(_ old: String, _ new: String, in vault: TestVault) throws {
    let target = vault.path + "/" + new
    try FileManager.default.createDirectory(
      atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: vault.path + "/" + old, toPath: target)
  }

  /// The notes of a vault, by their paths.
  private func files(_ vault: TestVault) -> [String] {
    vault.notes("list", "-q", "--format", "path").lines.sorted()
  }

  // MARK: Before a snapshot

  @Test(
    "a conflict is shown, and answered, where its note was moved by hand since the last snapshot",
    arguments: [true, false], ["--mine", "--both"])
  func movedByHand(hasID: Bool, flag: String) throws {
    let there = try disagreement(hasID ? "abcd1111" : nil)
    try move("a.md", "sub/z.md", in: there)
    #expect(there.notes("conflicts").lines.first?.hasPrefix("sub/z.md") == true)
    #expect(there.notes("conflicts", "z").output.contains("[-AAA-]{+BBB+}"))
    #expect(there.notes("status").output.contains("conflict: sub/z.md"))
    let settled = try there.notes("resolve", "z", flag).succeeded()
    #expect(settled.output.hasPrefix("sub/z.md: "))
    #expect(!there.has("a.md"))
    let text = try there.read("sub/z.md")
    #expect(text.contains("BBB") && text.contains("AAA") == (flag == "--both"), "\(text)")
    try there.notes("sync").succeeded()
    try here.notes("sync").succeeded()
    for vault in [here, there] {
      #expect(vault.notes("conflicts").status == 1)
      #expect(!vault.has("a.md"))
      #expect(try vault.read("sub/z.md") == text)
      #expect(vault.notes("check").status == 0)
    }
  }

  @Test("the name that its note had means a conflict as long as no other note has that name")
  func oldName() throws {
    let there = try disagreement()
    try move("a.md", "z.md", in: there)
    #expect(there.notes("conflicts", "a.md").output.hasPrefix("z.md"))
    let settled = try there.notes("resolve", "a.md", "--mine").succeeded()
    #expect(settled.output.hasPrefix("z.md: the text that waited was taken"))
    #expect(!there.has("a.md"))
    #expect(try there.read("z.md").contains("BBB"))
    // Taken back, it waits again.
    try there.notes("undo").succeeded()
    #expect(there.notes("conflicts", "z").output.contains("[-AAA-]{+BBB+}"))
  }

  @Test("what is written in the editor goes into the note where it was moved by hand")
  func edited() throws {
    let there = try disagreement()
    try move("a.md", "z.md", in: there)
    let script = "sed -i -e '/^[<=>]\\{7\\}/d' -e '/AAA/d' \"$1\""
    try there.folder.write("#!/bin/sh\n\(script)\n", to: "editor")
    let editor = there.folder.path + "/editor"
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: editor)
    try there.notes("resolve", "z", "--edit", environment: ["NOTES_EDITOR": editor]).succeeded()
    #expect(!there.has("a.md"))
    #expect(try there.read("z.md") == note("abcd1111", "Alpha", "BBB"))
  }

  @Test("a page of the author's browser shows and settles a conflict where its note is now")
  func browser() throws {
    let there = try disagreement(nil)
    try move("a.md", "z.md", in: there)
    let desk = try there.desk()
    let list = desk.response(to: WebRequest(path: ["conflicts"]))
    let page = String(decoding: list.body, as: UTF8.self)
    #expect(page.contains("z.md"), "\(page)")
    let name = try #require(page.firstMatch(of: /\/conflicts\/([0-9a-f]{8})/)).1
    let request = WebRequest(path: ["conflicts", String(name)], form: ["way": "mine"])
    #expect(desk.response(to: request).status == 303)
    #expect(!there.has("a.md"))
    #expect(try there.read("z.md").contains("BBB"))
  }

  @Test("`sync --dry-run` names a conflict by the new name of its note, as the sync does")
  func dryRun() throws {
    let there = try disagreement(nil)
    try move("a.md", "z.md", in: there)
    #expect(there.notes("sync", "--dry-run").output.contains("waiting: z.md"))
    #expect(there.notes("sync").output.contains("waiting: z.md"))
  }

  @Test("`notes mv` takes a conflict along from where a file manager put its note")
  func movedTwice() throws {
    let there = try disagreement()
    try move("a.md", "z.md", in: there)
    try there.notes("mv", "z", "y").succeeded()
    #expect(try there.git("status", "--porcelain", ".notes").output.contains(".notes/conflicts"))
    #expect(there.notes("conflicts").lines.first?.hasPrefix("y.md") == true)
  }

  // MARK: Another note at the old place

  @Test(
    "a conflict goes with its note where another note has the old name by now",
    arguments: [true, false], [true, false])
  func oldNameGivenAway(isNew: Bool, isSaved: Bool) throws {
    let there = try disagreement()
    try move("a.md", "z.md", in: there)
    if isNew {
      try there.write(note("nnnn3333", "New", "two"), to: "a.md")
    } else {
      try move("n.md", "a.md", in: there)
    }
    let other = try there.read("a.md")
    if isSaved { #expect(there.notes("sync").output.contains("waiting: z.md")) }
    #expect(there.notes("conflicts", "a").status == 1)
    #expect(there.notes("conflicts", "z").status == 0)
    #expect(there.notes("resolve", "a", "--both").errors.contains("no conflict over a"))
    try there.notes("resolve", "z", "--both").succeeded()
    #expect(try there.read("a.md") == other)
    #expect(try there.read("z.md").contains("BBB"))
    try there.notes("sync").succeeded()
    try here.notes("sync").succeeded()
    #expect(try here.read("a.md") == other)
    #expect(try here.read("z.md") == there.read("z.md"))
    #expect(here.notes("conflicts").status == 1)
  }

  @Test("a conflict goes with its note into a folder that has the note's old name")
  func folderOfItsName() throws {
    let there = try disagreement(nil)
    try move("a.md", "t", in: there)
    try move("t", "a.md/in.md", in: there)
    #expect(there.notes("conflicts").lines.first?.hasPrefix("a.md/in.md") == true)
    #expect(there.notes("sync").output.contains("waiting: a.md/in.md"))
    try there.notes("resolve", "in", "--mine").succeeded()
    #expect(try there.read("a.md/in.md").contains("BBB"))
  }

  @Test("no answer to a conflict over a note that is gone goes into another one of its name")
  func goneAndReplaced() throws {
    let there = try disagreement()
    try there.notes("rm", "-q", "a").succeeded()
    there.notes("sync")
    try there.notes("mv", "n", "a").succeeded()
    let other = try there.read("a.md")
    #expect(there.notes("conflicts").errors.contains("another note has its name"))
    for flag in ["--both", "--mine"] {
      let refused = there.notes("resolve", "a", flag)
      #expect(refused.status == 2, "\(refused.output)")
      #expect(refused.errors.contains("there is another note a.md"), "\(refused.errors)")
    }
    #expect(try there.read("a.md") == other)
    // The one that makes room takes no conflict of another along.
    try there.notes("mv", "a", "b").succeeded()
    try there.notes("resolve", "a.md", "--mine").succeeded()
    #expect(try there.read("a.md") == note("abcd1111", "Alpha", "BBB"))
    #expect(try there.read("b.md") == other)
    #expect(there.notes("conflicts").status == 1)
  }

  // MARK: In the history

  @Test(
    "a conflict follows its note where plain git renamed it, on every machine",
    arguments: [true, false], [true, false])
  func movedByGit(hasID: Bool, syncsFirst: Bool) throws {
    let there = try disagreement(hasID ? "abcd1111" : nil)
    let third = try here.cloned(as: "third")
    try there.git("mv", "a.md", "y.md")
    try there.git("commit", "-qm", "by hand")
    #expect(there.notes("conflicts", "y").status == 0)
    if syncsFirst {
      #expect(there.notes("sync").output.contains("waiting: y.md"))
    } else {
      try there.git("push", "-q", "origin", "HEAD:main")
    }
    #expect(third.notes("sync").output.contains("waiting: y.md"))
    try third.notes("resolve", "y", "--mine").succeeded()
    for vault in [third, there, here] { try vault.notes("sync").succeeded() }
    for vault in [third, there, here] {
      #expect(vault.notes("conflicts").status == 1)
      #expect(!vault.has("a.md"))
      #expect(try vault.read("y.md") == note(hasID ? "abcd1111" : nil, "Alpha", "BBB"))
    }
  }

  @Test("a note with an id is found where one snapshot lost it and a later one has it again")
  func goneAndBack() throws {
    let there = try disagreement()
    try move("a.md", "../away.md", in: there)
    there.notes("sync")
    try move("../away.md", "late/a2.md", in: there)
    #expect(there.notes("conflicts", "a2").status == 0)
    #expect(there.notes("sync").output.contains("waiting: late/a2.md"))
    #expect(here.notes("sync").output.contains("waiting: late/a2.md"))
  }

  // MARK: Who is not followed

  @Test(
    "a copy with the same id is not what became of a note: not where the id is mended, nor where it goes",
    arguments: [true, false])
  func copies(isMended: Bool) throws {
    try here.write(note("abcd1111", "Copy", "two"), to: "c.md")
    let there = try disagreement()
    let copy = try there.read("c.md")
    if isMended {
      try there.write(there.read("a.md").replacing("abcd1111", with: "zzzz9999"), to: "a.md")
    } else {
      try FileManager.default.removeItem(atPath: there.path + "/a.md")
    }
    for _ in 0..<2 {
      #expect(there.notes("conflicts").lines.first?.hasPrefix("a.md") == true)
      there.notes("sync")
    }
    try there.notes("resolve", "a.md", "--mine").succeeded()
    #expect(try there.read("a.md").contains("BBB"))
    #expect(try there.read("c.md") == copy)
  }

  @Test("a note that is kept out of the snapshots keeps its conflict where all others have it")
  func keptOut() throws {
    let there = try disagreement()
    try move("a.md", "z.md", in: there)
    let token = "gh" + "p_q7Zt2mVw9KcR4xLbN8sHd3JfG6pYe1UaTi5o"
    try there.write(there.read("z.md") + "\nkey: \(token)\n", to: "z.md")
    there.notes("sync")
    here.notes("sync")
    let before = try here.git("rev-parse", "HEAD").output
    for vault in [there, here, there, here] { vault.notes("sync") }
    #expect(try here.git("rev-parse", "HEAD").output == before)
    #expect(here.notes("conflicts").lines.first?.hasPrefix("a.md") == true)
    #expect(there.notes("conflicts").lines.first?.hasPrefix("z.md") == true)
  }
}
