import Foundation
import TestSupport
import Testing

/// `NOTES_HISTORIES=300` makes 300 random histories, and `NOTES_SEED=7` begins with that seed.
private let seeds = TestSupport.seeds("NOTES_HISTORIES", usually: 6)

@Suite("notes search --history and --deleted")
struct HistorySearchTests {
  let vault: TestVault

  init() throws {
    vault = try TestVault()
    try vault.write("# Score\n\nThe drift comes from the score.\n\nNoise stays.\n", to: "score.md")
    try vault.notes("save", "-m", "first").succeeded()
  }

  private func hits(_ arguments: String...) throws -> [[String: Any]] {
    let command = ["search", "--format", "json"] + arguments
    let result = vault.run(command)
    let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    return try #require(json as? [[String: Any]], "\(result.errors)")
  }

  /// The snapshots that a list of hits names.
  private func commits(_ hits: [[String: Any]]) -> Set<String> {
    var found: Set<String> = []
    for hit in hits {
      for span in hit["spans"] as? [[String: Any]] ?? [] {
        for end in ["appeared", "vanished"] {
          if let name = (span[end] as? [String: Any])?["commit"] as? String { found.insert(name) }
        }
      }
      found.formUnion(commits(hit["wordings"] as? [[String: Any]] ?? []))
    }
    return found
  }

  @Test("of words joined by OR one is enough, and -word is asked of the passage")
  func alternatives() throws {
    let text = "Kangaroo and emu together.\n\nKangaroo alone is here.\n\nThe emu by itself.\n"
    try vault.write(text, to: "n.md")
    try vault.notes("save", "-m", "one").succeeded()
    for option in ["--history", "--deleted"] {
      if option == "--deleted" {
        try vault.write("Nothing.\n", to: "n.md")
        try vault.notes("save", "-m", "two").succeeded()
      }
      #expect(try hits(option, "kangaroo OR emu").count == 3)
      #expect(try hits(option, "alone | itself").count == 2)
      #expect(try hits(option, "(kangaroo OR emu) AND together").count == 1)
      #expect(try hits(option, "(kangaroo OR emu) -alone").count == 2)
      #expect(try hits(option, "kangaroo -emu").count == 1)
      #expect(vault.notes("search", option, "alone OR itself").errors.contains("2 passages"))
    }
  }

  @Test("what one snapshot took out of two notes has each note's own days")
  func takenOutOfTwo() throws {
    try vault.write("The kangaroo rule of all templates.\n\nMore of a.\n", to: "a.md")
    try vault.notes("save", "-m", "a").succeeded()
    let first = String(try vault.git("rev-parse", "HEAD").output.prefix(40))
    try vault.write("The kangaroo rule of all templates.\n\nMore of b.\n", to: "b.md")
    try vault.notes("save", "-m", "b").succeeded()
    let second = String(try vault.git("rev-parse", "HEAD").output.prefix(40))
    for name in ["a", "b"] { try vault.write("More of \(name).\n", to: name + ".md") }
    try vault.notes("save", "-m", "cut from both").succeeded()
    let hit = try #require(try hits("--history", "kangaroo").first)
    let spans = try #require(hit["spans"] as? [[String: Any]])
    let path = try #require(hit["path"] as? String)
    #expect(spans.first?["path"] as? String == path)
    for span in spans {
      let brought = span["path"] as? String == "a.md" ? first : second
      #expect((span["appeared"] as? [String: Any])?["commit"] as? String == brought, "\(spans)")
    }
  }

  @Test(
    "what stands is found by a word that does not stand there letter by letter",
    arguments: [
      ("Na&#239;ve as it is.", "naïve"), ("The **dif**fusion.", "diffusion"),
      ("A so<b>lu</b>tion.", "solution"),
      ("A so<!-- two -->lution.", "solution"),
      ("On .NET too", "dotnet"), ("A \\[note\\] of it", "note"),
      ("The [trans](a.md)former.", "transformer"),
      ("Straße nach Zürich", "zurich"), ("A co\u{AD}operation", "cooperation"),
      ("機械学習 is here", "機械学習"), ("Where $\\alpha$ is.", "\\alpha"),
      ("un\\_escaped one", "un_escaped"), ("see <https://ex.org/nadelöhr>", "nadelöhr"),
      ("Talk of C++", "C++"), ("* Learn C++ With Me", "\"C++\" with"), ("F# too", "F#"),
      ("to do and/or not", "and/or"), ("it's on", "it's"), ("at most 2^53", "2^53"),
      ("It was ﬁnished", "finished"),
      ("In Ｆｕｌｌ width", "full"), ("x² plus", "x2"),
    ])
  func written(_ text: String, word: String) throws {
    try vault.write("# A\n\nNothing.\n\n\(text)\n\nNothing either.\n", to: "a.md")
    let found = try hits("--history", word).compactMap { $0["text"] as? String }
    #expect(found.contains { $0.contains(text) }, "\(found)")
  }

  @Test("two passages that stood side by side are no wordings of each other")
  func sideBySide() throws {
    let row = "baseline sampler with noise"
    try vault.write("# Runs\n\n- monday \(row)\n- tuesday \(row)\n- friday \(row)\n", to: "runs.md")
    try vault.notes("save").succeeded()
    try vault.write("# Runs\n\n- friday \(row)\n", to: "runs.md")
    try vault.notes("save").succeeded()
    #expect(try hits("--deleted", "baseline").count == 2)
    #expect(try hits("--history", "baseline").count == 3)
  }

  @Test("of several wordings the one that stands is told, and the others below it")
  func standingWording() throws {
    let old = "The zebra has black and white stripes all over."
    try vault.write("# Zoo\n\n\(old)\n", to: "zoo.md")
    try vault.notes("save").succeeded()
    try vault.write(
      "# Zoo\n\nThe zebra has black and white stripes, in other terms.\n", to: "zoo.md")
    try vault.notes("save").succeeded()
    let found = try hits("--history", "zebra")
    #expect(found.count == 1)
    #expect(found.first?["gone"] as? Bool == false)
    let wordings = found.first?["wordings"] as? [[String: Any]]
    #expect(wordings?.first?["text"] as? String == old)
    let long = vault.run(["search", "--history", "zebra", "--format", "long"]).output
    #expect(long.contains(old))
  }

  @Test(
    "what the text does not show is found as it is written, whatever words of it the text has",
    arguments: [
      (
        "Read [Introduction to sampling](https://example.org/introduction-to-sampling).",
        "https://example.org/introduction-to-sampling"
      ),
      ("By [Ho 1706](https://arxiv.org/abs/1706.03762) then.", "1706.03762"),
      ("As [to score and drift](drift-to-score.md) says.", "\"drift to score\""),
      ("Two said.<!-- the two zebras --> So.", "\"the two zebras\""),
      ("A <img src=\"a_(b)/score of it.png\"> score.", "\"b score of it\""),
      ("See [the drift](https://a.org/The_(b)_drift) so.", "\"b drift\""),
    ])
  func hidden(_ text: String, word: String) throws {
    try vault.write("# A\n\n\(text)\n", to: "a.md")
    try vault.notes("save").succeeded()
    try vault.write("# A\n", to: "a.md")
    try vault.notes("save").succeeded()
    #expect(try hits("--deleted", word).compactMap { $0["text"] as? String } == [text])
  }

  @Test("what stands in the front matter is found, as what stood there is")
  func frontmatter() throws {
    let head = "---\ntags: [airship, hindenburg]\nsource: \"Quagga et al.\"\nfür: Müller\n---\n"
    try vault.write("\(head)\nText.\n", to: "n.md")
    try vault.notes("save").succeeded()
    for (word, line) in [
      ("hindenburg", "tags: [airship, hindenburg]"), ("quagga et", "source: \"Quagga et al.\""),
      ("muller", "für: Müller"),
    ] {
      let found = try hits("--history", word)
      #expect(found.compactMap { $0["text"] as? String } == [line])
      #expect(found.first?["gone"] as? Bool == false)
      #expect(commits(found).count == 1)
    }
    try vault.write("Text.\n", to: "n.md")
    try vault.notes("save").succeeded()
    #expect(try hits("--history", "hindenburg").first?["gone"] as? Bool == true)
  }

  @Test("says that there is more than it shows")
  func cutList() throws {
    for number in 0..<9 { try vault.write("Zebra \(number).\n", to: "z\(number).md") }
    #expect(vault.run(["search", "--history", "zebra"]).errors.contains("9 passages\n"))
    let few = vault.run(["search", "--history", "zebra", "-n", "5"])
    #expect(few.errors.contains("5 passages, the best; -n 20 for more"), "\(few.errors)")
  }

  @Test("a passage that was cut is found with the snapshots that brought it and took it away")
  func cut() throws {
    try vault.write("# Score\n\nNoise stays.\n", to: "score.md")
    #expect(vault.notes("search", "--deleted", "drift").lines[0].hasSuffix("not saved yet"))
    try vault.notes("save", "-m", "second").succeeded()
    let found = try hits("--deleted", "drift")
    #expect(found.count == 1 && found[0]["gone"] as? Bool == true)
    let names = try vault.git("log", "--format=%H").output.split(separator: "\n").map(String.init)
    #expect(commits(found) == Set(names))
    let hint = try #require(vault.notes("search", "--deleted", "drift").lines.last)
    let address = hint.split(separator: "'")[1]
    #expect(vault.notes("show", String(address)).output.contains("The drift comes"))
    #expect(vault.notes("search", "--history", "drift", "noise").status == 0)
    #expect(vault.notes("search", "--deleted", "kangaroo").status == 1)
    #expect(vault.notes("search", "--history", "tag:x").status == 64)
    #expect(vault.notes("search", "--history", "x", "--tag", "y").status == 64)
  }

  @Test("the command that shows a passage can be pasted, whatever the note is called")
  func hint() throws {
    try vault.write("A kangaroo.\n", to: "it's $here.md")
    try vault.notes("save").succeeded()
    try vault.write("Gone.\n", to: "it's $here.md")
    try vault.notes("save").succeeded()
    let line = try #require(vault.notes("search", "--deleted", "kangaroo").lines.last)
    let typed = line.replacingOccurrences(of: "notes show", with: "printf %s")
    let address = try runProcess(["sh", "-c", typed], in: vault.path).output
    #expect(vault.notes("show", address).output == "A kangaroo.\n")
  }

  @Test("a file whose name is no text is passed over")
  func nameIsNoText() throws {
    let made = try runProcess(
      [
        "sh", "-c",
        """
        blob=$(echo 'A kangaroo.' | git hash-object -w --stdin)
        printf '100644 %s\\tcaf\\351.md\\0' "$blob" | git update-index -z --index-info
        git commit -q -m kangaroo
        """,
      ], in: vault.path, environment: vault.environment)
    #expect(made.status == 0, "\(made.errors)")
    #expect(vault.notes("search", "--history", "kangaroo").status == 1)
  }

  @Test("a passage that moved to another note is not gone, and one that came back neither")
  func moved() throws {
    try vault.write("# Score\n\nNoise stays.\n", to: "score.md")
    try vault.write("The drift comes\nfrom the score.\n", to: "drift.md")
    try vault.notes("save", "-m", "split").succeeded()
    #expect(vault.notes("search", "--deleted", "drift").status == 1)
    let found = try hits("--history", "drift comes")
    #expect(found.count == 1 && found[0]["path"] as? String == "drift.md")
    let spans = try #require(found[0]["spans"] as? [[String: Any]])
    #expect(spans.map { $0["path"] as? String } == ["drift.md", "score.md"])
    try vault.write("# Score\n\nThe drift comes from the score.\n\nNoise stays.\n", to: "score.md")
    try vault.notes("rm", "drift.md").succeeded()
    try vault.notes("save", "-m", "back").succeeded()
    #expect(vault.notes("search", "--deleted", "drift").status == 1)
  }

  @Test(
    "what is in the history no more is told of no more: a branch that was left, a snapshot that was made anew",
    arguments: ["left", "amended", "cleared away"])
  func leftBehind(way: String) throws {
    func git(_ words: String...) throws {
      let done = try runProcess(["git"] + words, in: vault.path, environment: vault.environment)
      try #require(done.status == 0, "\(done.errors)")
    }
    func answers() -> [String] {
      [
        vault.notes("history", "score", "--each"), vault.notes("history", "score", "--all"),
        vault.notes("search", "--history", "unicorns"),
        vault.notes("search", "--deleted", "unicorns"),
        vault.notes("search", "--history", "kangaroo"),
      ].map { "\($0.status) \($0.output)" }
    }
    if way == "left" { try git("checkout", "-q", "-b", "draft") }
    try vault.write("# Score\n\nUnicorns, and a score.\n", to: "score.md")
    try vault.notes("save").succeeded()
    #expect(vault.notes("search", "--history", "unicorns").status == 0)
    if way == "left" { try git("checkout", "-q", "main") }
    try vault.write("# Score\n\nA kangaroo.\n", to: "score.md")
    try git("commit", "-qam", "kangaroo", way == "left" ? "--no-edit" : "--amend")
    if way == "cleared away" {
      try git("reflog", "expire", "--expire=all", "--all")
      try git("gc", "-q", "--prune=now")
    }
    let told = answers()
    #expect(vault.notes("search", "--history", "unicorns").status == 1)
    #expect(vault.notes("doctor").status == 0)
    try runProcess(["sh", "-c", "rm .git/notes/history.sqlite*"], in: vault.path)
    #expect(told == answers(), "deleting the index loses nothing")
  }

  @Test("a passage that came back stands, where other notes fit the words better")
  func cameBack() throws {
    for number in 1...25 {
      try vault.write("# Cormorant \(number)\n\nA cormorant.\n", to: "c\(number).md")
    }
    let passage = "Of many other things that one sees at the sea, among them a cormorant."
    for text in [passage, "More.", passage] {
      try vault.write("# Sea\n\n\(text)\n", to: "sea.md")
      try vault.notes("save").succeeded()
    }
    let found = try hits("--history", "cormorant", "-n", "4")
    let hit = try #require(found.first { $0["path"] as? String == "sea.md" })
    #expect(hit["gone"] as? Bool == false)
    let spans = try #require(hit["spans"] as? [[String: Any]])
    #expect(spans.map { $0["vanished"] is [String: Any] } == [false, true])
  }

  @Test("a passage stands that one branch cut and the merge with a renamed note kept")
  func keptByMerge() throws {
    try vault.git("switch", "--quiet", "-c", "other")
    try vault.write("# Score\n\nNoise stays.\n", to: "score.md")
    try vault.notes("save", "-m", "cut").succeeded()
    try vault.git("switch", "--quiet", "main")
    try vault.notes("mv", "score", "tally").succeeded()
    try vault.notes("save", "-m", "renamed").succeeded()
    try vault.git("merge", "--quiet", "-s", "ours", "-m", "merge", "other")
    let hit = try #require(try hits("--history", "drift").first)
    #expect(hit["gone"] as? Bool == false, "\(hit)")
    let spans = try #require(hit["spans"] as? [[String: Any]])
    #expect(spans[0]["vanished"] is NSNull || spans[0]["vanished"] == nil, "\(spans)")
    #expect(!vault.notes("search", "--history", "drift").output.contains("gone"))
    #expect(vault.notes("search", "--deleted", "drift").status == 1)
  }

  @Test("what was cut since the last snapshot is found, though no snapshot took it out yet")
  func cutAndNotSaved() throws {
    try vault.write("# Score\n\nNoise stays.\n", to: "score.md")
    for option in ["--history", "--deleted"] {
      let told = vault.notes("search", option, "drifts").lines
      try #require(told.count == 3, "\(told)")
      #expect(told[0].hasPrefix("score.md  since ") && told[0].hasSuffix("  gone, not saved yet"))
      #expect(told[2] == "    notes show score.md@HEAD")
      let hit = try #require(try hits(option, "drifts").first)
      #expect(hit["gone"] as? Bool == true, "\(hit)")
    }
    #expect(vault.notes("show", "score.md@HEAD").output.contains("The drift"))
    try FileManager.default.removeItem(atPath: vault.path + "/score.md")
    for word in ["drift", "noise"] {
      #expect(vault.notes("search", "--deleted", word).output.contains("gone, not saved yet"))
    }
    #expect(vault.notes("show", "score.md@HEAD").output.contains("The drift"))
    // What stands elsewhere by now, or under another name, is not gone.
    try vault.write("# Tally\n\nThe drift comes from the score.\n", to: "tally.md")
    #expect(vault.notes("search", "--deleted", "drift").status == 1)
    #expect(vault.notes("search", "--deleted", "noise").status == 0)
    try vault.notes("save", "-m", "second").succeeded()
    let told = vault.notes("search", "--deleted", "noise").output
    #expect(told.contains("  gone") && !told.contains("not saved"), "\(told)")
  }

  @Test("a wording that is not saved yet is told with the one that it replaced below it")
  func rewordedAndNotSaved() throws {
    let new = "# Score\n\nThe drift comes from a score.\n\nNoise stays.\n"
    try vault.write(new, to: "score.md")
    let told = vault.notes("search", "--history", "drift").lines
    #expect(told.first == "score.md  not saved yet", "\(told)")
    #expect(told.contains { $0.contains("and 1 other wording") }, "\(told)")
  }

  @Test("what is in the last snapshot is saved, whichever side of a conflict it is")
  func savedSide() throws {
    try vault.makeRemote()
    try vault.write("Emu one.\n\nBase.\n", to: "e.md")
    try vault.notes("sync", "--remote", vault.remote).succeeded()
    let there = try vault.cloned()
    try vault.write("# Score\n\nThe drift is an okapi.\n\nNoise stays.\n", to: "score.md")
    try vault.write("Emu one.\n\nBase, edited.\n", to: "e.md")
    try vault.notes("save", "-m", "edits").succeeded()
    try there.write("# Score\n\nThe drift is a zebra.\n\nNoise stays.\n", to: "score.md")
    try there.notes("rm", "e").succeeded()
    try there.notes("save", "-m", "edits and removes").succeeded()
    vault.notes("sync")
    there.notes("sync")
    vault.notes("sync")
    for machine in [vault, there] {
      #expect(try machine.git("status", "--porcelain").output.isEmpty)
      let shown = try machine.read("score.md").contains("okapi") ? "okapi" : "zebra"
      for word in [shown, "emu", "edited"] {
        let told = machine.notes("search", "--history", word).output
        #expect(told.contains("  since ") && !told.contains("not saved"), "\(word): \(told)")
      }
    }
    try vault.notes("mv", "score", "tally").succeeded()
    let told = vault.notes("search", "--history", "noise").output
    #expect(told.hasPrefix("tally.md  since "), "\(told)")
  }

  @Test("a passage is told of its note, not of another one that was moved away from its path")
  func pathOfTwo() throws {
    func list(_ call: String) -> String {
      "---\nid: iiii1111\n---\n\nBuy milk and bread.\n\n\(call)\n\nThird thing.\n"
    }
    try vault.makeRemote()
    try vault.write(list("Call the plumber."), to: "inbox.md")
    try vault.notes("sync", "--remote", vault.remote).succeeded()
    let there = try vault.cloned()
    try there.notes("mv", "inbox", "old").succeeded()
    try there.write("---\nid: jjjj2222\n---\n\nFresh start of zebras.\n", to: "inbox.md")
    try there.notes("save", "-m", "rotates").succeeded()
    try vault.write(list("Call the plumber and the baker."), to: "inbox.md")
    try vault.notes("save", "-m", "edits").succeeded()
    try there.write("---\nid: jjjj2222\n---\n\nA fresh start of zebras.\n", to: "inbox.md")
    try there.notes("save", "-m", "edits the new one").succeeded()
    try there.notes("sync").succeeded()
    try vault.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    for machine in [vault, there] {
      let told = machine.notes("search", "--history", "zebras").lines
      #expect(told.first?.hasPrefix("inbox.md  since ") == true, "\(told)")
      #expect(told.last?.contains("and 1 other wording") == true, "\(told)")
      #expect(!told.contains { $0.contains("old.md") }, "\(told)")
      #expect(machine.notes("search", "--history", "plumber").lines[0].hasPrefix("old.md  "))
    }
  }

  @Test("a passage that stands in a note that was made with it is not gone, whenever that was")
  func copied() throws {
    try vault.write("# Of drift\n\nThe drift comes\nfrom the score.\n", to: "drift.md")
    try vault.notes("save", "-m", "copied first").succeeded()
    try vault.write("# Score\n\nNew.\n", to: "score.md")
    try vault.notes("save", "-m", "cut").succeeded()
    #expect(vault.notes("search", "--deleted", "drift").status == 1)
    #expect(try hits("--deleted", "noise").count == 1)
    try vault.write("# Of noise\n\n- Noise stays.\n- See [it](../a/b.md).\n", to: "noise.md")
    try vault.notes("save", "-m", "written again").succeeded()
    #expect(vault.notes("search", "--deleted", "noise").status == 1)
  }

  @Test("a text that a merge left out is found, and went with the merge", arguments: [true, false])
  func leftOut(isTakenInAtOnce: Bool) throws {
    try vault.git("switch", "--quiet", "-c", "other")
    try vault.write("# Score\n\nA kangaroo.\n", to: "score.md")
    try vault.git("commit", "--quiet", "-am", "kangaroo")
    if !isTakenInAtOnce { vault.notes("search", "--history", "nothing") }
    try vault.git("switch", "--quiet", "main")
    try vault.git("merge", "--quiet", "--no-ff", "-s", "ours", "-m", "ours", "other")
    let merge = try vault.git("rev-parse", "HEAD").output.trimmingCharacters(in: .newlines)
    if !isTakenInAtOnce { vault.notes("search", "--history", "nothing") }
    for text in ["Later.", "Later still."] {
      try vault.write(text + "\n", to: "later.md")
      try vault.notes("save", "-m", text).succeeded()
    }
    let found = try hits("--deleted", "kangaroo")
    #expect(commits(found).contains(merge) && commits(found).count == 2, "\(found)")
    let hint = try #require(vault.notes("search", "--deleted", "kangaroo").lines.last)
    #expect(vault.notes("show", String(hint.split(separator: "'")[1])).output.contains("kangaroo"))
  }

  @Test(
    "an index that is deleted or damaged is made anew, and answers the same",
    arguments: ["deleted", "no database", "cut", "pages zeroed", "last page zeroed"])
  func damaged(way: String) throws {
    try vault.write("# Score\n", to: "score.md")
    try vault.notes("save", "-m", "second").succeeded()
    let before = vault.notes("search", "--deleted", "drift", "noise").output
    let history = vault.notes("history", "score").output
    try damage(way)
    #expect(vault.notes("search", "--deleted", "drift", "noise").output == before)
    #expect(vault.notes("history", "score").output == history)
    #expect(!before.isEmpty && !history.isEmpty)
  }

  /// Damages the history's index in one of the ways that disks and people have.
  private func damage(_ way: String) throws {
    let file = URL(fileURLWithPath: vault.path + "/.git/notes/history.sqlite")
    try runProcess(["sqlite3", file.path, "PRAGMA wal_checkpoint(TRUNCATE)"])
    var bytes = try Data(contentsOf: file)
    let page = 4_096
    switch way {
    case "no database": bytes = Data("no database at all, and long enough to be one".utf8)
    case "cut": bytes = bytes.prefix(bytes.count / 2)
    case "pages zeroed":
      bytes.replaceSubrange(page..<bytes.count, with: Data(repeating: 0, count: bytes.count - page))
    case "last page zeroed":
      bytes.replaceSubrange(
        (bytes.count - page)..<bytes.count, with: Data(repeating: 0, count: page))
    default: break
    }
    try FileManager.default.removeItem(at: file)
    if way != "deleted" { try bytes.write(to: file) }
  }

  @Test("doctor finds a damaged index of the history, and what is asked then is answered")
  func doctor() throws {
    #expect(vault.notes("doctor").output.contains("history's index: not made yet"))
    try vault.write("# Score\n", to: "score.md")
    try vault.notes("save", "-m", "second").succeeded()
    let before = vault.notes("search", "--deleted", "drift", "noise").output
    #expect(vault.notes("doctor").output.contains("ok    history's index: sound, 2 snapshots"))
    let file = vault.path + "/.git/notes/history.sqlite"
    for words in ["DELETE FROM snapshot WHERE id = 1", "DELETE FROM fulltext_docsize", ""] {
      if words.isEmpty {
        try damage("pages zeroed")
      } else {
        try #require(try runProcess(["sqlite3", file, words]).status == 0)
      }
      let doctor = vault.notes("doctor").output
      // One that cannot even be opened is made anew by that.
      #expect(
        doctor.contains("history's index: was damaged (")
          || words.isEmpty && doctor.contains("history's index: sound, 0 snapshots"),
        "\(words): \(doctor)")
      #expect(vault.notes("search", "--deleted", "drift", "noise").output == before, "\(words)")
    }
    #expect(!before.isEmpty)
  }

  @Test(
    "the index answers the same, whether it took all in at once or bit by bit", arguments: seeds)
  func takenInBitByBit(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    var words = 0
    var clocks: [String: Int] = ["main": 0]
    func git(_ arguments: String...) throws {
      let branch = try vault.git("branch", "--show-current").output
        .trimmingCharacters(in: .newlines)
      let clock = clocks[branch] ?? clocks["main"] ?? 0
      let now = clock + Int.random(in: 1...9_000, using: &random)
      clocks[branch] = now
      let date = "\(1_700_000_000 + now) +0000"
      try runProcess(
        ["git"] + arguments, in: vault.path,
        environment: vault.environment.merging(
          ["GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date]) { _, new in new })
    }
    func files() throws -> [String] {
      try vault.git("ls-files", "*.md").output.split(separator: "\n").map(String.init)
    }
    func passage() -> String {
      words += 1
      return "Some word\(words)x here, and word\(Int.random(in: 1...words, using: &random))x."
    }
    func edit() throws {
      let file = try files().randomElement(using: &random) ?? "a.md"
      var parts = ((try? vault.read(file)) ?? "").components(separatedBy: "\n\n")
      let place = Int.random(in: 0..<parts.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0 where parts.count > 3: parts.remove(at: place)
      case 1: parts[place] = passage()
      default: parts.insert(passage(), at: place)
      }
      try vault.write(parts.joined(separator: "\n\n") + "\n", to: file)
    }
    for file in ["a.md", "b.md", "c.md"] {
      let text = (0..<6).map { _ in passage() }.joined(separator: "\n\n")
      try vault.write("---\nid: \(file)\n---\n\n" + text + "\n", to: file)
    }
    for round in 0..<40 {
      let branches = ["main", "side", "third"]
      switch Int.random(in: 0..<10, using: &random) {
      case 0, 1:
        let branch = branches.randomElement(using: &random) ?? "main"
        let isThere = try vault.git("branch", "--list", branch).output.isEmpty == false
        try vault.git("switch", "--quiet", isThere ? branch : "-c", isThere ? "--" : branch)
      case 2, 3:
        let side = ["ours", "theirs"].randomElement(using: &random) ?? "ours"
        let branch = branches.randomElement(using: &random) ?? "main"
        try git("merge", "--quiet", "-X", side, "-m", "merge \(round)", branch)
        try git("add", "-A")
        try git("commit", "--quiet", "--no-edit", "-m", "merged \(round)")
      case 4:
        if let file = try files().filter({ $0 != "score.md" }).randomElement(using: &random) {
          try git("mv", file, "n\(round).md")
          // Another one in its place.
          if round % 2 == 0 { try vault.write(passage() + "\n", to: file) }
        }
        try git("add", "-A")
        try git("commit", "--quiet", "-m", "rename \(round)")
      default:
        try edit()
        try git("add", "-A")
        try git("commit", "--quiet", "-m", "round \(round)")
      }
      if Int.random(in: 0..<4, using: &random) == 0 { vault.notes("history", "score.md") }
    }
    try git("merge", "--quiet", "-X", "ours", "-m", "last", "main")
    try git("commit", "--quiet", "-a", "-m", "last of all")
    func answers() throws -> [String: [String]] {
      var found: [String: [String]] = [:]
      for file in try files() {
        found[file] = vault.notes("history", file, "--each", "--format", "jsonl").lines
      }
      for number in 1...words {
        let word = "word\(number)x"
        found[word] = try hits("--history", word, "-n", "10000").map { hit in
          let json = try JSONSerialization.data(withJSONObject: hit, options: .sortedKeys)
          return String(decoding: json, as: UTF8.self)
        }.sorted()
      }
      return found
    }
    let stepwise = try answers()
    for end in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: vault.path + "/.git/notes/history.sqlite" + end)
    }
    let atOnce = try answers()
    #expect(stepwise.count == atOnce.count)
    for (question, answer) in atOnce.sorted(by: { $0.key < $1.key }) {
      #expect(stepwise[question] == answer, "seed \(seed): \(question)")
    }
  }

  @Test(
    "whatever git log -S finds is found, whatever branches and merges there were", arguments: seeds)
  func complete(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    var used: [String] = []
    var files = ["a.md", "b.md", "c.md"]
    func edit() throws {
      let file = files.randomElement(using: &random) ?? "a.md"
      var parts = ((try? vault.read(file)) ?? "").components(separatedBy: "\n\n")
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0...parts.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0 where place < parts.count: parts.remove(at: place)
        case 1 where place < parts.count: parts.append(parts.remove(at: place))
        case 2 where place < parts.count && !used.isEmpty:
          parts[place] += " " + (used.randomElement(using: &random) ?? "")
        default:
          let word = "word\(used.count)x"
          used.append(word)
          parts.insert("Some \(word) here.", at: place)
        }
      }
      try vault.write(parts.joined(separator: "\n\n"), to: file)
    }
    for round in 0..<40 {
      switch Int.random(in: 0..<8, using: &random) {
      case 0: try vault.git("switch", "--quiet", "-C", "side\(round)")
      case 1:
        let branches = try vault.git("branch", "--format=%(refname:short)").output
          .split(separator: "\n").map(String.init)
        let branch = branches.randomElement(using: &random) ?? "main"
        _ = try? vault.git("merge", "--quiet", "-X", "theirs", "-m", "merge", branch)
        _ = try? vault.git("add", "-A")
        _ = try? vault.git("commit", "--quiet", "--no-edit", "--allow-empty", "-m", "merged")
      case 2:
        let branches = try vault.git("branch", "--format=%(refname:short)").output
          .split(separator: "\n").map(String.init)
        try vault.git("switch", "--quiet", branches.randomElement(using: &random) ?? "main")
      case 3 where FileManager.default.fileExists(atPath: vault.path + "/" + files[0]):
        let name = "n\(round).md"
        try vault.git("mv", files[0], name)
        files[0] = name
        try vault.git("commit", "--quiet", "-m", "rename")
      default:
        try edit()
        try vault.git("add", "-A")
        try vault.git("commit", "--quiet", "--allow-empty", "-m", "round \(round)")
      }
      // What is taken in bit by bit is what is taken in at once.
      if round % 10 == 5 { vault.notes("search", "--history", "nothing") }
    }
    for word in used {
      let theirs = try vault.git("log", "-S" + word, "--format=%H", "--", "*.md").output
        .split(separator: "\n").map(String.init)
      if theirs.isEmpty { continue }
      let found = try hits("--history", word, "-n", "100000")
      let missing = Set(theirs).subtracting(commits(found))
      #expect(missing.isEmpty, "seed \(seed), \(word)")
    }
  }
}
