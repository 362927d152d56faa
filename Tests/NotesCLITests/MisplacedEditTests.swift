import Foundation
import TestSupport
import Testing

/// Git finds by itself which file a note has become, and to it a record's text is a file like another.
@Suite("an edit that git puts into a text of ours")
struct MisplacedEditTests {
  private let here: TestVault
  private let line = "An important line of this machine.\n"

  init() throws {
    here = try TestVault()
    try here.makeRemote()
  }

  private func share(_ text: String, at file: String) throws {
    try here.write(text, to: file)
    try here.notes("sync", "-q", "--remote", here.remote).succeeded()
    try here.git("branch", "-q", "-u", "origin/main")
  }

  /// A conflict over `plan.md` between two other machines, the second of which goes on.
  private func conflictElsewhere() throws -> TestVault {
    try share("# Plan\n\nAlpha line is here.\n\nBeta is there.\n\nGamma ends it.\n", at: "plan.md")
    let second = try here.cloned(as: "second")
    let third = try here.cloned(as: "third")
    for machine in [second, third] {
      let text = try machine.read("plan.md")
      try machine.write(
        text.replacingOccurrences(of: "Alpha", with: machine.path == second.path ? "One" : "Two"),
        to: "plan.md")
      machine.notes("sync", "-q")
    }
    #expect(third.notes("conflicts", "-q").lines.count == 1)
    return third
  }

  /// Edits a note here and takes in by plain git what others did.
  private func editAndPull(_ file: String, _ edit: (String) -> String) throws {
    try here.write(edit(try here.read(file)), to: file)
    try here.git("commit", "-qam", "mine")
    let pull = try here.git("pull", "-q", "--no-rebase", "--no-edit")
    #expect(pull.status == 0, "\(pull.errors)")
    #expect(!here.has(file))
  }

  private func record(_ end: String, in vault: TestVault) throws -> String {
    let folder = ".notes/conflicts"
    let names = try FileManager.default.contentsOfDirectory(atPath: vault.path + "/" + folder)
    let name = try #require(names.first { $0.hasSuffix("." + end) })
    return try vault.read(folder + "/" + name)
  }

  @Test("a text of a conflict keeps its bytes, and the note that was moved gets the edit")
  func movedNote() throws {
    let third = try conflictElsewhere()
    try third.notes("mv", "-q", "plan.md", "project.md").succeeded()
    third.notes("sync", "-q")
    let base = try record("base", in: third)
    try editAndPull("plan.md") { $0 + line }
    #expect(try record("base", in: here) == base + line)
    let sync = here.notes("sync")
    #expect(sync.errors.contains(".base (git had put an edit there, which is in project.md now)"))
    #expect(try record("base", in: here) == base)
    #expect(try here.read("project.md").hasSuffix("Gamma ends it.\n" + line))
    third.notes("sync", "-q")
    #expect(try third.read("project.md") == here.read("project.md"))
    #expect(try record("base", in: third) == base)
    #expect(!here.notes("sync").errors.contains("put right"))
  }

  @Test("the edit of a note that was removed stays, and a conflict waits")
  func removedNote() throws {
    let third = try conflictElsewhere()
    try third.notes("rm", "-q", "plan.md").succeeded()
    third.notes("sync", "-q")
    try editAndPull("plan.md") { $0 + line }
    let sync = here.notes("sync")
    #expect(sync.status == 3)
    #expect(sync.errors.contains("an edit of plan.md there, which waits as a conflict"))
    #expect(try here.read("plan.md").hasSuffix(line))
    #expect(here.notes("conflicts", "plan").output.contains("removed"))
    third.notes("sync", "-q")
    #expect(try third.read("plan.md") == here.read("plan.md"))
  }

  @Test("a conflict that is settled before anything is saved takes no edit with it")
  func settledFirst() throws {
    let third = try conflictElsewhere()
    try third.notes("mv", "-q", "plan.md", "project.md").succeeded()
    third.notes("sync", "-q")
    try editAndPull("plan.md") { $0 + line }
    let resolve = here.notes("resolve", "project", "--mine")
    #expect(resolve.status == 0)
    #expect(resolve.errors.contains("which is in project.md now"))
    #expect(try here.read("project.md").contains("Two line is here."))
    #expect(try here.read("project.md").hasSuffix(line))
  }

  /// A version of `essay.md` that another machine cut before it moved the post and went on with it.
  private func versionElsewhere(_ head: String = "") throws -> TestVault {
    let text = "# Essay\n\nAlpha line is here.\n\nBeta line is there.\n\nGamma ends it.\n"
    try share(head + text, at: "essay.md")
    let there = try here.cloned()
    try there.notes("version", "cut", "-q", "essay.md", "-m", "first").succeeded()
    try there.notes("mv", "-q", "essay.md", "on-alpha").succeeded()
    let moved = try there.read("on-alpha.md")
    try there.write(
      moved.replacingOccurrences(of: "Beta line", with: "Beta, says the other,"), to: "on-alpha.md")
    try there.notes("sync", "-q").succeeded()
    return there
  }

  @Test(
    "a version that was published keeps its text, and the post gets the edit",
    arguments: ["", "---\nid: k3v9\ntype: post\n---\n"])
  func version(head: String) throws {
    let there = try versionElsewhere(head)
    let published = there.notes("show", "on-alpha@v1").output
    try editAndPull("essay.md") { $0 + line }
    let sync = here.notes("sync")
    #expect(sync.status == 0)
    #expect(sync.errors.contains("v1.md (git had put an edit there, which is in on-alpha.md now)"))
    #expect(!sync.output.contains(".notes/versions"))
    #expect(try here.read("on-alpha.md").hasSuffix("Gamma ends it.\n" + line))
    #expect(try here.read("on-alpha.md").contains("Beta, says the other,"))
    try there.notes("sync", "-q").succeeded()
    for vault in [here, there] {
      #expect(vault.notes("show", "on-alpha@v1").output == published)
      #expect(vault.notes("doctor").output.contains("every text is as it was cut"))
    }
  }

  @Test("words that the other machine changed as well wait as a conflict of the post")
  func question() throws {
    _ = try versionElsewhere()
    try editAndPull("essay.md") {
      $0.replacingOccurrences(of: "Beta line", with: "Beta, say I,")
    }
    let save = here.notes("save")
    #expect(save.status == 0)
    #expect(save.errors.contains("v1.md (git had put an edit of on-alpha.md there, which waits"))
    #expect(try here.read("on-alpha.md").contains("Beta, says the other,"))
    #expect(here.notes("conflicts", "on-alpha").output.contains("say I"))
  }

  /// The files of the first version of the one post, without their ends.
  private func firstVersion() throws -> String {
    let folder = ".notes/versions"
    let keys = try FileManager.default.contentsOfDirectory(atPath: here.path + "/" + folder)
    return folder + "/" + (try #require(keys.first)) + "/v1"
  }

  @Test("what a merge by hand made of a version's text is not published under its number")
  func mergedByHand() throws {
    try share("# Essay\n\nAlpha.\n\nBeta.\n", at: "essay.md")
    try here.notes("version", "cut", "-q", "essay.md", "-m", "first").succeeded()
    try here.notes("sync", "-q").succeeded()
    let file = try firstVersion() + ".md"
    let published = try here.read(file)
    // Both sides', as git leaves them, and as a driver of ours once did.
    for text in [
      "<<<<<<< HEAD\n" + published + "=======\n# Essay\n\nOther.\n>>>>>>> there\n",
      published.replacingOccurrences(of: "Alpha.", with: "Alpha, merged."),
    ] {
      try here.write(text, to: file)
      try here.git("commit", "-qam", "merged")
      #expect(here.notes("sync").errors.contains("put right: \(file)"))
      #expect(try here.read(file) == published)
    }
    #expect(try here.read("essay.md") == "# Essay\n\nAlpha, merged.\n\nBeta.\n")
    #expect(try here.git("show", "origin/main:" + file).output == published)
  }

  @Test("a search and replace over the whole folder asks no old paragraph back")
  func searchAndReplace() throws {
    let head = "---\nid: abcd1234\n---\n\n"
    try share(head + "The colour of one.\n\nThe colour of two.\n", at: "essay.md")
    try here.notes("version", "cut", "-q", "essay", "-m", "first").succeeded()
    let published = try here.read("essay.md")
    try here.write(head + "Other words.\n\nThe colour of two.\n", to: "essay.md")
    try here.notes("version", "cut", "-q", "essay", "-m", "second", "--new").succeeded()
    try here.notes("sync", "-q").succeeded()
    let replaced = published.replacingOccurrences(of: "colour", with: "color")
    for file in ["essay.md", firstFile, firstFile.replacingOccurrences(of: "v1", with: "v2")] {
      let text = try here.read(file)
      try here.write(text.replacingOccurrences(of: "colour", with: "color"), to: file)
    }
    let sync = here.notes("sync")
    #expect(sync.status == 0)
    #expect(sync.errors.contains("\(firstFile) (nobody edits this text; what it held is in "))
    #expect(here.notes("conflicts").output == "")
    #expect(try here.read("essay.md") == head + "Other words.\n\nThe color of two.\n")
    #expect(try here.read(firstFile) == published)
    let trash = try FileManager.default.contentsOfDirectory(atPath: here.path + "/.git/notes/trash")
    #expect(try trash.contains { try here.read(".git/notes/trash/" + $0) == replaced })
  }

  private let firstFile = ".notes/versions/abcd1234/v1.md"

  @Test(
    "a record from elsewhere that takes another record's text for its note stops no save",
    arguments: ["version", "conflict"])
  func recordOfRecord(kind: String) throws {
    let text = "# A\n\none\n\ntwo\n\nthree\n"
    try share(text, at: "a.md")
    let blob = try here.git("hash-object", "a.md").output.trimmingCharacters(in: .newlines)
    if kind == "version" {
      for number in [1, 2] {
        try here.write(
          """
          path: .notes/versions/k/v1.md
          created: 2026-11-27T10:00:00+00:00
          kind: major
          author: e
          text: \(blob)

          """, to: ".notes/versions/k/v\(number).yaml")
      }
      try here.write(text + "\nfour\n", to: ".notes/versions/k/v1.md")
      try here.write("# A\n\nzero\n" + text.dropFirst(4), to: ".notes/versions/k/v2.md")
    } else {
      let name = try writeConflict(over: "a.md", blob, text, other: text + "\nfour\n")
      _ = try writeConflict(
        over: ".notes/conflicts/\(name).other", blob, text,
        other: "# A\n\nzero\n" + text.dropFirst(4))
    }
    try here.git("add", "-A")
    try here.git("commit", "-qm", "from elsewhere")
    try here.write(text + "\nan edit\n", to: "a.md")
    let save = here.notes("save")
    #expect(save.status == 0, "\(save.errors)")
    #expect(save.errors.contains("nobody edits this text"))
    #expect(try here.git("show", "HEAD:a.md").output.contains("an edit\n"))
    #expect(!here.notes("save").errors.contains("put right"))
    if kind == "conflict" {
      #expect(here.notes("resolve", "a.md", "--mine").status == 0)
    }
  }

  /// Writes a record whose three texts were one, and of which one holds something else.
  private func writeConflict(
    over note: String, _ blob: String, _ text: String, other: String
  ) throws -> String {
    let key = [note, blob, blob, blob].joined(separator: "\n")
    try here.write(key, to: ".git/key")
    let name = String(try here.git("hash-object", ".git/key").output.prefix(8))
    let file = ".notes/conflicts/" + name
    try here.write(
      "note: \(note)\nkind: both-changed\nbase: \(blob)\nshared: \(blob)\nother: \(blob)\n",
      to: file + ".yaml")
    try here.write(text, to: file + ".base")
    try here.write(text, to: file + ".shared")
    try here.write(other, to: file + ".other")
    return name
  }

  @Test(
    "a new note that git moves to our records with its folder comes back from there",
    arguments: ["--no-rebase", "--rebase"], ["conflict", "true"])
  func movedWithFolder(way: String, setting: String) throws {
    let text = "# Essay\n\nAlpha line is here.\n\nBeta line is there.\n\nGamma ends it.\n"
    try share(text, at: "essay/index.md")
    let there = try here.cloned()
    try there.notes("version", "cut", "-q", "essay/index.md", "-m", "first").succeeded()
    try there.notes("mv", "-q", "essay/index.md", "on-alpha/index").succeeded()
    try there.write(
      text.replacingOccurrences(of: "Gamma", with: "Delta"), to: "on-alpha/index.md")
    try there.notes("sync", "-q").succeeded()
    try here.write("# Sources\n\nOnly here.\n", to: "essay/sources.md")
    try here.git("add", "-A")
    try here.git("commit", "-qm", "sources")
    try here.git("-c", "merge.directoryRenames=\(setting)", "pull", "-q", way, "--no-edit")
    try here.git("add", "-A")
    try here.git(
      "-c", "core.editor=true", way == "--rebase" ? "rebase" : "merge", "--continue")
    #expect(!here.has("essay/sources.md"))
    let sync = here.notes("sync")
    #expect(sync.errors.contains("git had moved it there with its folder; it is essay/sources.md"))
    #expect(here.notes("search", "only").output.contains("essay/sources.md"))
    try there.notes("sync", "-q").succeeded()
    #expect(there.has("essay/sources.md"))
    for vault in [here, there] {
      #expect(try !vault.git("ls-files", ".notes").output.contains("sources"))
    }
  }

  @Test("git does not move what is new in a folder that it takes for renamed, unless it is to")
  func folderRenames() throws {
    let name = "merge.directoryRenames"
    #expect(try here.git("config", name).output == "false\n")
    for (made, wanted) in [("--unset", "false\n"), ("true", "true\n")] {
      _ = try made == "true" ? here.git("config", name, made) : here.git("config", made, name)
      try here.notes("save", "-q").succeeded()
      #expect(try here.git("config", name).output == wanted)
    }
  }

  @Test("a text whose blob nobody has stays as it is")
  func lostBlob() throws {
    try share("# Essay\n\nAlpha.\n", at: "essay.md")
    try here.notes("version", "cut", "-q", "essay.md", "-m", "first").succeeded()
    try here.notes("save", "-q").succeeded()
    let file = try firstVersion()
    let own = try here.git("hash-object", file + ".md").output.dropLast()
    let record = try here.read(file + ".yaml")
    let none = String(repeating: "5", count: 40)
    try here.write(record.replacingOccurrences(of: own, with: none), to: file + ".yaml")
    let save = here.notes("save")
    #expect(!save.errors.contains("put right"))
    #expect(try here.read(file + ".md") == "# Essay\n\nAlpha.\n")
    #expect(here.notes("doctor").output.contains("v1.md"))
  }
}
