import Foundation
import TestSupport
import Testing

@Suite("notes history, diff, show and restore")
struct PastTests {
  let vault: TestVault

  init() throws {
    vault = try TestVault()
    try vault.write("Alpha beta gamma.\n\nA second paragraph that stays.\n", to: "old.md")
    try vault.notes("save", "-m", "first").succeeded()
    try vault.notes("mv", "old.md", "new").succeeded()
    try vault.notes("save", "-m", "second").succeeded()
    try vault.write("Alpha BETA gamma.\n\nA second paragraph that stays.\n", to: "new.md")
    try vault.notes("save", "-m", "third").succeeded()
  }

  @Test("a note's history goes on across a rename, newest first")
  func history() throws {
    let lines = vault.notes("history", "new").lines
    #expect(lines.count == 3)
    #expect(lines[0].hasSuffix("+1 -1  third"))
    #expect(lines[1].contains("(was old.md)"))
    #expect(lines[2].contains("first"))
    let json = vault.notes("history", "new", "--format", "jsonl").lines
    #expect(json.count == 3 && json[0].contains("\"wordsAdded\":1"))
  }

  @Test("--path tells where an older text is, and a diff without a difference is JSON, too")
  func pathsAndNothing() throws {
    #expect(vault.notes("show", "new@HEAD~2", "--path").output == "new.md\n")
    #expect(vault.notes("show", "new", "--at", "today", "--path").output == "new.md\n")
    let same = vault.notes("diff", "new", "--format", "jsonl", "--stat")
    #expect(same.status == 1)
    #expect(
      same.output == "{\"path\":\"new.md\",\"sections\":[],\"wordsAdded\":0,\"wordsRemoved\":0}\n")
    #expect(vault.notes("diff", "new").errors == "no difference\n")
  }

  @Test("a history is told of notes, and of another file that it is none")
  func noNote() throws {
    try vault.write("x", to: "LICENSE.txt")
    try vault.notes("save").succeeded()
    let result = vault.notes("history", "LICENSE.txt")
    #expect(result.status == 1)
    #expect(
      result.errors.contains("LICENSE.txt is no note") && result.errors.contains("git log --"))
    try vault.write("y", to: "unsaved.md")
    #expect(vault.notes("history", "unsaved").errors.contains("is in no snapshot yet"))
  }

  @Test("blame says so where no paragraph is asked for")
  func blameOfNothing() {
    #expect(vault.notes("blame", "new", "--stale").errors.contains("no paragraph links to a note"))
    let older = vault.notes("blame", "new", "--older-than", "2001-01-01")
    #expect(older.status == 1 && older.errors.contains("since before 2001-01-01"))
    #expect(vault.notes("blame", "new", "--stale", "--format", "json").output == "[\n\n]\n")
  }

  @Test(
    "a note that one branch renamed and both edited has the history of both",
    arguments: [("main", "side"), ("side", "main")])
  func renamedOnABranch(into: String, from: String) throws {
    func text(_ change: [Int: String]) -> String {
      (1...30).map { "Line \(change[$0] ?? "\($0)") of the text.\n\n" }.joined()
    }
    try vault.write(text([:]), to: "a.md")
    try vault.notes("save", "-m", "begin").succeeded()
    try vault.git("switch", "--quiet", "-c", "side")
    try vault.notes("mv", "a.md", "b").succeeded()
    try vault.notes("save", "-m", "rename").succeeded()
    try vault.write(text([5: "five"]), to: "b.md")
    try vault.notes("save", "-m", "edit on side").succeeded()
    try vault.git("switch", "--quiet", "main")
    try vault.write(text([25: "twenty-five"]), to: "a.md")
    try vault.notes("save", "-m", "edit on main").succeeded()
    try vault.git("switch", "--quiet", into)
    try vault.git("merge", "--quiet", "-m", "merge", from)
    let lines = vault.notes("history", "b", "--each").lines
    let told = ["merge", "edit on side", "edit on main", "rename", "begin"]
    #expect(lines.count == 5, "\(lines)")
    for message in told { #expect(lines.contains { $0.contains("  \(message)") }, "\(lines)") }
    let dated = vault.notes("blame", "b", "--all", "--words").output
    #expect(dated.contains("five") && dated.contains("twenty-five"))
  }

  @Test("a note that two branches gave the same name has the history of both")
  func renamedAlike() throws {
    func text(_ change: [Int: String]) -> String {
      (1...30).map { "Line \(change[$0] ?? "\($0)") of the text.\n\n" }.joined()
    }
    // Another note that had the name before.
    try vault.write("Something else altogether.\n", to: "b.md")
    try vault.notes("save", "-m", "another").succeeded()
    try vault.notes("rm", "b").succeeded()
    try vault.notes("save", "-m", "another goes").succeeded()
    try vault.write(text([:]), to: "a.md")
    try vault.notes("save", "-m", "begin").succeeded()
    try vault.git("branch", "side")
    for (branch, line) in [("main", 5), ("side", 25)] {
      try vault.git("switch", "--quiet", branch)
      try vault.notes("mv", "a.md", "b").succeeded()
      try vault.notes("save", "-m", "rename on \(branch)").succeeded()
      try vault.write(text([line: "new"]), to: "b.md")
      try vault.notes("save", "-m", "edit on \(branch)").succeeded()
    }
    try vault.git("switch", "--quiet", "main")
    try vault.git("merge", "--quiet", "-m", "merge", "side")
    let lines = vault.notes("history", "b", "--each").lines
    let told = [
      "merge", "edit on side", "edit on main", "rename on side", "rename on main", "begin",
    ]
    #expect(lines.count == told.count, "\(lines)")
    for message in told { #expect(lines.contains { $0.contains("  \(message)") }, "\(lines)") }
  }

  @Test(
    "on a day a note is shown as it was written last by then, on whichever branch, until a merge left that out"
  )
  func branchDays() throws {
    func commit(_ command: [String], _ day: String) throws {
      let dates = ["GIT_AUTHOR_DATE": "\(day)T10:00:00Z", "GIT_COMMITTER_DATE": "\(day)T10:00:00Z"]
      let done = try runProcess(
        ["git"] + command, in: vault.path,
        environment: vault.environment.merging(dates) { _, new in new })
      try #require(done.status == 0, "\(done.errors)")
    }
    let other = "The last of three paragraphs, which stays as it is.\n"
    try vault.write("Some good cats.\n\n\(other)", to: "cats.md")
    try vault.git("add", "cats.md")
    try commit(["commit", "-qm", "one"], "2030-01-01")
    try vault.git("switch", "-qc", "draft")
    try vault.write("Some splendid cats.\n\n\(other)", to: "cats.md")
    try commit(["commit", "-qam", "draft"], "2030-02-01")
    let draft = try vault.git("rev-parse", "--short=10", "HEAD").output.trimmingCharacters(
      in: .newlines)
    try vault.git("switch", "-q", "main")
    try vault.write("Some good cats.\n\nAnd dogs on main.\n\n\(other)", to: "cats.md")
    try commit(["commit", "-qam", "main"], "2030-02-10")
    try commit(["merge", "-q", "-m", "merge", "draft"], "2030-03-01")
    let then = vault.notes("show", "cats@2030-02-05").output
    #expect(then == "Some splendid cats.\n\n\(other)")
    #expect(vault.notes("blame", "cats@2030-02-05", "--words").output.contains("splendid"))
    #expect(vault.notes("show", "cats@2030-02-15").output.contains("good cats.\n\nAnd dogs"))
    #expect(vault.notes("show", "cats@2030-03-01").output.contains("splendid cats.\n\nAnd dogs"))
    #expect(vault.notes("history", "cats@2030-02-15", "--each").lines.count == 3)
    #expect(
      vault.notes("blame", "cats", "--all", "--words").output.contains("{\(draft): splendid}"))
    // What a merge leaves out stood until then.
    try vault.git("switch", "-qc", "other")
    try vault.write("Some odd cats.\n", to: "cats.md")
    try commit(["commit", "-qam", "other"], "2030-04-01")
    try vault.git("switch", "-q", "main")
    try vault.write("Many cats.\n", to: "cats.md")
    try commit(["commit", "-qam", "more"], "2030-03-20")
    try commit(["merge", "-q", "-s", "ours", "-m", "merge", "other"], "2030-05-01")
    #expect(vault.notes("show", "cats@2030-03-25").output == "Many cats.\n")
    #expect(vault.notes("show", "cats@2030-04-10").output == "Some odd cats.\n")
    #expect(vault.notes("show", "cats@2030-05-10").output == "Many cats.\n")
  }

  @Test("a note's history is told up to a day, a snapshot or a version")
  func upTo() throws {
    let day: Int64 = 86_400
    try vault.write("Alpha BETA gamma, much later.\n", to: "new.md")
    try vault.run(["save", "-q", "-m", "later"], clockAhead: 20 * day).succeeded()
    let commits = try vault.git("log", "--format=%H").output.split(separator: "\n").map(String.init)
    func told(_ pin: String, _ option: String...) -> [String] {
      vault.run(["history", "new@" + pin, "--format", "jsonl"] + option).lines
    }
    #expect(told("{1 day ago}").isEmpty && vault.notes("history", "new@{1 day ago}").status == 1)
    let today = try #require(
      vault.notes("history", "new", "-n", "2").lines.last?.split(separator: " ")[1])
    #expect(told(String(today), "--each").count == 3)
    #expect(told(commits[1], "--each").count == 3 && told(commits[3]).count == 1)

    try vault.run(["version", "cut", "-q", "new", "-m", "one"], clockAhead: 21 * day).succeeded()
    try vault.write("Alpha BETA gamma, and later still.\n", to: "new.md")
    try vault.run(["version", "cut", "-q", "new", "-m", "two"], clockAhead: 40 * day).succeeded()
    let cut = try vault.git("log", "-1", "--format=%cs", "HEAD^").output.prefix(10)
    #expect(told(String(cut)).count == 1 && told("v1").count == 1 && told("HEAD").count == 2)
    #expect(vault.notes("history", "new@\(today)").status == 1, "no version yet")
    #expect(told("v1", "--each").count == 4 && told(String(cut), "--each").count == 4)
    #expect(vault.notes("evolve", "new@\(cut)").output.contains("two") == false)
  }

  @Test("the vault's history shows the words of each note, when asked")
  func vaultWords() throws {
    let lines = vault.notes("history", "--diff").output
    #expect(lines.contains("—— new.md") && lines.contains("Alpha [-beta-]{+BETA+} gamma."))
    #expect(lines.contains("{+A second paragraph that stays.+}"))
    #expect(!vault.notes("history").output.contains("gamma"))
  }

  @Test("--diff tells what changed as JSON, too: of a note's snapshots, its versions, the vault")
  func diffAsJSON() throws {
    let word = #"{"kind":"added","text":"BETA"}"#
    for command in [["history", "new", "--each"], ["history", "new"], ["history"]] {
      let told = command + ["--format", "jsonl"]
      #expect(vault.run(told + ["--diff"]).output.contains(word), "\(command)")
      #expect(!vault.run(told).output.contains("blocks"), "\(command)")
    }
    try vault.notes("version", "cut", "new").succeeded()
    let version = vault.notes("history", "new", "--diff", "--format", "jsonl").output
    #expect(version.contains("BETA gamma") && version.contains("\"blocks\""), "\(version)")
  }

  @Test("snapshots of a clock that ran years ahead are a sitting of their own")
  func clockAhead() throws {
    for (text, days) in [("one", 0), ("one two", 5_000), ("one two three", 0)] as [(String, Int64)]
    {
      try vault.write(text + "\n", to: "s.md")
      try vault.run(["save", "-q", "-m", text], clockAhead: days * 86_400).succeeded()
    }
    let lines = vault.notes("history", "s").lines
    #expect(lines.count == 3 && !lines.joined().contains("snapshots"), "\(lines)")
  }

  @Test("snapshots of one author and one hour are one sitting, up to a version, each on wish")
  func sittings() throws {
    func save(_ text: String, minutesAgo: Int64, _ message: String, by name: String = "Ada") throws
    {
      try vault.write(text, to: "s.md")
      try vault.run(
        ["save", "-q", "-m", message], environment: ["GIT_AUTHOR_NAME": name],
        clockAhead: -minutesAgo * 60
      ).succeeded()
    }
    try save("one\n", minutesAgo: 600, "begun")
    try save("one two\n", minutesAgo: 590, "on")
    try save("one two three\n", minutesAgo: 540, "on")
    try save("one two three four\n", minutesAgo: 400, "later")
    try save("one two three four five\n", minutesAgo: 390, "other", by: "Grace")
    let lines = vault.notes("history", "s").lines
    #expect(lines.count == 3)
    #expect(lines[0].hasSuffix("+1 -0  other") && lines[1].hasSuffix("+1 -0  later"))
    #expect(lines[2].contains("+3 -0  3 snapshots, ") && lines[2].hasSuffix(": begun; on"))
    #expect(vault.notes("history", "s").lines == lines)
    #expect(vault.notes("history", "s", "--each").lines.count == 5)
    #expect(vault.notes("history", "s", "--diff", "-n", "1").output.contains("five+}"))
    let json = vault.notes("history", "s", "--format", "jsonl").lines
    #expect(json[2].contains("\"snapshots\":3") && json[2].contains("\"begun\":"))

    try vault.run(["version", "cut", "-q", "s", "-m", "First"]).succeeded()
    try save("one two three four five six\n", minutesAgo: -1, "on", by: "Grace")
    let all = vault.notes("history", "s", "--all").lines
    #expect(all.count == 5, "\(all)")
    #expect(all[0].hasSuffix("+1 -0  on") && all[1].hasPrefix("v1  ") && all[2].hasSuffix("other"))
  }

  @Test("diff shows the words that changed, and only those blocks")
  func diff() throws {
    let first = try vault.git("rev-parse", "HEAD~2").output.prefix(10)
    let result = vault.notes("diff", "new", String(first))
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("Alpha [-beta-]{+BETA+} gamma."))
    #expect(!result.output.contains("A second paragraph"))
    #expect(vault.notes("diff", "new").status == 1)
    try vault.write("Alpha BETA gamma!\n\nA second paragraph that stays.\n", to: "new.md")
    #expect(vault.notes("diff", "new").status == 0)
  }

  @Test("what is not saved is told of a note that was moved since, and of one that is new")
  func diffUnsaved() throws {
    try vault.notes("mv", "new", "sub/moved").succeeded()
    #expect(vault.notes("diff", "moved").status == 1)
    try vault.write("Alpha BETA delta.\n\nA second paragraph that stays.\n", to: "sub/moved.md")
    #expect(vault.notes("diff", "moved").output.contains("BETA [-gamma-]{+delta+}."))
    try vault.write("Words.\n", to: "fresh.md")
    #expect(vault.notes("diff", "fresh").output.contains("{+Words.+}"))
  }

  @Test("a text that a note had twice is that of the snapshot that is meant")
  func twice() throws {
    try vault.write("Alpha beta gamma.\n\nA second paragraph that stays.\n", to: "new.md")
    try vault.notes("save", "-m", "as it was").succeeded()
    let names = try vault.git("log", "--format=%h", "--abbrev=10").output.split(separator: "\n")
    try vault.write("Last.\n", to: "new.md")
    for (name, told) in [(names[0], names[0]), (names[2], names[2]), (names[3], names[3])] {
      let restored = vault.notes("restore", "new", String(name))
      #expect(restored.errors.contains("as it was in \(told)"), "\(restored.errors)")
      try vault.write("Last \(name).\n", to: "new.md")
    }
    #expect(vault.notes("history", "new@\(names[1])", "--each").lines.count == 3)
  }

  @Test("--unified is a patch that git takes")
  func unified() throws {
    try vault.write("Alpha BETA delta.\n\nA second paragraph that stays.", to: "new.md")
    let patch = vault.notes("diff", "new", "--unified").output
    try vault.git("checkout", "--quiet", "new.md")
    try vault.folder.write(patch, to: "x.patch")
    #expect(try vault.git("apply", vault.folder.path + "/x.patch").status == 0)
    #expect(try vault.read("new.md") == "Alpha BETA delta.\n\nA second paragraph that stays.")
  }

  @Test("a note is shown as it was, by snapshot and by date, under its name of today")
  func show() throws {
    let first = try vault.git("rev-parse", "HEAD~2").output.prefix(10)
    #expect(vault.notes("show", "new@\(first)").output.hasPrefix("Alpha beta gamma."))
    #expect(vault.notes("show", "new@HEAD").output.hasPrefix("Alpha BETA gamma."))
    #expect(vault.notes("show", "new", "--at", "tomorrow").status == 64)
    #expect(vault.notes("show", "new", "--at", "2999-01-01").output.hasPrefix("Alpha BETA"))
    let early = vault.notes("show", "new", "--at", "1999-01-01")
    #expect(early.status == 1 && early.output.isEmpty)
    #expect(vault.notes("show", "new@deadbeef").status == 1)
  }

  @Test("restore puts an old text back as a new snapshot, and rewrites none")
  func restore() throws {
    let before = try vault.git("rev-parse", "HEAD").output
    let first = try vault.git("rev-parse", "HEAD~2").output.prefix(10)
    try vault.notes("restore", "new", String(first)).succeeded()
    #expect(try vault.read("new.md").hasPrefix("Alpha beta gamma."))
    #expect(try vault.git("rev-parse", "HEAD~1").output == before)
    #expect(try vault.git("status", "--porcelain").output == "")
    try vault.notes("undo").succeeded()
    #expect(try vault.read("new.md").hasPrefix("Alpha BETA gamma."))
  }

  @Test("a note that came and went on another machine before its branch was merged is shown")
  func onAnotherBranch() throws {
    try vault.git("switch", "--quiet", "-c", "side")
    try vault.write("Kangaroo passage of the day.\n", to: "k.md")
    try vault.notes("save", "-m", "kangaroo").succeeded()
    let name = try vault.git("rev-parse", "--short=10", "HEAD").output.prefix(10)
    try vault.notes("rm", "k").succeeded()
    try vault.notes("save", "-m", "no kangaroo").succeeded()
    try vault.git("switch", "--quiet", "main")
    try vault.write("More.\n", to: "more.md")
    try vault.notes("save").succeeded()
    try vault.git("merge", "--quiet", "-m", "merge", "side")
    #expect(vault.notes("show", "k.md@\(name)").output.contains("Kangaroo"))
    let hint = try #require(vault.notes("search", "--deleted", "kangaroo").lines.last)
    #expect(vault.notes("show", String(hint.split(separator: "'")[1])).output.contains("Kangaroo"))
    let lines = vault.notes("history", "k.md", "--each").lines
    #expect(lines.count == 2 && lines[0].contains("(removed)"), "\(lines)")
    try vault.notes("restore", "k.md", String(name)).succeeded()
    #expect(try vault.read("k.md").contains("Kangaroo"))
  }

  @Test("a note is not there in a snapshot of a branch that removed it, though the merge kept it")
  func removedOnABranch() throws {
    try vault.git("switch", "--quiet", "-c", "side")
    try vault.notes("rm", "new").succeeded()
    try vault.notes("save", "-m", "side removes it").succeeded()
    try vault.git("switch", "--quiet", "main")
    try vault.git("merge", "--quiet", "--no-ff", "-s", "ours", "-m", "merge", "side")
    for command in [["show", "new@HEAD^2"], ["diff", "new@HEAD^2"], ["restore", "new@HEAD^2"]] {
      let told = vault.run(command)
      #expect(told.status == 1 && told.errors.contains("was not there in HEAD^2"), "\(told)")
    }
    // Where that branch gave it another name, its text is that of there.
    try vault.git("switch", "--quiet", "-c", "other", "HEAD^")
    try vault.notes("mv", "new", "elsewhere").succeeded()
    try vault.write("Alpha BETA delta.\n\nA second paragraph that stays.\n", to: "elsewhere.md")
    try vault.notes("save", "-m", "other renames it").succeeded()
    try vault.git("switch", "--quiet", "main")
    try vault.git("merge", "--quiet", "--no-ff", "-s", "ours", "-m", "merge", "other")
    #expect(vault.notes("show", "new@HEAD^2").output.hasPrefix("Alpha BETA delta."))
  }

  @Test("by its path a text is shown that stood there before another note was moved to it")
  func pathOfAnother() throws {
    try vault.write("Old plan with kangaroos.\n", to: "plan.md")
    try vault.notes("save", "-m", "old").succeeded()
    try vault.notes("rm", "plan").succeeded()
    try vault.notes("save", "-m", "rm").succeeded()
    try vault.notes("mv", "new", "plan").succeeded()
    try vault.notes("save", "-m", "moved here").succeeded()
    #expect(vault.notes("show", "plan.md@HEAD~2").output == "Old plan with kangaroos.\n")
    #expect(vault.notes("show", "plan@HEAD~2").output.hasPrefix("Alpha BETA gamma."))
    #expect(vault.notes("show", "plan.md@HEAD").output.hasPrefix("Alpha BETA gamma."))
    #expect(vault.notes("show", "plan.md@HEAD~1").output.hasPrefix("Alpha BETA gamma."))
    let hint = try #require(vault.notes("search", "--deleted", "kangaroos").lines.last)
    #expect(vault.notes("show", String(hint.split(separator: "'")[1])).output.contains("kangaroos"))
  }

  @Test("a text whose path a later note took is shown and restored by that path")
  func pathOfALaterOne() throws {
    let old = "Old text about kangaroos and their long tail.\n"
    try vault.write(old, to: "p/s.md")
    try vault.notes("save", "-m", "old").succeeded()
    try FileManager.default.removeItem(atPath: vault.path + "/p/s.md")
    try vault.write(
      "Entirely other words stand here now, written anew from nothing at all.\n", to: "q/s.md")
    try vault.notes("save", "-m", "rewritten elsewhere").succeeded()
    try vault.notes("mv", "q/s", "p/s").succeeded()
    try vault.notes("save", "-m", "moved back").succeeded()
    let hint = try #require(vault.notes("search", "--deleted", "kangaroos").lines.last)
    #expect(vault.notes("show", String(hint.split(separator: "'")[1])).output == old)
    #expect(vault.notes("show", "s@HEAD~2").output == old)
    try vault.notes("restore", "p/s.md", "HEAD~2").succeeded()
    #expect(try vault.read("p/s.md") == old)
  }

  @Test("a note that was renamed is restored where it is now, whatever name it is called by")
  func restoreRenamed() throws {
    for isSaved in [true, false] {
      try vault.notes("mv", isSaved ? "new" : "third", isSaved ? "third" : "fourth").succeeded()
      if isSaved { try vault.notes("save", "-m", "once more").succeeded() }
      let restored = try vault.notes("restore", "old.md", isSaved ? "HEAD~3" : "HEAD~4").succeeded()
      let now = isSaved ? "third.md" : "fourth.md"
      #expect(restored.output == "\(now)\n", "\(restored)")
      #expect(restored.errors.contains("old.md is \(now) now"), "\(restored)")
      #expect(try vault.read(now).hasPrefix("Alpha beta gamma.") && !vault.has("old.md"))
      try vault.write("Alpha BETA gamma.\n\nA second paragraph that stays.\n", to: now)
    }
  }

  @Test("a removed note's path means that note, not one of its file name in a folder")
  func goneBesideOneOfItsName() throws {
    try vault.write("Kangaroo text at the top.\n", to: "k.md")
    try vault.write("Emu words, first wording.\n", to: "x/k.md")
    try vault.notes("save", "-m", "first").succeeded()
    let first = String(try vault.git("rev-parse", "HEAD").output.prefix(12))
    try vault.notes("version", "cut", "k.md").succeeded()
    try vault.notes("rm", "-q", "k.md").succeeded()
    try vault.write("Emu words, a second and better wording.\n", to: "x/k.md")
    try vault.notes("version", "cut", "x/k.md").succeeded()
    try vault.notes("save", "-m", "rm").succeeded()
    for others in 1...2 {
      if others == 2 { try vault.write("Another one.\n", to: "y/k.md") }
      let hint = try #require(vault.notes("search", "--deleted", "kangaroo").lines.last)
      let shown = vault.notes("show", String(hint.split(separator: "'")[1]))
      #expect(shown.output == "Kangaroo text at the top.\n", "\(shown)")
      #expect(vault.notes("history", "k.md", "--each").lines.first?.contains("(removed)") == true)
      #expect(vault.notes("show", "k.md@v1").output == "Kangaroo text at the top.\n")
    }
    // By the file's name alone it is the one that is there.
    try FileManager.default.removeItem(atPath: vault.path + "/y")
    #expect(vault.notes("show", "k@v1").output.hasPrefix("Emu words, a second"))
    try vault.notes("version", "withdraw", "k.md@v1", "-m", "no").succeeded()
    #expect(vault.notes("show", "x/k.md@v1").output.hasPrefix("Emu words, a second"))
    try vault.notes("restore", "k.md", first).succeeded()
    #expect(try vault.read("k.md") == "Kangaroo text at the top.\n")
    #expect(try vault.read("x/k.md").contains("better"))
  }

  @Test("a path whose note was moved into a folder still means that note")
  func movedBesideOneOfItsName() throws {
    try vault.notes("mv", "new", "x/new").succeeded()
    try vault.write("Another one.\n", to: "y/new.md")
    try vault.notes("save", "-m", "moved").succeeded()
    #expect(vault.notes("history", "new.md", "--each").lines.count > 2)
    let restored = try vault.notes("restore", "new.md", "HEAD~3").succeeded()
    #expect(restored.output == "x/new.md\n", "\(restored)")
  }

  @Test("restore does not put the text of a note that was moved away over the one in its place")
  func restoreOfAnother() throws {
    let text = { (id: String, words: String) in "---\nid: \(id)\n---\n\n\(words)\n" }
    let milk = text("aaaaaaaa", "Buy milk and bread for the weekend.")
    try vault.write(milk, to: "inbox.md")
    try vault.notes("save", "-m", "first").succeeded()
    try vault.notes("mv", "-q", "inbox", "archive/inbox-nov").succeeded()
    try vault.notes("save", "-m", "moved").succeeded()
    let fresh = text("bbbbbbbb", "A fresh start with nothing of it.")
    try vault.write(fresh, to: "inbox.md")
    try vault.notes("save", "-m", "a new one").succeeded()
    let refused = vault.notes("restore", "inbox", "HEAD~2")
    #expect(refused.status == 1 && refused.errors.contains("archive/inbox-nov.md"), "\(refused)")
    #expect(try vault.read("inbox.md") == fresh)
    #expect(vault.notes("check").status == 0)
    try vault.write(milk + "\nMore.\n", to: "archive/inbox-nov.md")
    try vault.notes("restore", "archive/inbox-nov", "HEAD~2").succeeded()
    #expect(try vault.read("archive/inbox-nov.md") == milk)
  }

  @Test("a removed note is restored by its old path")
  func restoreRemoved() throws {
    try vault.notes("rm", "new").succeeded()
    try vault.notes("save").succeeded()
    let past = try vault.git("rev-parse", "HEAD~1").output.prefix(10)
    try vault.notes("restore", "new.md", String(past)).succeeded()
    #expect(try vault.read("new.md").hasPrefix("Alpha BETA gamma."))
  }

  @Test("from within a folder a note that is gone is named by its path from the vault's top, too")
  func goneFromAFolder() throws {
    try vault.write("Inner text.\n", to: "x/k.md")
    try vault.write("Another.\n", to: "x/l.md")
    try vault.notes("save").succeeded()
    try vault.notes("rm", "x/k.md").succeeded()
    try vault.notes("save").succeeded()
    let hint = try #require(vault.notes("search", "--deleted", "inner", in: "x").lines.last)
    let address = String(hint.split(separator: "'")[1])
    #expect(vault.notes("show", address, in: "x").output == "Inner text.\n")
    #expect(vault.notes("history", "x/k", in: "x").lines.count == 2)
    try vault.notes("restore", "x/k.md", "HEAD^", in: "x").succeeded()
    #expect(try vault.read("x/k.md") == "Inner text.\n")
  }

  @Test("code of a text whose lines end in CRLF is shown by its lines")
  func carriageReturns() throws {
    let lines = ["```", "line one", "line two", "line three", "line four", "line five", "```", ""]
    try vault.write(lines.joined(separator: "\r\n"), to: "code.md")
    try vault.notes("save").succeeded()
    let new = lines.map { $0.replacing("three", with: "3").replacing("four", with: "4") }
    try vault.write(new.joined(separator: "\r\n"), to: "code.md")
    let told = vault.notes("diff", "code").lines
    #expect(
      Array(told[1...5]) == ["  line one", "  line two", "- line three", "- line four", "+ line 3"])
    try vault.write(lines.joined(separator: "\n"), to: "code.md")
    #expect(
      vault.notes("diff", "code", "--stat").output == "code.md: 0 words added, 0 removed\n")
  }

  @Test("a note that was moved while another took its name in one snapshot keeps its history")
  func exchanged() throws {
    try vault.notes("add", "Inbox", "Buy milk, and call the plumber about the sink.").succeeded()
    try vault.notes("save", "-m", "begun").succeeded()
    try vault.notes("mv", "inbox", "archive/november").succeeded()
    try vault.notes("add", "Inbox", "Fresh start, nothing of the old list at all.").succeeded()
    try vault.notes("save", "-m", "turned over").succeeded()
    let moved = vault.notes("history", "archive/november", "--each").lines
    try #require(moved.count == 2, "\(moved)")
    #expect(moved[0].contains("+0 -0  turned over  (was inbox.md)"), "\(moved)")
    #expect(moved[1].contains("begun"))
    #expect(vault.notes("show", "archive/november@HEAD^").output.contains("Buy milk"))
    let begun = try vault.git("rev-parse", "HEAD^").output.prefix(10)
    #expect(vault.notes("blame", "archive/november").output.contains(begun))
    let new = vault.notes("history", "inbox", "--each").lines
    #expect(new.count == 1 && new[0].contains("turned over"), "\(new)")
    #expect(!vault.notes("blame", "inbox").output.contains(begun))
    try vault.notes("mv", "inbox", "other").succeeded()
    try vault.notes("mv", "archive/november", "inbox").succeeded()
    try vault.notes("mv", "other", "archive/november").succeeded()
    try vault.notes("save", "-m", "changed places").succeeded()
    #expect(vault.notes("history", "inbox", "--each").lines.count == 3)
    #expect(vault.notes("history", "archive/november", "--each").lines.count == 2)
    #expect(vault.notes("show", "inbox@HEAD~2").output.contains("Buy milk"))
  }

  @Test("a note's history has none of another one's that was called so before it was moved")
  func pathOfTwo() throws {
    try vault.notes("mv", "new", "archive/new").succeeded()
    try vault.notes("save", "-m", "away").succeeded()
    #expect(vault.notes("history", "new.md", "--each").lines.count == 4)
    try vault.write("Fresh start.\n", to: "new.md")
    try vault.notes("save", "-m", "anew").succeeded()
    let told = vault.notes("history", "new.md", "--each").lines
    #expect(told.count == 1 && told[0].contains("anew"), "\(told)")
    #expect(vault.notes("history", "archive/new", "--each").lines.count == 4)
    try vault.notes("mv", "new.md", "archive/newer").succeeded()
    try vault.notes("save", "-m", "away, too").succeeded()
    let last = vault.notes("history", "archive/newer", "--each").lines
    #expect(last.count == 2 && last[1].contains("anew"), "\(last)")
  }

  @Test("of two notes with one text that one snapshot moved, each keeps its own past")
  func twoAlikeMoved() throws {
    try vault.write("First words here, that are long enough.\n", to: "first/x.md")
    try vault.write("Second words, others.\n", to: "second/x.md")
    try vault.notes("save", "-m", "made").succeeded()
    for folder in ["first", "second"] {
      try vault.write("The same words in both, all of them.\n", to: "\(folder)/x.md")
    }
    try vault.notes("save", "-m", "same").succeeded()
    try vault.write("The same words in both, all of them.\n", to: "redirects/first/x.md")
    try vault.write("The same words in both, all of them.\n", to: "x.md")
    for folder in ["first", "second"] {
      try FileManager.default.removeItem(atPath: vault.path + "/\(folder)/x.md")
    }
    try vault.notes("save", "-m", "moved").succeeded()
    #expect(vault.notes("history", "x.md", "--each").lines[0].contains("(was second/x.md)"))
    #expect(vault.notes("show", "x@HEAD^^").output.contains("Second words"))
    #expect(vault.notes("show", "redirects/first/x@HEAD^^").output.contains("First words"))
    try vault.notes("restore", "x", "HEAD^^").succeeded()
    #expect(try vault.read("x.md") == "Second words, others.\n")
  }

  @Test("an edit is of the note that was moved, where another took its name on the other machine")
  func exchangedElsewhere() throws {
    func text(_ id: String, _ words: String) -> String {
      "---\nid: \(id)\n---\n\nSome words of a first kind.\n\n\(words)\n\nAnd a third.\n"
    }
    try vault.makeRemote()
    try vault.write(text("iiii1111", "Other lines follow here."), to: "b.md")
    try vault.notes("save", "-m", "begun").succeeded()
    try vault.git("remote", "add", "origin", vault.remote)
    try vault.notes("sync").succeeded()
    let there = try vault.cloned()
    try vault.notes("mv", "b.md", "d").succeeded()
    try vault.notes("save", "-m", "moved").succeeded()
    try vault.write("---\nid: jjjj2222\n---\n\nAn entirely new note, of zebras.\n", to: "b.md")
    try vault.notes("save", "-m", "a new one").succeeded()
    try vault.notes("sync").succeeded()
    try there.write(text("iiii1111", "Some other lines follow here."), to: "b.md")
    try there.notes("save", "-m", "edited").succeeded()
    try there.notes("sync").succeeded()
    try vault.notes("sync").succeeded()
    for machine in [vault, there] {
      let moved = machine.notes("history", "d", "--each").lines
      #expect(
        ["begun", "moved", "edited"].allSatisfy { name in
          moved.contains { $0.contains("  \(name)") }
        }, "\(moved)")
      #expect(!moved.contains { $0.contains("a new one") }, "\(moved)")
      let new = machine.notes("history", "b.md", "--each").lines
      #expect(new.count == 1 && new[0].contains("a new one"), "\(new)")
      let edited = try machine.git("log", "--all", "--grep=edited", "--format=%H").output.prefix(10)
      #expect(machine.notes("blame", "d", "--words").output.contains("\(edited): Some other"))
      let found = machine.notes("search", "--history", "\"some other lines\"").output
      #expect(found.hasPrefix("d.md  since "), "\(found)")
      #expect(!found.contains("also"), "\(found)")
    }
  }
}
