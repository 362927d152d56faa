import NoteIndex
import TestSupport
import Testing
import Vault

@Suite("A check tells what the author should know of")
struct CheckTests {
  @Test("each kind of finding, with its place")
  func kinds() throws {
    let test = try TestVault([
      "a.md": "---\nid: same\n---\n# T\n\n[[gone]] [[b#No such]] [[b#Real Part]] [[b#^blk]]\n",
      "b.md": "---\nid: same\n---\n# T\n\n## Real Part\n\ntext ^blk\n",
      "c.md": "[[#Here]]\n\n# Here\n",
      "d.md": "---\nx: 1\ncreated: 2024-13-45\nlastmod: 2024-01-02\n---\n",
      "e.md": "+++\n+++\n", "f.md": "---\ncreated: 1631033401707\n---\n",
      "x/Twin.md": "", "x/twin.md": "", "aux.md": "", "what?.md": "",
    ])
    let findings = try test.fresh().check().map { "\($0.path):\($0.line) \($0.kind)" }
    #expect(
      Set(findings) == [
        "a.md:6 brokenLink", "a.md:6 brokenAnchor", "b.md:0 duplicateID", "b.md:0 duplicateTitle",
        "x/twin.md:0 twin", "aux.md:0 unportableName", "what?.md:0 unportableName",
        "d.md:3 frontMatter", "e.md:1 frontMatter",
      ])
  }

  @Test("no link is broken to a heading as Obsidian writes it, or to a named element of HTML")
  func laxAnchors() throws {
    let test = try TestVault([
      "a.md": """
      [C++](#cpp) [[#`move`]] [[#How large can it be]] [[#A b]] [[b#how-large]] [[b#Nothing]]
      [[#Timing behaviour e g latency]] [[#x y z]]

      ### <a id="cpp"></a>C++

      ## `move`

      ## How large can it be?

      ## A: b

      ## Timing behaviour (e.g. latency)

      ## x/y & z
      """,
      "b.md": "# B {#own}\n\n<a name=\"how-large\"></a>x\n",
      "c.md": "[[b#B]] [[b#own]] [[a#!]]",
    ])
    let messages = try test.fresh().check().map(\.message)
    #expect(
      messages == ["b.md has no heading or block 'Nothing'", "a.md has no heading or block '!'"])
  }

  @Test("the real vault", .enabled(if: SharedData.exists))
  func real() throws {
    let test = try TestVault.real()
    let index = try test.fresh()
    #expect(try index.integrity() == [])
    for finding in try index.check() { #expect(!finding.message.isEmpty) }
    let dump = try test.dump()
    try index.rebuild(now: test.now)
    #expect(try test.dump() == dump)
  }
}
