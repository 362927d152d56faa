import Foundation
import TestSupport
import Testing

/// Kills the built program before its n-th file-modifying system call, and fails that call, for
/// every n (or a sample of them; `NOTES_FAULTS=all` takes every one).
@Suite("killed, or refused by the disk, at any point", .enabled(if: Faults.canRun), .serialized)
struct FaultTests {
  private let struck: StruckVault
  private var vault: TestVault { struck.vault }

  init() throws { struck = try StruckVault() }

  private static let commands = [
    ["save", "-m", "x"], ["mv", "b", "d"], ["rm", "a"], ["add", "New", "text"], ["sync"], ["index"],
    ["undo"], ["restore", "a", "HEAD"],
  ]

  @Test(
    "after a kill the next command heals what is left, and no text is lost", arguments: commands)
  func kill(command: [String]) throws {
    for place in try struck.places(of: command) {
      try struck.reset()
      try struck.run(command, "kill", place)
      try struck.isHealed(command, place, afterKill: true)
    }
  }

  @Test(
    "struck while objects are packed, none is lost",
    arguments: ["kill", "torn", "err=5", "errp=28"])
  func packing(fault: String) throws {
    let base = vault.folder.path + "/vault.base"
    try vault.git("config", "gc.auto", "1", in: base)
    let command = ["save", "-m", "x"]
    for place in try struck.places(of: command, atMost: 10) {
      try struck.reset()
      let result = try struck.run(command, fault, place)
      try struck.isHealed(command, place, afterKill: fault == "kill")
      guard fault == "kill", result.status != 0 else { continue }
      let rests = try runProcess(["find", ".git/objects", "-name", "pack_git2_*"], in: vault.path)
      #expect(rests.output == "", "\(place)")
    }
  }

  @Test(
    "a torn write leaves a note old or new, and no text is lost", arguments: [["save"], ["sync"]])
  func torn(command: [String]) throws {
    for place in try struck.places(of: command) {
      try struck.reset()
      try struck.run(command, "torn", place)
      try struck.isHealed(command, place)
    }
  }

  @Test(
    "a call that fails is one line and an exit code of the list, and no text is lost",
    arguments: [28, 5, 13], [["save", "-m", "x"], ["mv", "b", "d"], ["sync"]])
  func refused(number: Int, command: [String]) throws {
    let codes: Set<Int32> = [0, 1, 2, 3, 4, 5, 6, 7, 8]
    for place in try struck.places(of: command) {
      try struck.reset()
      let result = try struck.run(command, "err=\(number)", place)
      #expect(codes.contains(result.status), "\(command) at \(place): \(result.errors)")
      try struck.isHealed(command, place)
    }
  }

  @Test("a disk that stays full loses nothing, and works again when there is room")
  func full() throws {
    for command in [["save", "-m", "x"], ["sync"], ["add", "New", "text"]] {
      for place in try struck.places(of: command) {
        try struck.reset()
        try struck.run(command, "errp=28", place)
        try struck.isHealed(command, place)
      }
    }
  }

  @Test("a disk that is full as the snapshot itself is written is told as that")
  func fullAtTheSnapshot() throws {
    let place = try #require(
      try struck.run(["save"], "list", 0).errors.split(separator: "\n")
        .last { $0.contains("tmp_object_git2_") }?.split(separator: " ").first.flatMap { Int($0) })
    for fault in ["err=28", "errp=28"] {
      for place in place - 5...place {
        try struck.reset()
        let result = try struck.run(["save"], fault, place)
        if result.status == 0 { continue }
        #expect(result.errors.contains("No space left on device"), "\(place): \(result.errors)")
        #expect(result.errors.contains("nothing was lost"), "\(place): \(result.errors)")
      }
    }
  }

  @Test(
    "a clone whose index cannot be made yet is a clone all the same",
    arguments: ["err=5", "errp=28"])
  func cloneWithoutIndex(fault: String) throws {
    let copy = vault.folder.path + "/copy"
    func clone(_ fault: String, _ place: Int) throws -> ProcessResult {
      try runProcess(["rm", "-rf", copy])
      return try runProcess(
        [struck.faulter, fault, "\(place)", copy, Faults.program, "clone", struck.remote, copy],
        in: vault.folder.path, environment: vault.environment)
    }
    let place = try #require(
      try clone("list", 0).errors.split(separator: "\n")
        .first { $0.contains("index.sqlite") }?.split(separator: " ").first.flatMap { Int($0) })
    let result = try clone(fault, place)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("cloned"), "\(result.errors)")
    let listed = try runProcess(
      [Faults.program, "list", "-q"], in: copy, environment: vault.environment)
    #expect(listed.status == 0 && listed.output.contains("c.md"), "\(listed)")
  }

  @Test(
    "a disk that goes on failing loses nothing, and works again when it is mended",
    arguments: [5, 24, 30], [["save", "-m", "x"], ["sync"]])
  func failing(number: Int, command: [String]) throws {
    let codes: Set<Int32> = [0, 1, 2, 3, 4, 5, 6, 7, 8]
    for place in try struck.places(of: command, atMost: 5) {
      try struck.reset()
      let result = try struck.run(command, "errp=\(number)", place)
      #expect(codes.contains(result.status), "\(command) at \(place): \(result.errors)")
      try struck.isHealed(command, place)
    }
  }

  @Test("told to end at any moment, it ends, and the next command heals", arguments: [2, 15])
  func signalled(signal: Int32) throws {
    for pause in stride(from: 1_000, to: 60_000, by: 5_000) {
      try struck.reset()
      let child = try ChildProcess(
        [Faults.program, "sync"], in: vault.path, environment: vault.environment)
      usleep(UInt32(pause))
      child.send(signal)
      let status = try child.wait(seconds: 120)
      #expect([0, 3, 130, 128 + signal].contains(status), "after \(pause) microseconds: \(status)")
      try struck.isHealed(["sync", "signal \(signal)"], pause)
    }
  }
}
