import Foundation
import TestSupport
import Testing

@testable import Vault

@Suite("Writing files")
struct WriteTests {
  let folder = TemporaryFolder()
  var files: VaultFiles { VaultFiles(root: folder.path) }
  let old = Array("old".utf8)
  let new = Array("new".utf8)

  @Test("a new file never takes the place of another")
  func createRefusesTakenNames() throws {
    let path = try NotePath("a/b/note.md")
    try files.create(path, old)
    #expect(throws: VaultError.exists("a/b/note.md")) { try files.create(path, new) }
    #expect(try folder.read("a/b/note.md") == "old")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/a/b") == ["note.md"])
  }

  @Test("folders whose names begin with an accent are made one after the other")
  func accents() throws {
    let path = try NotePath("a/\u{301}b/\u{338}c/\u{301}note.md")
    try files.create(path, old)
    #expect(try files.read(path).bytes == old)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/a") == ["\u{301}b"])
  }

  @Test("a replaced file keeps its mode and leaves nothing beside it")
  func replaceKeepsMode() throws {
    try folder.write("old", to: "note.md")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o640], ofItemAtPath: folder.path + "/note.md")
    let outcome = try files.replace(NotePath("note.md"), with: new) { $0 == old }
    #expect(outcome == .done)
    let mode = try FileManager.default.attributesOfItem(atPath: folder.path + "/note.md")
    #expect(mode[.posixPermissions] as? Int == 0o640)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["note.md"])
  }

  @Test("what an editor saved between our look and our write stays, and is returned")
  func replaceNoticesEditors() throws {
    try folder.write("old", to: "note.md")
    var looks = 0
    let outcome = try files.replace(NotePath("note.md"), with: new) { bytes in
      looks += 1
      // The editor saves after our first look.
      if looks == 1 { try? folder.write("edited", to: "note.md") }
      return bytes == old
    }
    #expect(outcome == .changedMeanwhile(found: Array("edited".utf8)))
    #expect(try folder.read("note.md") == "edited")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["note.md"])
  }

  @Test("a removed file is in the trash, and the folder it left empty is gone")
  func removeKeepsBytes() throws {
    try folder.write("old", to: "a/note.md")
    let trash = folder.path + "/trash"
    #expect(try files.remove(NotePath("a/note.md"), to: trash) { $0 == old } == .done)
    let kept = try FileManager.default.contentsOfDirectory(atPath: trash)
    #expect(kept.count == 1)
    #expect(try folder.read("trash/" + kept[0]) == "old")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/a"))
  }

  @Test("a symbolic link on the way is never followed")
  func linksAreNotFollowed() throws {
    let outside = TemporaryFolder()
    try outside.write("secret", to: "x.md")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/out", withDestinationPath: outside.path)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/leak.md", withDestinationPath: outside.path + "/x.md")
    #expect(throws: VaultError.self) { try files.create(NotePath("out/y.md"), new) }
    #expect(throws: VaultError.notAFile("leak.md", kind: "symbolic link")) {
      _ = try files.read(NotePath("leak.md"))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path) == ["x.md"])
  }

  @Test("a named pipe is refused at once")
  func pipesDoNotBlock() throws {
    try runProcess(["mkfifo", folder.path + "/pipe.md"])
    #expect(throws: VaultError.notAFile("pipe.md", kind: "named pipe")) {
      _ = try files.read(NotePath("pipe.md"))
    }
  }

  @Test("what an unfinished write left is moved to the trash with its bytes")
  func sweepKeepsBytes() throws {
    try folder.write("half", to: "a/.note.md.notes-0123abcd~")
    try folder.write("kept", to: "a/note.md")
    let trash = folder.path + "/trash"
    #expect(try files.sweep(to: trash) == ["a/.note.md.notes-0123abcd~"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/a") == ["note.md"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: trash).count == 1)
  }

  @Test("a folder that cannot be made says why, not that it is not there")
  func folderNotMade() throws {
    // There is no folder to make one in, whoever asks.
    let place = "/dev/null/notes-test"
    let error = #expect(throws: VaultError.self) { try VaultFiles.makeFolders(place) }
    guard case .system(_, place, let number)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(number != ENOENT)
  }
}
