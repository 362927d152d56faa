import Foundation
import Git
import TestSupport
import Testing

@Suite("packing") struct PackingTests {
  /// A repository with a history of one note that grows, and each text of it.
  private func history(_ sandbox: Sandbox, count: Int) throws -> [ObjectID] {
    try sandbox.initialise()
    let repository = try sandbox.open()
    var tip: ObjectID?
    var blobs: [ObjectID] = []
    var text = ""
    var random = SplitMix(seed: 7)
    for number in 0..<count {
      for _ in 0..<40 { text += "\(UInt16.random(in: 0 ... .max, using: &random)) " }
      let blob = try repository.writeBlob(Array(text.utf8))
      blobs.append(blob)
      let tree = try repository.updatedTree(
        tip.map { try repository.commit($0).tree }, [TreeChange("notes/a.md", .file(blob))])
      tip = try repository.createCommit(
        tree: tree, parents: tip.map { [$0] } ?? [], author: Sandbox.author,
        committer: Sandbox.author, message: "\(number)")
    }
    try repository.setReference(
      "refs/heads/main", to: #require(tip), expecting: .absent, message: "m")
    return blobs
  }

  /// Whether packing is due, by the settings as they are now.
  private func isDue(_ sandbox: Sandbox) throws -> Bool {
    let repository = try sandbox.open()
    return repository.needsPacking()
  }

  @Test("objects become one pack, as small as git's own, and git finds nothing wrong with it")
  func packed() throws {
    let sandbox = try Sandbox()
    let blobs = try history(sandbox, count: 120)
    let repository = try sandbox.open()
    #expect(try !isDue(sandbox))
    try sandbox.git("config", "gc.auto", "100")
    #expect(try isDue(sandbox))
    let count = try repository.pack()
    #expect(count == 3 * 120 + 120)
    let counted = try sandbox.git("count-objects", "-v")
    #expect(counted.contains("count: 0\n") && counted.contains("packs: 1\n"), "\(counted)")
    #expect(try sandbox.git("fsck", "--strict", "--full") == "")
    for blob in blobs { _ = try repository.readBlob(blob) }
    func size() throws -> Int {
      let line = try sandbox.git("count-objects", "-v").split(separator: "\n")
        .first { $0.hasPrefix("size-pack: ") }
      return Int(line?.dropFirst("size-pack: ".count) ?? "") ?? 0
    }
    let ours = try size()
    try sandbox.git("gc", "-q", "--prune=now")
    let gits = try size()
    #expect(ours <= gits * 2, "\(ours) against \(gits) KiB")
  }

  @Test("many packs become one, but for those that somebody keeps")
  func manyPacks() throws {
    let sandbox = try Sandbox()
    let blobs = try history(sandbox, count: 3)
    try sandbox.git("config", "gc.autoPackLimit", "3")
    let repository = try sandbox.open()
    for number in 0..<5 {
      var pack = try PackWriter(for: repository)
      _ = try pack.add(Array("text \(number)".utf8))
      try pack.finish(in: repository)
    }
    let folder = sandbox.path("vault/.git/objects/pack")
    let first = try #require(
      FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".idx") })
    let kept = folder + "/" + first.dropLast(4)
    try Data().write(to: URL(fileURLWithPath: kept + ".keep"))
    #expect(try isDue(sandbox))
    let count = try repository.pack()
    #expect(count == 4 * 3 + 4)
    #expect(try sandbox.git("count-objects", "-v").contains("packs: 2\n"))
    #expect(FileManager.default.fileExists(atPath: kept + ".pack"))
    #expect(try !isDue(sandbox))
    let texts = try (0..<5).map { try ObjectID.blob(Array("text \($0)".utf8)) }
    for blob in blobs + texts { _ = try repository.readBlob(blob) }
    #expect(try sandbox.git("fsck", "--strict", "--full", "--no-dangling") == "")
  }

  @Test("gc.auto = 0 means never")
  func never() throws {
    let sandbox = try Sandbox()
    _ = try history(sandbox, count: 10)
    for (key, value) in [("gc.auto", "0"), ("gc.autoPackLimit", "1")] {
      try sandbox.git("config", key, value)
    }
    #expect(try !isDue(sandbox))
  }

  @Test("with a damaged object nothing is packed and nothing goes")
  func damaged() throws {
    let sandbox = try Sandbox()
    let blobs = try history(sandbox, count: 10)
    let name = blobs[4].description
    let path = sandbox.path("vault/.git/objects/\(name.prefix(2))/\(name.dropFirst(2))")
    try FileManager.default.removeItem(atPath: path)
    try Data().write(to: URL(fileURLWithPath: path))
    let before = try sandbox.git("count-objects")
    let repository = try sandbox.open()
    var reason: GitError.Reason?
    do { try repository.pack() } catch { reason = error.reason }
    #expect(reason == .corrupt)
    #expect(try sandbox.git("count-objects") == before)
  }
}
