import Foundation
import Git
import TestSupport
import Testing

/// libgit2 goes to whatever place an index names, and the process ends there.
@Suite("indexes of packs") struct PackCheckTests {
  private let sandbox: Sandbox
  private let tip: ObjectID

  init() throws {
    sandbox = try Sandbox()
    try sandbox.initialise()
    for number in 0..<5 {
      try sandbox.commit(["a.md": "line \(number)", "b/\(number).md": "note \(number)"])
    }
    tip = try sandbox.id("HEAD")
    try sandbox.git("repack", "-adq")
    try sandbox.git("prune-packed")
  }

  private var folder: String { sandbox.path("vault/.git/objects/pack") }

  private func name(_ end: String) throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    return try folder + "/" + #require(names.first { $0.hasSuffix(end) })
  }

  private func put(_ bytes: [UInt8], at path: String) throws {
    try FileManager.default.removeItem(atPath: path)
    try Data(bytes).write(to: URL(filePath: path))
  }

  private func change(_ path: String, _ edit: (inout [UInt8]) -> Void) throws {
    var bytes = try Array(Data(contentsOf: URL(filePath: path)))
    edit(&bytes)
    try put(bytes, at: path)
  }

  /// Expects that the repository is refused, here and as a remote, with a word on what to do.
  private func expectRefused(_ words: String, at location: SourceLocation = #_sourceLocation) throws
  {
    let error = #expect(throws: GitError.self, sourceLocation: location) {
      _ = try sandbox.open().commit(tip)
    }
    #expect(error?.reason == .corrupt, "\(String(describing: error))", sourceLocation: location)
    #expect(error?.message.contains(words) == true, sourceLocation: location)
    try runProcess(["rm", "-rf", sandbox.path("here")])
    try sandbox.initialise("here")
    var here = try sandbox.open("here")
    try here.addRemote("origin", RemoteURL(sandbox.path("vault"), relativeTo: "/"))
    let fetch = #expect(throws: GitError.self, sourceLocation: location) {
      try here.fetch("origin", branch: "main", credentials: nil)
    }
    #expect(fetch?.reason == .corrupt, sourceLocation: location)
    #expect(fetch?.message.contains("vault is damaged: ") == true, sourceLocation: location)
  }

  private func expectSound(at location: SourceLocation = #_sourceLocation) throws {
    let repository = try sandbox.open()
    #expect(try repository.commit(tip).id == tip, sourceLocation: location)
    #expect(try repository.verify().isEmpty, sourceLocation: location)
  }

  /// A place in a pack, as an index has it.
  private func row(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
  }

  @Test(
    "an index that names a place behind the pack's end is an error, which says what makes it anew",
    arguments: [1, 2], [1_000_000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] as [UInt32])
  func behindTheEnd(version: Int, place: UInt32) throws {
    let path = try name(".idx")
    let pack = path.dropLast(".idx".count) + ".pack"
    try FileManager.default.removeItem(atPath: path)
    try sandbox.git("index-pack", "--index-version=\(version)", String(pack))
    try expectSound()
    try change(path) { bytes in
      let start = version == 1 ? 0 : 8
      let count = Int(bytes[start + 1_022]) << 8 | Int(bytes[start + 1_023])
      let last = start + 1_024 + (version == 1 ? 24 * (count - 1) : 28 * count - 4)
      bytes.replaceSubrange(last..<(last + 4), with: row(place))
    }
    try expectRefused("git index-pack \(pack) makes it anew")
    try FileManager.default.removeItem(atPath: path)
    try sandbox.git("index-pack", String(pack))
    try expectSound()
  }

  @Test("an index that says it has more objects than fit into it is an error")
  func count() throws {
    let path = try name(".idx")
    // So many that 32 bits are not enough for the bytes of their rows: it comes out at 24.
    let rows = (0..<256).flatMap { _ in row(153_391_690) }
    let rest = [UInt8](repeating: 0, count: 64)
    try put([0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2] + rows + rest, at: path)
    try expectRefused("it has not the size that it says")
  }

  @Test("an index that was cut off, or whose first table is not in order, is an error")
  func cutOff() throws {
    let path = try name(".idx")
    let whole = try Array(Data(contentsOf: URL(filePath: path)))
    for count in [0, 3, 500, 1_064, whole.count - 8] {
      try put(Array(whole[..<count]), at: path)
      try expectRefused("it has not the size that it says")
    }
    var bytes = whole
    bytes.replaceSubrange(8..<12, with: row(9_999))
    try put(bytes, at: path)
    try expectRefused("not in order")
  }

  @Test("what macOS puts beside a pack on a disk of another kind is no damaged index")
  func appleDouble() throws {
    for end in [".idx", ".pack"] {
      let name = URL(filePath: try name(end)).lastPathComponent
      let start: [UInt8] = [0, 5, 0x16, 7, 0, 2, 0, 0]
      let bytes = start + Array("Mac OS X        ".utf8) + [UInt8](repeating: 0, count: 4_072)
      try Data(bytes).write(to: URL(filePath: "\(folder)/._\(name)"))
    }
    try expectSound()
    try sandbox.initialise("here")
    var here = try sandbox.open("here")
    try here.addRemote("origin", RemoteURL(sandbox.path("vault"), relativeTo: "/"))
    #expect(try here.fetch("origin", branch: "main", credentials: nil) == tip)
  }

  @Test("an index of many packs that names a place behind the end of one is an error")
  func manyPacks() throws {
    try sandbox.commit(["c.md": "more"])
    try sandbox.git("repack", "-dq")
    try sandbox.git("multi-pack-index", "write")
    try expectSound()
    let path = folder + "/multi-pack-index"
    let whole = try Array(Data(contentsOf: URL(filePath: path)))
    let table = try #require((0..<8).first { whole[(12 + 12 * $0)...].starts(with: "OOFF".utf8) })
    let start = whole[(12 + 12 * table + 8)..<(24 + 12 * table)].reduce(0) { $0 << 8 | Int($1) }
    for (place, bytes) in [(4, row(1_000_000)), (0, row(7))] {
      var damaged = whole
      damaged.replaceSubrange((start + place)..<(start + place + 4), with: bytes)
      try put(damaged, at: path)
      try expectRefused("remove it, it only makes git faster")
    }
    try FileManager.default.removeItem(atPath: path)
    try expectSound()
  }
}
