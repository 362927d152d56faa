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
