import Foundation
import TestSupport
import Testing

/// A file system in a file, whose state on the disk at any moment can be copied and mounted: what a
/// power cut at that moment would have left.
final class Disk {
  private let folder = TemporaryFolder()
  private var image: String { folder.path + "/disk.img" }
  private var copies = 0

  /// Where it is mounted.
  var path: String { folder.path + "/disk" }

  /// Whether this machine lets us mount one.
  static let canBeMade: Bool = {
    guard geteuid() == 0, let disk = try? Disk() else { return false }
    return FileManager.default.fileExists(atPath: disk.path + "/lost+found")
  }()

  /// Makes an ext4 that writes nothing of its own accord for ten minutes: what is on it after a cut
  /// is what somebody asked it to put there.
  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try shell("truncate -s 96M \"$1\" && mkfs.ext4 -q -F \"$1\"", image)
    try shell("mount -o loop,commit=600 \"$1\" \"$2\"", image, path)
  }

  deinit { try? shell("umount -l \"$1\"", path) }

  /// Mounts a copy of the disk as it is now while `body` looks at it.
  func cut(_ body: (_ path: String) throws -> Void) throws {
    copies += 1
    let copy = folder.path + "/cut\(copies)"
    try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
    try shell("cp --sparse=always \"$1\" \"$2.img\"", image, copy)
    try shell("mount -o loop \"$2.img\" \"$1\"", copy, copy)
    defer { try? shell("umount -l \"$1\"; rm -f \"$1.img\"", copy) }
    try body(copy)
  }

  private func shell(_ script: String, _ arguments: String...) throws {
    let run = try runProcess(["sh", "-c", script, "sh"] + arguments)
    if run.status != 0 { throw DiskFailed(words: run.errors) }
  }

  private struct DiskFailed: Error {
    let words: String
  }
}

/// What was acknowledged is there after a power cut, and the rest is old or new.
@Suite("power cuts", .enabled(if: Faults.canRun && Disk.canBeMade), .serialized)
struct PowerCutTests {
  let disk: Disk
  /// Lends its environment: a home of its own, outside the disk.
  let home: TestVault

  init() throws {
    disk = try Disk()
    home = try TestVault(isVault: false)
  }

  private func notes(_ arguments: String..., in vault: String) throws -> ProcessResult {
    try runProcess([Faults.program] + arguments, in: vault, environment: home.environment)
  }

  private func git(_ arguments: String..., in folder: String) throws -> ProcessResult {
    try runProcess(["git"] + arguments, in: folder, environment: home.environment)
  }

  /// What must hold of a vault after a cut: one command heals it, and git finds nothing wrong.
  private func isSound(_ vault: String, _ label: Comment) throws {
    let healing = try notes("save", "-q", in: vault)
    #expect(healing.status == 0, "\(label): \(healing.errors)")
    let fsck = try git("fsck", "--full", "--strict", "--no-dangling", in: vault)
    #expect(fsck.status == 0 && fsck.errors.isEmpty, "\(label): \(fsck.output)\(fsck.errors)")
    #expect(try git("status", "--porcelain", in: vault).output == "", label)
  }

  @Test("a command that ended well is on the disk, whole")
  func acknowledged() throws {
    let vault = disk.path + "/vault"
    let remote = disk.path + "/remote.git"
    _ = try git("init", "--quiet", "--bare", "-b", "main", remote, in: disk.path)
    // git does not wait for the disk when it makes a repository.
    _ = try runProcess(["sync", "-f", remote])
    #expect(try notes("init", vault, in: disk.path).status == 0)
    let steps: [(command: [String], file: String, text: String, isSaved: Bool)] = [
      (["add", "One", "FIRST"], "one.md", "FIRST", false),
      (["save", "-m", "one"], "one.md", "FIRST", true),
      (["add", "Two", "SECOND"], "two.md", "SECOND", false),
      (["mv", "two", "three"], "three.md", "SECOND", false),
      (["sync", "--remote", remote], "three.md", "SECOND", true),
      (["rm", "one"], "three.md", "SECOND", true),
      (["undo"], "one.md", "FIRST", false),
    ]
    for step in steps {
      let run = try runProcess(
        [Faults.program] + step.command, in: vault, environment: home.environment)
      #expect(run.status == 0, "\(step.command): \(run.errors)")
      try disk.cut { path in
        let label: Comment = "after \(step.command)"
        let copy = path + "/vault"
        let text = try? String(contentsOfFile: copy + "/" + step.file, encoding: .utf8)
        #expect(text?.contains(step.text) == true, label)
        if step.isSaved {
          let saved = try git("show", "HEAD:" + step.file, in: copy)
          #expect(saved.output.contains(step.text), label)
        }
        if step.command[0] == "sync" {
          let sent = try git("show", "main:" + step.file, in: path + "/remote.git")
          #expect(sent.output.contains(step.text), label)
        }
        try isSound(copy, label)
      }
    }
  }

  @Test("cut at any moment of a sync, the next command heals, and no saved text is lost")
  func during() throws {
    let vault = disk.path + "/vault"
    let other = disk.path + "/other"
    let remote = disk.path + "/remote.git"
    _ = try git("init", "--quiet", "--bare", "-b", "main", remote, in: disk.path)
    _ = try runProcess(["sync", "-f", remote])
    #expect(try notes("init", vault, in: disk.path).status == 0)
    try "zero\n".write(toFile: vault + "/a.md", atomically: false, encoding: .utf8)
    #expect(try notes("sync", "--remote", remote, in: vault).status == 0)
    #expect(try notes("clone", remote, other, in: disk.path).status == 0)
    var saved: [String] = []
    for turn in 0..<12 {
      for (folder, file) in [(other, "theirs\(turn).md"), (vault, "ours\(turn).md")] {
        try "WORD-\(file)\n".write(
          toFile: folder + "/" + file, atomically: false, encoding: .utf8)
        saved.append("WORD-\(file)")
      }
      #expect(try notes("sync", "-q", in: other).status == 0)
      #expect(try notes("save", "-q", in: vault).status == 0)
      let sync = try ChildProcess(
        [Faults.program, "sync"], in: vault, environment: home.environment)
      usleep(UInt32(turn * 3_000))
      try Self.stop(sync.number)
      try disk.cut { path in
        let copy = path + "/vault"
        try isSound(copy, "turn \(turn)")
        let kept = try runProcess(
          ["sh", "-c", "git log -p --all; git -C ../remote.git log -p --all"], in: copy,
          environment: home.environment
        ).output
        for word in saved { #expect(kept.contains(word), "turn \(turn)") }
      }
      _ = try runProcess(["sh", "-c", "pkill -CONT -P \(sync.number); kill -CONT \(sync.number)"])
      #expect(try sync.wait(seconds: 120) == 0)
    }
  }

  /// Holds a process, and what it started, where it is: a copy of the disk that is made while
  /// somebody writes is of no one moment.
  private static func stop(_ process: pid_t) throws {
    _ = try runProcess(["sh", "-c", "kill -STOP \(process); pkill -STOP -P \(process)"])
    for _ in 0..<1_000 {
      let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      // Behind the name in brackets: T is stopped, Z has ended.
      guard let state = status?.split(separator: ")").last?.split(separator: " ").first,
        state != "T", state != "Z"
      else { return }
      usleep(1_000)
    }
  }
}
