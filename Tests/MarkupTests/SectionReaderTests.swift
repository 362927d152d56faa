import Foundation
import TestSupport
import Testing

@testable import Markup

@Suite struct SectionReaderTests {
  /// What differs between a reader's blocks and atoms and a document's.
  private func difference(_ reader: inout SectionReader, _ bytes: [UInt8]) -> String? {
    let document = Document(bytes: bytes)
    let (blocks, innerBlocks, atoms) = reader.blocks(of: bytes)
    let isInOrder = zip(innerBlocks, innerBlocks.dropFirst()).allSatisfy {
      $0.range.upperBound <= $1.range.lowerBound
    }
    let isWithin = innerBlocks.allSatisfy { inner in
      blocks.contains {
        [.quote, .callout, .footnote].contains($0.kind)
          && $0.range.clamped(to: inner.range) == inner.range
      }
    }
    if blocks == document.blocks, innerBlocks == document.innerBlocks, atoms == document.atoms,
      isInOrder, isWithin
    {
      return nil
    }
    func list(_ blocks: [Block]) -> String {
      blocks.map { "\($0.line) \($0.kind) \($0.range)" }.joined(separator: "\n")
    }
    return """
      read by sections:
      \(list(blocks))
      within them:
      \(list(innerBlocks))
      \(atoms)
      as a document:
      \(list(document.blocks))
      within them:
      \(list(document.innerBlocks))
      \(document.atoms)
      of:
      \(String(decoding: bytes, as: UTF8.self).debugDescription)
      """
  }

  private static let lines = [
    "# A", "## B", "# C #", "#no", "   # indented", "text", "text with `code` and $x$",
    "a [link](b.md) and [[wiki]]", "a [reference][r] and [r]", "[r]: /target", "[r]:", "/target",
    "[^1]: a footnote", "[^1]: ```", "see [^1]", "```", "```swift", "``` a`b", "~~~", "~~~~",
    "   ```",
    "  ~~~", "    ```", "\t```", "- item", "- ```", "  ```", "1. one", "   ~~~ x", "> quote",
    "> ```", "1. ```", "10. ~~~", "  code", "\tcode", "     code",
    "> [!note] call", "> $$", "$$", "  $$", "x = y $$", "$$ z $$", "$$ {#eq-a}", "$$.",
    "$$ where", "$$a =", "- $$", "<div>", "</div>",
    "<details>",
    "<!-- one line -->", "<!-- open", "close -->", "<pre>", "</pre>", "<script>", "</script>",
    "<?x",
    "<!DOCTYPE", "a > b", "| a | b |", "|---|---|", "===", "---", "***", "...", "    code", "\\",
    "%% hidden", "text^block", "\u{A0}",
  ]

  /// A text of lines, with a blank line before most headings.
  private func text(of lines: [String], ending: String) -> [UInt8] {
    Array(lines.joined(separator: ending).utf8)
  }

  @Test(
    "texts read section by section have the blocks of their documents",
    arguments: seeds("NOTES_SECTIONS", usually: 40))
  func randomTexts(seed: UInt64) {
    var random = SplitMix(seed: seed)
    for _ in 0..<20 {
      var reader = SectionReader()
      var lines: [String] = random.below(4) == 0 ? ["---", "title: t", "", "# x", "---"] : []
      let ending = random.below(8) == 0 ? "\r\n" : random.below(40) == 0 ? "\r" : "\n"
      func some() -> [String] {
        switch random.below(3) {
        case 0: ["", ["# A", "## B", "# C"][random.below(3)], ""]
        case 1: [""]
        default: [Self.lines[random.below(Self.lines.count)]]
        }
      }
      for _ in 0..<random.below(24) { lines += some() }
      for _ in 0..<8 {
        if let difference = difference(&reader, text(of: lines, ending: ending)) {
          Issue.record("seed \(seed): \(difference)")
          return
        }
        for _ in 0...random.below(3) {
          let place = random.below(lines.count + 1)
          if random.below(2) == 0, place < lines.count {
            lines.remove(at: place)
          } else {
            lines.insert(contentsOf: some(), at: place)
          }
        }
      }
    }
  }

  @Test(
    "a section that was read is not taken for one where something is open",
    arguments: [
      ["# A\n\nx\n\n# B\n\n```\n", "# A\n\n```\nx\n\n# B\n\n```\n"],
      ["# A\n\n```\nx", "# A\n\n```\nx\n\n# B\n"],
      ["# A\n\n[r] here\n", "# A\n\n[r] here\n\n# B\n\n[r]: /x\n", "# A\n\n[r] here\n\n# B\n"],
      ["---\na: b\n\n# no heading\n---\n\n# A\n", "\n---\na: b\n\n# a heading\n---\n"],
      ["$$\nx\n\n# A\n\ny\n$$\n", "$$\nx\n\n# A\n\ny\n"],
      ["$$a\n$$\n\n# A\n\ny\n\n$$\nb\n$$\n", "$$\n$$ b\n\n# A\n\n$$\n\n# B\n\n$$\n"],
      ["<!--\n\n# A\n\n-->\n", "<b>\n\n# A\n\n-->\n"],
      ["# A\n\n$$\nx\n\t```\n$$\n\n## B\n"],
      ["# A\n\n$$\nx\n$$ {#a}\n\n## B\n\n$$\ny\n$$.\n", "# A\n\n$$\nx\n\n## B\n\n$$\ny\n$$.\n"],
      ["<details>\n\n# A\n\n[r]:\nclose -->\n\n# B\n"],
      ["1. ```\n  code\n   ```\n\n# B\n\nx = 1\n\n```\n"],
      ["<details>\n```\n\n# A\n\n```\n\n# B\n", "<details>\n\n```\n\n# A\n```\n\n# B\n"],
    ])
  func open(texts: [String]) {
    var reader = SectionReader()
    for text in texts {
      #expect(difference(&reader, Array(text.utf8)) == nil)
    }
  }

  @Test(
    "a text of which one section changed is read in that section alone")
  func one() {
    var reader = SectionReader()
    let old = (1...9).map { "# \($0)\n\nText of it.\n\n```\n# code\n\n# more\n```\n\n" }
    var new = old
    new[4] += "One more.\n\n"
    let before = reader.sections(of: Array(old.joined().utf8)).map(\.number)
    let after = reader.sections(of: Array(new.joined().utf8)).map(\.number)
    #expect(before.count == 9 && after.count == 9)
    #expect(zip(before, after).count { $0 != $1 } == 1)
  }

  @Test("each of many sections that begin alike is known again")
  func alike() {
    var reader = SectionReader()
    let day = "## Daily note\n\nWeather and mood, meals and sleep, as on every day:\n\n- "
    var days = (0..<500).map { day + "\($0 % 400)\n\n" }
    let before = reader.sections(of: Array(days.joined().utf8)).map(\.number)
    #expect(Set(before).count == 400)
    days[7] = day + "cold\n\n"
    days.remove(at: 90)
    let after = reader.sections(of: Array(days.joined().utf8)).map(\.number)
    #expect(Set(after).subtracting(before).count == 1)
    #expect(difference(&reader, Array(days.joined().utf8)) == nil)
  }

  @Test("the real vault and real merges are read so, too", .enabled(if: SharedData.exists))
  func real() throws {
    let manager = FileManager.default
    var count = 0
    for folder in ["vault", "merge"] {
      let root = SharedData.path + "/" + folder
      var reader = SectionReader()
      for case let name as String in manager.enumerator(atPath: root) ?? .init() {
        guard let bytes = manager.contents(atPath: root + "/" + name), bytes.count < 300_000,
          name.hasSuffix(".md") || folder == "merge"
        else { continue }
        if let difference = difference(&reader, Array(bytes)) {
          Issue.record("\(name): \(difference)")
          return
        }
        count += 1
      }
    }
    #expect(count > 2_000)
  }
}
