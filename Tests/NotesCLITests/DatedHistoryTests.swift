import Foundation
import TestSupport
import Testing

/// Histories whose snapshots were made at certain times, as git itself makes them.
@Suite("histories of certain days")
struct DatedHistoryTests {
  let vault: TestVault

  init() throws { vault = try TestVault() }

  private func git(_ date: String, _ arguments: String...) throws {
    let dates = ["GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date]
    let done = try runProcess(
      ["git"] + arguments, in: vault.path,
      environment: vault.environment.merging(dates) { _, new in new })
    try #require(done.status == 0, "\(done.errors)")
  }

  private func commit(_ text: String, to file: String, _ date: String, _ message: String) throws {
    try vault.write(text, to: file)
    try git(date, "add", "-A")
    try git(date, "commit", "-qm", message)
  }

  private func text(_ first: String, _ last: String) -> String {
    "First of all\(first).\n\nA paragraph that stays as it is.\n\nLast of all\(last).\n"
  }

  @Test("a merge is told by what it brought to its first parent, as in the vault's history")
  func merges() throws {
    try commit(text("", ""), to: "w.md", "2020-01-01T10:00:00Z", "base")
    try vault.git("switch", "-qc", "side")
    try commit(text("", " sideone sidetwo"), to: "w.md", "2020-01-02T10:00:00Z", "side")
    try vault.git("switch", "-q", "main")
    try commit(text(" one two three", ""), to: "w.md", "2020-01-03T10:00:00Z", "main")
    try git("2020-01-04T10:00:00Z", "merge", "-q", "-m", "merge", "side")
    for way in ["--each", "--all"] {
      let lines = vault.notes("history", "w", way).lines
      try #require(lines.count == 4, "\(lines)")
      #expect(lines[0].hasSuffix("+2 -0  merge"), "\(lines)")
    }
    #expect(
      vault.notes("history", "w", "--diff", "-n", "1").output.contains("{+ sideone sidetwo+}"))
  }

  @Test(
    "a note's history has one order, by time, whenever its index was filled",
    arguments: [false, true])
  func order(isFilledBefore: Bool) throws {
    try commit(text("", ""), to: "w.md", "2020-01-01T10:00:00Z", "base")
    try vault.git("switch", "-qc", "side")
    try commit(text("", " side"), to: "w.md", "2020-01-02T10:00:00Z", "side 1")
    try commit(text("", " side, too"), to: "w.md", "2020-01-04T10:00:00Z", "side 2")
    try vault.git("switch", "-q", "main")
    try commit(text(" main", ""), to: "w.md", "2020-01-03T10:00:00Z", "main 1")
    // By a clock that went back.
    try commit(text(" main, too", ""), to: "w.md", "2020-01-01T11:00:00Z", "main 2")
    if isFilledBefore { #expect(vault.notes("history", "w", "--each").lines.count == 3) }
    try git("2020-01-06T10:00:00Z", "merge", "-q", "-m", "merge", "side")
    let names = vault.notes("history", "w", "--each").lines.map { $0.suffix(6) }
    #expect(names == [" merge", "side 2", "main 2", "main 1", "side 1", "  base"])
  }

  @Test("snapshots that were made side by side within an hour are told each by its own branch")
  func sideBySide() throws {
    try commit(text("", ""), to: "w.md", "2020-01-01T10:00:00Z", "base")
    try vault.git("switch", "-qc", "side")
    try commit(text("", " four"), to: "w.md", "2020-01-02T10:00:00Z", "side 1")
    try vault.git("switch", "-q", "main")
    try commit(text(" one", ""), to: "w.md", "2020-01-02T10:01:00Z", "main 1")
    try vault.git("switch", "-q", "side")
    try commit(text("", " four five"), to: "w.md", "2020-01-02T10:02:00Z", "side 2")
    try vault.git("switch", "-q", "main")
    try commit(text(" one two three", ""), to: "w.md", "2020-01-02T10:03:00Z", "main 2")
    let told = vault.notes("history", "w").lines
    #expect(told.count == 2 && told[0].contains("+3 -0  2 snapshots"), "\(told)")
    try git("2020-01-04T10:00:00Z", "merge", "-q", "-m", "merge", "side")
    let lines = vault.notes("history", "w").lines
    try #require(lines.count == 4, "\(lines)")
    #expect(lines[0].hasSuffix("+2 -0  merge"), "\(lines)")
    #expect(lines.contains { $0.contains("+3 -0  2 snapshots") }, "\(lines)")
    #expect(lines.contains { $0.contains("+2 -0  2 snapshots") }, "\(lines)")
  }

  @Test("a version stays at the snapshot that it was cut of, though its text came back")
  func versionsInPlace() throws {
    func text(_ claim: String) -> String { "---\ntype: post\nid: p\n---\n\nIt is \(claim).\n" }
    for (year, claim) in zip(2020..., ["five", "six", "seven"]) {
      try commit(text(claim), to: "p.md", "\(year)-01-01T10:00:00Z", claim)
    }
    try vault.notes("version", "import", "p", "--yes").succeeded()
    let before = vault.notes("history", "p", "--all").lines
    try commit(text("five"), to: "p.md", "2023-01-01T10:00:00Z", "five again")
    let after = vault.notes("history", "p", "--all").lines
    try #require(before.count == 6 && after.count == 7, "\(after)")
    #expect(after[0].hasSuffix("five again") && Array(after.dropFirst()) == before, "\(after)")
    let json = vault.notes("history", "p", "--all", "--format", "jsonl").lines
    #expect(!json[0].contains("\"versions\"") && json[3].contains("\"versions\":[1]"), "\(json)")
    #expect(vault.notes("history", "p@v1", "--all").lines == Array(before.suffix(2)))
    #expect(vault.notes("blame", "p@v1", "--all").output.contains("2020-01-01"))
    // What came back and is cut, is the new version's.
    try vault.notes("version", "cut", "p", "-m", "after all").succeeded()
    let cut = vault.notes("history", "p", "--all").lines
    try #require(cut.count == 8, "\(cut)")
    #expect(cut[0].hasPrefix("v4  ") && Array(cut.dropFirst()) == after, "\(cut)")
  }

  @Test("a snapshot has one day in all commands: the reader's, and not its committer's")
  func oneDay() throws {
    try commit("First paragraph of it.\n", to: "w.md", "2020-01-10T12:00:00+0000", "one")
    try commit(
      "First paragraph of it.\n\nWritten in the evening.\n", to: "w.md",
      "2020-07-05T23:30:00-0800", "two")
    let told = vault.notes("blame", "w").lines
    #expect(told.count == 2 && told[1].contains("  2020-07-06  "), "\(told)")
    #expect(vault.notes("blame", "w", "--format", "json").output.contains("\"2020-07-06\""))
    #expect(vault.notes("blame", "w", "--words").output.contains(", 2020-07-06"))
    #expect(vault.notes("history", "w", "--each").lines[0].contains("  2020-07-06  "))
    #expect(vault.notes("show", "w@2020-07-06").output.contains("evening"))
    #expect(!vault.notes("show", "w@2020-07-05").output.contains("evening"))
    #expect(vault.notes("blame", "w", "--older-than", "2020-07-06").lines.count == 1)
    #expect(vault.notes("blame", "w", "--older-than", "2020-07-07").lines.count == 2)
    #expect(vault.notes("blame", "w", "--older-than", "yesterday").lines.count == 2)
    try vault.write("Other.\n", to: "w.md")
    #expect(vault.notes("restore", "w", "2020-07-06").errors.contains("of 2020-07-06"))
  }

  @Test("a version has the day of its record, and that day typed again has it")
  func dayOfVersion() throws {
    try commit(
      "---\ntype: post\nid: p\n---\n\nOne of it.\n", to: "p.md", "2020-07-05T23:30:00-0800", "one")
    try vault.notes("version", "import", "p", "--yes").succeeded()
    #expect(vault.notes("version", "list", "p").output.hasPrefix("v1  2020-07-05"))
    #expect(vault.notes("blame", "p").output.contains("v1  2020-07-05"))
    #expect(vault.notes("evolve", "p@2020-07-05").output.contains("One of it."))
    #expect(vault.notes("evolve", "p@2020-07-04").status == 1)
    #expect(vault.notes("blame", "p", "--older-than", "2020-07-06").lines.count == 1)
    #expect(vault.notes("blame", "p", "--older-than", "2020-07-05").status == 1)
  }

  @Test("a day that a version tells has its text, though no snapshot is as old")
  func dayBeforeSnapshots() throws {
    try vault.write("---\ncreated: 2019-05-05\n---\n\nOld blog text.\n", to: "old.md")
    try vault.notes("version", "cut", "-q", "old", "--date", "created").succeeded()
    try vault.write("[[old@2020-01-01]] [[old@2018-01-01]]\n", to: "l.md")
    #expect(vault.notes("show", "old@2019-05-05").output.contains("Old blog"))
    #expect(vault.notes("show", "old@2019-05-04").status == 1)
    #expect(vault.notes("blame", "old@2020-01-01").output.contains("v1  2019-05-05"))
    #expect(vault.notes("diff", "old", "2020-01-01").errors.contains("no difference"))
    let check = vault.notes("check").output
    #expect(check.contains("2018-01-01") && !check.contains("2020-01-01"), "\(check)")
  }

  private static let waysToMerge = [("main", "side"), ("side", "main")]

  private func note(_ id: String, _ words: String) -> String {
    "---\nid: \(id)\n---\n\n\(words)\n\nA paragraph that stays as it is for ever.\n"
  }

  /// Merges a branch into another one, with these files and no others.
  private func merge(
    _ from: String, into: String, _ date: String, _ files: [String: String]
  ) throws {
    try vault.git("switch", "-q", into)
    try git(date, "merge", "-q", "--no-commit", "-s", "ours", from)
    try vault.git("rm", "-q", "-r", "--ignore-unmatch", "*.md")
    for (file, text) in files { try vault.write(text, to: file) }
    try git(date, "add", "-A")
    try git(date, "commit", "-qm", "merge")
  }

  @Test(
    "what a branch wrote and took out again is a note's text of those days, whatever was merged into what",
    arguments: waysToMerge)
  func takenOutAgain(into: String, from: String) throws {
    try commit(text("", ""), to: "w.md", "2020-01-10T10:00:00Z", "begin")
    try vault.git("switch", "-qc", "side")
    try commit(text("", " tried"), to: "w.md", "2020-02-01T10:00:00Z", "tries")
    try commit(text("", ""), to: "w.md", "2020-02-08T10:00:00Z", "takes it out")
    try vault.git("switch", "-q", "main")
    try commit("x\n", to: "other.md", "2020-02-05T10:00:00Z", "another note")
    try vault.git("switch", "-q", into)
    try git("2020-03-01T10:00:00Z", "merge", "-q", "-m", "merge", from)
    #expect(vault.notes("show", "w@2020-02-03").output == text("", " tried"))
    #expect(vault.notes("blame", "w@2020-02-06", "--words").output.contains("tried"))
    #expect(vault.notes("show", "w@2020-02-08").output == text("", ""))
  }

  @Test(
    "what was written under the old name of a note that another branch renamed is told, though the merge left it out",
    arguments: waysToMerge)
  func underTheOldName(into: String, from: String) throws {
    try commit(note("a", "One two three four."), to: "essay.md", "2020-01-10T10:00:00Z", "begin")
    try vault.git("switch", "-qc", "side")
    try vault.git("mv", "essay.md", "memoir.md")
    try commit(note("a", "One two THREE four."), to: "memoir.md", "2020-02-05T10:00:00Z", "renames")
    try vault.git("switch", "-q", "main")
    try commit(note("a", "One two DREI four."), to: "essay.md", "2020-02-10T10:00:00Z", "writes")
    try merge(
      from, into: into, "2020-03-01T10:00:00Z", ["memoir.md": note("a", "One two THREE four.")])
    let days = [("01-20", "three"), ("02-06", "THREE"), ("02-12", "DREI"), ("03-01", "THREE")]
    for (day, word) in days {
      let shown = vault.notes("show", "memoir@2020-\(day)").output
      #expect(shown.contains("two \(word) four"), "\(day): \(shown)")
    }
    let names = vault.notes("history", "memoir", "--each").lines.map { $0.prefix(22).suffix(10) }
    #expect(names == ["2020-02-10", "2020-02-05", "2020-01-10"])
    // Another note of that name is none of its own.
    try commit(note("b", "Other words."), to: "essay.md", "2020-04-01T10:00:00Z", "another note")
    #expect(vault.notes("history", "memoir", "--each").lines.count == 3)
  }

  @Test("to give a note another name is not to write in it", arguments: waysToMerge)
  func onlyMoved(into: String, from: String) throws {
    try commit(note("a", "One two three."), to: "essay.md", "2020-01-10T10:00:00Z", "begin")
    try vault.git("switch", "-qc", "side")
    try vault.git("mv", "essay.md", "memoir.md")
    try git("2020-02-05T10:00:00Z", "commit", "-qm", "tidies up")
    try vault.git("switch", "-q", "main")
    let written = note("a", "One two three, and four.")
    try commit(written, to: "essay.md", "2020-02-01T10:00:00Z", "writes")
    #expect(vault.notes("show", "essay@2020-02-10").output == written)
    try vault.git("switch", "-q", into)
    try git("2020-03-01T10:00:00Z", "merge", "-q", "-m", "merge", from)
    #expect(vault.notes("show", "memoir@2020-02-10").output == written)
    #expect(vault.notes("blame", "memoir@2020-02-10", "--words").output.contains("and four"))
    #expect(vault.notes("diff", "memoir", "2020-02-10").errors.contains("no difference"))
    #expect(vault.notes("show", "memoir@2020-01-20").output == note("a", "One two three."))
  }

  @Test(
    "a new note under the name of one that was moved away has its own text on each day, and never the other's",
    arguments: waysToMerge)
  func newOneInItsPlace(into: String, from: String) throws {
    let old = note("a", "Old one two three four five six.")
    try commit(old, to: "journal.md", "2020-01-10T10:00:00Z", "begin")
    try vault.git("switch", "-qc", "side")
    try vault.git("mv", "journal.md", "2019.md")
    let new = "---\nid: b\n---\n\nQuite another text of the new year.\n"
    try commit(new, to: "journal.md", "2020-02-01T10:00:00Z", "begins a new journal")
    try vault.git("switch", "-q", "main")
    let edited = note("a", "Old one two three four five six, says main.")
    try commit(edited, to: "journal.md", "2020-02-10T10:00:00Z", "writes in the old one")
    try merge(from, into: into, "2020-03-01T10:00:00Z", ["journal.md": new, "2019.md": edited])
    #expect(vault.notes("show", "journal@2020-02-12").output == new)
    #expect(vault.notes("diff", "journal", "2020-02-12").errors.contains("no difference"))
    #expect(!vault.notes("blame", "journal@2020-02-12").output.contains("says main"))
    #expect(vault.notes("show", "2019@2020-02-12").output == edited)
    #expect(vault.notes("show", "2019@2020-02-05").output == old)
  }

  @Test("a version that was cut of an older text does not hide what was written before the cut")
  func versionOfAnOldText() throws {
    try commit(note("a", "One two three."), to: "p.md", "2020-01-10T10:00:00Z", "begin")
    try vault.git("switch", "-qc", "side")
    try vault.notes("version", "cut", "-q", "p", "--date", "2020-02-10").succeeded()
    try vault.git("switch", "-q", "main")
    let written = note("a", "One two three, and four.")
    try commit(written, to: "p.md", "2020-02-01T10:00:00Z", "writes")
    try git("2030-01-01T10:00:00Z", "merge", "-q", "-m", "merge", "side")
    #expect(vault.notes("show", "p@2020-02-20").output == written)
    #expect(vault.notes("blame", "p@2020-02-20", "--words").output.contains("and four"))
    #expect(vault.notes("show", "p@2020-01-20").output == note("a", "One two three."))
  }

  @Test("on a day a withdrawn version does not stand before the text that a snapshot has of it")
  func withdrawnAndSaved() throws {
    let saved = note("a", "One two three.")
    try commit(saved, to: "p.md", "2020-01-10T10:00:00Z", "begin")
    for date in ["2019-02-10", "2020-02-10"] {
      try vault.notes("version", "cut", "-q", "p", "--date", date).succeeded()
      try vault.notes("version", "withdraw", "-q", "p@v1", "-m", "wrong").succeeded()
      try vault.write("[[p@2020-03-01]]\n", to: "l.md")
      #expect(vault.notes("show", "p@2020-03-01").output == saved)
      #expect(vault.notes("blame", "p@2020-03-01").status == 0)
      #expect(vault.notes("diff", "p", "2020-03-01").errors.contains("no difference"))
      #expect(vault.notes("check").status == 0)
      let before = vault.notes("show", "p@2019-03-01")
      let told = date.hasPrefix("2019") ? "withdrawn" : "was not there"
      #expect(before.status == 1 && before.errors.contains(told), "\(before)")
      try vault.git("reset", "-q", "--hard", "HEAD~2")
    }
  }

  @Test(
    "a note whose lines were only wrapped anew makes no passage stale, and its change keeps its day"
  )
  func staleAndWrapped() throws {
    try vault.write("See [[t]] for this.\n", to: "p.md")
    try commit("Target one and more.\n", to: "t.md", "2020-01-01T10:00:00Z", "one")
    try commit("Target one\nand more.\n", to: "t.md", "2020-06-01T10:00:00Z", "wrapped")
    #expect(vault.notes("blame", "p", "--stale").status == 1)
    try commit("Target two\nand more.\n", to: "t.md", "2021-01-01T10:00:00Z", "two")
    try commit("Target two and more.\n", to: "t.md", "2021-06-01T10:00:00Z", "wrapped")
    #expect(vault.notes("blame", "p", "--stale").output.contains("→ t.md  changed 2021-01-01"))
  }

  @Test("of a day on which a note was removed nothing is told, and blame tells none of it either")
  func blameOfRemoved() throws {
    try commit("One two three.\n", to: "e.md", "2020-01-01T10:00:00Z", "begin")
    try FileManager.default.removeItem(atPath: vault.path + "/e.md")
    try commit("Other.\n", to: "other.md", "2020-03-01T10:00:00Z", "remove")
    try commit("One two four.\n", to: "e.md", "2020-05-01T10:00:00Z", "back")
    for name in ["e@2020-03-15", "e@HEAD~1"] {
      for command in ["show", "blame"] {
        let told = vault.notes(command, name)
        #expect(told.status == 1 && told.errors.contains("was not there"), "\(command) \(name)")
      }
    }
    #expect(vault.notes("blame", "e@2020-02-01").output.contains("One two three."))
  }

  @Test("a version's note of two lines is one line of a list")
  func noteOfTwoLines() throws {
    try vault.write("---\ntype: post\nid: p\n---\n\nOne of it.\n", to: "p.md")
    try vault.notes("version", "cut", "p", "-m", "Says why\nv9  2031-01-01  major  no").succeeded()
    try vault.write("---\ntype: post\nid: p\n---\n\nTwo of it.\n", to: "p.md")
    for command in [
      ["version", "list", "p"], ["version", "list"], ["history", "p"], ["history", "p", "--all"],
      ["changes"], ["evolve", "p"], ["evolve", "p", "--markdown"],
    ] {
      let lines = vault.run(command).lines
      #expect(lines.contains { $0.contains("Says why") }, "\(lines)")
      #expect(!lines.contains { $0.hasPrefix("v9") }, "\(lines)")
    }
    #expect(vault.notes("history", "p", "--format", "json").output.contains("Says why\\nv9"))
  }

  @Test("evolve says so where nothing came after a version")
  func nothingSince() throws {
    try vault.write("---\ntype: post\nid: p\n---\n\nOne of it.\n", to: "p.md")
    try vault.notes("version", "cut", "p").succeeded()
    for way in [[], ["--markdown"], ["--step"], ["--format", "json"]] {
      let told = vault.run(["evolve", "p", "--since", "v1"] + way)
      #expect(told.status == 1 && told.errors.contains("since v1"), "\(way) \(told.errors)")
    }
    try vault.write("---\ntype: post\nid: p\n---\n\nTwo of it.\n", to: "p.md")
    #expect(vault.notes("evolve", "p", "--since", "v1").status == 0)
  }

  @Test("--unified of a note that went or came is a patch that takes it away or makes it")
  func unified() throws {
    try commit("Old.\n", to: "old.md", "2020-01-01T10:00:00Z", "one")
    try FileManager.default.removeItem(atPath: vault.path + "/old.md")
    try vault.write("New.\n", to: "new.md")
    for (note, path) in [("old.md", "old.md"), ("new", "new.md")] {
      let patch = vault.notes("diff", note, "--unified").output
      try vault.folder.write(patch, to: "\(path).patch")
    }
    try FileManager.default.removeItem(atPath: vault.path + "/new.md")
    try vault.write("Old.\n", to: "old.md")
    for path in ["old.md", "new.md"] {
      let patch = vault.folder.path + "/\(path).patch"
      #expect(try vault.git("apply", patch).status == 0, "\(path)")
    }
    #expect(try !vault.has("old.md") && vault.read("new.md") == "New.\n")
  }
}
