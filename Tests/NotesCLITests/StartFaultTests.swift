import Foundation
import TestSupport
import Testing

/// `init` and `clone`, killed or refused by the disk at any point: typed again, they make the vault.
@Suite("a vault that was begun", .enabled(if: Faults.canRun), .serialized)
struct StartFaultTests {
  let vault: TestVault
  let faulter: String
  var remote: String { vault.remote }
  var target: String { vault.folder.path + "/target" }

  init() throws {
    vault = try TestVault()
    faulter = try Faults.buildTool(in: vault.folder.path)
    try vault.makeRemote()
    try vault.write("one\n", to: "a.md")
    try vault.write("two\n", to: "b/c.md")
    try vault.notes("sync", "--remote", remote).succeeded()
  }

  /// Runs a command beside the target, under a fault if there is one.
  private func run(_ command: [String], _ fault: [String] = []) throws -> ProcessResult {
    let tool = fault.isEmpty ? [] : [faulter] + fault + [vault.folder.path]
    return try runProcess(
      tool + [Faults.program] + command, in: vault.folder.path, environment: vault.environment)
  }

  /// Strikes a command at each of its calls, or at some, and calls `check` after it was typed again.
  private func strike(
    _ command: [String], _ fault: String, prepare: () throws -> Void,
    check: (Int, ProcessResult) throws -> Void
  ) throws {
    func begin() throws {
      try runProcess(["rm", "-rf", target], in: vault.folder.path)
      try prepare()
    }
    try begin()
    let count = try Faults.count(in: run(command, ["count", "0"]))
    for place in Faults.places(count, atMost: 15) {
      try begin()
      _ = try run(command, [fault, "\(place)"])
      try check(place, try run(command))
    }
  }

  /// What must hold of the target, and of what is beside it.
  ///
  /// The call that failed may be the one that removes a lock of libgit2's; after a kill none is left.
  private func isSound(_ label: Comment, _ fault: String) throws {
    let fsck = try vault.git("fsck", "--full", "--strict", "--no-dangling", in: target)
    #expect(fsck.status == 0, label)
    let rests = try runProcess(
      [
        "find", vault.folder.path, "(", "-name", fault == "kill" ? "*.lock" : "*notes-*~", "-o",
        "-name", "*notes-*~", "-o",
        "-name",
        "_git2_*", ")", "-not", "-path", "*/.git/notes/*",
      ], in: target)
    #expect(rests.output == "", label)
  }

  @Test("init, typed again, makes the vault", arguments: ["kill", "err=28"])
  func initAgain(fault: String) throws {
    try strike(["init", "target"], fault) {
      try vault.folder.write("# A\n", to: "target/a.md")
    } check: { place, again in
      #expect(again.status == 0, "\(fault) at \(place): \(again.errors)")
      try isSound("\(fault) at \(place)", fault)
      #expect(try run(["save", "-q", "-C", "target"]).status == 0)
      #expect(try vault.git("ls-files", in: target).output == ".notes/config.yaml\na.md\n")
    }
  }

  @Test(
    "clone, typed again, makes the vault, in a folder that was there too",
    arguments: ["kill", "err=28"], [false, true])
  func cloneAgain(fault: String, isThere: Bool) throws {
    try strike(["clone", "remote.git", "target"], fault) {
      if isThere {
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
      }
    } check: { place, again in
      let label: Comment = "\(fault) at \(place): \(again.errors)"
      // It may have been done but for the index when it was struck.
      #expect(again.status == 0 || again.errors.contains("has something in it"), label)
      try isSound(label, fault)
      #expect(try run(["sync", "-q", "-C", "target"]).output == "", label)
      #expect(try vault.git("status", "--porcelain", in: target).output == "", label)
      let same = try runProcess(["diff", "-r", "-x", ".git", vault.path, target], in: target)
      #expect(same.output == "", label)
      #expect(
        try vault.git("rev-list", "--all", "--max-parents=0", in: target).output.split(
          separator: "\n"
        ).count == 1, label)
    }
  }
}
