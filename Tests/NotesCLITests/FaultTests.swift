import Foundation
import TestSupport
import Testing

/// The built program, and the tool that makes its system calls fail.
enum Faults {
  static let program = built("notes")
  static let tool = URL(fileURLWithPath: SharedData.path).deletingLastPathComponent()
    .appendingPathComponent("tools/kp.c").path
  static let canRun =
    FileManager.default.fileExists(atPath: tool) && FileManager.default.fileExists(atPath: program)

  /// A program beside the test bundle.
  static func built(_ name: String) -> String {
    URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent(name).path
  }

  /// Builds the tool that strikes in a folder; its path.
  static func buildTool(in folder: String) throws -> String {
    let path = folder + "/kp"
    try #require(try runProcess(["cc", "-O1", "-o", path, tool]).status == 0)
    return path
  }

  /// The calls that the tool counted.
  static func count(in counting: ProcessResult) throws -> Int {
    let tail = counting.errors.split(separator: "=").dropFirst().first?.prefix { $0.isNumber }
    return try #require(tail.flatMap { Int($0) })
  }

  /// The places at which to strike: all, or so many of them spread evenly.
  static func places(_ count: Int, atMost few: Int) -> [Int] {
    let all = ProcessInfo.processInfo.environment["NOTES_FAULTS"] == "all"
    return Array(stride(from: 1, through: count, by: all ? 1 : max(1, count / few)))
  }
}

/// Kills the built program before its n-th file-modifying system call, and fails that call, for
/// every n (or a sample of them; `NOTES_FAULTS=all` takes every one).
@Suite("killed, or refused by the disk, at any point", .enabled(if: Faults.canRun), .serialized)
struct FaultTests {
  let vault: TestVault
  let faulter: String
  var remote: String { vault.remote }
  private let words = ["KEEPALPHA", "KEEPBETA", "KEEPGAMMA"]

  /// A vault with something to save, to send and to take in.
  init() throws {
    vault = try TestVault()
    faulter = try Faults.buildTool(in: vault.folder.path)
    try vault.makeRemote()
    try vault.write("KEEPALPHA [[b]]\n", to: "a.md")
    try vault.write("one\n\nKEEPBETA\n", to: "b.md")
    try vault.notes("sync", "--remote", remote).succeeded()
    let other = try vault.cloned(as: "other")
    try other.write("one, changed there\n\nKEEPBETA\n", to: "b.md")
    try other.write("KEEPGAMMA\n", to: "c.md")
    try other.notes("sync").succeeded()
    try vault.write("KEEPALPHA [[b]] more\n", to: "a.md")
    try keepAsBase()
  }

  static let commands = [
    ["save", "-m", "x"], ["mv", "b", "d"], ["rm", "a"], ["add", "New", "text"], ["sync"], ["index"],
    ["undo"], ["restore", "a", "HEAD"],
  ]

  /// Keeps the vault and its remote as they are for `reset`.
  func keepAsBase() throws {
    for (path, name) in [(vault.path, "vault"), (remote, "remote")] {
      let base = vault.folder.path + "/\(name).base"
      try runProcess(["rm", "-rf", base])
      try runProcess(["cp", "-a", path, base])
    }
  }

  /// Puts the vault and its remote back to how they were kept.
  func reset() throws {
    for name in ["vault", "remote"] {
      let target = name == "vault" ? vault.path : remote
      try runProcess(["rm", "-rf", target])
      try runProcess(["cp", "-a", vault.folder.path + "/\(name).base", target])
    }
  }

  /// Runs a command under a fault; the program's exit code.
  @discardableResult
  func run(_ command: [String], _ fault: String, _ place: Int) throws -> ProcessResult {
    try runProcess(
      [faulter, fault, "\(place)", vault.path, Faults.program] + command, in: vault.path,
      environment: vault.environment)
  }

  /// The places at which to strike: all, or so many of them spread evenly.
  func places(of command: [String], atMost few: Int = 14) throws -> [Int] {
    try Faults.places(Faults.count(in: run(command, "count", 0)), atMost: few)
  }

  /// What must hold afterwards, once one ordinary command has run.
  ///
  /// A call that failed may be the one that removes a temporary object of libgit2's; after a kill
  /// none is left.
  func isHealed(_ command: [String], _ place: Int, afterKill: Bool = false) throws {
    let label: Comment = "\(command) at \(place)"
    let healing = try runProcess(
      [Faults.program, "save", "-q", "-m", "heal"], in: vault.path, environment: vault.environment)
    #expect(healing.status == 0, "\(command) at \(place): \(healing.errors)")
    let fsck = try vault.git("fsck", "--full", "--strict", "--no-dangling")
    #expect(fsck.status == 0 && fsck.errors.isEmpty, "\(command) at \(place): \(fsck.errors)")
    #expect(try vault.git("status", "--porcelain").output == "", label)
    let rests = try runProcess(
      [
        "find", ".", "(", "-name", "*.lock", "-o", "-name", "*notes-*~", "-o", "-name",
        afterKill ? "tmp_object_*" : "*.lock", ")", "-not", "-path", "./.git/notes/*",
      ], in: vault.path)
    #expect(rests.output == "", label)
    // Every text is in a note, in the history of this machine or the remote, or in the trash.
    let everywhere = try runProcess(
      [
        "sh", "-c",
        """
        cat *.md; cat .git/notes/trash/* 2>/dev/null; git log -p --all; git -C "$1" log -p --all
        """, "sh", remote,
      ], in: vault.path, environment: vault.environment)
    for word in words { #expect(everywhere.output.contains(word), label) }
    #expect(!everywhere.output.contains("<<<<<<<"), label)
  }

  @Test(
    "after a kill the next command heals what is left, and no text is lost", arguments: commands)
  func kill(command: [String]) throws {
    for place in try places(of: command) {
      try reset()
      try run(command, "kill", place)
      try isHealed(command, place, afterKill: true)
    }
  }

  @Test(
    "struck while objects are packed, none is lost",
    arguments: ["kill", "torn", "err=5", "errp=28"])
  func packing(fault: String) throws {
    let base = vault.folder.path + "/vault.base"
    try vault.git("config", "gc.auto", "1", in: base)
    let command = ["save", "-m", "x"]
    for place in try places(of: command, atMost: 10) {
      try reset()
      let result = try run(command, fault, place)
      try isHealed(command, place, afterKill: fault == "kill")
      guard fault == "kill", result.status != 0 else { continue }
      let rests = try runProcess(["find", ".git/objects", "-name", "pack_git2_*"], in: vault.path)
      #expect(rests.output == "", "\(place)")
    }
  }

  @Test(
    "a torn write leaves a note old or new, and no text is lost", arguments: [["save"], ["sync"]])
  func torn(command: [String]) throws {
    for place in try places(of: command) {
      try reset()
      try run(command, "torn", place)
      try isHealed(command, place)
    }
  }

  @Test(
    "a call that fails is one line and an exit code of the list, and no text is lost",
    arguments: [28, 5, 13], [["save", "-m", "x"], ["mv", "b", "d"], ["sync"]])
  func refused(number: Int, command: [String]) throws {
    let codes: Set<Int32> = [0, 1, 2, 3, 4, 5, 6, 7, 8]
    for place in try places(of: command) {
      try reset()
      let result = try run(command, "err=\(number)", place)
      #expect(codes.contains(result.status), "\(command) at \(place): \(result.errors)")
      try isHealed(command, place)
    }
  }

  @Test("a disk that stays full loses nothing, and works again when there is room")
  func full() throws {
    for command in [["save", "-m", "x"], ["sync"], ["add", "New", "text"]] {
      for place in try places(of: command) {
        try reset()
        try run(command, "errp=28", place)
        try isHealed(command, place)
      }
    }
  }

  @Test(
    "a kill of the command that heals a kill is healed too",
    arguments: [["sync"], ["mv", "b", "d"]])
  func killTwice(command: [String]) throws {
    let healing = ["save", "-q", "-m", "heal"]
    for place in try places(of: command, atMost: 4) {
      try reset()
      try run(command, "kill", place)
      // Counting heals, so each of them begins anew.
      for second in try places(of: healing, atMost: 2) {
        try reset()
        try run(command, "kill", place)
        try run(healing, "kill", second)
        try isHealed(command + ["and \(second)"], place, afterKill: true)
      }
    }
  }

  @Test(
    "what a kill left of git's locks is healed though the next command is killed as it takes ours",
    arguments: ["kill", "torn", "errp=28"])
  func killedAtTheLock(fault: String) throws {
    let now = Int64(Date().timeIntervalSince1970 * 1_000_000_000)
    for place in 1...4 {
      try reset()
      // As a save leaves it that is killed while it moves the branch.
      try vault.write("", to: ".git/refs/heads/main.lock")
      try vault.write("notes save (process 1)\n\(now - 1_000_000_000)\n", to: ".git/notes/lock")
      try runProcess(
        [faulter, fault, "\(place)", vault.path + "/.git/notes/lock", Faults.program, "save"],
        in: vault.path, environment: vault.environment)
      try isHealed(["save, \(fault) at the lock"], place, afterKill: true)
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
    try keepAsBase()
    for place in try places(of: ["sync"], atMost: 60) {
      try reset()
      try run(["sync"], "kill", place)
      try runProcess([Faults.program] + next, in: vault.path, environment: vault.environment)
      try isHealed(["sync"] + next, place, afterKill: true)
    }
  }

  @Test(
    "a killed sync is healed by a command that only reads, and is never taken for the user's edits",
    arguments: [["status"], ["list", "-q"], ["history", "-q"]])
  func killThenReaders(next: [String]) throws {
    for place in try places(of: ["sync"], atMost: 40) {
      try reset()
      try run(["sync"], "kill", place)
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
    try keepAsBase()
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
    let places = try places(of: command, atMost: 25)
    let after = try state()
    try #require(before != after)
    for fault in ["err=5", "errp=28", "kill"] {
      for place in places {
        try reset()
        let result = try run(command, fault, place)
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
      try run(["mv", "b", "d"], "list", 0).errors.split(separator: "\n")
        .first { $0.contains("unlinkat") && $0.contains("/.a.md.notes-") }?
        .split(separator: " ").first.flatMap { Int($0) })
    try reset()
    #expect(try run(["mv", "b", "d"], "err=5", place).status == 0)
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
    try keepAsBase()
    let place = try #require(
      try run(["sync"], "list", 0).errors.split(separator: "\n")
        .first { $0.contains("unlink") && $0.contains("origin/main.lock") }?
        .split(separator: " ").first.flatMap { Int($0) })
    try reset()
    try run(["sync"], "err=5", place)
    #expect(vault.has(".git/refs/remotes/origin/main.lock"))
    try vault.notes("sync").succeeded()
    #expect(!vault.has(".git/refs/remotes/origin/main.lock"))
  }

  @Test(
    "a disk that goes on failing loses nothing, and works again when it is mended",
    arguments: [5, 24, 30], [["save", "-m", "x"], ["sync"]])
  func failing(number: Int, command: [String]) throws {
    let codes: Set<Int32> = [0, 1, 2, 3, 4, 5, 6, 7, 8]
    for place in try places(of: command, atMost: 5) {
      try reset()
      let result = try run(command, "errp=\(number)", place)
      #expect(codes.contains(result.status), "\(command) at \(place): \(result.errors)")
      try isHealed(command, place)
    }
  }

  @Test("told to end at any moment, it ends, and the next command heals", arguments: [2, 15])
  func signalled(signal: Int32) throws {
    for pause in stride(from: 1_000, to: 60_000, by: 5_000) {
      try reset()
      let child = try ChildProcess(
        [Faults.program, "sync"], in: vault.path, environment: vault.environment)
      usleep(UInt32(pause))
      child.send(signal)
      let status = try child.wait(seconds: 20)
      #expect([0, 3, 130, 128 + signal].contains(status), "after \(pause) microseconds: \(status)")
      try isHealed(["sync", "signal \(signal)"], pause)
    }
  }
}
