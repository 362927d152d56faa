import Foundation
import Git
import TestSupport
import Testing

/// libgit2's own reader goes round for ever in a file that was cut off, and writes over its memory where
/// a file has more bytes than it says.
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

  /// Puts bytes, with zlib's frame around them, in the place of an object.
  private func replace(
    _ id: ObjectID, with bytes: [UInt8], in folder: String = "vault/.git"
  ) throws {
    var framed: [UInt8] = [0x78, 0x01]
    var sums: (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      sums.0 = (sums.0 + UInt32(byte)) % 65_521
      sums.1 = (sums.1 + sums.0) % 65_521
    }
    for start in stride(from: 0, to: bytes.count, by: 60_000) {
      let piece = bytes[start..<min(start + 60_000, bytes.count)]
      let count = UInt16(piece.count)
      framed.append(piece.endIndex == bytes.count ? 1 : 0)
      for half in [count, ~count] { framed += [UInt8(half & 0xFF), UInt8(half >> 8)] }
      framed += piece
    }
    for half in [sums.1, sums.0] { framed += [UInt8(half >> 8), UInt8(half & 0xFF)] }
    let path = file(of: id, in: folder)
    try? FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(
      atPath: String(path.dropLast(39)), withIntermediateDirectories: true)
    try Data(framed).write(to: URL(filePath: path))
  }

  /// An object whose file says something else than it has.
  enum Lie: String, CaseIterable {
    case more = "blob 1"
    case fewer = "blob 9000000"
    case noType = "text 40"
    case noSize = "blob forty"
    case otherSize = "blob 99999999999999999999"
    case belowZero = "blob -1"

    func bytes(_ count: Int) -> [UInt8] {
      Array(rawValue.utf8) + [0] + [UInt8](repeating: 0x41, count: count)
    }
  }

  @Test(
    "one that has other bytes than it says is an error, and what it is for is written anew",
    arguments: Lie.allCases, [40, 1_000_000])
  func lies(lie: Lie, count: Int) throws {
    let (blob, commit) = (try sandbox.id("HEAD:a.md"), try sandbox.id("HEAD"))
    for id in [blob, commit] { try replace(id, with: lie.bytes(count)) }
    let repository = try sandbox.open()
    let error = #expect(throws: GitError.self) { try repository.readBlob(blob) }
    #expect(error?.reason == .corrupt, "\(String(describing: error))")
    #expect(error?.message.contains("of the object \(blob) is damaged") == true)
    #expect(throws: GitError.self) { try repository.commit(commit) }
    for digits in [10, 40] {
      #expect(throws: GitError.self) {
        try repository.resolve(String(commit.description.prefix(digits)))
      }
    }
    #expect(try repository.writeBlob(Array(text.utf8)) == blob)
    #expect(try repository.readBlob(blob) == Array(text.utf8))
  }

  @Test("one that is no plain file, or may not be read, is an error that says so")
  func unreadable() throws {
    let blob = try sandbox.id("HEAD:a.md")
    try FileManager.default.removeItem(atPath: file(of: blob))
    try FileManager.default.createDirectory(
      atPath: file(of: blob), withIntermediateDirectories: false)
    let repository = try sandbox.open()
    let error = #expect(throws: GitError.self) { try repository.readBlob(blob) }
    #expect(error?.message.contains("\(blob) cannot be read") == true)
    // Nothing there is another thing.
    try FileManager.default.removeItem(atPath: file(of: blob))
    let gone = #expect(throws: GitError.self) { try repository.readBlob(blob) }
    #expect(gone?.reason == .notFound)
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

  /// A repository that has nothing yet of a remote.
  private func remote(_ options: String = "--bare") throws -> Repository {
    try sandbox.git("clone", "-q", "--no-hardlinks", "--bare", options, "vault", "hub.git", in: "")
    try sandbox.initialise("here")
    var here = try sandbox.open("here")
    try here.addRemote("origin", RemoteURL(sandbox.path("hub.git"), relativeTo: "/"))
    return here
  }

  @Test(
    "a remote that is a path and has one with other bytes than it says is refused",
    arguments: Lie.allCases, [40, 1_000_000])
  func lieInRemote(lie: Lie, count: Int) throws {
    let here = try remote()
    let blob = try sandbox.id("HEAD:a.md")
    try replace(blob, with: lie.bytes(count), in: "hub.git")
    try runProcess(["rm", "-rf", sandbox.path("hub.git/objects/pack")])
    for id in [try sandbox.id("HEAD"), try sandbox.id("HEAD^{tree}")] {
      try runProcess(
        ["install", "-D", file(of: id), file(of: id, in: "hub.git")])
    }
    let error = #expect(throws: GitError.self) {
      try here.fetch("origin", branch: "main", credentials: nil)
    }
    #expect(error?.reason == .corrupt, "\(String(describing: error))")
    #expect(error?.message.contains("hub.git is damaged: ") == true)
    #expect(error?.message.contains("of the object \(blob) is damaged: git -C ") == true)
  }

  @Test("what another branch or a tag of a remote names is not looked at")
  func elsewhereInRemote() throws {
    let here = try remote()
    let tip = try sandbox.id("HEAD")
    let evil = try #require(ObjectID(hex: String(repeating: "ab", count: 20)))
    try replace(evil, with: Lie.more.bytes(1_000_000), in: "hub.git")
    for name in ["tags/v1", "heads/evil"] {
      try sandbox.folder.write("\(evil)\n", to: "hub.git/refs/" + name)
    }
    #expect(try here.list("origin", credentials: nil).branches.map(\.name) == ["evil", "main"])
    #expect(try here.fetch("origin", branch: "main", credentials: nil) == tip)
    #expect(throws: GitError.self) {
      try here.fetch("origin", branch: "evil", credentials: nil)
    }
  }

  @Test("objects that a remote borrows from another repository are read by us, too")
  func borrowed() throws {
    let here = try remote("--shared")
    let blob = try sandbox.id("HEAD:a.md")
    let tip = try sandbox.id("HEAD")
    try sandbox.initialise("other")
    var other = try sandbox.open("other")
    try other.addRemote("origin", RemoteURL(sandbox.path("hub.git"), relativeTo: "/"))
    #expect(try here.fetch("origin", branch: "main", credentials: nil) == tip)
    try replace(blob, with: Lie.more.bytes(1_000_000))
    let error = #expect(throws: GitError.self) {
      try other.fetch("origin", branch: "main", credentials: nil)
    }
    #expect(error?.message.contains("of the object \(blob) is damaged") == true)
  }

  @Test("one of a remote that says it is larger than any may be is refused before it is unfolded")
  func tooLarge() throws {
    let here = try remote()
    let huge = try #require(ObjectID(hex: String(repeating: "cd", count: 20)))
    try replace(huge, with: Array("blob 1572864000".utf8) + [0, 0x41], in: "hub.git")
    let tree = try sandbox.git(
      "mktree", "--missing", in: "hub.git", input: "100644 blob \(huge)\tzzz.bin\n")
    let commit = try sandbox.git("commit-tree", tree, "-m", "huge", in: "hub.git")
    try sandbox.folder.write(commit + "\n", to: "hub.git/refs/heads/main")
    let error = #expect(throws: GitError.self) {
      try here.fetch("origin", branch: "main", credentials: nil)
    }
    #expect(error?.reason == .tooLarge, "\(String(describing: error))")
    #expect(error?.message.contains("1572864000 bytes, and the limit is 268435456") == true)
  }
}
