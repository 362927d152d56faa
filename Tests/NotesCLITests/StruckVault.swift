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

  /// The places at which to strike: all (`NOTES_FAULTS=all`), or about so many of them spread evenly,
  /// others with each `NOTES_SEED`.
  static func places(_ count: Int, atMost few: Int) -> [Int] {
    let environment = ProcessInfo.processInfo.environment
    let step = environment["NOTES_FAULTS"] == "all" ? 1 : max(1, count / few)
    let seed = environment["NOTES_SEED"].flatMap { Int($0) } ?? 0
    return Array(stride(from: 1 + seed % step, through: count, by: step))
  }
}

/// A vault with something to save, to send and to take in, against which a command is struck again and
/// again.
struct StruckVault {
  let vault: TestVault
  let faulter: String
  var remote: String { vault.remote }
  private let words = ["KEEPALPHA", "KEEPBETA", "KEEPGAMMA"]

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
}
