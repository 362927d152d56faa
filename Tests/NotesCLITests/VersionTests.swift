import Foundation
import TestSupport
import Testing

@Suite("notes version")
struct VersionCommandTests {
  let here: TestVault
  var remote: String { here.remote }
  private let text = (0..<30).map { "This is sentence \(["one", "two", "ten"][$0 % 3]) of many." }
    .joined(separator: "\n\n")

  init() throws {
    here = try TestVault()
    try here.makeRemote()
    try here.write("---\nid: abc12345\ntitle: Essay\n---\n\n\(text)\n", to: "posts/essay.md")
    try here.notes("sync", "--remote", remote).succeeded()
  }

  private func edit(_ vault: TestVault, _ old: String, _ new: String) throws {
    let now = try vault.read("posts/essay.md")
    let range = try #require(now.range(of: old))
    try vault.write(now.replacingCharacters(in: range, with: new), to: "posts/essay.md")
  }

  private func list(_ vault: TestVault) throws -> [[String: Any]] {
    let json = vault.notes("version", "list", "essay", "--format", "json").output
    return try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]] ?? []
  }

  @Test("versions are cut, listed, read and compared, and each text stays as it was cut")
  func road() throws {
    #expect(here.notes("version", "list", "essay").status == 1)
    #expect(
      here.notes("version", "cut", "essay", "-m", "Begun").lines.first?.hasPrefix("v1") == true)
    let first = try here.read("posts/essay.md")
    try edit(here, "sentence one", "sentence number one")
    try here.notes("version", "cut", "essay", "--new", "-m", "Clearer").succeeded()
    #expect(here.notes("version", "show", "essay@v1").output == first)
    #expect(here.notes("show", "essay@v1").output == first)
    #expect(here.notes("diff", "essay", "v1", "v2").output.contains("{+number +}"))
    #expect(here.notes("diff", "essay", "v1").output.contains("{+number +}"))
    try here.notes("restore", "essay", "v1").succeeded()
    #expect(try here.read("posts/essay.md") == first)
    let versions = try list(here)
    #expect(versions.map { $0["version"] as? Int } == [2, 1])
    #expect(versions.map { $0["note"] as? String } == ["Clearer", "Begun"])
    #expect(here.notes("version", "show", "essay@v7").status == 1)
    #expect(here.notes("version", "show", "essay").status == 64)
    #expect(here.notes("version", "cut", "essay", "--kind", "huge").status == 64)
  }

  @Test("what cut, note and withdraw made is told as JSON, as list tells it")
  func changesAsJSON() throws {
    for command in [
      ["cut", "essay", "-m", "Begun"], ["note", "essay@v1", "-m", "Begun anew"],
      ["withdraw", "essay@v1", "-m", "Wrong"],
    ] {
      let told = try here.run(["version"] + command + ["--format", "jsonl"]).succeeded()
      let listed = here.notes("version", "list", "essay", "--format", "jsonl")
      #expect(told.output == listed.output, "\(command)")
      #expect(told.output.hasPrefix("{"), "\(told.output)")
    }
  }

  @Test("a first version can have the day on which it was published elsewhere, a later one cannot")
  func earlierDay() throws {
    let front = "---\ntitle: Old\ndate: 2021-05-06T23:30:00-09:00\nupdated: 2022-01-01\n---\n"
    try here.write(front + "\nText.\n", to: "posts/old.md")
    let plain = try here.notes("version", "cut", "old").succeeded()
    #expect(plain.errors.contains("its front matter says 2021-05-06; '--date created' gives"))
    // What no remote has is cut anew, though the text is the same.
    try here.write(front + "\nText.\n", to: "posts/old.md")
    let cut = try here.notes("version", "cut", "old", "--date", "created").succeeded()
    #expect(cut.lines == ["v1  2021-05-06  major  posts/old.md"])
    #expect(!cut.errors.contains("front matter") && cut.errors.contains("takes the place of v1"))
    #expect(try here.read("posts/old.md").contains("updated: 2022-01-01"))
    try here.notes("version", "cut", "old", "--date", "2020-02-03").succeeded()
    #expect(here.notes("version", "list", "old").output == "v1  2020-02-03  major\n")
    for (day, status, words) in [
      ("2999-01-01", 1, "2999-01-01 is still to come"), ("soon", 64, "'soon' is no day"),
    ] as [(String, Int32, String)] {
      let result = here.notes("version", "cut", "old", "--date", day)
      #expect(result.status == status)
      #expect(result.errors.contains(words))
    }
    let undated = here.notes("version", "cut", "essay", "--date", "created")
    #expect(undated.status == 1 && undated.errors.contains("says no day"))
    #expect(here.notes("version", "list", "essay").status == 1)
    // A number that was sent never changes, and what comes behind it is no first version.
    try here.notes("sync").succeeded()
    let sent = here.notes("version", "cut", "old", "--date", "2019-01-01")
    #expect(sent.status == 1 && sent.errors.contains("has v1 already:"))
    try here.write(front + "\nAnother text.\n", to: "posts/old.md")
    #expect(try here.notes("version", "cut", "old").succeeded().lines[0].hasPrefix("v2"))
    #expect(here.notes("version", "cut", "old", "--date", "2019-01-01").status == 1)
    #expect(here.notes("version", "cut", "old", "--new", "--date", "2019-01-01").status == 64)
    try here.publish().succeeded()
    let page = try here.page("posts/old/index.html")
    #expect(page.contains(/first published <time[^>]*datetime="2020-02-03T00:00:00Z">2020-02-03/))
  }

  @Test("a version behind one that was withdrawn is not called the first")
  func afterWithdrawal() throws {
    #expect(here.notes("version", "cut", "essay").errors.contains("since it is the first"))
    try here.notes("version", "withdraw", "essay@v1", "-m", "oops").succeeded()
    try edit(here, "sentence one", "sentence number one")
    let cut = try here.notes("version", "cut", "essay").succeeded()
    #expect(cut.lines[0].hasPrefix("v2"))
    #expect(cut.errors.contains("major, since no version before it can be read"), "\(cut.errors)")
  }

  @Test("a version that is written and could not be saved is told as that, and save takes it")
  func unsaved() throws {
    try here.write("", to: ".git/refs/heads/main.lock")
    let cut = here.notes("version", "cut", "essay", "-m", "Begun")
    #expect(cut.status == 5)
    #expect(
      cut.errors.contains("v1 of posts/essay.md: written, and only the snapshot is missing: "),
      "\(cut.errors)")
    #expect(cut.errors.contains("notes save takes the snapshot"), "\(cut.errors)")
    try runProcess(["rm", ".git/refs/heads/main.lock"], in: here.path)
    try here.notes("save").succeeded()
    #expect(try list(here).map { $0["note"] as? String } == ["Begun"])
    #expect(here.notes("status").errors.contains("nothing to save"))
  }

  @Test(
    "without --kind a cut proposes one from the words that changed",
    arguments: [
      ("sentence one", "phrase one", "minor"), ("sentence ten", "sentence 10", "correction"),
      ("This is", "This is not", "correction"), ("of many", "of `many`", "major"),
      ("This is", String(repeating: "Much is new here. ", count: 20), "major"),
    ])
  func proposal(old: String, new: String, kind: String) throws {
    try here.notes("version", "cut", "essay").succeeded()
    try edit(here, old, new)
    let result = try here.notes("version", "cut", "essay", "--new").succeeded()
    #expect(result.output.contains("  \(kind)  "), "\(result.output)")
    #expect(result.errors.contains("\(kind), since"))
  }

  @Test("a second cut of a day replaces the first, until a remote has it")
  func sameDay() throws {
    try here.notes("version", "cut", "essay", "-m", "Begun").succeeded()
    #expect(here.notes("version", "cut", "essay").status == 1)
    try edit(here, "sentence one", "phrase one")
    try here.notes("version", "cut", "essay").succeeded()
    #expect(try list(here).map { $0["version"] as? Int } == [1])
    #expect(try list(here).map { $0["note"] as? String } == ["Begun"])
    #expect(here.notes("show", "essay@v1").output.contains("phrase one"))
    try here.notes("sync").succeeded()
    try edit(here, "sentence two", "phrase two")
    try here.notes("version", "cut", "essay").succeeded()
    #expect(try list(here).map { $0["version"] as? Int } == [2, 1])
    #expect(!here.notes("show", "essay@v1").output.contains("phrase two"))
  }

  @Test("'updated' in the front matter follows all but minor versions")
  func updated() throws {
    try edit(here, "title: Essay\n", "title: Essay\nupdated: 2020-01-01 # kept\n")
    try here.notes("version", "cut", "essay", "--kind", "minor").succeeded()
    #expect(try here.read("posts/essay.md").contains("updated: 2020-01-01 # kept"))
    try edit(here, "sentence one", "phrase one")
    try here.notes("version", "cut", "essay", "--new", "--kind", "major").succeeded()
    let cut = try here.read("posts/essay.md")
    #expect(!cut.contains("2020-01-01") && cut.contains(" # kept\n"), "\(cut)")
    #expect(here.notes("show", "essay@v2").output == (try here.read("posts/essay.md")))
  }

  @Test("versions follow a rename, and outlive rewritten branches")
  func rename() throws {
    try here.notes("version", "cut", "essay").succeeded()
    let first = try here.read("posts/essay.md")
    try here.notes("mv", "essay", "posts/renamed").succeeded()
    try here.notes("save").succeeded()
    #expect(here.notes("show", "posts/renamed.md@v1").output == first)
    // A new history of one commit, and everything else gone.
    try here.git("checkout", "-q", "--orphan", "fresh")
    try here.git("commit", "-q", "-m", "all in one")
    try here.git("branch", "-q", "-D", "main")
    try here.git("branch", "-q", "-m", "main")
    try here.git("reflog", "expire", "--expire=now", "--all")
    try here.git("gc", "-q", "--prune=now")
    #expect(here.notes("show", "posts/renamed.md@v1").output == first)
  }

  @Test("a post without an id keeps its versions when it is moved")
  func withoutID() throws {
    try here.write("Plain.\n", to: "plain.md")
    try here.notes("version", "cut", "plain").succeeded()
    try here.notes("mv", "plain", "other").succeeded()
    try here.notes("save").succeeded()
    try here.write("Plain, and more.\n", to: "other.md")
    try here.notes("version", "cut", "other", "--new").succeeded()
    #expect(here.notes("version", "list", "other").lines.count == 2)
    #expect(here.notes("show", "other@v1").output == "Plain.\n")
  }

  @Test(
    "a record that cannot be read is told, and its number is not given again",
    arguments: ["kind: minr\n", "\u{1}: [", ""])
  func unreadable(record: String) throws {
    try here.notes("version", "cut", "essay").succeeded()
    for word in ["phrase", "words"] {
      try edit(here, "sentence one", "\(word) one")
      try here.notes("version", "cut", "essay", "--new").succeeded()
    }
    let folder = ".notes/versions/abc12345/"
    let texts = try [here.read(folder + "v2.md"), here.read(folder + "v3.md")]
    try here.write(record, to: folder + "v2.yaml")
    try here.write(record, to: folder + "v3.yaml")
    let list = here.notes("version", "list", "essay")
    #expect(list.lines.count == 1)
    #expect(list.errors.contains("v2 cannot be read: .notes/versions/abc12345/v2.yaml"))
    #expect(here.notes("check").output.contains("v3.yaml: cannot be read as the record of v3"))
    #expect(
      here.notes("doctor").output.contains("bad   versions: .notes/versions/abc12345/v2.yaml"))
    #expect(here.notes("show", "essay@v2").errors.contains("record of v2 cannot be read"))
    try edit(here, "sentence two", "phrase two")
    #expect(try here.notes("version", "cut", "essay").succeeded().output.hasPrefix("v4"))
    #expect(try texts == [here.read(folder + "v2.md"), here.read(folder + "v3.md")])
    #expect(here.notes("version", "import", "essay", "--yes").status == 1)
  }

  @Test("a version whose day or record cannot be read does not end the story of the others")
  func unreadableInStory() throws {
    for word in ["one", "phrase", "words"] {
      try edit(here, "sentence ten", "\(word) ten")
      try here.notes("version", "cut", "essay", "--new", "-m", word).succeeded()
      if word == "one" { try edit(here, "one ten", "sentence ten") }
    }
    let record = ".notes/versions/abc12345/v2.yaml"
    let old = try here.read(record)
    let damaged = old.split(separator: "\n").map {
      $0.hasPrefix("created:") ? "created: \"0000000000\"" : $0
    }
    try here.write(damaged.joined(separator: "\n") + "\n", to: record)
    let story = here.notes("evolve", "essay@2100-01-01")
    #expect(story.status == 0 && story.output.contains("—— v3"), "\(story.errors)")
    try here.write("frog", to: record)
    let since = here.notes("evolve", "essay", "--since", "v2")
    #expect(since.status == 1 && since.errors.contains("record of v2 cannot be read"))
  }

  @Test("a text without a record has its number, and no number is too high to count on")
  func loneText() throws {
    try here.notes("version", "cut", "essay").succeeded()
    try here.write("text\n", to: ".notes/versions/abc12345/v2.md")
    try here.write("text\n", to: ".notes/versions/abc12345/v\(Int.max).md")
    try here.write("text\n", to: ".notes/versions/abc12345/v05.md")
    try edit(here, "sentence two", "phrase two")
    #expect(try here.notes("version", "cut", "essay").succeeded().output.hasPrefix("v3"))
  }

  @Test(
    "POST@v3 is taken wherever one text of a post can be meant, and else it is said that it cannot")
  func everywhere() throws {
    for (number, word) in ["one", "phrase", "words"].enumerated() {
      if number > 0 { try edit(here, "sentence ten", "\(word) ten") }
      try here.notes("version", "cut", "essay", "--new").succeeded()
    }
    try edit(here, "sentence two", "UNCUT two")
    let pair = "[-sentence-]{+phrase+}"
    for command in [
      ["diff", "essay", "v1", "v2"], ["diff", "essay@v1", "v2"], ["diff", "essay@v1", "essay@v2"],
      ["diff", "essay", "v1", "abc12345@v2"],
    ] {
      let result = here.run(command)
      #expect(result.status == 0 && result.output.contains(pair), "\(command): \(result.errors)")
    }
    #expect(here.notes("diff", "essay@v1").output.contains("UNCUT"))
    #expect(here.notes("diff", "essay", "HEAD@{0}").output.contains("UNCUT"))
    #expect(here.notes("diff", "essay@v1", "v2", "v3").status == 64)
    try here.write("other\n", to: "other.md")
    #expect(here.notes("diff", "essay@v1", "other@v1").errors.contains("another note"))
    #expect(here.notes("evolve", "essay@v2").output.contains("—— v2"))
    #expect(!here.notes("evolve", "essay@v2").output.contains("—— v3"))
    #expect(here.notes("evolve", "essay@2020").status == 1)
    #expect(here.notes("history", "essay@v2").lines.count == 2)
    #expect(here.notes("history", "essay@v2", "--all").output.contains("v2"))
    #expect(!here.notes("history", "essay@v2", "--all").output.contains("v3"))
    #expect(here.notes("history", "essay").lines.count == 4)
    for extra in [[], ["--all"]] {
      let blame = here.run(["blame", "essay@v2", "--words"] + extra).output
      #expect(blame.contains("phrase") && !blame.contains("UNCUT") && !blame.contains("words"))
    }
    #expect(here.notes("blame", "essay@2100-01-01", "--words").output.contains("words"))
    #expect(here.notes("blame", "essay@v9").status == 1)
    for command in [
      ["links", "essay@v2"], ["version", "cut", "essay@v2"], ["version", "list", "essay@v2"],
      ["edit", "essay@v2"], ["mv", "essay@v2", "x"],
    ] {
      let result = here.run(command)
      #expect(result.status == 64, "\(command): \(result.errors)")
      #expect(result.errors.contains("name it essay"), "\(command): \(result.errors)")
    }
    #expect(here.notes("restore", "essay").status == 64)
    #expect(here.notes("restore", "essay@v1", "v2").status == 64)
    try here.notes("restore", "essay@v1").succeeded()
    #expect(try !here.read("posts/essay.md").contains("phrase"))
  }

  @Test("a bare year is a year, as with --since")
  func year() throws {
    try here.notes("version", "cut", "essay").succeeded()
    let year = String(try here.git("log", "-1", "--format=%cs").output.prefix(4))
    #expect(here.notes("show", "essay@" + year).output == (try here.read("posts/essay.md")))
    #expect(here.notes("show", "essay", "--at", year).status == 0)
    #expect(here.notes("show", "essay@2001").status == 1)
    #expect(here.notes("show", "essay@2001").errors.contains("on that date"))
    #expect(here.notes("show", "essay@9876").errors.contains("no snapshot called"))
  }

  private let plain = (0..<9).map { "Line \($0) of a plain post.\n\n" }.joined()

  private func cutPlain() throws {
    try here.write(plain, to: "plain.md")
    try here.notes("version", "cut", "plain").succeeded()
    try here.write(plain + "The second.\n", to: "plain.md")
    try here.notes("version", "cut", "plain", "--new").succeeded()
  }

  @Test(
    "versions go on where a post without an id was renamed before the next cut",
    arguments: [true, false])
  func unsavedRename(knows: Bool) throws {
    try cutPlain()
    try here.write("[[plain@v1]]\n", to: "link.md")
    try here.notes("save").succeeded()
    if knows {
      try here.notes("mv", "plain", "sub/renamed").succeeded()
    } else {
      try here.write("[[renamed@v1]]\n", to: "link.md")
      try FileManager.default.createDirectory(
        atPath: here.path + "/sub", withIntermediateDirectories: true)
      try FileManager.default.moveItem(
        atPath: here.path + "/plain.md", toPath: here.path + "/sub/renamed.md")
    }
    try here.write(plain + "The second, and more.\n", to: "sub/renamed.md")
    #expect(here.notes("version", "list", "renamed").lines.count == 2)
    #expect(here.notes("show", "renamed@v1").output == plain)
    #expect(here.notes("history", "renamed", "--all").lines.count == 4)
    #expect(!here.notes("check").output.contains("has no text"))
    let cut = try here.notes("version", "cut", "renamed", "--new").succeeded()
    #expect(cut.output.hasPrefix("v3"), "\(cut.output)")
    #expect(here.notes("version", "list").lines.count == 1)
  }

  @Test("a post that is written anew where another was removed begins with its own v1")
  func anew() throws {
    try cutPlain()
    try here.notes("rm", "plain").succeeded()
    try here.notes("save").succeeded()
    try here.write("A new post about other things.\n", to: "plain.md")
    #expect(here.notes("version", "list", "plain").status == 1)
    let cut = try here.notes("version", "cut", "plain").succeeded()
    #expect(cut.output.hasPrefix("v1"), "\(cut.output)")
    #expect(here.notes("show", "plain@v1").output.hasPrefix("A new post"))
    try here.write("A new post about other things, and more.\n", to: "plain.md")
    #expect(try here.notes("version", "cut", "plain", "--new").succeeded().output.hasPrefix("v2"))
  }

  @Test("a post that comes back after it was removed has its versions", arguments: [true, false])
  func cameBack(isEdited: Bool) throws {
    try cutPlain()
    try here.write(plain + "The second, unsaved in a version.\n", to: "plain.md")
    try here.notes("save").succeeded()
    try here.notes("rm", "plain").succeeded()
    try here.notes("save").succeeded()
    try here.notes("restore", "plain", "HEAD~1").succeeded()
    if isEdited { try here.write(try here.read("plain.md") + "\nMore.\n", to: "plain.md") }
    #expect(here.notes("version", "list", "plain").lines.count == 2)
    try here.write("Now for something quite different.\n", to: "plain.md")
    #expect(try here.notes("version", "cut", "plain", "--new").succeeded().output.hasPrefix("v3"))
  }

  @Test("the list of versions can be one of paths")
  func paths() throws {
    try cutPlain()
    try here.notes("version", "cut", "essay").succeeded()
    #expect(
      Set(here.notes("version", "list", "--format", "path").lines) == [
        "plain.md", "posts/essay.md",
      ])
    #expect(here.notes("version", "list", "plain", "--format", "path").lines == ["plain.md"])
  }

  @Test("the list of versions names each post where it is now", arguments: [true, false])
  func pathsNow(isSaved: Bool) throws {
    try cutPlain()
    try here.notes("version", "cut", "essay").succeeded()
    try here.notes("mv", "essay", "posts/moved").succeeded()
    try here.notes("mv", "plain", "sub/plain").succeeded()
    if isSaved { try here.notes("save").succeeded() }
    #expect(
      Set(here.notes("version", "list", "--format", "path").lines) == [
        "posts/moved.md", "sub/plain.md",
      ])
    #expect(here.notes("version", "list", "moved", "--format", "path").lines == ["posts/moved.md"])
    let lines = here.notes("version", "list").lines
    #expect(
      lines.count == 2
        && lines.allSatisfy { $0.hasSuffix("moved.md") || $0.hasSuffix("sub/plain.md") })
  }

  @Test("what notes mv took along stays, whatever is written there and where it was")
  func movedAndRewritten() throws {
    try cutPlain()
    try here.notes("mv", "plain", "renamed").succeeded()
    try here.write("Something else altogether.\n", to: "renamed.md")
    try here.notes("save").succeeded()
    try here.write("A new post.\n", to: "plain.md")
    #expect(here.notes("version", "list", "renamed").lines.count == 2)
    #expect(here.notes("version", "list", "plain").status == 1)
    try here.notes("version", "cut", "plain").succeeded()
    #expect(here.notes("show", "plain@v1").output == "A new post.\n")
    #expect(here.notes("show", "renamed@v1").output == plain)
    let third = try here.notes("version", "cut", "renamed", "--new").succeeded()
    #expect(third.output.hasPrefix("v3"))
    try here.notes("version", "note", "renamed@v2", "-m", "Words").succeeded()
    #expect(here.notes("show", "renamed@v2").output.contains("The second."))
  }

  @Test(
    "a note has no part in the versions of another that was written where it stood",
    arguments: ["id: bbbb2222\n", ""])
  func writtenWhereItStood(id: String) throws {
    try here.write("---\nid: aaaa1111\n---\n\n\(plain)", to: "plain.md")
    try here.notes("save").succeeded()
    try here.notes("mv", "plain", "renamed").succeeded()
    try here.notes("save").succeeded()
    try here.write("---\n\(id)title: New\n---\n\nOther things.\n", to: "plain.md")
    try here.notes("version", "cut", "plain.md").succeeded()
    #expect(here.notes("version", "list", "renamed").status == 1)
    let cut = try here.notes("version", "cut", "renamed", "--new").succeeded()
    #expect(cut.output.hasPrefix("v1"), "\(cut.output)")
    #expect(here.has(".notes/versions/aaaa1111/v1.md"))
    #expect(here.notes("version", "list", "plain.md").lines.count == 1)
  }

  @Test("the versions of a post that was removed are not those of a note that had its path before")
  func removedWhereItStood() throws {
    try here.write("One.\n", to: "a.md")
    try here.notes("save").succeeded()
    try here.notes("mv", "a", "b").succeeded()
    try here.notes("save").succeeded()
    try here.write("Two.\n", to: "a.md")
    try here.notes("version", "cut", "a").succeeded()
    try here.notes("rm", "a").succeeded()
    try here.notes("save").succeeded()
    #expect(here.notes("version", "list", "b").status == 1)
    try here.notes("version", "cut", "b").succeeded()
    #expect(here.notes("show", "b@v1").output == "One.\n")
  }

  @Test("a move that is undone is undone in the versions, too")
  func movedAndUndone() throws {
    try cutPlain()
    try here.notes("mv", "plain", "renamed").succeeded()
    try here.notes("undo").succeeded()
    #expect(here.notes("version", "list", "plain").lines.count == 2)
    #expect(try here.git("status", "--porcelain").output == "")
  }

  @Test("a post that two machines moved elsewhere keeps its versions")
  func movedTwice() throws {
    try cutPlain()
    try here.notes("sync").succeeded()
    let there = try here.cloned()
    try here.notes("mv", "plain", "one").succeeded()
    try there.notes("mv", "plain", "two").succeeded()
    for vault in [here, there, here] { _ = vault.notes("sync") }
    let name = here.has("one.md") ? "one" : "two"
    for vault in [here, there] {
      #expect(vault.has(name + ".md"))
      #expect(vault.notes("version", "list", name).lines.count == 2)
      #expect(vault.notes("show", name + "@v1").output == plain)
    }
  }

  @Test("two machines that cut at once converge: the number that was sent first stays")
  func twoMachines() throws {
    try here.notes("version", "cut", "essay", "-m", "Begun").succeeded()
    try here.notes("sync").succeeded()
    let there = try here.cloned()
    try edit(here, "sentence one", "MINE one")
    try here.notes("version", "cut", "essay", "--new", "-m", "from here").succeeded()
    try edit(there, "sentence ten", "THERE ten")
    try there.notes("version", "cut", "essay", "--new", "-m", "from there").succeeded()
    try edit(there, "sentence ten", "THERE too, ten")
    try there.notes("version", "cut", "essay", "--new", "-m", "from there, again").succeeded()
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    try here.notes("sync").succeeded()
    for vault in [here, there] {
      let versions = try list(vault)
      #expect(versions.map { $0["version"] as? Int } == [4, 3, 2, 1])
      #expect(
        versions.map { $0["note"] as? String }
          == ["from there, again", "from there", "from here", "Begun"])
      #expect(vault.notes("show", "essay@v2").output.contains("MINE"))
      #expect(!vault.notes("show", "essay@v3").output.contains("MINE"))
      #expect(vault.notes("show", "essay@v4").output.contains("THERE too"))
    }
    #expect(try here.git("status", "--porcelain").output == "")
    #expect(here.notes("conflicts").status == 1)
    // Each is held against the one it came from, and the next against both.
    for vault in [here, there] {
      let lines = vault.notes("history", "essay").lines
      #expect(lines.count == 4, "\(lines)")
      #expect(lines[0].contains("+2 -1  from there, again"), "\(lines)")
      #expect(lines[1].contains("+1 -1  from there  (from v1)"), "\(lines)")
      #expect(lines[2].contains("+1 -1  from here"), "\(lines)")
      let story = vault.notes("evolve", "essay").output
      #expect(!story.contains("[-MINE-]") && story.contains("{+MINE+}"), "\(story)")
      let blame = vault.notes("blame", "essay", "--words").output
      #expect(blame.contains("{v2: MINE}") && blame.contains("{v3: THERE}"), "\(blame)")
    }
    try edit(here, "sentence two", "LAST two")
    let cut = try here.notes("version", "cut", "essay", "--new").succeeded()
    #expect(cut.errors.contains("minor, since 2 words changed"), "\(cut.errors)")
    let last = here.notes("history", "essay").lines[0]
    #expect(last.contains("+1 -1") && last.contains("(from v2 and v4)"), "\(last)")
    let json = here.notes("history", "essay", "--format", "jsonl", "-n", "1").output
    #expect(json.contains("\"from\":[2,4]"), "\(json)")
  }

  @Test("what two machines cut of one text is one origin: what is taken out since stays out")
  func sameTextCutTwice() throws {
    try here.notes("version", "cut", "essay", "-m", "Begun").succeeded()
    try edit(here, "This is sentence two", "A draft.\n\nThis is sentence two")
    try here.notes("sync").succeeded()
    let there = try here.cloned()
    // With one reason, and in one second, both would cut the very same version.
    for (vault, reason) in [(there, "The draft, there"), (here, "The draft, here")] {
      try vault.notes("version", "cut", "essay", "--new", "-m", reason).succeeded()
      try vault.notes("sync").succeeded()
    }
    try edit(here, "A draft.\n\n", "")
    try here.notes("version", "cut", "essay", "--new", "-m", "Without it").succeeded()
    try edit(here, "sentence ten", "phrase ten")
    let cut = try here.notes("version", "cut", "essay", "--new", "-m", "A word").succeeded()
    #expect(cut.errors.contains("minor, since 2 words changed"), "\(cut.errors)")
    let lines = here.notes("history", "essay").lines
    try #require(lines.count == 5, "\(lines)")
    #expect(lines[0].hasPrefix("v5") && lines[0].hasSuffix("+1 -1  A word"), "\(lines)")
    #expect(lines[1].hasSuffix("+0 -2  Without it"), "\(lines)")
    #expect(!here.notes("evolve", "essay", "--since", "v4").output.contains("draft"))
  }

  @Test("two cuts at one moment make two versions, or one of them says that there is nothing new")
  func cutAtOnce() throws {
    try here.write("One two.\n", to: "p.md")
    let cuts = try (1...6).map { number in
      try ChildProcess(
        [Faults.program, "version", "cut", "-q", "--new", "p", "-m", "why \(number)"],
        in: here.path, environment: here.environment)
    }
    let statuses = try cuts.map { try $0.wait(seconds: 60) }
    let told = here.notes("version", "list", "p").lines
    #expect(statuses.count { $0 == 0 } == told.count, "\(statuses) \(told)")
    #expect(statuses.allSatisfy { [0, 1, 5].contains($0) }, "\(statuses)")
  }

  @Test(
    "a new post at the path from which another was moved or removed has versions of its own",
    arguments: [["mv", "posts/bees", "archive/old"], ["rm", "posts/bees"]], [true, false])
  func newAtOldPath(_ command: [String], isSaved: Bool) throws {
    let text = { (id: String, words: String) in
      "---\nid: \(id)\ntitle: Bees\ntype: post\ntags: [long, list]\n---\n\n\(words)\n"
    }
    let first = text("aaaaaaaa", "Alpha one two three four five.")
    try here.write(first, to: "posts/bees.md")
    try here.notes("version", "cut", "posts/bees", "-m", "one").succeeded()
    try here.run(command).succeeded()
    if isSaved { try here.notes("save").succeeded() }
    try here.write(text("bbbbbbbb", "Entirely other words are here now."), to: "posts/bees.md")
    #expect(here.notes("version", "list", "posts/bees").errors.contains("no version"))
    let cut = try here.notes("version", "cut", "posts/bees", "-m", "two").succeeded()
    #expect(cut.output.contains("v1") && !cut.errors.contains("takes the place"), "\(cut)")
    #expect(try here.read(".notes/versions/aaaaaaaa/v1.md") == first)
    #expect(here.notes("version", "list").lines.count { $0.contains("two") } == 1)
  }

  @Test(
    "without ids a text of other words takes no version's place: its post may have been moved",
    arguments: [true, false])
  func rewrittenWithoutID(isSaved: Bool) throws {
    try here.write("Apples are red and sweet in autumn.\n", to: "posts/p.md")
    try here.notes("version", "cut", "posts/p", "-m", "apples").succeeded()
    try here.write("Apples are red and sweet in autumn.\n", to: "archive/p.md")
    try here.write("The train leaves late on rainy Mondays.\n", to: "posts/p.md")
    if isSaved { try here.notes("save").succeeded() }
    let cut = try here.notes("version", "cut", "posts/p", "-m", "trains").succeeded()
    #expect(cut.output.contains("v2") && !cut.errors.contains("takes the place"), "\(cut)")
    #expect(here.notes("show", "posts/p@v1").output.contains("Apples"))
  }

  @Test("a copy of a post is no version of it: the cut names both, and an id of its own helps")
  func copy() throws {
    let text = "---\nid: eeeeeeee\n---\n\nAn essay with an id.\n"
    try here.write(text, to: "posts/first.md")
    try here.notes("version", "cut", "posts/first.md").succeeded()
    try here.write(text + "\nMore.\n", to: "posts/copy.md")
    let cut = here.notes("version", "cut", "posts/copy.md", "--new")
    #expect(cut.status == 2)
    #expect(
      cut.errors.contains("posts/first.md") && cut.errors.contains("notes edit posts/copy.md"))
    #expect(here.notes("version", "list", "posts/first.md").lines.count == 1)
    // The original is cut as ever.
    try here.write(text + "\nOn.\n", to: "posts/first.md")
    try here.notes("version", "cut", "posts/first.md", "--new").succeeded()
    try here.write(
      text.replacingOccurrences(of: "eeeeeeee", with: "ffffffff"), to: "posts/copy.md")
    try here.notes("version", "cut", "posts/copy.md").succeeded()
    #expect(here.notes("version", "list", "posts/copy.md").lines.count == 1)
    #expect(here.notes("version", "list", "posts/first.md").lines.count == 2)
  }

  @Test("the site holds a version against the one it came from, as the command line does")
  func siteOfTwoMachines() throws {
    func text(_ first: String, _ last: String) -> String {
      "---\nid: tttttttt\n---\n\n# Tee\n\nFirst paragraph says one thing about \(first) and "
        + "mice.\n\nSecond paragraph says something about dogs.\n\n"
        + "Third tells the end of the \(last) at once.\n"
    }
    try here.cut("tee.md", text("cats", "tale"), day: 1)
    try here.notes("sync").succeeded()
    let there = try here.cloned()
    try here.cut("tee.md", text("lions", "tale"), day: 2)
    try there.cut("tee.md", text("cats", "story"), day: 3)
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    try here.notes("sync").succeeded()
    try here.cut("tee.md", text("lions", "story"), day: 5)
    try here.publish().succeeded()
    let third = try here.page("posts/tee/v3/changes/index.html")
    #expect(third.contains("against v1 of") && third.contains("+1 −1 words"))
    #expect(third.contains(">story</ins>") && !third.contains("lions"), "\(third)")
    let fourth = try here.page("posts/tee/v4/changes/index.html")
    #expect(fourth.contains("against v2 of") && fourth.contains(" and v3 of"), "\(fourth)")
    #expect(fourth.contains("no words changed"))
    let since = try here.page("posts/tee/since/v3/index.html")
    #expect(since.contains(">lions</ins>") && !since.contains("story</ins>"))
    let age = try here.page("posts/tee/age/index.html")
    #expect(age.contains("1 word of v2") && age.contains("1 word of v3"), "\(age)")
    #expect(!age.contains("v4, "))
    let history = try here.page("posts/tee/history/index.html")
    #expect(!history.contains("+2"), "\(history)")
    let feed = try here.page("posts/tee/updates.xml")
    #expect(feed.contains("lions&lt;/ins") && !feed.contains("lions&lt;/del"), "\(feed)")
  }

  @Test(
    "history shows versions, and evolve reads them in their order; both with what is not cut yet")
  func story() throws {
    try here.notes("version", "cut", "essay", "-m", "Begun").succeeded()
    try edit(here, "sentence two", "phrase two")
    try here.notes("version", "cut", "essay", "--new", "-m", "Better").succeeded()
    try here.write(try here.read("posts/essay.md") + "\n## Later\n\nMore.\n", to: "posts/essay.md")
    let lines = here.notes("history", "essay").lines
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("since then  +2 -0  (Later)"), "\(lines)")
    #expect(lines[1].hasPrefix("v2  ") && lines[1].hasSuffix("minor  +1 -1  Better"), "\(lines)")
    #expect(lines[2].hasPrefix("v1  ") && lines[2].hasSuffix("-0  Begun"), "\(lines)")
    #expect(here.notes("history", "essay", "--diff").output.contains("[-sentence-]{+phrase+}"))
    #expect(here.notes("history", "essay", "--all").lines.count == 4)
    let json = here.notes("history", "essay", "--format", "jsonl", "-n", "2").output
    #expect(json.split(separator: "\n").count == 2 && json.contains("\"sections\":[\"Later\"]"))
    let story = try here.notes("evolve", "essay").succeeded().output
    let order = [
      "—— v1", "Begun", "This is sentence one", "—— v2", "[-sentence-]", "—— since", "Later",
    ]
    var rest = story[...]
    for part in order {
      let found = try #require(rest.range(of: part), "\(part) in \(story)")
      rest = rest[found.upperBound...]
    }
    #expect(!here.notes("evolve", "essay", "--since", "v1").output.contains("Begun"))
    #expect(here.notes("evolve", "essay", "--since", "v9").status == 1)
    try here.write("new\n", to: "other.md")
    #expect(here.notes("evolve", "other").status == 1)
  }

  @Test("blame says of each paragraph from when it is, through versions or snapshots")
  func blame() throws {
    try here.write("One two three four five.\n\nSix seven eight nine ten.\n", to: "b.md")
    try here.notes("save", "-m", "first").succeeded()
    let first = String(try here.git("rev-parse", "HEAD").output.prefix(10))
    try here.write("One two THREE four five.\n\nSix seven eight nine ten.\n", to: "b.md")
    let lines = here.notes("blame", "b").lines
    #expect(lines.count == 2)
    #expect(lines[0].contains(first) && lines[0].contains("1 of 5 newer"), "\(lines)")
    #expect(lines[1].hasPrefix("3  \(first)") && !lines[1].contains("newer"), "\(lines)")
    #expect(here.notes("blame", "b", "--words").output.contains("two {now: THREE} four"))
    try here.notes("version", "cut", "b").succeeded()
    #expect(here.notes("blame", "b").lines[0].hasPrefix("1  v1"))
    #expect(here.notes("blame", "b", "--all").lines[1].contains(first))
    #expect(here.notes("blame", "b", "--older-than", "2100-01-01").lines.count == 2)
    #expect(here.notes("blame", "b", "--older-than", "1 year ago").status == 1)
    let today = String(try here.git("log", "-1", "--format=%cs").output.prefix(10))
    #expect(here.notes("blame", "b", "--older-than", today).status == 1)
    #expect(here.notes("blame", "b", "--older-than", "today").status == 1)
    #expect(here.notes("blame", "b", "--format", "jsonl").output.contains("\"from\":\"v1\""))
    #expect(here.notes("blame", "b", "--words", "--format", "json").status == 64)
    #expect(here.notes("blame", "nothing").status == 1)
  }

  @Test("a passage is stale once a note that it links to has changed since, and says which")
  func stale() throws {
    func save(_ daysAgo: Int64) throws {
      try here.run(["save", "-q", "-m", "saved"], clockAhead: -daysAgo * 86_400).succeeded()
    }
    for name in ["a", "b", "c"] { try here.write("Text of \(name).\n", to: name + ".md") }
    try here.write(
      "See [[a]] for one.\n\nSee [[b]] and [[a#x]] for two.\n\nSee [[c@v1]] for three.\n",
      to: "post.md")
    try save(40)
    #expect(here.notes("blame", "post", "--stale").status == 1)
    try here.write("Other text of b.\n", to: "b.md")
    try here.write("Other text of c.\n", to: "c.md")
    try save(20)
    let found = here.notes("blame", "post", "--stale").lines
    try #require(found.count == 2, "\(found)")
    #expect(found[0].hasPrefix("3  ") && found[1].contains("→ b.md  changed 20"))
    #expect(here.notes("blame", "post", "--stale", "--format", "jsonl").output.contains("\"b.md\""))
    // Who has looked at the passage again says so by writing it anew.
    let text = try here.read("post.md").replacing("for two", with: "for two, still")
    try here.write(text, to: "post.md")
    try save(10)
    #expect(here.notes("blame", "post", "--stale").status == 1)
    #expect(here.notes("blame", "post", "--stale", "--words").status == 64)
  }

  @Test(
    "a passage stays stale when the note that it links to gets another name",
    arguments: [true, false])
  func staleAfterMove(hasVersions: Bool) throws {
    func run(_ daysAgo: Int64, _ arguments: String...) throws {
      try here.run(arguments, clockAhead: -daysAgo * 86_400).succeeded()
    }
    func stale() -> [String] {
      here.notes("blame", "post", "--stale").lines.filter { $0.contains("→") }
    }
    try here.write("The base fact is this.\n", to: "base.md")
    try here.write(
      "All of what follows rests on [[base]], as was said.\n\n[[base]]\n", to: "post.md")
    if hasVersions { try run(40, "version", "cut", "post") } else { try run(40, "save") }
    try here.write("The base fact is another.\n", to: "base.md")
    try run(30, "save")
    #expect(stale().count == 2)
    try run(20, "mv", "base.md", "ground.md")
    try run(20, "save")
    #expect(try here.read("post.md").contains("rests on [[ground]]"))
    #expect(stale().count == 2 && stale().allSatisfy { $0.contains("ground.md") }, "\(stale())")
    if hasVersions { try run(10, "version", "cut", "post") }
    #expect(stale().count == 2)
    let text = try here.read("post.md").replacing("as was said", with: "as is said")
    try here.write(text, to: "post.md")
    try run(5, "save")
    if hasVersions { try run(5, "version", "cut", "post", "--new") }
    #expect(stale().count == 1, "\(stale())")
  }

  @Test("a link to a version that is written anew for a move is no look at its passage either")
  func staleBesidePin() throws {
    func run(_ daysAgo: Int64, _ arguments: String...) throws {
      try here.run(arguments, clockAhead: -daysAgo * 86_400).succeeded()
    }
    try here.write("The base fact is this.\n", to: "base.md")
    try run(40, "version", "cut", "base")
    try here.write("Said first in [[base@v1]], and [[base]] says it now.\n", to: "post.md")
    try run(40, "save")
    try here.write("The base fact is another.\n", to: "base.md")
    try run(30, "save")
    try run(20, "mv", "base.md", "ground.md")
    try run(20, "save")
    #expect(try here.read("post.md").contains("[[ground@v1]]"))
    let stale = here.notes("blame", "post", "--stale").lines
    #expect(stale.count == 2 && stale.last?.contains("→ ground.md") == true, "\(stale)")
  }

  @Test("a text of a branch that a merge left out makes no passage stale")
  func staleByMerge() throws {
    func save(_ daysAgo: Int64) throws {
      try here.run(["save", "-q", "-m", "saved"], clockAhead: -daysAgo * 86_400).succeeded()
    }
    try here.write("Text of it.\n", to: "goal.md")
    try save(40)
    try here.git("switch", "-q", "-c", "side")
    try here.write("Other text of it.\n", to: "goal.md")
    try save(30)
    try here.git("switch", "-q", "main")
    try here.write("See [[goal]] for it.\n", to: "post.md")
    try save(20)
    try #require(try here.git("merge", "-q", "-s", "ours", "-m", "ours", "side").status == 0)
    #expect(here.notes("blame", "post", "--stale").output == "")
  }

  @Test("an old history makes a version for each day on which the text changed, when told to")
  func importing() throws {
    let days = ["2020-01-01T10:00", "2020-01-01T11:00", "2020-02-01T10:00", "2021-01-01T10:00"]
    for (number, day) in days.enumerated() {
      try here.write("Text \(number) of it.\n", to: "old.md")
      try here.git("add", "old.md")
      let made = try runProcess(
        ["git", "commit", "-q", "-m", "step \(number)", "--date", day + ":00Z"], in: here.path,
        environment: here.environment)
      try #require(made.status == 0, "\(made.errors)")
    }
    let proposed = here.notes("version", "import", "old")
    #expect(proposed.lines.count == 3 && proposed.errors.contains("--yes"))
    #expect(proposed.lines[0].hasPrefix("v1  2020-01-01  major  step 1"), "\(proposed.output)")
    #expect(here.notes("version", "list", "old").status == 1)
    // Asked for each: nothing is made before the end, and then what was taken, with its words.
    #expect(here.notes("version", "import", "old", "-i", input: "\nq\n").status == 1)
    #expect(here.notes("version", "import", "old", "-i", input: "\n").status == 1)
    #expect(here.notes("version", "import", "old", "-i", "--yes").status == 64)
    #expect(here.notes("version", "list", "old").status == 1)
    let asked = here.notes("version", "import", "old", "-i", input: "n\nOwn words\n\n")
    #expect(asked.lines.suffix(2).first?.hasPrefix("v1  2020-02-01  major  Own words") == true)
    #expect(here.notes("show", "old@v1").output == "Text 2 of it.\n")
    try here.notes("undo", "-q").succeeded()
    #expect(here.notes("version", "list", "old").status == 1)
    try here.notes("version", "import", "old", "--yes").succeeded()
    #expect(here.notes("show", "old@v1").output == "Text 1 of it.\n")
    #expect(here.notes("version", "list", "old").lines.first?.hasPrefix("v3  2021-01-01") == true)
    #expect(here.notes("version", "import", "old", "--yes").status == 1)
    #expect(here.notes("history", "old").lines.count == 3)
    #expect(try here.git("status", "--porcelain").output == "")
  }

  @Test("a post's history compares those versions that are told, each once")
  func comparedOnce() throws {
    for word in ["one", "two", "three"] {
      try here.write(
        "---\nid: abc12345\ntype: post\n---\n\n# Head\n\nSaid \(word).\n", to: "posts/essay.md")
      try here.notes("version", "cut", "essay", "--new", "-m", word).succeeded()
    }
    func kept() throws -> String {
      try runProcess([
        "sqlite3", here.path + "/.git/notes/history.sqlite",
        "SELECT added, removed, sections FROM difference ORDER BY old = ''",
      ]).output
    }
    let newest = vault("history", "essay", "-n", "1")
    #expect(newest.count == 1 && newest[0].contains("+1 -1  three"), "\(newest)")
    #expect(try kept() == "1|1|Head\n")
    let all = vault("history", "essay")
    #expect(all.count == 3 && all[0] == newest[0])
    #expect(try kept().split(separator: "\n").count == 3)
    #expect(vault("history", "essay") == all)
    #expect(vault("evolve", "essay", "--since", "v2").joined().contains("[-two-]{+three+}"))
  }

  private func vault(_ arguments: String...) -> [String] { here.run(arguments).lines }

  @Test("a withdrawn version keeps number, day and reason, and its text is shown no more")
  func withdraw() throws {
    try here.notes("version", "cut", "essay", "-m", "Begun").succeeded()
    let result = try here.notes("version", "withdraw", "essay@v1", "-m", "a wrong proof")
      .succeeded()
    #expect(result.output.contains("(withdrawn 20") && result.output.contains(": a wrong proof)"))
    try here.write("[[essay@v1]]\n", to: "link.md")
    for command in [
      ["show", "essay@v1"], ["version", "show", "essay@v1"], ["diff", "essay", "v1"], ["check"],
    ] {
      let shown = here.run(command)
      #expect(shown.status == 1)
      let words = shown.output + shown.errors
      #expect(words.contains("withdrawn") && words.contains(": a wrong proof"), "\(words)")
      #expect(words.contains("20"), "the day: \(words)")
    }
    try FileManager.default.removeItem(atPath: here.path + "/link.md")
    #expect(!here.has(".notes/versions/abc12345/v1.md"))
    let json = here.notes("history", "essay", "--format", "jsonl").output
    #expect(json.contains("\"withdrawnOn\":\"20"), "\(json)")
    // A post of which all are withdrawn has versions.
    let all = try here.notes("version", "list").succeeded()
    #expect(all.output.contains("a wrong proof") && all.errors.isEmpty, "\(all)")
    // Its number is not given again.
    try here.notes("version", "cut", "essay").succeeded()
    #expect(try list(here).map { $0["version"] as? Int } == [2, 1])
    try here.notes("undo").succeeded()
    try here.notes("version", "note", "essay@v1", "-m", "An attempt").succeeded()
    #expect(try list(here).last?["note"] as? String == "An attempt")
  }
}

extension VersionCommandTests {
  @Test(
    "a version's text is what was cut, whatever its file holds; check names it, save mends it")
  func changedText() throws {
    try here.notes("version", "cut", "essay").succeeded()
    let cut = try here.read("posts/essay.md")
    let file = ".notes/versions/abc12345/v1.md"
    #expect(here.notes("check").status == 0)
    try here.write(cut.replacing("many", with: "few"), to: file)
    #expect(here.notes("show", "essay@v1").output == cut)
    #expect(here.notes("history", "essay").lines.count == 1)
    let words = "\(file): is not the text that v1 was cut with"
    #expect(here.notes("check").output.contains(words))
    #expect(here.notes("check").status == 1)
    #expect(here.notes("doctor").output.contains("bad   versions: \(words)"))
    // What was written there is an edit of the post.
    try here.notes("save").succeeded()
    #expect(try here.read(file) == cut)
    #expect(try here.read("posts/essay.md") == cut.replacing("many", with: "few"))
    try FileManager.default.removeItem(atPath: here.path + "/" + file)
    #expect(here.notes("check").output.contains("\(file): is gone, and v1 was cut with it"))
    #expect(here.notes("doctor").output.contains("bad   versions: \(file): is gone"))
    try here.write(cut, to: file)
    #expect(here.notes("check").status == 0)
  }

  @Test(
    "a record with a key twice, or with the markers of a merge, cannot be read",
    arguments: ["note: twice\nnote: twice\n", "<<<<<<< HEAD\n", "note: a\n=======\n"])
  func torn(lines: String) throws {
    try here.notes("version", "cut", "essay").succeeded()
    let file = ".notes/versions/abc12345/v1.yaml"
    try here.write(try here.read(file) + lines, to: file)
    #expect(here.notes("check").output.contains("\(file): cannot be read as the record of v1"))
    #expect(here.notes("show", "essay@v1").errors.contains("record of v1 cannot be read"))
  }
}

extension VersionCommandTests {
  @Test("versions of a post that is gone are reached by its path", arguments: ["essay", "bare"])
  func removed(post: String) throws {
    try here.write("A post without an id.\n", to: "posts/bare.md")
    try here.notes("version", "cut", post).succeeded()
    let text = try here.read("posts/\(post).md")
    try here.notes("rm", post).succeeded()
    try here.notes("save").succeeded()
    let name = "posts/\(post).md"
    #expect(here.notes("version", "list", name).lines.count == 1)
    #expect(here.notes("show", "\(name)@v1").output == text)
    #expect(here.notes("version", "show", "\(name)@v1").output == text)
    #expect(here.notes("evolve", name).status == 0)
    try here.notes("restore", "\(name)@v1").succeeded()
    #expect(try here.read(name) == text)
    try here.notes("rm", post).succeeded()
    try here.notes("save").succeeded()
    try here.notes("version", "withdraw", "\(name)@v1", "-m", "a leak").succeeded()
    #expect(here.notes("show", "\(name)@v1").errors.contains("a leak"))
  }
}

extension VersionCommandTests {
  @Test("where no snapshot has a post's old path any more, its versions are reached by that")
  func pathOfNoSnapshot() throws {
    try here.write("A post without an id.\n", to: "posts/bare.md")
    try here.notes("version", "cut", "bare").succeeded()
    try here.git("mv", "posts/bare.md", "posts/other.md")
    try here.notes("save").succeeded()
    #expect(here.notes("version", "list", "other").lines.count == 1)
    try here.git("checkout", "--quiet", "--orphan", "anew")
    try here.git("commit", "--quiet", "-m", "squash")
    #expect(here.notes("version", "list", "other").status == 1)
    #expect(here.notes("version", "list", "posts/bare.md").lines.count == 1)
    #expect(here.notes("show", "posts/bare.md@v1").output == "A post without an id.\n")
    // A way there and back by `notes mv` takes them along.
    try here.notes("mv", "other", "posts/bare.md").succeeded()
    try here.notes("mv", "posts/bare.md", "posts/other.md").succeeded()
    #expect(here.notes("version", "list", "other").lines.count == 1)
  }
}

extension VersionCommandTests {
  @Test("versions are imported in the order of the history, one for a day, no day before the last")
  func importedInOrder() throws {
    let days = [
      ("2023-01-01", "2023-01-01"), ("2023-03-01", "2023-04-01"), ("2023-02-01", "2023-04-02"),
      ("2023-03-01", "2023-04-03"), ("2031-01-01", "2023-05-01"), ("2023-06-01", "2023-06-02"),
    ]
    for (number, day) in days.enumerated() {
      try here.write("Text \(number) of it.\n", to: "old.md")
      try here.git("add", "old.md")
      let made = try runProcess(
        ["git", "commit", "-q", "-m", "step \(number)", "--date", day.0 + "T10:00:00Z"],
        in: here.path,
        environment: here.environment.merging(["GIT_COMMITTER_DATE": day.1 + "T10:00:00Z"]) { $1 })
      try #require(made.status == 0, "\(made.errors)")
    }
    let lines = here.notes("version", "import", "old").lines
    let starts = zip(["2023-01-01", "2023-03-01", "2023-05-01", "2023-06-01"], 1...)
    try #require(lines.count == 4, "\(lines)")
    for (line, (day, number)) in zip(lines, starts) {
      #expect(line.hasPrefix("v\(number)  \(day)"), "\(lines)")
    }
    #expect(lines[1].hasSuffix("step 3"), "\(lines)")
  }

  @Test("a withdrawn version is told of under the path that its post has now")
  func withdrawnAndMoved() throws {
    try here.notes("version", "cut", "essay").succeeded()
    try here.notes("version", "withdraw", "essay@v1", "-m", "wrong").succeeded()
    try here.notes("mv", "essay", "posts/memory").succeeded()
    for command in [["show", "memory@v1"], ["diff", "memory", "v1"]] {
      let told = here.run(command).errors
      #expect(told.contains("v1 of posts/memory.md was") && !told.contains("essay.md"), "\(told)")
    }
  }

  @Test("a day's version can be given another kind, and a minor one takes its 'updated' back")
  func otherKind() throws {
    func text(_ updated: String, _ more: String) -> String {
      "---\nid: u\ntype: post\nupdated: \(updated)\n---\n\nOne two three.\n\(more)"
    }
    try here.write(text("2020-01-01", ""), to: "u.md")
    try here.notes("version", "cut", "u", "--date", "2020-01-01").succeeded()
    let more = "\n" + String(repeating: "More words. ", count: 12) + "\n"
    try here.write(text("2020-01-01", more), to: "u.md")
    try here.notes("version", "cut", "u", "--kind", "major", "-m", "why").succeeded()
    #expect(try !here.read("u.md").contains("2020-01-01"))
    let minor = try here.notes("version", "cut", "u", "--kind", "minor").succeeded()
    #expect(minor.lines[0].hasPrefix("v2") && minor.lines[0].contains("minor"), "\(minor.lines)")
    #expect(try here.read("u.md").contains("updated: 2020-01-01"))
    #expect(here.notes("version", "show", "u@v2").output.contains("updated: 2020-01-01"))
    #expect(here.notes("version", "cut", "u", "--kind", "minor").status == 1)
    #expect(here.notes("version", "cut", "u").status == 1)
    try here.notes("version", "cut", "u", "--kind", "major").succeeded()
    #expect(try !here.read("u.md").contains("2020-01-01"))
  }

  @Test("a record with a number that was never come to hides no version that is cut")
  func strangeNumber() throws {
    try here.notes("version", "cut", "essay", "-m", "one").succeeded()
    try here.notes("sync").succeeded()
    for end in ["md", "yaml"] {
      let text = try here.read(".notes/versions/abc12345/v1.\(end)")
      try here.write(text, to: ".notes/versions/abc12345/v1000000.\(end)")
      try here.write(text, to: ".notes/versions/abc12345/v900000.\(end)")
    }
    try edit(here, "sentence one", "sentence number one")
    let cut = try here.notes("version", "cut", "essay", "--new", "-m", "two").succeeded()
    #expect(cut.lines.first?.hasPrefix("v2") == true, "\(cut.output)")
    #expect(try list(here).map { $0["version"] as? Int } == [2, 1])
    #expect(here.notes("version", "show", "essay@v2").output.contains("number one"))
  }
}
