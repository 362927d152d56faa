import Foundation
import TestSupport
import Testing

@testable import NotesCLI

@Suite("notes sync")
struct SyncTests {
  let here: TestVault
  var remote: String { here.remote }

  init() throws {
    here = try TestVault()
    try here.makeRemote()
  }

  /// A second machine: a clone of the remote.
  func clone(_ name: String = "there") throws -> TestVault {
    let other = try TestVault(isVault: false, name: name, beside: here)
    let result = here.notes("clone", remote, other.path)
    if result.status != 0 { throw CommandFailed(result: result) }
    return other
  }

  /// What must hold of every vault after any sync.
  func isSound(_ vault: TestVault) throws {
    let fsck = try vault.git("fsck", "--full", "--strict", "--no-dangling")
    #expect(fsck.status == 0 && fsck.errors.isEmpty, "\(fsck.output)\(fsck.errors)")
    #expect(try vault.git("status", "--porcelain").output == "")
  }

  @Test("the first sync fills an empty remote, and a clone has every byte")
  func firstSync() throws {
    try here.write("a\r\nb", to: "crlf.md")
    try here.write("caf\u{E9}", to: "deep/er/caf\u{E9}.md")
    let result = here.notes("sync", "--remote", remote)
    #expect(result.status == 0, "\(result.errors)")
    let there = try clone()
    #expect(try there.read("crlf.md") == "a\r\nb")
    #expect(try there.read("deep/er/caf\u{E9}.md") == "caf\u{E9}")
    try isSound(here)
    try isSound(there)
    #expect(there.notes("sync").errors.contains("nothing to do"))
  }

  @Test("two machines' edits of different notes reach each other, and each is told which")
  func bothWays() throws {
    try here.write("one\n", to: "one.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try here.write("one, more\n", to: "one.md")
    try there.write("two\n", to: "two.md")
    try here.notes("sync").succeeded()
    let result = there.notes("sync")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.lines.contains("in   M one.md"))
    #expect(result.lines.contains("out  A two.md"))
    #expect(try there.read("one.md") == "one, more\n")
    try here.notes("sync").succeeded()
    #expect(try here.read("two.md") == "two\n")
    let heads = try [here, there].map { try $0.git("rev-parse", "HEAD").output }
    #expect(heads[0] == heads[1])
    try isSound(here)
    try isSound(there)
  }

  @Test("edits at two places of one note are merged into it")
  func oneNote() throws {
    try here.write("first\n\nmiddle\n\nlast\n", to: "note.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try here.write("first, here\n\nmiddle\n\nlast\n", to: "note.md")
    try here.notes("sync").succeeded()
    try there.write("first\n\nmiddle\n\nlast, there\n", to: "note.md")
    try there.notes("sync").succeeded()
    #expect(try there.read("note.md") == "first, here\n\nmiddle\n\nlast, there\n")
  }

  /// Two clones with a conflict over `sky.md`: blue is shared, red waits.
  private func skies() throws -> TestVault {
    try here.write("The sky is grey.\n\nThe sea is calm.\n", to: "sky.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try here.write("The sky is blue.\n\nThe sea is calm.\n", to: "sky.md")
    try here.notes("sync").succeeded()
    try there.write("The sky is red.\n\nThe sea is very calm.\n", to: "sky.md")
    let result = there.notes("sync")
    #expect(result.status == 3, "\(result.errors)")
    return there
  }

  @Test("a conflict leaves the shared words in the note, and the others wait on both machines")
  func conflict() throws {
    let there = try skies()
    #expect(here.notes("sync").status == 3)
    for vault in [here, there] {
      #expect(try vault.read("sky.md") == "The sky is blue.\n\nThe sea is very calm.\n")
      #expect(vault.notes("conflicts").lines.first?.hasPrefix("sky.md") == true)
      #expect(vault.notes("conflicts", "sky").output.contains("The sky is [-blue-]{+red+}."))
      #expect(vault.notes("status").status == 3)
      #expect(try vault.git("grep", "-e", "<<<<<<<").status == 1)
    }
    try isSound(here)
    try isSound(there)
  }

  @Test(
    "a conflict is settled from any machine, and is settled on all then",
    arguments: [
      ("--shared", "The sky is blue."), ("--mine", "The sky is red."),
      ("--both", "The sky is blue.\n\nThe sky is red."),
    ])
  func resolved(flag: String, text: String) throws {
    let there = try skies()
    #expect(here.notes("sync").status == 3)
    // Named as everywhere, whatever the case.
    #expect(here.notes("conflicts", "SKY").output.contains("sky.md"))
    try here.notes("resolve", "Sky", flag).succeeded()
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    for vault in [here, there] {
      #expect(try vault.read("sky.md") == text + "\n\nThe sea is very calm.\n")
      #expect(vault.notes("conflicts").status == 1)
    }
    try here.notes("undo").succeeded()
    try isSound(there)
  }

  @Test(
    "a conflict's record that cannot be read is named everywhere, and can be dropped",
    arguments: [
      "truncate -s 3 .notes/conflicts/*.yaml",
      "sed -i 's/sky.md/..\\/x.md/' .notes/conflicts/*.yaml",
      "sed -i 's/sky.md/other.md/' .notes/conflicts/*.yaml", "rm .notes/conflicts/*.yaml",
    ])
  func unreadableRecord(damage: String) throws {
    let there = try skies()
    let name = try #require(there.notes("conflicts").lines.first).suffix(8).description
    try runProcess(["sh", "-c", damage], in: there.path)
    let hint = "notes resolve \(name)"
    for command in ["conflicts", "check", "doctor", "status"] {
      let result = there.notes(command)
      let told = result.output + result.errors
      #expect(told.contains(".notes/conflicts/\(name)"), "\(command): \(told)")
      #expect(told.contains(hint), "\(command): \(told)")
    }
    #expect(there.notes("check").status == 1)
    #expect(there.notes("doctor").status == 1)
    #expect(there.notes("status").status == 3)
    #expect(there.notes("status", "--format", "json").output.contains("/\(name)."))
    let synced = there.notes("sync")
    #expect(synced.status == 3 && synced.output.contains("waiting: .notes/conflicts/\(name)"))
    #expect(there.notes("conflicts", "--format", "json").output.contains("\"damaged\""))
    #expect(there.notes("resolve", name, "--mine").status == 1)
    let text = try there.read("sky.md")
    try there.notes("resolve", name).succeeded()
    #expect(try there.read("sky.md") == text)
    #expect(there.notes("conflicts").status == 1)
    #expect(there.notes("check").status == 0)
    try there.notes("undo").succeeded()
    #expect(there.notes("conflicts").status == 0)
  }

  @Test(
    "a conflict's record that lost a text says so, and the note can be kept as it is",
    arguments: ["base", "shared", "other"], [nil, "--shared"])
  func recordWithoutText(end: String, flag: String?) throws {
    let there = try skies()
    try runProcess(["sh", "-c", "rm .notes/conflicts/*.\(end)"], in: there.path)
    for command in ["conflicts", "check", "doctor", "status"] {
      let result = there.notes(command)
      let told = result.output + result.errors
      #expect(told.contains(".\(end) is gone"), "\(command): \(told)")
      #expect(told.contains("notes resolve"), "\(command): \(told)")
    }
    let refused = there.notes("resolve", "sky", "--both")
    #expect(refused.status == 1 && refused.errors.contains("hint: notes resolve"))
    let text = try there.read("sky.md")
    try there.run(["resolve", "sky"] + [flag].compactMap { $0 }).succeeded()
    #expect(try there.read("sky.md") == text)
    #expect(there.notes("conflicts").status == 1)
    #expect(there.notes("check").status == 0)
  }

  @Test("of a record that lost only what both began with, the text that waits can be taken")
  func recordWithoutBase() throws {
    let there = try skies()
    try runProcess(["sh", "-c", "rm .notes/conflicts/*.base"], in: there.path)
    #expect(there.notes("check").output.contains("with --mine it takes the text that waits"))
    try there.write("The sky is blue.\n\nThe sea is very, very calm.\n", to: "sky.md")
    let refused = there.notes("resolve", "sky", "--both")
    #expect(refused.status == 1 && refused.errors.contains("--mine takes the text that waits"))
    try there.notes("resolve", "sky", "--mine").succeeded()
    #expect(try there.read("sky.md") == "The sky is red.\n\nThe sea is very, very calm.\n")
    #expect(there.notes("conflicts").status == 1)
    #expect(!there.has(".notes/conflicts") || there.notes("check").status == 0)
  }

  @Test("a conflict is settled in the editor, which alone sees markers")
  func resolvedInEditor() throws {
    let there = try skies()
    let editor = there.folder.path + "/editor"
    try Data("#!/bin/sh\nsed -i -e '/^[<=>]\\{7\\}/d' -e '/red/d' \"$1\"\n".utf8)
      .write(to: URL(fileURLWithPath: editor))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: editor)
    var environment = there.environment
    environment["NOTES_EDITOR"] = "true"
    #expect(there.notes("resolve", "sky", "--edit", environment: environment).status == 2)
    environment["NOTES_EDITOR"] = editor
    try there.notes("resolve", "sky", "--edit", environment: environment).succeeded()
    #expect(try there.read("sky.md") == "The sky is blue.\n\nThe sea is very calm.\n")
    #expect(there.notes("conflicts").status == 1)
  }

  @Test("a text that was emptied in the editor settles nothing, and both are there the next time")
  func emptiedInEditor() throws {
    let there = try skies()
    func resolve(_ script: String) throws -> CommandResult {
      let editor = there.folder.path + "/editor"
      try there.folder.write("#!/bin/sh\n\(script)\n", to: "editor")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: editor)
      return there.notes("resolve", "sky", "--edit", environment: ["NOTES_EDITOR": editor])
    }
    let emptied = try resolve(": > \"$1\"")
    #expect(emptied.status == 2 && emptied.errors.contains("the text is empty"))
    #expect(try resolve("grep -q '<<<<<<< shared' \"$1\" && echo Both. > \"$1\"").status == 0)
    #expect(try there.read("sky.md") == "Both.\n")
  }

  @Test("a name that could be two notes' is no conflict's")
  func ambiguousConflict() throws {
    let there = try skies()
    for folder in ["x", "y"] { try there.write("# Twin\n", to: folder + "/twin.md") }
    let found = there.notes("conflicts", "twin", "--format", "json")
    #expect(found.status == 1 && found.errors.contains("could be any of 2"), "\(found.errors)")
    #expect(!found.output.contains("[") && !found.errors.contains("no conflict"))
    #expect(there.notes("conflicts", "nothing").errors.contains("no conflict over nothing"))
  }

  @Test("what was edited since is kept by a resolution, or refuses it")
  func editedSince() throws {
    let there = try skies()
    try there.write("The sky is blue.\n\nThe sea is very, very calm.\n", to: "sky.md")
    try there.notes("resolve", "sky", "--mine").succeeded()
    #expect(try there.read("sky.md") == "The sky is red.\n\nThe sea is very, very calm.\n")
    try there.notes("undo").succeeded()
    try there.write("The sky is dull.\n\nThe sea is very calm.\n", to: "sky.md")
    #expect(there.notes("resolve", "sky", "--mine").status == 2)
    #expect(try there.read("sky.md") == "The sky is dull.\n\nThe sea is very calm.\n")
    #expect(there.notes("conflicts").status == 0)
  }

  @Test("two machines that settle one conflict differently come to one text, and no words are lost")
  func resolvedTwice() throws {
    let there = try skies()
    #expect(here.notes("sync").status == 3)
    try here.notes("resolve", "sky", "--mine").succeeded()
    try here.notes("sync").succeeded()
    try there.notes("resolve", "sky", "--both").succeeded()
    for _ in 0..<2 {
      _ = there.notes("sync")
      _ = here.notes("sync")
    }
    #expect(try here.read("sky.md") == there.read("sky.md"))
    #expect(try here.git("rev-parse", "HEAD").output == there.git("rev-parse", "HEAD").output)
    #expect(try here.git("log", "-p", "--all").output.contains("The sky is blue."))
    try isSound(here)
  }

  @Test(
    "of two answers to one conflict none wins unseen, and equal ones are no question",
    arguments: [
      ("--mine", "--shared", true), ("--shared", "--mine", true), ("--mine", "--mine", false),
      ("--shared", "--shared", false),
    ])
  func answeredTwice(answer: String, otherAnswer: String, isQuestion: Bool) throws {
    let there = try skies()
    #expect(here.notes("sync").status == 3)
    let shared = try here.read("sky.md")
    try here.notes("resolve", "sky", answer).succeeded()
    try there.notes("resolve", "sky", otherAnswer).succeeded()
    // What was written elsewhere in the note is no answer.
    try here.write(here.read("sky.md") + "\nA line of here.\n", to: "sky.md")
    try here.notes("sync").succeeded()
    #expect(there.notes("sync").status == (isQuestion ? 3 : 0))
    #expect(here.notes("sync").status == (isQuestion ? 3 : 0))
    let text = try here.read("sky.md")
    #expect(try text == there.read("sky.md"))
    #expect(text.contains("A line of here."))
    #expect(here.notes("conflicts").status == (isQuestion ? 0 : 1))
    if isQuestion {
      let first = text.split(separator: "\n").first
      #expect((first == shared.split(separator: "\n").first) == (answer == "--shared"))
      #expect(here.notes("conflicts", "sky").output.contains("{+"))
      try here.notes("resolve", "sky").succeeded()
      try here.notes("sync").succeeded()
      try there.notes("sync").succeeded()
    }
    try isSound(here)
  }

  @Test("two answers to one conflict undo nothing that was done to the note since it began to wait")
  func answeredTwiceAndEdited() throws {
    try here.write("The sky is grey.\n\nThe guests are Ann and Bob.\n", to: "sky.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    for (vault, colour) in [(here, "blue"), (there, "red")] {
      try vault.write(vault.read("sky.md").replacing("grey", with: colour), to: "sky.md")
      #expect(vault.notes("sync").status == (vault === there ? 3 : 0))
    }
    #expect(here.notes("sync").status == 3)
    // Both have this, and it is no answer.
    try here.write(
      "The sky is blue.\n\nCats came in later.\n\nDogs were put in later as well.\n", to: "sky.md")
    for vault in [here, there] { #expect(vault.notes("sync").status == 3) }
    try here.notes("resolve", "sky").succeeded()
    let end = "The guests are Ann and Bob.\n"
    let text = "The sky is blue.\n\nDogs and hens are here now.\n\n\(end)"
    try here.write(text, to: "sky.md")
    try there.notes("resolve", "sky", "--mine").succeeded()
    try here.notes("sync").succeeded()
    #expect(there.notes("sync").status == 3)
    #expect(here.notes("sync").status == 3)
    for vault in [here, there] {
      #expect(try vault.read("sky.md") == text)
      #expect(vault.notes("conflicts", "sky").output.contains("The sky is [-blue-]{+red+}."))
    }
    try isSound(here)
  }

  @Test(
    "two answers are asked about where both made the note, and where one of two questions was edited"
  )
  func answeredTwiceOtherwise() throws {
    try here.write("The price is ten.\n\nMiddle words stay.\n\nThe day is Monday.\n", to: "two.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    for (vault, price, day, first) in [
      (here, "twelve", "Tuesday", "alpha words"), (there, "eleven", "Friday", "beta text"),
    ] {
      let two = try vault.read("two.md").replacing("ten.", with: price + ".")
      try vault.write(two.replacing("Monday", with: day), to: "two.md")
      try vault.write("# N\n\n\(first) here\n\nend\n", to: "new.md")
      #expect(vault.notes("sync").status == (vault === there ? 3 : 0))
    }
    #expect(here.notes("sync").status == 3)
    try here.write(here.read("two.md").replacing("twelve", with: "thirteen"), to: "two.md")
    try here.write(here.read("new.md").replacing("end", with: "ending"), to: "new.md")
    for vault in [here, there] { #expect(vault.notes("sync").status == 3) }
    for note in ["two", "new"] { try here.notes("resolve", note).succeeded() }
    try there.write(there.read("two.md").replacing("Tuesday", with: "Friday"), to: "two.md")
    try there.notes("resolve", "two").succeeded()
    try there.notes("resolve", "new", "--mine").succeeded()
    try here.notes("sync").succeeded()
    #expect(there.notes("sync").status == 3)
    #expect(here.notes("sync").status == 3)
    for vault in [here, there] {
      let paths = vault.notes("conflicts").output
      #expect(paths.contains("two.md") && paths.contains("new.md"), "\(paths)")
      #expect(try vault.read("two.md").contains("thirteen"))
      #expect(vault.notes("conflicts", "two").output.contains("Friday"))
      #expect(vault.notes("conflicts", "new").output.contains("beta"))
    }
    try isSound(here)
  }

  @Test(
    "two different answers to one conflict are a question, also where one of them is both texts",
    arguments: [
      ("--mine", "--both"), ("--both", "--mine"), ("--shared", "--both"), ("--both", "--shared"),
    ], [true, false])
  func answeredWithBoth(answers: (String, String), isMadeTwice: Bool) throws {
    let text = "# Day\n\nA shared paragraph.\n\n- met nobody at noon\n\nThe end of it.\n"
    if !isMadeTwice { try here.write(text, to: "day.md") }
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    for (vault, name) in [(here, "Ann"), (there, "Bob")] {
      try vault.write(text.replacing("nobody", with: name), to: "day.md")
      #expect(vault.notes("sync").status == (vault === there ? 3 : 0))
    }
    #expect(here.notes("sync").status == 3)
    try here.notes("resolve", "day", answers.0).succeeded()
    try there.notes("resolve", "day", answers.1).succeeded()
    try here.write(here.read("day.md").replacing("The end", with: "An end"), to: "day.md")
    let shared = try here.read("day.md")
    try here.notes("sync").succeeded()
    #expect(there.notes("sync").status == 3)
    #expect(here.notes("sync").status == 3)
    for vault in [here, there] {
      #expect(try vault.read("day.md") == shared)
      let shown = vault.notes("conflicts", "day").output
      #expect(shown.contains("met") && !shown.contains("The end"), "\(shown)")
    }
    try isSound(here)
    // The answer to that holds.
    try there.notes("resolve", "day", "--mine").succeeded()
    try there.notes("sync").succeeded()
    try here.notes("sync").succeeded()
    let last = try here.read("day.md")
    #expect(try there.read("day.md") == last)
    #expect(last.contains("Bob") == (answers.1 != "--shared"), "\(last)")
    #expect(last.contains("Ann") == (answers.1 != "--mine"), "\(last)")
    #expect(last.contains("An end of it.") && !last.contains("qq"), "\(last)")
  }

  @Test(
    "two equal answers over a note that both made are no question, whatever else one wrote in it",
    arguments: ["--mine", "--shared", "--both"])
  func answeredAlikeMadeTwice(answer: String) throws {
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    for (vault, name) in [(here, "Ann"), (there, "Bob")] {
      try vault.write("# Day\n\nA shared paragraph.\n\n- met \(name) at noon\n", to: "day.md")
      #expect(vault.notes("sync").status == (vault === there ? 3 : 0))
    }
    #expect(here.notes("sync").status == 3)
    for vault in [here, there] { try vault.notes("resolve", "day", answer).succeeded() }
    try here.write(here.read("day.md").replacing("A shared", with: "Another"), to: "day.md")
    let text = try here.read("day.md")
    for vault in [here, there, here] { try vault.notes("sync").succeeded() }
    for vault in [here, there] {
      #expect(try vault.read("day.md") == text)
      #expect(vault.notes("conflicts").status == 1)
    }
    try isSound(here)
  }

  @Test(
    "a note that one side's answer removes and the other's keeps stays, and is a conflict again",
    arguments: [true, false])
  func removedByAnAnswer(isRemoverFirst: Bool) throws {
    let there = try removal(sharedRemoves: true)
    #expect(here.notes("sync").status == 3)
    try here.notes("resolve", "a", "--shared").succeeded()
    try there.notes("resolve", "a", "--mine").succeeded()
    let (first, second) = isRemoverFirst ? (here, there) : (there, here)
    try first.notes("sync").succeeded()
    #expect(second.notes("sync").status == 3)
    #expect(first.notes("sync").status == 3)
    for vault in [here, there] { #expect(try vault.read("a.md") == "keep me, please\n") }
    for vault in [first, second] { try vault.notes("resolve", "a").succeeded() }
    try first.notes("sync").succeeded()
    try second.notes("sync").succeeded()
    #expect(try here.read("a.md") == "keep me, please\n")
  }

  @Test("a note changed here and removed there stays, and is a conflict")
  func changedAndRemoved() throws {
    try here.write("keep me\n", to: "a.md")
    try here.write("other\n", to: "b.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try here.notes("rm", "a.md").succeeded()
    try here.notes("sync").succeeded()
    try there.write("keep me, please\n", to: "a.md")
    #expect(there.notes("sync").status == 3)
    #expect(here.notes("sync").status == 3)
    #expect(try here.read("a.md") == "keep me, please\n")
  }

  /// A note that Ada removed first and Bea changed, or the other way round, as Bea's sync meets it.
  private func removal(sharedRemoves: Bool) throws -> TestVault {
    try here.write("keep me\n", to: "a.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    if sharedRemoves {
      try here.notes("rm", "a.md").succeeded()
      try there.write("keep me, please\n", to: "a.md")
    } else {
      try here.write("keep me, please\n", to: "a.md")
      try there.notes("rm", "a.md").succeeded()
    }
    try here.notes("sync").succeeded()
    let bea = ["GIT_AUTHOR_NAME": "Bea", "GIT_COMMITTER_NAME": "Bea"]
    #expect(there.notes("sync", environment: bea).status == 3)
    return there
  }

  @Test("a conflict tells who changed the note on each side, or removed it, whoever came after")
  func whoseSides() throws {
    try here.write("keep one\n", to: "x.md")
    try here.write("keep me\n", to: "y.md")
    let more = "\n\nA second paragraph.\n\nAnd a third one.\n"
    try here.write("keep two" + more, to: "z.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    func named(_ name: String) -> [String: String] {
      ["GIT_AUTHOR_NAME": name, "GIT_COMMITTER_NAME": name]
    }
    for (vault, name) in [(here, "Ann"), (there, "Bob")] {
      try vault.write("keep \(name)\n", to: "x.md")
      try vault.write("keep \(name)" + more, to: "z.md")
      if name == "Ann" {
        try vault.notes("mv", "z", "w").succeeded()
        try vault.notes("rm", "y").succeeded()
      } else {
        try vault.write("keep me, please\n", to: "y.md")
      }
      try vault.notes("save", environment: named(name)).succeeded()
      try vault.write("another\n", to: "\(name).md")
      try vault.notes("save", environment: named("Cy")).succeeded()
    }
    try here.notes("sync").succeeded()
    #expect(there.notes("sync", environment: named("Dan")).status == 3)
    for note in ["x.md", "w.md"] {
      let shown = there.notes("conflicts", note).output
      #expect(shown.contains("shared: Ann") && shown.contains("mine: Bob"), "\(shown)")
    }
    let shown = there.notes("conflicts", "y.md").output
    #expect(shown.contains("removed by Ann") && shown.contains("changes by Bob"), "\(shown)")
  }

  @Test(
    "of a note that one side removed it is told who did, and each answer does what that side did",
    arguments: [
      (true, nil, true), (true, "--mine", true), (true, "--shared", false), (true, "--both", true),
      (false, nil, true), (false, "--mine", false), (false, "--shared", true),
      (false, "--both", true),
    ] as [(Bool, String?, Bool)])
  func removedByOne(sharedRemoves: Bool, flag: String?, isKept: Bool) throws {
    let there = try removal(sharedRemoves: sharedRemoves)
    let (remover, changer) = sharedRemoves ? ("Ada", "Bea") : ("Bea", "Ada")
    let shown = there.notes("conflicts", "a").output
    #expect(shown.contains("removed by \(remover)"), "\(shown)")
    #expect(shown.contains("kept with changes by \(changer)"), "\(shown)")
    #expect(shown.contains("please"), "\(shown)")
    let removing = sharedRemoves ? "--shared" : "--mine"
    #expect(there.notes("conflicts", "a").errors.contains("\(removing) removes it"))
    let status = there.notes("status").output
    #expect(status.contains("conflict: a.md (changed by \(changer)"), "\(status)")
    let json = there.notes("conflicts", "--format", "json").output
    #expect(json.contains("\"removed\" : \"\(sharedRemoves ? "shared" : "other")\""), "\(json)")
    #expect(there.notes("resolve", "a", "--edit").status == 2)
    try there.run(["resolve", "a"] + (flag.map { [$0] } ?? [])).succeeded()
    #expect(there.has("a.md") == isKept)
    #expect(there.notes("conflicts").status == 1)
    try there.notes("sync").succeeded()
    try here.notes("sync").succeeded()
    #expect(here.has("a.md") == isKept)
    if isKept { #expect(try here.read("a.md") == "keep me, please\n") }
  }

  @Test(
    "of a text and its removal the text is kept, also where the note went meanwhile",
    arguments: [(true, "--both"), (false, "--both"), (true, "--mine"), (false, "--shared")])
  func keptThoughGone(sharedRemoves: Bool, flag: String) throws {
    let there = try removal(sharedRemoves: sharedRemoves)
    try FileManager.default.removeItem(atPath: there.path + "/a.md")
    // A folder of its name is in the way: nothing is settled then.
    try FileManager.default.createDirectory(
      atPath: there.path + "/a.md", withIntermediateDirectories: false)
    let refused = there.notes("resolve", "a.md", flag)
    #expect(refused.status != 0, "\(refused)")
    #expect(there.notes("conflicts").status == 0)
    try FileManager.default.removeItem(atPath: there.path + "/a.md")
    try there.notes("resolve", "a.md", flag).succeeded()
    #expect(try there.read("a.md") == "keep me, please\n")
  }

  @Test(
    "a conflict follows its note to another name, here and on the other machine",
    arguments: ["notes", "mv"])
  func renamedWithConflict(how: String) throws {
    let there = try skies()
    if how == "notes" {
      try there.notes("mv", "sky", "d/himmel").succeeded()
      #expect(there.notes("conflicts", "himmel").status == 0)
      try there.notes("undo").succeeded()
      #expect(there.notes("conflicts", "sky").status == 0)
      try there.notes("mv", "sky", "d/himmel").succeeded()
    } else {
      try FileManager.default.createDirectory(
        atPath: there.path + "/d", withIntermediateDirectories: true)
      try FileManager.default.moveItem(
        atPath: there.path + "/sky.md", toPath: there.path + "/d/himmel.md")
    }
    #expect(there.notes("sync").status == 3)
    #expect(here.notes("sync").status == 3)
    for vault in [here, there] {
      #expect(vault.notes("conflicts").lines.count == 1)
      #expect(vault.notes("conflicts", "himmel").status == 0)
    }
    try here.notes("resolve", "himmel", "--mine").succeeded()
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    #expect(!there.has("sky.md") && !here.has("sky.md"))
    #expect(there.notes("conflicts").status == 1)
    #expect(try there.read("d/himmel.md") == here.read("d/himmel.md"))
    try isSound(here)
    try isSound(there)
  }

  @Test(
    "a conflict follows a note that was renamed and edited in one go, as the merge takes it for renamed",
    arguments: [true, false])
  func renamedAndEdited(hasID: Bool) throws {
    let head = hasID ? "---\nid: abcd1234\n---\n\n" : ""
    try here.write(head + "one two three four.\n\nother words here, and more.\n", to: "x.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try here.write(head + "one AAA three four.\n\nother words here, and more.\n", to: "x.md")
    try here.notes("sync").succeeded()
    try there.write(head + "one BBB three four.\n\nother words here, and more.\n", to: "x.md")
    #expect(there.notes("sync").status == 3)
    try FileManager.default.removeItem(atPath: there.path + "/x.md")
    let text =
      hasID
      ? "one.\n\nWholly new.\n"
      : "one AAA three four.\n\nother words here, and more.\n\nMORE\n"
    try there.write(head + text, to: "y.md")
    try there.write("another note, made beside it\n", to: "z.md")
    #expect(there.notes("sync").status == 3)
    #expect(here.notes("sync").status == 3)
    for vault in [here, there] {
      #expect(vault.notes("conflicts").lines.count == 1)
      #expect(vault.notes("conflicts", "y").status == 0)
      #expect(!vault.has("x.md"))
    }
    try isSound(there)
  }

  @Test("a conflict follows its note to the name that a merge gives it", arguments: [true, false])
  func conflictOfRenamedNote(isKnown: Bool) throws {
    let there = try skies()
    // This machine may not have met the conflict when it renames the note.
    if isKnown { #expect(here.notes("sync").status == 3) }
    try here.notes("mv", "sky", "ours").succeeded()
    if isKnown { try there.notes("mv", "sky", "theirs").succeeded() }
    for vault in [here, there, here] { #expect(vault.notes("sync").status == 3) }
    let name = isKnown ? "theirs" : "ours"
    for vault in [here, there] {
      #expect(vault.notes("conflicts").lines.count == 1)
      #expect(vault.notes("conflicts", name).output.contains("[-blue-]{+red+}"))
      #expect(vault.notes("doctor").status == 0)
    }
    try here.notes("resolve", name, "--mine").succeeded()
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    #expect(try there.read("\(name).md") == "The sky is red.\n\nThe sea is very calm.\n")
    #expect(there.notes("conflicts").status == 1)
    try isSound(here)
    try isSound(there)
  }

  @Test(
    "a conflict that one machine settled does not come back with the note that the other renamed",
    arguments: [true, false])
  func settledAndRenamed(settlesFirst: Bool) throws {
    let there = try skies()
    #expect(here.notes("sync").status == 3)
    try here.notes("resolve", "sky", "--mine").succeeded()
    try there.notes("mv", "sky", "himmel").succeeded()
    for vault in settlesFirst ? [here, there, here] : [there, here, there] { vault.notes("sync") }
    for vault in [here, there] {
      #expect(vault.notes("conflicts").status == 1)
      #expect(try vault.read("himmel.md") == "The sky is red.\n\nThe sea is very calm.\n")
      try isSound(vault)
    }
  }

  @Test(
    "of a file against a folder it is told what waits, and how to keep either",
    arguments: ["--mine", nil, "--shared", "--both"] as [String?])
  func fileAgainstFolder(flag: String?) throws {
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try here.write("inner\n", to: "thing.md/in.md")
    try here.notes("sync").succeeded()
    try there.write("outer\n", to: "thing.md")
    #expect(there.notes("sync").status == 3)
    #expect(here.notes("sync").status == 3)
    let shown = there.notes("conflicts", "thing.md/in.md")
    #expect(shown.output.contains("one side has a file where the other has a folder"))
    #expect(shown.output.contains("inner"), "\(shown.output)")
    #expect(shown.errors.contains("--shared puts it there"), "\(shown.errors)")
    let arguments = ["resolve", "thing.md/in.md"] + (flag.map { [$0] } ?? [])
    if flag != nil, flag != "--mine" {
      let refused = there.run(arguments)
      #expect(refused.status == 2 && refused.errors.contains("notes mv thing.md NEWNAME"))
      try there.notes("mv", "thing.md", "other").succeeded()
      try there.run(arguments).succeeded()
      #expect(try there.read("thing.md/in.md") == "inner\n")
      #expect(try there.read("other.md") == "outer\n")
    } else {
      try there.run(arguments).succeeded()
      #expect(try there.read("thing.md") == "outer\n")
    }
    #expect(there.notes("conflicts").status == 1)
    try there.notes("sync").succeeded()
    try here.notes("sync").succeeded()
    #expect(try here.git("rev-parse", "HEAD").output == there.git("rev-parse", "HEAD").output)
    try isSound(here)
  }

  @Test("a word that other programs have behind 'conflicts' is met with what is typed here")
  func mistypedConflicts() throws {
    let there = try skies()
    #expect(there.notes("conflicts", "show", "sky").errors.contains("hint: notes conflicts sky"))
    #expect(there.notes("conflicts", "resolve", "sky").errors.contains("hint: notes resolve sky"))
    #expect(there.notes("conflicts", "list").errors.contains("hint: notes conflicts\n"))
    #expect(there.notes("conflicts", "show").errors.contains("hint: notes conflicts NOTE"))
  }

  @Test("a note that was written on since one side removed it does not go by that side's answer")
  func removedAndWrittenOn() throws {
    let there = try removal(sharedRemoves: false)
    try there.write("keep me, please, I have more\n", to: "a.md")
    #expect(there.notes("resolve", "a", "--mine").status == 2)
    #expect(there.has("a.md"))
    try there.notes("resolve", "a").succeeded()
    #expect(try there.read("a.md") == "keep me, please, I have more\n")
  }

  @Test("a note that went is told as gone, though a conflict's record holds its text")
  func goneIsTold() throws {
    try here.write("a text that is long enough\nto be known again\n", to: "a.md")
    try here.write("a text that is long enough\nto be known again\n", to: "b.md")
    try here.write("other\n", to: "c.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    // The record of `a.md` holds the text that `b.md` had.
    try here.notes("rm", "a.md").succeeded()
    try here.notes("sync").succeeded()
    try there.write("a text that is long enough\nto be known again, and more\n", to: "a.md")
    try there.notes("rm", "b.md").succeeded()
    #expect(there.notes("sync").status == 3)
    let result = here.notes("sync")
    #expect(result.lines.contains("in   D b.md"), "\(result.output)")
    #expect(!here.has("b.md"))
    try here.notes("resolve", "a.md").succeeded()
    try here.notes("sync").succeeded()
    #expect(try here.git("log", "-1", "--format=%s").output == "Resolve a conflict\n")
  }

  @Test("in a criss-cross two answers to one question are a conflict, whichever base comes first")
  func crissCross() throws {
    try here.write("The sky is blue.\n\nThe sea is green.\n", to: "note.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try here.write("The sky is grey.\n\nThe sea is green.\n", to: "note.md")
    try here.notes("save").succeeded()
    try there.write("The sky is black.\n\nThe sea is green.\n", to: "note.md")
    try there.notes("save").succeeded()
    let tip = try here.git("rev-parse", "HEAD").output.trimmingCharacters(in: .newlines)
    // Each takes in the other's edit, and keeps its own.
    for (vault, other, commit) in [(here, there, "HEAD"), (there, here, tip)] {
      try vault.git("fetch", "--quiet", other.path, "main")
      let name = commit == "HEAD" ? "FETCH_HEAD" : commit
      try vault.git("merge", "--quiet", "-s", "ours", "-m", "mine", name)
    }
    try there.git("push", "--quiet", "origin", "main")
    let bases = try here.git("merge-base", "--all", "HEAD", "FETCH_HEAD").output
    try here.git("fetch", "--quiet", "origin")
    let all = try here.git("merge-base", "--all", "HEAD", "origin/main").output
    #expect(all.split(separator: "\n").count == 2, "\(bases)\(all)")
    let result = here.notes("sync")
    #expect(result.status == 3, "\(result.output)\(result.errors)")
    #expect(try here.read("note.md") == "The sky is black.\n\nThe sea is green.\n")
    #expect(here.notes("conflicts", "note.md").output.contains("grey"))
    try isSound(here)
  }

  @Test("a ladder of criss-crosses ends, and what both sides agreed on is no conflict")
  func ladder() throws {
    try here.write("zero\n", to: "note.md")
    try here.notes("sync", "--remote", remote).succeeded()
    // Two lines of commits, each of which merges the other's last one, 60 times over.
    let tree = try here.git("rev-parse", "HEAD^{tree}").output.trimmingCharacters(in: .newlines)
    let root = try here.git("rev-parse", "HEAD").output.trimmingCharacters(in: .newlines)
    var tips = [root, root]
    func commit(_ parents: [String], _ message: String) throws -> String {
      let arguments = ["commit-tree", tree, "-m", message] + parents.flatMap { ["-p", $0] }
      return try runProcess(["git"] + arguments, in: here.path, environment: here.environment)
        .output.trimmingCharacters(in: .newlines)
    }
    for step in 0..<60 {
      let next = try [commit([tips[0]], "a\(step)"), commit([tips[1]], "b\(step)")]
      tips = try [commit(next, "left \(step)"), commit(next.reversed(), "right \(step)")]
    }
    try here.git("update-ref", "refs/heads/main", tips[0])
    try here.git("push", "--quiet", "--force", "origin", tips[1] + ":refs/heads/main")
    let result = here.notes("sync")
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(try here.read("note.md") == "zero\n")
    try isSound(here)
  }

  @Test("a sync's merge can be taken back, and that can be taken back too")
  func undo() throws {
    try here.write("one\n", to: "note.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try here.write("two\n", to: "note.md")
    try here.write("new\n", to: "new.md")
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    try there.notes("undo").succeeded()
    #expect(try there.read("note.md") == "one\n")
    #expect(!there.has("new.md"))
    try there.notes("undo").succeeded()
    #expect(try there.read("note.md") == "two\n")
    #expect(try there.read("new.md") == "new\n")
  }

  @Test(
    "of a file that is no text, and that both changed, both are kept, and that is said",
    arguments: [
      "pic.png", "note.md", String(repeating: "\u{E9}", count: 123) + ".png",
      ".e\(String(repeating: "x", count: 250))",
    ])
  func noText(name: String) throws {
    func put(_ text: String, in vault: TestVault) throws {
      try Data([0xFF, 0] + text.utf8).write(to: URL(fileURLWithPath: vault.path + "/" + name))
    }
    try put("first", in: here)
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try put("here", in: here)
    try here.notes("sync").succeeded()
    try put("there", in: there)
    let told = try there.notes("sync", "--dry-run").succeeded()
    #expect(told.output.hasPrefix("both \(name) and "), "\(told.output)")
    #expect(told.errors.contains("would sync with origin/main: 0 in, 0 out, 1 kept twice"))
    let synced = try there.notes("sync").succeeded()
    #expect(synced.output == told.output)
    #expect(synced.errors.contains("synced with origin/main: 0 in, 0 out, 1 kept twice"))
    try here.notes("sync").succeeded()
    for vault in [here, there] {
      let files = try FileManager.default.contentsOfDirectory(atPath: vault.path)
        .filter { !$0.hasPrefix(".") || $0.hasPrefix(".e") }
      #expect(files.count == 2 && files.contains(name), "\(files)")
      #expect(files.allSatisfy { $0.utf8.count <= 255 && !$0.contains("\u{FFFD}") }, "\(files)")
      let texts = try files.map {
        try Data(contentsOf: URL(fileURLWithPath: vault.path + "/" + $0)).dropFirst(2)
      }
      #expect(Set(texts) == [Data("here".utf8), Data("there".utf8)])
      try isSound(vault)
    }
  }

  @Test("--dry-run tells what would come and go, and does nothing")
  func dryRun() throws {
    try here.write("one\n", to: "one.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try here.write("two\n", to: "two.md")
    try here.notes("sync").succeeded()
    try there.write("three\n", to: "three.md")
    let head = try there.git("rev-parse", "HEAD").output
    let result = there.notes("sync", "--dry-run")
    #expect(result.lines.contains("in   A two.md"), "\(result.output)\(result.errors)")
    #expect(result.lines.contains("out  A three.md"))
    #expect(result.errors.hasSuffix("would sync with origin/main: 1 in, 1 out\n"))
    #expect(try there.git("rev-parse", "HEAD").output == head)
    #expect(!there.has("two.md"))
  }

  @Test("--dry-run tells of the conflicts that would wait, not of those that do")
  func dryRunOfConflicts() throws {
    let there = try skies()
    func foretold(_ vault: TestVault) -> CommandResult {
      let told = vault.notes("sync", "--dry-run")
      let done = vault.notes("sync")
      #expect(told.status == done.status, "\(told.output)\(told.errors)\(done.output)")
      #expect(!told.errors.contains("hint: notes conflicts"), "\(told.errors)")
      func waiting(_ result: CommandResult) -> [String] {
        result.lines.filter { $0.hasPrefix("waiting: ") }
      }
      #expect(waiting(told) == waiting(done))
      return done
    }
    // The record comes in, goes with a merge to another name, and is settled.
    #expect(foretold(here).status == 3)
    try here.notes("mv", "sky", "himmel").succeeded()
    try there.write("new\n", to: "new.md")
    #expect(foretold(here).status == 3)
    #expect(foretold(there).output.contains("himmel.md"))
    try there.notes("resolve", "himmel", "--shared").succeeded()
    #expect(foretold(there).status == 0)
    #expect(foretold(here).status == 0)
  }

  @Test("--dry-run tells of unsaved edits what a sync would make of them, and writes no object")
  func dryRunOfEdits() throws {
    try here.write("One.\n\nTwo.\n\nThree.\n", to: "merges.md")
    try here.write("The sky is blue.\n", to: "conflicts.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try here.write("One!\n\nTwo.\n\nThree.\n", to: "merges.md")
    try here.write("The sky is grey.\n", to: "conflicts.md")
    try here.write("new\n", to: "theirs.md")
    try here.notes("sync").succeeded()
    try there.write("One.\n\nTwo.\n\nThree!\n", to: "merges.md")
    try there.write("The sky is black.\n", to: "conflicts.md")
    try there.write("new too\n", to: "ours.md")
    // What is fetched is kept; after it nothing more is.
    #expect(there.notes("sync", "-n").status == 3)
    let objects = try there.git("count-objects", "-v").output
    let result = there.notes("sync", "-n")
    #expect(try there.git("count-objects", "-v").output == objects)
    #expect(result.status == 3)
    #expect(
      result.lines == [
        "in   A theirs.md", "out  A ours.md", "both M merges.md (would be merged)",
        "conflict: conflicts.md (both sides changed the same words)",
      ], "\(result.output)")
    #expect(try there.read("merges.md") == "One.\n\nTwo.\n\nThree!\n")
    #expect(try there.git("status", "--porcelain").output.split(separator: "\n").count == 3)
    // What it told is what happens.
    let real = there.notes("sync")
    #expect(
      real.output == result.output.replacingOccurrences(of: "would be merged", with: "merged"))
    #expect(try there.read("merges.md") == "One!\n\nTwo.\n\nThree!\n")
  }

  @Test("--format json says of each file what became of it")
  func json() throws {
    try here.write("One.\n\nTwo.\n", to: "both.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try here.write("One!\n\nTwo.\n", to: "both.md")
    try here.notes("sync").succeeded()
    try there.write("One.\n\nTwo!\n", to: "both.md")
    try there.write("out\n", to: "out.md")
    let text = there.notes("sync", "--format", "json").output
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(record["remote"] as? String == "origin/main")
    #expect(record["merged"] as? [String] == ["both.md"])
    #expect((record["outgoing"] as? [[String: String]])?.map { $0["path"] } == ["out.md"])
    #expect((record["incoming"] as? [Any])?.isEmpty == true)
    #expect((record["saved"] as? String)?.count == 40)
  }

  @Test(
    "what is on a branch of its own is not sent to the one that syncs",
    arguments: ["main", "master"])
  func otherBranch(remoteBranch: String) throws {
    try here.git("symbolic-ref", "HEAD", "refs/heads/\(remoteBranch)", in: remote)
    try here.git("branch", "-m", "main")
    try here.write("a\n", to: "a.md")
    try here.notes("save").succeeded()
    try here.git("push", "-q", remote, "main:\(remoteBranch)")
    try here.notes("sync", "--remote", remote).succeeded()
    let before = try here.git("rev-parse", remoteBranch, in: remote).output
    try here.git("switch", "-q", "-c", "experiment")
    try here.write("wild idea\n", to: "a.md")
    for options in [[], ["--dry-run"]] {
      let refused = here.run(["sync"] + options)
      #expect(refused.status == 4)
      #expect(refused.errors.contains("hint: git switch main, or "), "\(refused.errors)")
    }
    #expect(try here.git("rev-parse", remoteBranch, in: remote).output == before)
    try here.git("push", "-q", "-u", "origin", "experiment")
    try here.write("wilder idea\n", to: "a.md")
    try here.notes("sync").succeeded()
    #expect(try here.git("show", "experiment:a.md", in: remote).output == "wilder idea\n")
    try here.git("switch", "-q", "main")
    #expect(try here.read("a.md") == "a\n")
    try here.notes("sync").succeeded()
    // One that was begun from the remote's goes there by git's settings, and git does not push it.
    try here.git("switch", "-q", "-c", "private", "origin/\(remoteBranch)")
    try here.write("not for others yet\n", to: "a.md")
    #expect(here.notes("sync").status == 4)
    #expect(try here.git("rev-parse", remoteBranch, in: remote).output == before)
  }

  @Test("a branch that syncs under another name does so while others track the same branch")
  func trackedTwice() throws {
    try here.write("a\n", to: "a.md")
    try here.notes("sync", "--remote", remote).succeeded()
    try here.git("branch", "-q", "-m", "main", "master")
    try here.notes("sync").succeeded()
    try here.git("switch", "-q", "-c", "draft", "origin/main")
    try here.write("not for others yet\n", to: "a.md")
    try here.git("commit", "-q", "-am", "draft")
    let refused = here.notes("sync")
    #expect(refused.status == 4)
    #expect(refused.errors.contains("hint: git switch master, or "), "\(refused.errors)")
    try here.git("switch", "-q", "master")
    try here.write("b\n", to: "b.md")
    try here.notes("sync").succeeded()
    #expect(try here.git("show", "main:b.md", in: remote).output == "b\n")
    #expect(try here.git("show", "main:a.md", in: remote).output == "a\n")
    #expect(try here.git("branch", "--list", in: remote).output == "* main\n")
    // Another name takes along that it is the one.
    try here.git("branch", "-q", "-m", "master", "trunk")
    try here.notes("sync").succeeded()
  }

  @Test(
    "a branch that syncs does so under a new name, while a draft tracks the remote's",
    arguments: [false, true])
  func renamedWhileTracked(hasAnother: Bool) throws {
    try here.write("a\n", to: "a.md")
    try here.notes("sync", "--remote", remote).succeeded()
    try here.git("switch", "-q", "-c", "draft", "origin/main")
    try here.git("branch", "-q", "-m", "main", "master")
    #expect(here.notes("sync").errors.contains("hint: git switch master, or"))
    try here.git("switch", "-q", "master")
    // The one of the remote's name comes first.
    if hasAnother { try here.git("branch", "-q", "--track", "main", "origin/main") }
    try here.write("b\n", to: "b.md")
    let result = here.notes("sync")
    #expect(result.status == (hasAnother ? 4 : 0), "\(result)")
    #expect(hasAnother == result.errors.contains("hint: git switch main, or"))
    if !hasAnother { #expect(here.notes("status").errors.contains("level with origin/main")) }
  }

  @Test("where two branches track one of the remote's and none was synced, the way out is safe")
  func trackedTwiceUnsynced() throws {
    try here.write("a\n", to: "a.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try TestVault(isVault: false, name: "there", beside: here)
    try here.git("clone", "-q", remote, there.path)
    try there.git("branch", "-q", "-m", "main", "master")
    try there.git("switch", "-q", "-c", "draft", "origin/main")
    for (branch, other) in [("draft", "master"), ("master", "draft")] {
      try there.git("switch", "-q", branch)
      let refused = there.notes("sync")
      #expect(refused.status == 4)
      let way = "hint: if that is \(branch), git branch --unset-upstream \(other); else git switch"
      #expect(refused.errors.contains(way), "\(refused.errors)")
    }
    try there.git("branch", "-q", "--unset-upstream", "draft")
    try there.write("b\n", to: "b.md")
    try there.notes("sync").succeeded()
    #expect(try there.git("show", "main:b.md", in: remote).output == "b\n")
    try there.git("switch", "-q", "draft")
    #expect(there.notes("sync").errors.contains("git switch master"))
  }

  @Test("of two remotes of which none is the branch's, the words say so and how to name it")
  func severalRemotes() throws {
    try here.write("a\n", to: "a.md")
    try here.git("remote", "add", "nas", remote)
    try here.git("remote", "add", "stick", here.folder.path + "/stick.git")
    let refused = here.notes("sync")
    #expect(refused.status == 2)
    #expect(refused.errors.contains("2 remotes are set (nas, stick)"), "\(refused.errors)")
    #expect(refused.errors.contains("hint: git config branch.main.remote nas, or"))
    #expect(here.notes("status").errors.contains("none of the remotes belongs: nas, stick"))
    try here.git("config", "branch.main.remote", "nas")
    try here.notes("sync").succeeded()
    #expect(try here.git("show", "main:a.md", in: remote).output == "a\n")
  }

  @Test("the only remote stays the branch's own when another is added")
  func onlyRemote() throws {
    try here.write("a\n", to: "a.md")
    try here.git("remote", "add", "nas", remote)
    try here.notes("sync").succeeded()
    try here.git("remote", "add", "stick", here.folder.path + "/stick.git")
    try here.write("b\n", to: "b.md")
    try here.notes("sync").succeeded()
    #expect(try here.git("show", "main:b.md", in: remote).output == "b\n")
    #expect(here.notes("status").errors.contains("level with nas/main"))
  }

  @Test("--via git goes to the vault's remote from a hook of another repository, too")
  func fromHookOfAnother() throws {
    try here.write("a\n", to: "a.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try there.write("b\n", to: "b.md")
    try there.notes("sync").succeeded()
    let other = here.folder.path + "/other"
    try here.git("init", "-q", "-b", "main", other, in: here.folder.path)
    try here.git("commit", "-q", "--allow-empty", "-m", "code", in: other)
    try here.git("init", "-q", "--bare", "-b", "main", other + ".git", in: here.folder.path)
    try here.git("remote", "add", "origin", other + ".git", in: other)
    try here.git("push", "-q", "origin", "main", in: other)
    try here.write("c\n", to: "c.md")
    let hook = [
      "GIT_DIR": other + "/.git", "GIT_INDEX_FILE": other + "/.git/index", "GIT_PREFIX": "",
      "GIT_WORK_TREE": other, "GIT_OBJECT_DIRECTORY": other + "/.git/objects",
      "GIT_COMMON_DIR": other + "/.git", "GIT_NAMESPACE": "x",
    ]
    try here.notes("sync", "--via", "git", environment: hook).succeeded()
    #expect(here.has("b.md"))
    #expect(try here.git("show", "main:c.md", in: remote).output == "c\n")
  }

  @Test("status says that no branch is checked out, and names none of the remote's")
  func detached() throws {
    try here.write("a\n", to: "a.md")
    try here.notes("sync", "--remote", remote).succeeded()
    try here.git("switch", "-q", "--detach")
    let status = here.notes("status")
    #expect(status.errors.contains("no branch is checked out"), "\(status.errors)")
    #expect(!status.errors.contains("HEAD/") && !status.errors.contains("/HEAD"))
    #expect(!here.notes("status", "--format", "json").output.contains("\"HEAD\""))
  }

  @Test("a branch of its own does not go to the remote's main branch where that is another one")
  func otherMainBranch() throws {
    try here.write("a\n", to: "a.md")
    try here.notes("sync", "--remote", remote).succeeded()
    try here.git("branch", "site", "main", in: remote)
    try here.git("symbolic-ref", "HEAD", "refs/heads/site", in: remote)
    try here.git("switch", "-q", "-c", "private")
    try here.write("not yet\n", to: "a.md")
    #expect(here.notes("sync").status == 4)
    #expect(try here.git("show", "site:a.md", in: remote).output == "a\n")
  }

  @Test("a remote on 'master' and a vault on 'main' sync with each other")
  func masterAndMain() throws {
    let master = here.folder.path + "/master.git"
    try here.git("init", "--quiet", "--bare", "-b", "master", master, in: here.folder.path)
    try here.write("one\n", to: "one.md")
    try here.notes("save").succeeded()
    try here.git("push", "--quiet", master, "main:master")
    try here.write("two\n", to: "two.md")
    try here.notes("sync", "--remote", master).succeeded()
    let remoteHead = try here.git("rev-parse", "refs/heads/master", in: master).output
    #expect(try here.git("rev-parse", "HEAD").output == remoteHead)
    #expect(try here.git("branch", "--list", in: master).output == "* master\n")
  }

  @Test("a remote that is named for one sync does not become that of all later ones")
  func onceElsewhere() throws {
    try here.write("one\n", to: "one.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let stick = here.folder.path + "/stick.git"
    try here.git("init", "--quiet", "--bare", "-b", "master", stick, in: here.folder.path)
    try here.git("push", "--quiet", stick, "main:master")
    try here.git("remote", "add", "stick", stick)
    for text in ["two\n", "three\n"] {
      try here.write(text, to: "one.md")
      try here.notes("sync", "--remote", "stick").succeeded()
      #expect(try here.git("show", "master:one.md", in: stick).output == text)
      try here.notes("sync").succeeded()
      #expect(try here.git("show", "main:one.md", in: remote).output == text)
    }
    #expect(try here.git("branch", "--list", in: stick).output == "* master\n")
  }

  @Test("an unrelated history is refused with the flag that allows it")
  func unrelated() throws {
    try here.write("one\n", to: "one.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let other = try TestVault(name: "other", beside: here)
    try other.write("two\n", to: "two.md")
    let refused = other.notes("sync", "--remote", remote)
    #expect(refused.status == 8)
    #expect(refused.errors.contains("--allow-unrelated"))
    #expect(try other.git("log", "--oneline", in: remote).output.split(separator: "\n").count == 1)
    try other.notes("sync", "--allow-unrelated").succeeded()
    #expect(other.has("one.md") && other.has("two.md"))
  }

  @Test("a folder that lost most of its notes is not synced without being told to")
  func massDeletion() throws {
    for number in 0..<40 { try here.write("note \(number)\n", to: "n\(number).md") }
    try here.notes("sync", "--remote", remote).succeeded()
    for number in 0..<39 {
      try FileManager.default.removeItem(atPath: here.path + "/n\(number).md")
    }
    let refused = here.notes("sync")
    #expect(refused.status == 8)
    #expect(refused.errors.contains("--accept-deletions"))
    try here.notes("sync", "--accept-deletions").succeeded()
  }

  @Test(
    "what is written in a note while the network is waited for goes along with it, or is a question",
    arguments: ["mv", "rm"])
  func editedOnTheWay(verb: String) throws {
    try here.write("# Server\n\nHow to deploy.\n\nA text that all need.\n", to: "server.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try there.run([verb, "server"] + (verb == "mv" ? ["host"] : [])).succeeded()
    try there.notes("sync").succeeded()
    try here.write(
      """
      #!/bin/sh
      for last; do :; done
      case $last in *upload-pack*) echo 'Written meanwhile.' >> '\(here.path)/server.md';; esac
      eval "exec $last"

      """, to: "../network")
    try runProcess(["chmod", "+x", "../network"], in: here.path)
    try here.git("remote", "set-url", "origin", "ssh://host\(remote)")
    let network = ["GIT_SSH_COMMAND": here.folder.path + "/network"]
    let synced = here.notes("sync", environment: network)
    try here.git("remote", "set-url", "origin", remote)
    if verb == "mv" {
      #expect(synced.status == 0, "\(synced)")
      #expect(!here.has("server.md"))
      try here.notes("sync").succeeded()
      try there.notes("sync").succeeded()
      #expect(!there.has("server.md"))
      #expect(try there.read("host.md").contains("all need.\nWritten meanwhile.\n"))
    } else {
      #expect(synced.status == 3, "\(synced)")
      #expect(here.notes("sync").status == 3)
      #expect(there.notes("sync").status == 3)
      #expect(there.notes("conflicts").output.contains("server.md"))
      #expect(try there.read("server.md").hasSuffix("Written meanwhile.\n"))
    }
  }

  @Test("of the files that are gone it is told how many there were, whatever came meanwhile")
  func massDeletionBesideNewFiles() throws {
    for number in 0..<99 { try here.write("note \(number)\n", to: "n\(number).md") }
    try here.notes("save").succeeded()
    for number in 0..<40 {
      try FileManager.default.removeItem(atPath: here.path + "/n\(number).md")
    }
    for number in 0..<100 { try here.write("other words \(number)\n", to: "o\(number).md") }
    let refused = here.notes("save")
    // With the settings.
    #expect(refused.status == 8 && refused.errors.contains("40 of 100 files are gone"))
    try here.notes("save", "--accept-deletions").succeeded()
  }

  @Test("a lock in a remote is told once while a sync is tried again, however old it gets")
  func toldOnce() {
    let lock = "the lock file /r/refs/heads/main.lock, 4 seconds old, is in the way"
    #expect(SyncWatch.tellSame(lock, lock.replacing("4 sec", with: "11 sec")))
    #expect(!SyncWatch.tellSame(lock, "the remote is not there"))
  }

  @Test("how often it looks is told in words")
  func interval() {
    for (typed, told) in [
      ("5m", "every 5 minutes"), ("1h", "every hour"), ("90s", "every 90 seconds"),
      ("60m", "every hour"), ("1s", "every second"),
    ] {
      #expect(TimeSpan(argument: typed)?.interval == told)
    }
  }

  @Test("notes that were moved to where they are none count as gone")
  func massDeletionIntoHiddenFolder() throws {
    for number in 0..<40 {
      try here.write("note \(number * 7919)\n", to: "n\(number).md")
    }
    try here.notes("sync", "--remote", remote).succeeded()
    try runProcess(["sh", "-c", "mkdir .old; mv n*.md .old"], in: here.path)
    let refused = here.notes("sync")
    #expect(refused.status == 8 && refused.errors.contains("40 of 41 files are gone"))
    #expect(here.notes("status").output.contains("D n1.md"))
    try runProcess(["sh", "-c", "mv .old/* ."], in: here.path)
    #expect(here.notes("sync").output == "")
  }

  @Test("what was last seen of a remote, torn by a power cut, stops nothing and is made anew")
  func tornReference() throws {
    try here.write("one\n", to: "one.md")
    try here.notes("sync", "--remote", remote).succeeded()
    for (text, command) in [("", "sync"), ("\0\0\0", "doctor"), ("12345", "save")] {
      try here.write(text, to: ".git/refs/remotes/origin/main")
      try here.write("\(text.count) more\n", to: "one.md")
      let status = here.notes("status")
      #expect(status.status == 0, "\(status.errors)")
      let result = here.notes(command)
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      if command == "doctor" {
        #expect(result.output.contains("refs/remotes/origin/main was damaged"), "\(result.output)")
      }
      try here.notes("sync").succeeded()
      #expect(here.notes("status").errors.contains("level with origin/main"))
      let seen = try here.git("rev-parse", "origin/main").output
      #expect(try here.git("rev-parse", "HEAD").output == seen)
    }
  }

  @Test("conflicts that were settled are no notes that were removed, on this machine and on others")
  func manySettled() throws {
    let names = (0..<10).map { "n\($0)" }
    func write(_ word: String, in vault: TestVault) throws {
      for name in names { try vault.write("The sky is \(word).\n", to: name + ".md") }
    }
    try write("grey", in: here)
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try write("blue", in: here)
    try here.notes("sync").succeeded()
    try write("red", in: there)
    #expect(there.notes("sync").status == 3)
    #expect(here.notes("sync").status == 3)
    for name in names { try there.notes("resolve", "-q", name, "--mine").succeeded() }
    try there.notes("save").succeeded()
    try there.notes("sync").succeeded()
    try here.notes("sync").succeeded()
    #expect(try here.read("n9.md") == "The sky is red.\n" && here.notes("conflicts").status == 1)
  }

  @Test("no remote, or one that is not there, is one line and the right code; the snapshot is kept")
  func noRemote() throws {
    try here.write("one\n", to: "one.md")
    let none = here.notes("sync")
    #expect(none.status == 6 || none.status == 2)
    #expect(none.errors.contains("--remote"))
    let missing = here.notes("sync", "--remote", here.folder.path + "/nowhere.git")
    #expect(missing.status == 6)
    #expect(try here.git("log", "--oneline").output.split(separator: "\n").count == 1)
  }

  @Test("a push that the remote's hook refuses exits 7 with its words, and the next sync works")
  func refusedPush() throws {
    // libgit2's path transport runs no hooks, so the user's git is asked.
    try here.write("one\n", to: "one.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let hook = remote + "/hooks/pre-receive"
    try here.folder.write(
      "#!/bin/sh\necho no pushing today >&2\nexit 1\n", to: "remote.git/hooks/pre-receive")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
    try here.write("two\n", to: "two.md")
    let refused = here.notes("sync", "--via", "git")
    #expect(refused.status == 7)
    #expect(refused.errors.contains("no pushing today"))
    try FileManager.default.removeItem(atPath: hook)
    try here.notes("sync", "--via", "git").succeeded()
    try isSound(here)
  }

  @Test("a remote that has lost its objects takes nothing, and says so; an empty one takes all")
  func damagedRemote() throws {
    try here.write("one\n", to: "n.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let tip = try here.git("rev-parse", "main", in: remote).output
    try runProcess(["find", remote + "/objects", "-type", "f", "-delete"])
    try here.write("two\n", to: "n.md")
    for _ in 0..<2 {
      let result = here.notes("sync")
      #expect(result.status == 7, "\(result.output)\(result.errors)")
      #expect(
        result.errors.contains("it is damaged, and its main cannot be read there"),
        "\(result.errors)")
      #expect(try here.git("rev-parse", "main", in: remote).output == tip)
    }
    try runProcess(["rm", "-r", remote])
    try here.makeRemote()
    try here.notes("sync").succeeded()
    #expect(try here.git("show", "main:n.md", in: remote).output == "two\n")
  }

  @Test(
    "a remote that cannot be used as it is is told as the remote, with what to do there",
    arguments: [
      (
        "clone -q --bare --depth 1 file://hub.git bad.git", "does not hold its whole history",
        "git -C BAD fetch --unshallow"
      ),
      (
        "clone -q --bare hub.git bad.git; git -C bad.git config core.repositoryformatversion 1; "
          + "git -C bad.git config extensions.foo bar",
        "uses a git format that cannot be read (foo)",
        "notes sync --via git"
      ),
    ])
  func unfitRemote(script: String, words: String, hint: String) throws {
    try here.write("one\n", to: "n.md")
    try here.notes("sync", "--remote", remote).succeeded()
    try here.write("two\n", to: "n.md")
    try here.notes("sync").succeeded()
    let made = script.replacing("file://hub.git", with: "file://" + remote)
      .replacing(" hub.git", with: " " + remote)
    try runProcess(
      ["sh", "-ec", "git \(made)"], in: here.folder.path, environment: here.environment)
    let bad = here.folder.path + "/bad.git"
    try here.git("remote", "set-url", "origin", bad)
    let result = here.notes("sync")
    #expect(result.status == 4, "\(result.output)\(result.errors)")
    #expect(
      result.errors.contains("the remote cannot be used: \(bad) \(words)"), "\(result.errors)")
    #expect(
      result.errors.contains("hint: " + hint.replacing("BAD", with: bad)), "\(result.errors)")
  }

  @Test("a sync in which nothing but a conflict's record came or went is not told as nothing")
  func recordsAlone() throws {
    try here.write("one\n", to: "n.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    let third = try clone("third")
    try here.write("two\n", to: "n.md")
    try here.notes("sync").succeeded()
    try third.notes("sync").succeeded()
    try there.write("three\n", to: "n.md")
    #expect(there.notes("sync").status == 3)
    let came = third.notes("sync")
    #expect(came.status == 3)
    #expect(
      came.errors.contains("synced with origin/main: 1 conflict record in\n"), "\(came.errors)")
    try there.notes("resolve", "n").succeeded()
    let sent = try there.notes("sync").succeeded()
    #expect(
      sent.errors.contains("synced with origin/main: 1 conflict record out\n"), "\(sent.errors)")
    let settled = try third.notes("sync").succeeded()
    #expect(settled.errors.contains("synced with origin/main: 1 conflict record in\n"))
    #expect(third.notes("sync").errors.contains("nothing to do"))
  }

  @Test("a note of theirs that was moved onto one of ours takes nothing's place")
  func movedOntoOurs() throws {
    try here.write("a note that is moved there\n", to: "c.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try there.notes("mv", "c", "d").succeeded()
    try there.notes("sync").succeeded()
    try here.write("my own d\n", to: "d.md")
    try here.notes("sync").succeeded()
    #expect(try here.read("d.md") == "my own d\n")
    #expect(try here.read("c.md") == "a note that is moved there\n")
  }

  @Test("a folder of theirs that became a file, and the other way round, is one here too")
  func folderAndFile() throws {
    try here.write("in the folder\n", to: "was-folder/a.md")
    try here.write("a file\n", to: "was-file")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    for path in ["was-folder", "was-file"] {
      try FileManager.default.removeItem(atPath: there.path + "/" + path)
    }
    try there.write("a file now\n", to: "was-folder")
    try there.write("a folder now\n", to: "was-file/b.md")
    try there.notes("sync").succeeded()
    try here.notes("sync").succeeded()
    #expect(try here.read("was-folder") == "a file now\n")
    #expect(try here.read("was-file/b.md") == "a folder now\n")
    try here.notes("undo").succeeded()
    #expect(try here.read("was-folder/a.md") == "in the folder\n")
    try here.notes("undo").succeeded()
    try isSound(here)
  }

  @Test("a file of theirs for which a folder leaves no place waits, and stays in the snapshots")
  func folderInTheWay() throws {
    try here.write("*.tmp\n", to: ".gitignore")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try there.write("their text\n", to: "place")
    try there.write("other text\n", to: "empty")
    try there.notes("sync").succeeded()
    try here.write("ignored\n", to: "place/x.tmp")
    try here.write("", to: "empty/x")
    try FileManager.default.removeItem(atPath: here.path + "/empty/x")
    let synced = here.notes("sync")
    #expect(synced.status == 2)
    #expect(
      synced.errors.contains("not written: place (place is a folder: move it"), "\(synced.errors)")
    #expect(here.notes("sync").status == 2)
    #expect(try here.read("empty") == "other text\n")
    #expect(try here.read("place/x.tmp") == "ignored\n")
    #expect(try here.git("show", "HEAD:place").output == "their text\n")
  }

  @Test("whether a file may be run is synced, and not taken back by the next snapshot")
  func executable() throws {
    try here.write("#!/bin/sh\n", to: "run.sh")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try runProcess(["chmod", "+x", "run.sh"], in: there.path)
    try there.notes("sync").succeeded()
    try here.notes("sync").succeeded()
    #expect(FileManager.default.isExecutableFile(atPath: here.path + "/run.sh"))
    #expect(here.notes("save").errors.contains("nothing"))
    try isSound(here)
    try here.notes("undo").succeeded()
    #expect(!FileManager.default.isExecutableFile(atPath: here.path + "/run.sh"))
  }

  @Test("settings that another machine broke stop no sync, so that the mended ones can come")
  func brokenSettings() throws {
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    for text in ["largest-file: 20 megs\n", "site: {base: 'ftp://x/'}\n", "largest-file: 5 MB\n"] {
      try there.write(text, to: ".notes/config.yaml")
      try there.git("commit", "-qam", "settings")
      try there.git("push", "-q", "origin", "main")
      try here.notes("sync").succeeded()
      #expect(try here.read(".notes/config.yaml") == text)
    }
    #expect(here.notes("status").errors.contains("warning") == false)
  }

  @Test("a lock that a killed push left in a remote is removed, and one of another program is not")
  func staleRemoteLock() throws {
    try here.write("one\n", to: "one.md")
    try here.notes("sync", "--remote", remote).succeeded()
    try here.write("two\n", to: "two.md")
    let lock = remote + "/refs/heads/main.lock"
    try Data().write(to: URL(fileURLWithPath: lock))
    let refused = here.notes("sync")
    #expect(refused.status == 7 && refused.errors.contains("main.lock"))
    // What a killed command leaves in our own lock: when it began.
    let now = Int64(Date().timeIntervalSince1970 * 1_000_000_000)
    try here.write("notes sync (process 1)\n\(now - 5_000_000_000)\n", to: ".git/notes/lock")
    try here.notes("sync").succeeded()
    #expect(!FileManager.default.fileExists(atPath: lock))
  }

  @Test("a clone is nothing to take back")
  func undoOfClone() throws {
    try here.write("one\n", to: "one.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    #expect(there.notes("undo").status == 1)
    #expect(there.has("one.md") && there.has(".notes/config.yaml"))
  }

  @Test("a mistyped remote does not stay, nor does one of a dry run")
  func mistypedRemote() throws {
    try here.write("one\n", to: "one.md")
    #expect(here.notes("sync", "--remote", "../typo.git").status == 6)
    #expect(here.notes("sync", "--remote", remote, "-n").lines.contains("out  A one.md"))
    #expect(try here.git("remote").output == "")
    #expect(here.notes("sync", "--remote", remote).status == 0)
  }

  @Test("a branch that another machine made while we pushed to an empty remote is seen")
  func lostFirstPush() throws {
    try here.write("one\n", to: "one.md")
    let other = try TestVault(name: "other", beside: here)
    try other.write("two\n", to: "two.md")
    try other.notes("save").succeeded()
    try overtake(by: other)
    let result = here.notes("sync", "--remote", remote, "--via", "git")
    // Their history is another: that it is refused shows that it was seen, at the second attempt.
    #expect(result.status == 8, "\(result.errors)")
    #expect(result.errors.contains("--allow-unrelated"))
  }

  @Test("what was not let in is told once, however often a push was overtaken")
  func refusedOnce() throws {
    try here.write("one\n", to: "one.md")
    try here.notes("sync", "--remote", remote).succeeded()
    let there = try clone()
    try FileManager.default.createSymbolicLink(
      atPath: there.path + "/link.md", withDestinationPath: "/etc/passwd")
    try there.git("add", "link.md")
    try there.git("commit", "-q", "-m", "link")
    try there.git("push", "-q", remote, "main")
    try there.write("two\n", to: "two.md")
    try there.notes("save").succeeded()
    try overtake(by: there)
    try here.write("one, more\n", to: "one.md")
    let result = try here.notes("sync", "--via", "git").succeeded()
    #expect(here.has("two.md"))
    let told = result.errors.split(separator: "\n").filter { $0.contains("not let in: link.md") }
    #expect(told.count == 1, "\(result.errors)")
  }

  /// Has another machine push once while this one does: the remote's git asks the hook before it moves the
  /// branch.
  private func overtake(by other: TestVault) throws {
    try here.folder.write(
      """
      #!/bin/sh
      cat >/dev/null
      unset $(git rev-parse --local-env-vars) GIT_QUARANTINE_PATH
      mkdir \(here.folder.path)/raced 2>/dev/null || exit 0
      git -C \(other.path) push -q \(remote) main
      """, to: "remote.git/hooks/pre-receive")
    try runProcess(["chmod", "+x", remote + "/hooks/pre-receive"])
  }
}
