import TestSupport
import Testing

@testable import Markup

@Suite struct SkeletonTests {
  /// The blocks that cmark finds in a text, or in its skeleton.
  private func nodes(_ bytes: [UInt8], skeleton: Bool) -> [String] {
    var nodes: [CommonMark.Node] = []
    if skeleton {
      unsafe bytes.withUnsafeBufferPointer { buffer in
        let view = unsafe ByteView(buffer)
        var skeleton = Skeleton(view, lines: Lines(view), firstLine: 0)
        skeleton.eachChunk { chunk in
          nodes += CommonMark.nodes(prelude: [], text: chunk.text)
        }
      }
    } else {
      nodes = CommonMark.nodes(prelude: [], text: bytes)
    }
    // Where a setext heading and an open fence end is not to be relied on in either.
    return nodes.map { node in
      let isLoose = node.kind == .heading || node.kind == .fencedCode
      return "\(node.kind) \(node.firstLine)\(isLoose ? "" : "-\(node.lastLine)") \(node.column)"
        + " \(node.quotes)"
    }
  }

  @Test(
    "a text and its skeleton have the same blocks",
    arguments: [
      "para\n\n# h\n- a\n  - b\n\n    c\n1. x\n2) y\n> q\nlazy\n> > r\n",
      "```js\n# no\n```\n~~~\n```\n~~~\n\n    code\n\tcode\n",
      "Setext\n===\nTwo\n---\n***\n- - a\n",
      "<div>\n# x\n</div>\n\n<!-- a\n\nb --> c\n\nd\n<script>\n\n</script>\n\n<a href=\"x*y\">\nz\n",
      "[a]: /b\n[c]:\n/d\n\ntext\n[e]: f\n", "- [ ] t\n- [x] u\n\n+ v\n* w\n",
      "1986\\. no\n1986. yes\n",
      "``` a`b\nx\n", "#no\n#\tyes\n####### no\n", "a\n    b\n\n>     code\n",
      "- a\n\n\n\n  b\n\nc\n",
      "a\u{A0}\n\u{FEFF}b\n", "2022-11-29 x\n+1 y\n-z\n*a*\n_b_\n**\n",
      "<!DOCTYPE x>\na\n<?php\n\n?>\n",
      "[a]: b \"t\nmore *x* \\\" t\"\n\nword\n", "[a]: b\n'title'\n[c]: d\n(e\nf) g\n",
      "[a]: b (t\n[c]: d\ne) \n[f]: g (h\n```\ni)\n```\n", "> [a]: b \"t\n> u\"\n> v\n",
      "[a]: b (t\n# h)\n\n[c]: d (t\n- e)\n\n[f]: g 't\n\nu'\n", "[a]: b \"t\nu\" v\nw\n",
    ])
  func same(text: String) {
    #expect(nodes(Array(text.utf8), skeleton: true) == nodes(Array(text.utf8), skeleton: false))
  }

  @Test("random texts have the blocks of their skeletons", arguments: 0..<400)
  func random(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let pieces = [
      "\n", "\n", "\n\n", "word", "two words", "- ", "* ", "1. ", "> ", "  ", "    ", "\t", "# ",
      "===", "---", "```", "~~~", "<div>", "</div>", "<!--", "-->", "`x`", "*y*", "[z]", "(u)",
      "é", "汉", "|", "&amp;", "\\", ":", "$x$", "!", "\"", "+", "9", ".", "_", "\n[a]: b (", ")\n",
      "\n[c]: d\n", "\"\n",
    ]
    var text = ""
    for _ in 0..<random.below(120) { text += pieces[random.below(pieces.count)] }
    #expect(
      nodes(Array(text.utf8), skeleton: true) == nodes(Array(text.utf8), skeleton: false),
      "\(text.debugDescription)")
  }

  @Test("the real vault has the blocks of its skeleton", .enabled(if: SharedData.exists))
  func realVault() throws {
    var different = 0
    for (path, bytes) in try vaultNotes() {
      let body = Array(bytes[Document(bytes: bytes).body])
      let text = String(decoding: body, as: UTF8.self)
      if text.contains("$$") || text.contains("[^") { continue }
      if nodes(body, skeleton: true) != nodes(body, skeleton: false) {
        different += 1
        print(path)
      }
    }
    #expect(different == 0)
  }
}
