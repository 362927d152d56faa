import Foundation
import History
import TestSupport
import Testing
import Vault

@testable import NotesCLI

@Suite("notes add")
struct AddTests {
  let vault: TestVault

  init() throws { vault = try TestVault() }

  @Test("a note gets the title's name, an id and today's date, and its path is printed")
  func title() throws {
    let result = vault.notes("add", "Attention is: all you need", "Softmax over keys.")
    #expect(result.status == 0)
    #expect(result.output == "attention-is-all-you-need.md\n")
    let text = try vault.read("attention-is-all-you-need.md")
    #expect(text.contains("Attention is: all you need"))
    #expect(text.contains("\nid: ") || text.contains("---\nid: "))
    #expect(text.hasSuffix("\nSoftmax over keys.\n"))
    #expect(vault.notes("list", "--format", "short").output.contains("Attention is: all you need"))
  }

  @Test("what is piped in is the note's text, and its first line the title where none is typed")
  func piped() throws {
    let result = vault.notes("add", input: "# Score models\n\nThe gradient of the log density.\n")
    #expect(result.output == "score-models.md\n")
    #expect(try vault.read("score-models.md").contains("The gradient of the log density."))
  }

  @Test("a copy of a note gets an id of its own, and keeps the rest of its front matter")
  func copy() throws {
    vault.notes("add", "Daily", "Some text.")
    let text = try vault.read("daily.md").replacing("created:", with: "mood: calm\ncreated:")
    try vault.write(text, to: "daily.md")
    #expect(vault.notes("add", "Tomorrow", input: text).output == "tomorrow.md\n")
    let copy = try vault.read("tomorrow.md")
    let id = try #require(text.split(separator: "\n").first { $0.hasPrefix("id: ") })
    #expect(copy.contains("mood: calm\n") && !copy.contains(id), "\(copy)")
    #expect(copy.contains("\nid: ") || copy.hasPrefix("---\nid: "), "\(copy)")
    #expect(vault.notes("check").status == 0)
    // One that no note has is kept.
    vault.notes("add", "Other", input: text.replacing(id, with: "id: zzzz9999"))
    #expect(try vault.read("other.md").contains("id: zzzz9999"))
  }

  @Test("a second note of one title gets a number, and the first is untouched")
  func twice() throws {
    vault.notes("add", "Same", "first")
    #expect(vault.notes("add", "Same", "second").output == "same-2.md\n")
    #expect(try vault.read("same.md").hasSuffix("first\n"))
  }

  @Test("a post stands in posts/, with its type")
  func post() throws {
    #expect(vault.notes("add", "--post", "On ranting", "x").output == "posts/on-ranting.md\n")
    #expect(try vault.read("posts/on-ranting.md").contains("\ntype: post\n"))
  }

  @Test("--dry-run prints the note and makes nothing")
  func dryRun() {
    let result = vault.notes("add", "Nothing", "here", "--dry-run", "--tag", "a", "--tag", "b/c")
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("nothing.md\n---\n"))
    #expect(result.output.contains("b/c"))
    #expect(!vault.has("nothing.md"))
  }

  @Test(
    "a hostile title makes a harmless name",
    arguments: [
      ("../../etc/passwd", "etc-passwd.md"), ("\u{1B}]0;x\u{7}", "0-x.md"), (".git", "git.md"),
      ("/", "untitled.md"), (String(repeating: "word ", count: 100), nil),
    ] as [(String, String?)])
  func hostileTitles(title: String, name: String?) throws {
    let result = vault.notes("add", title, "text")
    #expect(result.status == 0)
    if let name { #expect(result.output == name + "\n") }
    #expect(!result.output.contains("\u{1B}"))
    #expect(result.output.utf8.count < 120)
  }

  @Test("a template's placeholders are filled in, and what it does not say is added")
  func template() throws {
    try vault.write(
      "---\nmood: curious\n---\n# {{title}}\n\n{{content}}\n", to: ".notes/templates/log.md")
    try vault.notes("add", "Day one", "It works.", "--template", "log").succeeded()
    let text = try vault.read("day-one.md")
    #expect(text.contains("mood: curious\n"))
    #expect(text.contains("# Day one\n"))
    #expect(text.contains("\nid: "))
    #expect(text.contains("It works."))
    #expect(vault.notes("add", "x", "--template", "nope").status == 1)
  }

  @Test("where text was typed, what is piped in is left to whom it is meant for")
  func typedText() throws {
    vault.notes("add", "Milk", "from the shop", input: "call Anna\n")
    vault.notes("add", "-t", "Bread", "from the baker", input: "write\n")
    #expect(try vault.read("milk.md").hasSuffix("---\n\nfrom the shop\n"))
    #expect(try vault.read("bread.md").hasSuffix("---\n\nfrom the baker\n"))
  }

  @Test("a name that is spelt as another, or that Windows keeps for a device, is taken")
  func takenElsewhere() throws {
    try vault.write("# Uns\n", to: "u\u{308}ber-uns.md")
    try vault.write("# Case\n", to: "Case.md")
    #expect(vault.notes("add", "Über uns", "x").output == "über-uns-2.md\n")
    #expect(vault.notes("add", "Case", "x").output == "case-2.md\n")
    #expect(vault.notes("add", "Con", "x").output == "con-2.md\n")
    #expect(vault.notes("check").status == 0)
  }

  @Test("a name that another command takes meanwhile is left to it, and a number follows")
  func takenMeanwhile() throws {
    let console = Console(
      isTerminal: false, isErrorTerminal: false, hasColour: false, write: { _, _ in 0 })
    let session = vault.session(console)
    let notes = try session.vault(nil)
    let draft = try NoteDraft(
      title: "Same", body: "mine\n", wishes: NoteDraft.Wishes(), folder: nil,
      moment: session.moment, template: nil, vault: notes, isTaken: { _ in false })
    var isFirst = true
    let path = try draft.made(in: notes) { edits in
      if isFirst { try vault.write("theirs\n", to: "same.md") }
      isFirst = false
      return try session.editor(of: notes).perform(edits)
    }.path
    #expect(path.text == "same-2.md")
    #expect(try vault.read("same.md") == "theirs\n")
    #expect(try vault.read("same-2.md").hasSuffix("\nmine\n"))
  }

  @Test("notes of one title that are added at once are all there", .enabled(if: Faults.canRun))
  func atOnce() throws {
    let script = """
      for i in 1 2 3 4 5 6 7 8 9 10 11 12; do '\(Faults.program)' add "Same title" "n$i" -q & done
      wait
      """
    let done = try runProcess(["sh", "-c", script], in: vault.path, environment: vault.environment)
    #expect(done.errors.isEmpty)
    let names = try FileManager.default.contentsOfDirectory(atPath: vault.path)
    #expect(names.count { $0.hasPrefix("same-title") } == 12)
  }

  @Test("what was typed stands beside what the piped text's front matter says, or in its place")
  func typedAndPiped() throws {
    let piped = "---\nTitle: From the pipe\ntags: [a, mine]\ndate: 2020-01-01\nx: 1\n---\nbody\n"
    try vault.notes(
      "add", "My title", "--tag", "mine,b", "--date", "2024-05-05", "--post", input: piped
    ).succeeded()
    let text = try vault.read("posts/my-title.md")
    #expect(text.hasPrefix("---\nTitle: My title\n"))
    #expect(text.contains("\ntags:\n  - a\n  - mine\n  - b\ndate: 2024-05-05\nx: 1\n"))
    #expect(text.contains("\ntype: post\n"))
    #expect(!text.contains("created:") && !text.contains("From the pipe"))
    #expect(text.hasSuffix("---\nbody\n"))
  }

  @Test("what was not typed stays as the piped text's front matter has it")
  func pipedWhole() throws {
    let piped = "---\ntitle: Old\ntype: essay\ndate: 2020-01-01\ntags: a b\n---\nbody\n"
    try vault.notes("add", input: piped).succeeded()
    let text = try vault.read("old.md")
    #expect(text.hasPrefix("---\ntitle: Old\ntype: essay\ndate: 2020-01-01\ntags: a b\nid: "))
    #expect(!text.contains("created:"))
  }

  @Test("what was typed stands beside what a template says, or in its place")
  func typedAndTemplate() throws {
    try vault.write(
      "---\ntitle: '{{title}} (paper)'\ntype: paper\ntags: [paper]\n---\n",
      to: ".notes/templates/paper.md")
    let made = vault.notes(
      "add", "Vaswani", "--template", "paper", "--tag", "attention", "--post", "-q")
    let text = try vault.read(made.output.trimmingCharacters(in: .newlines))
    #expect(text.contains("title: Vaswani (paper)") || text.contains("title: 'Vaswani (paper)'"))
    #expect(text.contains("\ntype: post\n"))
    #expect(text.contains("\ntags:\n  - paper\n  - attention\n"))
    let whole = vault.notes(
      "add", "Whole", "--template", "paper", input: "---\na: 1\n---\nbody\n")
    #expect(whole.status == 0)
    #expect(whole.errors.contains("the template 'paper' is not used"))
  }

  @Test("text that is not UTF-8, or nothing at all, is refused with one line")
  func refused() {
    let empty = vault.notes("add")
    #expect(empty.status == 64)
    #expect(empty.errors.hasPrefix("notes: "))
    #expect(vault.notes("add", "x", input: "a\0b").status == 2)
  }
}
