import Foundation
import TestSupport
import Testing

/// What `resolve` does where one answer is about several records, or can only be one.
@Suite("settling conflicts")
struct SettlingTests {
  let here: TestVault
  let there: TestVault

  init() throws {
    here = try TestVault()
    try here.makeRemote()
    try here.write("# T\n\nThe year is 1900.\n\nThe town is Ulm.\n", to: "t.md")
    try here.notes("sync", "--remote", here.remote).succeeded()
    there = try here.cloned()
  }

  /// Two machines change the same words of a file, one after the other.
  private func disagree(over file: String, _ old: String, _ one: String, _ other: String) throws {
    for (vault, word) in [(here, one), (there, other)] {
      try vault.write(try vault.read(file).replacing(old, with: word), to: file)
    }
    // An earlier one may wait still.
    #expect([0, 3].contains(here.notes("sync").status))
    #expect(there.notes("sync").status == 3)
    #expect(here.notes("sync").status == 3)
  }

  /// Two machines give the vault different languages; returns the file that says so.
  private func disagreeOverSettings() throws -> String {
    let file = ".notes/config.yaml"
    try here.write("notes: inbox\nlanguage: english\n", to: file)
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    try disagree(over: file, "english", "german", "french")
    return file
  }

  /// All that a vault shows of a note and its records.
  private func state() throws -> [String] {
    let folder = there.path + "/.notes/conflicts"
    let records = try? FileManager.default.contentsOfDirectory(atPath: folder)
    return [try there.read("t.md")] + (records ?? []).sorted()
  }

  @Test("of answers to one conflict at one moment one is taken, and no record counts as damaged")
  func answersAtOnce() throws {
    for year in 1901...1903 {
      try disagree(over: "t.md", "\(year - 1)", "\(year)", "\(year)5")
      let answers = try ["--mine", "--both", "--shared", "--mine"].enumerated().map { place, way in
        let files = ["/dev/null"] + ["out", "err"].map { there.folder.path + "/\($0)\(place)" }
        return try ChildProcess(
          [Faults.program, "resolve", "t", way], in: there.path,
          environment: there.environment, streams: files)
      }
      let statuses = try answers.map { try $0.wait(seconds: 120) }
      let errors = try answers.indices.map {
        try String(contentsOfFile: there.folder.path + "/err\($0)", encoding: .utf8)
      }
      #expect(statuses.contains(0), "\(statuses) \(errors)")
      #expect(!errors.contains { $0.contains("has lost") }, "\(errors)")
      #expect(there.notes("conflicts").status == 1)
      try there.write("# T\n\nThe year is \(year).\n\nThe town is Ulm.\n", to: "t.md")
      for vault in [there, here] { try vault.notes("sync").succeeded() }
    }
  }

  @Test("undo of a sync leaves the conflicts that came in with it, and one that it met itself goes")
  func undoOfBroughtConflict() throws {
    try here.write(try here.read("t.md").replacing("1900", with: "1901"), to: "t.md")
    try here.notes("sync").succeeded()
    try there.write(try there.read("t.md").replacing("1900", with: "1902"), to: "t.md")
    try there.write("New.\n", to: "new.md")
    #expect(there.notes("sync").status == 3)
    #expect(here.notes("sync").status == 3)
    let undone = try here.notes("undo").succeeded()
    #expect(undone.output == "gone: new.md\n", "\(undone)")
    #expect(undone.errors.contains("the conflict over t.md stays"), "\(undone)")
    #expect(here.notes("conflicts").lines.count == 1)
    #expect(here.notes("sync").status == 3)
    #expect(there.notes("sync").status == 3)
    #expect(there.notes("conflicts", "t.md").output.contains("1902"))
    // Where nothing else came, nothing is taken back.
    try disagree(over: "t.md", "Ulm", "Bonn", "Kiel")
    let refused = here.notes("undo")
    #expect(refused.status == 1 && refused.errors.contains("came from another machine"))
    #expect(here.notes("conflicts").lines.count == 2)
    // The machine that met it has its own words back.
    try there.notes("undo").succeeded()
    #expect(try there.read("t.md").contains("Kiel"))
    #expect(there.notes("conflicts").lines.count == 1)
  }

  @Test("several conflicts over a note are settled by one command, and one undo takes it back")
  func settledAtOnce() throws {
    try disagree(over: "t.md", "1900", "1901", "1902")
    try disagree(over: "t.md", "Ulm", "Bonn", "Kiel")
    let before = try state()
    #expect(there.notes("conflicts").lines.count == 2)
    let settled = try there.notes("resolve", "t.md", "--mine").succeeded()
    #expect(settled.lines.count == 2)
    #expect(try there.read("t.md") == "# T\n\nThe year is 1902.\n\nThe town is Kiel.\n")
    #expect(there.notes("conflicts").status == 1)
    let after = try state()
    try there.notes("undo").succeeded()
    #expect(try state() == before)
    try there.notes("undo").succeeded()
    #expect(try state() == after)
  }

  @Test("where one of several conflicts over a note cannot be settled, none is")
  func settledOrNot() throws {
    try disagree(over: "t.md", "1900", "1901", "1902")
    try disagree(over: "t.md", "Ulm", "Bonn", "Kiel")
    let text = try there.read("t.md")
    for (sentence, edited) in [("The year is 1901.", "A year."), ("The town is Bonn.", "A town.")] {
      try there.write(text.replacing(sentence, with: edited), to: "t.md")
      let before = try state()
      let refused = there.notes("resolve", "t.md", "--mine")
      #expect(refused.status == 2 && refused.output == "", "\(refused.output)\(refused.errors)")
      #expect(refused.errors.contains("so nothing was settled"))
      #expect(try state() == before)
    }
    let edited = there.notes("resolve", "t.md", "--edit")
    #expect(edited.status == 1 && edited.errors.contains("edited one at a time"))
    // Each has a name of its own.
    let record = try #require(there.notes("conflicts").lines.first?.split(separator: " ").last)
    #expect(edited.errors.contains("hint: notes resolve \(record) --edit"))
    try there.notes("resolve", String(record)).succeeded()
    #expect(there.notes("conflicts").lines.count == 1)
  }

  @Test(
    "the note is kept by any answer that keeps it, where the other machine removed it meanwhile",
    arguments: [nil, "--shared", "--mine", "--both"], [true, false])
  func keptAgainstRemoval(flag: String?, isFirst: Bool) throws {
    try disagree(over: "t.md", "1900", "1901", "1902")
    try here.notes("rm", "t").succeeded()
    try there.run(["resolve", "t.md"] + (flag.map { [$0] } ?? [])).succeeded()
    let kept = try there.read("t.md")
    let (first, second) = isFirst ? (there, here) : (here, there)
    #expect([0, 3].contains(first.notes("sync").status))
    #expect(second.notes("sync").status == 3)
    #expect(first.notes("sync").status == 3)
    for vault in [here, there] {
      #expect(vault.has("t.md"))
      #expect(vault.notes("conflicts").lines.count == 1)
      let shown = vault.notes("conflicts", "t.md").output
      #expect(shown.contains("removed by"), "\(shown)")
    }
    #expect(try here.read("t.md") == kept)
  }

  @Test("the settings say one thing only, so both texts are never put into them")
  func settings() throws {
    let file = try disagreeOverSettings()
    let before = try there.read(file)
    let refused = there.notes("resolve", file, "--both")
    #expect(refused.status == 1, "\(refused.errors)")
    #expect(refused.errors.contains("holds the settings"), "\(refused.errors)")
    #expect(try there.read(file) == before)
    try there.notes("resolve", file, "--mine").succeeded()
    #expect(try there.read(file) == "notes: inbox\nlanguage: french\n")
    try there.notes("config").succeeded()
  }

  /// Settles a conflict with an editor that is this script; `$1` is the file with both texts.
  private func edit(_ note: String, _ script: String) throws -> CommandResult {
    try there.folder.write("#!/bin/sh\n\(script)\n", to: "editor")
    let editor = there.folder.path + "/editor"
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: editor)
    return there.notes("resolve", note, "--edit", environment: ["NOTES_EDITOR": editor])
  }

  /// Takes the markers away, so that both texts stay.
  private let unmark = "sed -i -e '/^[<=>]\\{7\\}/d'"

  /// Both machines make a file, each with its own text.
  private func makeBoth(_ file: String, _ one: String, _ other: String) throws {
    try here.write(one, to: file)
    try there.write(other, to: file)
    try here.notes("sync").succeeded()
    #expect(there.notes("sync").status == 3)
    #expect(here.notes("sync").status == 3)
  }

  // MARK: --edit

  @Test("what is written in the note while the editor is open is kept")
  func writtenMeanwhile() throws {
    try disagree(over: "t.md", "1900", "1901", "1902")
    let note = there.path + "/t.md"
    let settled = try edit("t", "sed -i 's/Ulm/Bonn/' '\(note)'; \(unmark) -e '/1901/d' \"$1\"")
    try settled.succeeded()
    #expect(try there.read("t.md") == "# T\n\nThe year is 1902.\n\nThe town is Bonn.\n")
    #expect(there.notes("conflicts").status == 1)
  }

  @Test("the mark in the middle left alone settles nothing; a heading like it is none")
  func middleMark() throws {
    try disagree(over: "t.md", "1900", "1901", "1902")
    let left = try edit("t", "sed -i -e '/^[<>]/d' \"$1\"")
    #expect(left.status == 2 && left.errors.contains("still has a marker"), "\(left.errors)")
    try edit("t", "printf 'Title\n=====\n\nThe year is 1902.\n' > \"$1\"").succeeded()
    #expect(try there.read("t.md") == "Title\n=====\n\nThe year is 1902.\n")
  }

  @Test("the mark in the middle is one, too, where the note has a line like it")
  func middleMarkBesideHeading() throws {
    try here.write("Title\n=======\n\nThe year is 1900.\n", to: "x.md")
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    try disagree(over: "x.md", "1900", "1901", "1902")
    // Once more goes on where it stopped.
    for _ in 0..<2 {
      let left = try edit("x", "sed -i -e '/^[<>]/d' \"$1\"")
      #expect(left.status == 2 && left.errors.contains("still has a marker"), "\(left.errors)")
    }
    let settled = try edit("x", "sed -i -e '/1901/d' -e '4,$s/^=======$//' \"$1\"")
    try settled.succeeded()
    #expect(try there.read("x.md").hasPrefix("Title\n=======\n\n"))
    #expect(try there.read("x.md").contains("1902"))
  }

  @Test("a text that is no record of a version takes no such record's place")
  func editedRecord() throws {
    try here.write("---\nid: abcd1234\ntitle: P\n---\n\nOne text.\n", to: "posts/p.md")
    try here.notes("version", "cut", "p", "-m", "one").succeeded()
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    for (vault, words) in [(here, "ann says"), (there, "bob says")] {
      try vault.notes("version", "note", "p@v1", "-m", words).succeeded()
      vault.notes("sync")
    }
    let record = try #require(there.notes("conflicts").lines.first?.split(separator: " ").last)
    let refused = try edit(String(record), "\(unmark) \"$1\"")
    #expect(refused.status == 2, "\(refused.output)")
    #expect(refused.errors.contains("is no record of a version"), "\(refused.errors)")
    #expect(there.notes("version", "list", "p").output.contains("ann says"))
    try edit(String(record), "sed -i -e '/ann says/d' \"$1\"").succeeded()
    #expect(there.notes("version", "list", "p").output.contains("bob says"))
  }

  @Test("settings that cannot be read are not taken from the editor")
  func editedSettings() throws {
    let file = try disagreeOverSettings()
    let before = try there.read(file)
    let refused = try edit(file, "printf 'language: klingon\\n' > \"$1\"")
    #expect(refused.status == 2 && refused.errors.contains("'language' is none of"))
    #expect(try there.read(file) == before)
    try edit(file, "printf 'language: french\\n' > \"$1\"").succeeded()
    #expect(try there.read(file) == "language: french\n")
  }

  @Test(
    "where the same words are written in the note meanwhile, nothing is settled, and no text lost")
  func sameWordsMeanwhile() throws {
    try disagree(over: "t.md", "1900", "1901", "1902")
    let note = there.path + "/t.md"
    let own = "\(unmark) -e '/1901/d' -e 's/1902/2000/' \"$1\""
    let refused = try edit("t", "sed -i 's/1901/1999/' '\(note)'; \(own)")
    #expect(refused.status == 2 && refused.errors.contains("--edit"), "\(refused.errors)")
    #expect(try there.read("t.md") == "# T\n\nThe year is 1999.\n\nThe town is Ulm.\n")
    #expect(there.notes("conflicts").status == 0)
    // It goes on with both.
    let marked = try edit("t", "cat \"$1\" > '\(there.folder.path)/seen'")
    #expect(marked.status == 2 && marked.errors.contains("still has a marker"))
    let seen = try there.folder.read("seen")
    #expect(seen.contains("1999") && seen.contains("2000"), "\(seen)")
    try edit("t", "\(unmark) -e '/1999/d' \"$1\"").succeeded()
    #expect(try there.read("t.md") == "# T\n\nThe year is 2000.\n\nThe town is Ulm.\n")
  }

  @Test("what is settled elsewhere while the editor is open is not settled again")
  func settledMeanwhile() throws {
    try disagree(over: "t.md", "1900", "1901", "1902")
    let refused = try edit("t", "rm '\(there.path)'/.notes/conflicts/*; \(unmark) \"$1\"")
    #expect(refused.status == 2 && refused.errors.contains("settled meanwhile"))
    #expect(try there.read("t.md").contains("1901"))
  }

  @Test("the editor is given the note as it is now, whatever was edited in it since")
  func editsTheNoteOfNow() throws {
    try disagree(over: "t.md", "1900", "1901", "1902")
    let text = try there.read("t.md")
    try there.write(
      text.replacing("1901", with: "1901 or so").replacing("Ulm", with: "Bonn"), to: "t.md")
    let refused = there.notes("resolve", "t.md", "--mine")
    #expect(refused.status == 2 && refused.errors.contains("hint: notes resolve t.md --edit"))
    let seen = there.folder.path + "/seen"
    try edit("t", "cat \"$1\" > '\(seen)'; \(unmark) -e '/or so/d' \"$1\"").succeeded()
    #expect(
      try there.folder.read("seen") == """
        # T

        <<<<<<< shared
        The year is 1901 or so.
        =======
        The year is 1902.
        >>>>>>> mine

        The town is Bonn.

        """)
    #expect(try there.read("t.md") == "# T\n\nThe year is 1902.\n\nThe town is Bonn.\n")
  }

  @Test("a half-made text is gone on with after the note was edited, and after it moved")
  func halfMade() throws {
    try disagree(over: "t.md", "1900", "1901", "1902")
    #expect(try edit("t", "sed -i 's/1902/1902, I think/' \"$1\"").status == 2)
    try there.write(there.read("t.md").replacing("Ulm", with: "Bonn"), to: "t.md")
    try there.notes("mv", "t", "u").succeeded()
    try edit("u", "\(unmark) -e '/1901/d' \"$1\"").succeeded()
    #expect(
      try there.read("u.md") == "# T\n\nThe year is 1902, I think.\n\nThe town is Bonn.\n")
    let left = try FileManager.default.contentsOfDirectory(atPath: there.path + "/.git/notes")
    #expect(!left.contains { $0.hasPrefix("resolve-") }, "\(left)")
  }

  @Test("a note that was removed since is made anew by the editor")
  func editsWhatIsGone() throws {
    try disagree(over: "t.md", "1900", "1901", "1902")
    try FileManager.default.removeItem(atPath: there.path + "/t.md")
    try edit("t.md", "\(unmark) -e '/1901/d' \"$1\"").succeeded()
    #expect(try there.read("t.md") == "# T\n\nThe year is 1902.\n\nThe town is Ulm.\n")
  }

  // MARK: Which conflict is meant

  @Test("an answer settles the conflicts of one note, whatever others of its name wait")
  func oneOfAName() throws {
    for folder in ["garden", "thesis"] {
      try here.write("# \(folder)\n\nThe year is 1900.\n", to: "\(folder)/index.md")
    }
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    for folder in ["garden", "thesis"] {
      try disagree(over: "\(folder)/index.md", "1900", "1901", "1902")
    }
    for command in ["resolve", "conflicts"] {
      let refused = there.notes(command, "index")
      #expect(refused.status == 1 && refused.errors.contains("could be any of 2"))
    }
    #expect(there.notes("conflicts").lines.count == 2)
    // From its folder the name means one.
    try there.notes("resolve", "index", "--mine", in: "thesis").succeeded()
    #expect(try there.read("thesis/index.md").contains("1902"))
    #expect(try there.read("garden/index.md").contains("1901"))
    #expect(there.notes("conflicts").lines.count == 1)
  }

  @Test("the two Unicode forms of a name are two notes to an answer")
  func formsOfAName() throws {
    let names = ["caf\u{E9}.md", "cafe\u{301}.md"]
    for name in names { try here.write("# T\n\nThe year is 1900.\n", to: name) }
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    for name in names { try disagree(over: name, "1900", "1901", "1902") }
    try there.notes("resolve", names[0], "--mine").succeeded()
    #expect(try there.read(names[0]).contains("1902"))
    #expect(try there.read(names[1]).contains("1901"))
    #expect(there.notes("conflicts").lines.count == 1)
  }

  @Test("a file that is gone, or no note, is named by its name where no other has it")
  func namedByFile() throws {
    for folder in ["a", "b"] { try here.write("year 1900\n", to: "\(folder)/refs.bib") }
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    try disagree(over: "a/refs.bib", "1900", "1901", "1902")
    #expect(there.notes("conflicts", "refs.bib").output.contains("a/refs.bib"))
    try disagree(over: "b/refs.bib", "1900", "1901", "1902")
    let refused = there.notes("resolve", "refs.bib")
    #expect(refused.status == 1 && refused.errors.contains("could be any of 2 files"))
    try there.notes("resolve", "b/refs.bib").succeeded()
    try there.notes("resolve", "refs.bib").succeeded()
    #expect(there.notes("conflicts").status == 1)
  }

  // MARK: --both

  @Test("both texts of a note that both machines made are in it only where they differ")
  func bothOfOneMadeTwice() throws {
    func day(_ item: String, _ more: String = "") -> String {
      """
      ---
      title: Daily
      ---

      # Daily

      A long paragraph that both have, with many words.

      - \(item) here
      - item two
      \(more)
      Another paragraph of both.

      """
    }
    try makeBoth("day.md", day("AAA"), day("BBB", "- a third\n"))
    let seen = there.folder.path + "/seen"
    #expect(try edit("day", "cat \"$1\" > '\(seen)'").status == 2)
    let marked = try there.folder.read("seen")
    #expect(
      marked.contains("<<<<<<< shared\n- AAA here\n=======\n- BBB here\n>>>>>>> mine\n"),
      "\(marked)")
    try there.notes("resolve", "day", "--both").succeeded()
    let text = try there.read("day.md")
    #expect(text.contains("- AAA here\n- BBB here\n- item two\n- a third\n\nAnother"), "\(text)")
    #expect(text.ranges(of: "# Daily").count == 1)
    #expect(text.ranges(of: "A long paragraph").count == 1)
    #expect(text.ranges(of: "Another paragraph of both.").count == 1)
  }

  @Test("both texts of a file that is no note are in it line by line")
  func bothOfNoNote() throws {
    let code = "def f(x):\n    a = 1\n    return a\n"
    try here.write("@a{x,\n t={1}\n}\n", to: "r.bib")
    try here.write(code, to: "s.py")
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    for (vault, name) in [(here, "y"), (there, "z")] {
      try vault.write(vault.read("r.bib") + "@a{\(name),\n t={\(name)}\n}\n", to: "r.bib")
      try vault.write(code.replacing("= 1", with: "= \(name)"), to: "s.py")
    }
    try here.notes("sync").succeeded()
    #expect(there.notes("sync").status == 3)
    let shown = there.notes("conflicts", "s.py").output
    #expect(shown.contains("-    a = y\n+    a = z\n"), "\(shown)")
    let seen = there.folder.path + "/seen"
    #expect(try edit("s.py", "cat \"$1\" > '\(seen)'").status == 2)
    let marks = "<<<<<<< shared\n    a = y\n=======\n    a = z\n>>>>>>> mine\n"
    #expect(try there.folder.read("seen") == code.replacing("    a = 1\n", with: marks))
    for file in ["r.bib", "s.py"] { try there.notes("resolve", file, "--both").succeeded() }
    #expect(
      try there.read("r.bib")
        == "@a{x,\n t={1}\n}\n@a{y,\n t={y}\n}\n@a{z,\n t={z}\n}\n")
    #expect(try there.read("s.py") == "def f(x):\n    a = y\n    a = z\n    return a\n")
  }

  @Test("of two definitions of one name both can be read: neither is behind the other")
  func bothOfDefinitions() throws {
    let text = "Text[^1] and [site][ln].\n\n[^1]: the two foot\n\n[ln]: http://x.org/two\n"
    try here.write(text, to: "x.md")
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    try disagree(over: "x.md", "two", "one", "three")
    try there.notes("resolve", "x", "--both").succeeded()
    #expect(
      try there.read("x.md") == """
        Text[^1] and [site][ln].

        [^1]: the one foot

            the three foot

        [ln]: http://x.org/one
        <!-- [ln]: http://x.org/three -->

        """)
  }

  @Test("of two header rows of a table the second is its first row")
  func bothOfHeader() throws {
    try here.write("| a | two |\n|---|---|\n| c | d |\n", to: "h.md")
    try here.write("| a | two |\n|---|:-:|", to: "e.md")
    try here.write("| a | b |\n|---|---|\n| c | two |\n", to: "r.md")
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    for note in ["h", "e", "r"] {
      try disagree(over: "\(note).md", "two", "one", "three")
      try there.notes("resolve", note, "--both").succeeded()
    }
    #expect(
      try there.read("h.md") == "| a | one |\n|---|---|\n| a | three |\n| c | d |\n")
    #expect(try there.read("e.md") == "| a | one |\n|---|:-:|\n| a | three |")
    #expect(
      try there.read("r.md") == "| a | b |\n|---|---|\n| c | one |\n| c | three |\n")
  }

  @Test("two lines of code stand one below the other, without a blank line")
  func bothOfCode() throws {
    try here.write("# C\n\n```\nfirst\nsize = 10\nlast\n```\n", to: "c.md")
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    try disagree(over: "c.md", "10", "11", "12")
    try there.notes("resolve", "c", "--both").succeeded()
    #expect(
      try there.read("c.md") == "# C\n\n```\nfirst\nsize = 11\nsize = 12\nlast\n```\n")
  }
}
