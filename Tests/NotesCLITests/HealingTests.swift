import Foundation
import TestSupport
import Testing
import Web

@testable import NotesCLI

/// What a command leaves that was struck, and what the next one makes of it.
@Suite("healed after a fault", .enabled(if: Faults.canRun), .serialized)
struct HealingTests {
  private let struck: StruckVault
  private var vault: TestVault { struck.vault }

  init() throws { struck = try StruckVault() }

  @Test(
    "a kill of the command that heals a kill is healed too",
    arguments: [["sync"], ["mv", "b", "d"]])
  func killTwice(command: [String]) throws {
    let healing = ["save", "-q", "-m", "heal"]
    for place in try struck.places(of: command, atMost: 4) {
      try struck.reset()
      try struck.run(command, "kill", place)
      // Counting heals, so each of them begins anew.
      for second in try struck.places(of: healing, atMost: 2) {
        try struck.reset()
        try struck.run(command, "kill", place)
        try struck.run(healing, "kill", second)
        try struck.isHealed(command + ["and \(second)"], place, afterKill: true)
      }
    }
  }

  @Test(
    "what a kill left of git's locks is healed though the next command is killed as it takes ours",
    arguments: ["kill", "torn", "errp=28"])
  func killedAtTheLock(fault: String) throws {
    let now = Int64(Date().timeIntervalSince1970 * 1_000_000_000)
    for place in 1...4 {
      try struck.reset()
      // As a save leaves it that is killed while it moves the branch.
      try vault.write("", to: ".git/refs/heads/main.lock")
      try vault.write("notes save (process 1)\n\(now - 1_000_000_000)\n", to: ".git/notes/lock")
      try runProcess(
        [
          struck.faulter, fault, "\(place)", vault.path + "/.git/notes/lock", Faults.program,
          "save",
        ],
        in: vault.path, environment: vault.environment)
      try struck.isHealed(["save, \(fault) at the lock"], place, afterKill: true)
    }
  }

  @Test(
    "a killed sync is healed where other commands come first, too",
    arguments: [["version", "cut", "-q", "c", "-m", "x"], ["add", "-q", "New", "text"]])
  func killThenOthers(next: [String]) throws {
    // What is taken in is the other machine's merge with what was sent from here, so that the text which
    // the index has is nowhere along the first parents.
    let other = vault.folder.path + "/other"
    let script = """
      printf 'one\\n\\nKEEPBETA here\\n' >b.md; "$1" sync -q; cd "$2"
      printf 'one, changed again\\n\\nKEEPBETA\\n' >b.md; "$1" sync -q
      """
    let made = try runProcess(
      ["sh", "-ec", script, "sh", Faults.program, other], in: vault.path,
      environment: vault.environment)
    try #require(made.status == 0, "\(made.errors)")
    try struck.keepAsBase()
    for place in try struck.places(of: ["sync"], atMost: 20) {
      try struck.reset()
      try struck.run(["sync"], "kill", place)
      let done = try runProcess(
        [Faults.program] + next, in: vault.path, environment: vault.environment)
      #expect(done.status == 0, "after a kill at \(place): \(done.errors)")
      try struck.isHealed(["sync"] + next, place, afterKill: true)
    }
  }

  @Test(
    "a killed sync is healed by the page that is asked for next, and by a form",
    arguments: [true, false])
  func killThenPages(isForm: Bool) throws {
    for place in try struck.places(of: ["sync"], atMost: 12) {
      try struck.reset()
      try struck.run(["sync"], "kill", place)
      let desk = try vault.desk()
      let response = desk.response(
        to: isForm
          ? WebRequest(path: ["add"], form: ["text": "Title\n\nTYPED"])
          : WebRequest(path: ["notes"], query: [:], headers: [:]))
      #expect(response.status == (isForm ? 303 : 200), "after a kill at \(place)")
      #expect(!vault.has(".git/notes/journal"))
      try struck.isHealed(["sync", "pages"], place, afterKill: true)
    }
  }

  @Test(
    "a killed sync is healed by a command that only reads, and is never taken for the user's edits",
    arguments: [["status"], ["list", "-q"], ["history", "-q"]])
  func killThenReaders(next: [String]) throws {
    for place in try struck.places(of: ["sync"]) {
      try struck.reset()
      try struck.run(["sync"], "kill", place)
      let reader = try runProcess(
        [Faults.program] + next, in: vault.path, environment: vault.environment)
      #expect(reader.status == 0, "\(next) at \(place): \(reader.errors)")
      // The edit that the sync was to save is the user's own.
      if next == ["status"] { #expect(["", "M a.md\n"].contains(reader.output), "at \(place)") }
      let seen = try vault.git("status", "--porcelain")
      #expect(["", " M a.md\n"].contains(seen.output), "\(next) at \(place): \(seen.output)")
    }
  }

  @Test(
    "a command that could not write a file has done nothing, or says that the next one sees to it",
    arguments: [
      ["mv", "b", "sub/d"], ["rm", "a", "b"], ["resolve", "b", "--mine"], ["undo"],
    ])
  func allOrNothing(command: [String]) throws {
    // With a conflict over the note, whose record goes with it.
    let other = vault.folder.path + "/other"
    let script = """
      printf 'one, here\\n\\nKEEPBETA\\n' >b.md; "$1" save -q
      "$1" sync -q; test -e .notes/conflicts || exit 9; rm c.md; "$1" add -q Own words
      """
    let made = try runProcess(
      ["sh", "-c", script, "sh", Faults.program, other], in: vault.path,
      environment: vault.environment)
    try #require(made.status == 0, "\(made.status): \(made.errors)")
    try struck.keepAsBase()
    func state() throws -> String {
      try runProcess(
        [
          "sh", "-c",
          "find . -path ./.git -prune -o -type f -not -name '*.notes-*~' -print -exec cat {} +",
        ],
        in: vault.path
      ).output.split(separator: "\n").sorted().joined(separator: "\n")
    }
    let before = try state()
    let places = try struck.places(of: command, atMost: 9)
    let after = try state()
    try #require(before != after)
    for fault in ["err=5", "errp=28", "kill"] {
      for place in places {
        try struck.reset()
        let result = try struck.run(command, fault, place)
        let isUnfinished = fault == "kill" || result.errors.contains("not all is done")
        let label: Comment = "\(command), \(fault) at \(place): \(result.errors)"
        if result.status == 0 { #expect(try state() == after, label) }
        if result.status != 0, !isUnfinished { #expect(try state() == before, label) }
        try runProcess(
          [Faults.program, "list", "-q"], in: vault.path, environment: vault.environment)
        let settled = try state()
        if result.status == 0 { #expect(settled == after, label) }
        if result.status != 0, !isUnfinished { #expect(settled == before, label) }
        #expect([before, after].contains(settled), label)
      }
    }
  }

  @Test(
    "a temporary file that could not be removed goes with the next snapshot",
    arguments: [["save"], ["sync"]])
  func leftTemporary(next: [String]) throws {
    let place = try #require(
      try struck.run(["mv", "b", "d"], "list", 0).errors.split(separator: "\n")
        .first { $0.contains("unlinkat") && $0.contains("/.a.md.notes-") }?
        .split(separator: " ").first.flatMap { Int($0) })
    try struck.reset()
    #expect(try struck.run(["mv", "b", "d"], "err=5", place).status == 0)
    func temporaries() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: vault.path).count { $0.hasSuffix("~") }
    }
    #expect(try temporaries() == 1)
    #expect(vault.run(next).status == 0)
    #expect(try temporaries() == 0)
  }

  @Test("a lock of git's that could not be removed goes with the next command")
  func leftLock() throws {
    try vault.notes("sync").succeeded()
    try struck.keepAsBase()
    let place = try #require(
      try struck.run(["sync"], "list", 0).errors.split(separator: "\n")
        .first { $0.contains("unlink") && $0.contains("origin/main.lock") }?
        .split(separator: " ").first.flatMap { Int($0) })
    try struck.reset()
    try struck.run(["sync"], "err=5", place)
    #expect(vault.has(".git/refs/remotes/origin/main.lock"))
    try vault.notes("sync").succeeded()
    #expect(!vault.has(".git/refs/remotes/origin/main.lock"))
  }

  @Test("what a killed command left beside git's attributes goes with the next one")
  func leftAttributes() throws {
    let now = Int64(Date().timeIntervalSince1970 * 1_000_000_000)
    try vault.write("* text\n", to: ".git/info/attributes.notes-77~")
    try vault.write("notes hooks (process 1)\n\(now - 1_000_000_000)\n", to: ".git/notes/lock")
    try vault.notes("save").succeeded()
    #expect(!vault.has(".git/info/attributes.notes-77~"))
    #expect(vault.has(".git/info/attributes"))
  }

  @Test("a vault in another repository is healed after a kill, and its operations are taken back")
  func insideRepository() throws {
    let docs = try TestVault(isVault: false, name: "outer/docs", beside: vault)
    let outer = vault.folder.path + "/outer"
    try docs.write("", to: ".notes/config.yaml")
    try docs.write("# Doc\n", to: "d.md")
    for number in 1...3 { try docs.write("see [[d]]\n", to: "l\(number).md") }
    try docs.git("init", "--quiet", "-b", "main", in: outer)
    try docs.notes("mv", "d", "e").succeeded()
    try docs.notes("undo").succeeded()
    #expect(try docs.has("d.md") && docs.read("l1.md") == "see [[d]]\n")
    try docs.notes("undo").succeeded()
    #expect(try docs.has("e.md") && docs.read("l1.md") == "see [[e]]\n")
    try docs.write("see [[e]] now\n", to: "l1.md")
    #expect(docs.notes("undo").status == 2)
    try docs.write("see [[e]]\n", to: "l1.md")
    try docs.notes("undo").succeeded()
    try runProcess(["cp", "-a", outer, outer + ".base"])
    func strike(_ fault: String, _ place: Int) throws -> ProcessResult {
      try runProcess(["sh", "-c", "rm -rf outer; cp -a outer.base outer"], in: vault.folder.path)
      return try runProcess(
        [struck.faulter, fault, "\(place)", outer, Faults.program, "mv", "d", "e"],
        in: docs.path, environment: docs.environment)
    }
    for place in try Faults.places(Faults.count(in: strike("count", 0)), atMost: 14) {
      _ = try strike("kill", place)
      let label: Comment = "kill at \(place)"
      let looked = docs.notes(place % 2 == 0 ? "list" : "doctor")
      #expect(!looked.errors.contains("not finished"), "kill at \(place): \(looked.errors)")
      #expect(docs.notes("add", "New", "text").status == 0, label)
      let name = docs.has("e.md") ? "e" : "d"
      for number in 1...3 {
        #expect(try docs.read("l\(number).md") == "see [[\(name)]]\n", label)
      }
      #expect(docs.has("e.md") != docs.has("d.md"), label)
      #expect(try docs.git("status", "--porcelain", in: outer).output == "?? docs/\n", label)
      let lock = try docs.read("../.git/notes/inside/docs/lock")
      #expect(!lock.contains("process"), label)
    }
    try docs.write("torn", to: "../.git/notes/inside/docs/journal")
    try docs.notes("add", "Newer", "text").succeeded()
  }
}
