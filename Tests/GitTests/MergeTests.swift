import Git
import TestSupport
import Testing

@Suite struct MergeTests {
  @Test("what two histories share is what git finds")
  func bases() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let base = try sandbox.commit(["a": "1"], time: 1_700_000_000)
    let ours = try sandbox.commit(["a": "2"], time: 1_700_000_001)
    let more = try sandbox.commit(["a": "3"], time: 1_700_000_002)
    try sandbox.git("checkout", "-q", "-b", "side", base.description)
    let theirs = try sandbox.commit(["b": "4"], time: 1_700_000_003)
    try sandbox.git("checkout", "-q", "--orphan", "lone")
    let lone = try sandbox.commit(["c": "5"], time: 1_700_000_004)
    let repository = try sandbox.open()
    #expect(try repository.mergeBases(more, theirs) == [base])
    #expect(try repository.mergeBases(more, ours) == [ours])
    #expect(try repository.mergeBases(more, lone) == [])
    #expect(try repository.isAncestor(base, of: more))
    #expect(try repository.isAncestor(more, of: more))
    #expect(try !repository.isAncestor(more, of: base))
    #expect(try !repository.isAncestor(lone, of: more))
    let (ahead, behind) = try repository.aheadBehind(more, theirs)
    #expect(ahead == 2 && behind == 1)
  }

  @Test(
    "a file merges as git merge-file does, never with markers", arguments: 0..<40 as Range<UInt64>)
  func files(seed: UInt64) throws {
    var numbers = SplitMix(seed: seed)
    let folder = TemporaryFolder()
    let base = (0..<12).map { "line \($0)\n" }
    func edited() -> String {
      var lines = base
      for _ in 0..<Int.random(in: 0..<3, using: &numbers) {
        let place = lines.indices.randomElement(using: &numbers) ?? 0
        switch Int.random(in: 0..<3, using: &numbers) {
        case 0: lines[place] = "edit \(Int.random(in: 0..<3, using: &numbers))\n"
        case 1: lines.insert("new \(Int.random(in: 0..<3, using: &numbers))\n", at: place)
        default: lines.remove(at: place)
        }
      }
      return lines.joined()
    }
    let texts = ["base": base.joined(), "ours": edited(), "theirs": edited()]
    for (name, text) in texts { try folder.write(text, to: name) }
    let plain = try runProcess(
      ["git", "merge-file", "-p", "ours", "base", "theirs"], in: folder.path)
    let favoured = try runProcess(
      ["git", "merge-file", "-p", "--ours", "ours", "base", "theirs"], in: folder.path)
    func bytes(_ name: String) -> [UInt8] { Array((texts[name] ?? "").utf8) }
    let merged = try mergeFile(base: bytes("base"), ours: bytes("ours"), theirs: bytes("theirs"))
    #expect(merged.isClean == (plain.status == 0))
    #expect(String(decoding: merged.bytes, as: UTF8.self) == favoured.output)
  }

  @Test("empty texts, bytes that are no text and very long lines merge without harm")
  func odd() throws {
    let odd: [[UInt8]] = [
      [], [0], [0xFF, 0xFE, 10], Array("a\r\nb".utf8), Array(repeating: 65, count: 100_000),
    ]
    for base in odd {
      for ours in odd {
        for theirs in odd {
          let merged = try? mergeFile(base: base, ours: ours, theirs: theirs)
          if base == ours { #expect((merged?.bytes == theirs) == true) }
          if base == theirs { #expect((merged?.bytes == ours) == true) }
        }
      }
    }
  }
}
