import Foundation
import Git
import TestSupport
import Testing

/// libgit2's own reader goes round for ever in a file that was cut off.
@Suite("objects that are files of their own") struct LooseObjectTests {
  private let sandbox: Sandbox
  private let text: String

  init() throws {
    sandbox = try Sandbox()
    try sandbox.initialise()
    var random = SplitMix(seed: 5)
    text = (0..<4_000).map { _ in "\(UInt16.random(in: 0 ... .max, using: &random))" }
      .joined(separator: " ")
    try sandbox.commit(["a.md": text])
  }

  private func file(of id: ObjectID, in folder: String = "vault/.git") -> String {
    let name = id.description
    return sandbox.path("\(folder)/objects/\(name.prefix(2))/\(name.dropFirst(2))")
  }

  private func cut(_ id: ObjectID, to count: Int, in folder: String = "vault/.git") throws {
    let path = file(of: id, in: folder)
    let bytes = try Data(contentsOf: URL(filePath: path))
    try FileManager.default.removeItem(atPath: path)
    try bytes.prefix(count).write(to: URL(filePath: path))
  }

  @Test("they are read whole, also empty ones, by their type and by the beginning of their name")
  func whole() throws {
    let repository = try sandbox.open()
    let blob = try sandbox.id("HEAD:a.md")
    #expect(try repository.readBlob(blob) == Array(text.utf8))
    #expect(try repository.blobSize(blob) == text.utf8.count)
    let empty = try #require(
      ObjectID(hex: sandbox.git("hash-object", "-w", "--stdin", input: "")))
    #expect(try repository.readBlob(empty).isEmpty)
    let commit = try sandbox.id("HEAD")
    #expect(try repository.commit(commit).id == commit)
    #expect(try repository.type(of: commit) == .commit)
    #expect(try repository.type(of: sandbox.id("HEAD^{tree}")) == .tree)
    for digits in [4, 10, 39] {
      let name = String(commit.description.prefix(digits))
      #expect(try repository.resolve(name) == commit)
    }
  }

  @Test("one that was cut off is an error that says so, wherever it was cut", arguments: 0..<12)
  func cutOff(_ place: Int) throws {
    let blob = try sandbox.id("HEAD:a.md")
    let size = try Data(contentsOf: URL(filePath: file(of: blob))).count
    let count = [1, 2, 3, 10, 30, 100, 4_096, 8_192, size / 2, size - 5, size - 4, size - 1][place]
    try cut(blob, to: count)
    let repository = try sandbox.open()
    let error = #expect(throws: GitError.self) { try repository.readBlob(blob) }
    #expect(error?.message.contains("cut off") == true, "\(String(describing: error))")
    let commit = try sandbox.id("HEAD")
    try cut(commit, to: min(count, 60))
    let reopened = try sandbox.open()
    #expect(throws: GitError.self) { try reopened.commit(commit) }
    #expect(throws: GitError.self) {
      try reopened.resolve(String(commit.description.prefix(10)))
    }
  }

  @Test(
    "one that is damaged is written anew, and is no object until then",
    arguments: [0, 1, 40, 4_000], [false, true])
  func writtenAnew(count: Int, hasZeros: Bool) throws {
    let repository = try sandbox.open()
    let blob = try sandbox.id("HEAD:a.md")
    let tree = try sandbox.id("HEAD^{tree}")
    let path = file(of: blob)
    let size = try Data(contentsOf: URL(filePath: path)).count
    for id in [blob, tree] {
      try cut(id, to: count < 100 ? count : size / 2)
      if hasZeros {
        try Data(repeating: 0, count: count).write(to: URL(filePath: file(of: id)))
      }
    }
    #expect(throws: GitError.self) { try repository.readBlob(blob) }
    #expect(try repository.writeBlob(Array(text.utf8)) == blob)
    #expect(try repository.readBlob(blob) == Array(text.utf8))
    let made = try repository.updatedTree(nil, [TreeChange(GitPath("a.md"), .file(blob))])
    #expect(made == tree)
    #expect(try sandbox.git("show", "HEAD:a.md") == text)
    try sandbox.git("fsck", "--strict")
    // What is whole stays as it is.
    let before = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
    try repository.writeBlob(Array(text.utf8))
    let after = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
    #expect(before == after)
  }

  @Test("a remote that is a path and has one is refused, with the command that says more")
  func inRemote() throws {
    try sandbox.git("clone", "-q", "--bare", "vault", "hub.git", in: "")
    try sandbox.initialise("here")
    var here = try sandbox.open("here")
    try here.addRemote("origin", RemoteURL(sandbox.path("hub.git"), relativeTo: "/"))
    try here.fetch("origin", branch: "main", credentials: nil)
    let tip = try sandbox.commit(["b.md": "more"])
    try sandbox.git("push", "-q", sandbox.path("hub.git"), "main")
    try cut(tip, to: 20, in: "hub.git")
    let error = #expect(throws: GitError.self) {
      try here.fetch("origin", branch: "main", credentials: nil)
    }
    #expect(error?.message.contains("is cut off: git -C ") == true, "\(String(describing: error))")
  }
}
