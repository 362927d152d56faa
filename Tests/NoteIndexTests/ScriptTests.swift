import NoteIndex
import TestSupport
import Testing
import Vault

@Suite("Search is at home in any script, in formulas and in code")
struct ScriptTests {
  private static let notes = [
    "zh.md": "# 机器学习\n\n深度学习模型的训练需要大量数据。GPT模型4也是。\n",
    "ja.md": "東京タワーは高さ333メートルのカタカナである。\n",
    "ko.md": "한국어 문장을 찾는다.\n",
    "fr.md": "Une école près de la forêt, naïve.\n",
    "tex.md": "Here $$\\nabla_{\\theta}\\,\\mathcal{L}(x) = 0$$ holds, and $\\frac ab$ too.\n",
    "tex2.md": "There $\\grad_\\theta \\mathcal L$ is another, and $z^2$.\n",
    "code.md": "```swift\nlet attnDropout = HTTPServer2()\n```\n\nText.\n",
    "snake.md": "Use `attn_dropout` in code.\n",
    "words.md": "GPT-4 is written in C++ with an encoder/decoder. See [@vaswani2017attention].\n",
    "refs.md":
      "LoRA is arXiv:2106.09685v2, doi 10.1000/xyz-123, https://example.org/deep/page?x=1\n",
    "c.md": "The letter c stands here, and plus.\n",
  ]

  @Test(
    "what is typed finds the note",
    arguments: [
      ("学习", ["zh.md"]), ("训练", ["zh.md"]), ("深", ["zh.md"]), ("机器学习", ["zh.md"]),
      ("模型4", ["words.md", "zh.md"]), ("\"大量数据\"", ["zh.md"]), ("\"数据大量\"", []),
      ("東京", ["ja.md"]), ("カタカナ", ["ja.md"]), ("ｶﾀｶﾅ", ["ja.md"]), ("문장", ["ko.md"]),
      ("ecole", ["fr.md"]), ("e\u{301}cole", ["fr.md"]), ("FORÊT", ["fr.md"]),
      ("tex:\\nabla_\\theta\\mathcal{L}", ["tex.md", "tex2.md"]),
      ("tex:\"\\grad_{\\theta} \\mathcal{L}\"", ["tex.md", "tex2.md"]),
      ("\\nabla", ["tex.md", "tex2.md"]), ("tex:\\frac{a}{b}", ["tex.md"]),
      ("tex:z^2", ["tex2.md"]), ("tex:nabla", ["tex.md", "tex2.md"]),
      ("attnDropout", ["code.md", "snake.md"]), ("attn_dropout", ["code.md", "snake.md"]),
      ("dropout", ["code.md", "snake.md"]), ("lang:swift dropout", ["code.md"]),
      ("HTTPServer2", ["code.md"]), ("GPT-4", ["words.md"]), ("gpt4", ["words.md"]),
      ("C++", ["words.md"]), ("encoder/decoder", ["words.md"]), ("decoder", ["words.md"]),
      ("vaswani", ["words.md"]), ("@vaswani2017attention", ["words.md"]),
      ("2106.09685", ["refs.md"]), ("arXiv:2106.09685", ["refs.md"]),
      ("10.1000/xyz-123", ["refs.md"]), ("https://example.org/deep/page", ["refs.md"]),
      ("example.org", ["refs.md"]),
    ] as [(String, [String])])
  func found(query: String, expected: [String]) throws {
    let found = try TestVault(Self.notes).search(query).hits
    #expect(found.filter { !$0.isRelated }.map(\.note.path.text).sorted() == expected)
  }

  @Test(
    "a name with backslashes or braces is found as text, and a command where no formula has it",
    arguments: [
      ("App\\Http\\Kernel", ["w.md"]), ("\"App\\Http\\Kernel\"", ["w.md"]),
      ("+App\\Models\\User", ["w.md"]), ("CORP\\anna", ["w.md"]), ("\"CORP\\anna\"", ["w.md"]),
      ("HKLM\\Software\\Wombat", ["w.md"]), ("\\d+", ["tex.md", "w.md"]),
      ("template_{name}", ["w.md"]),
      ("HEAD^{commit}", ["w.md"]), ("x\\in", ["tex.md"]), ("d_{model}", ["tex.md"]),
      ("\\theta", ["tex.md"]), ("CORP\\bob", []), ("App\\Kernel", []),
    ] as [(String, [String])])
  func backslashes(query: String, expected: [String]) throws {
    let test = try TestVault([
      "w.md": """
      Log in as CORP\\anna, key HKLM\\Software\\Wombat, regex \\d+ and `App\\Models\\User`;
      template_{name}.md, HEAD^{commit}, the x in theta, d model.

      ```php
      use App\\Http\\Kernel;
      ```

      """, "tex.md": "Where $x\\in X$, $d_{model}$ and $\\theta$.\n",
    ])
    #expect(try test.search(query).paths.sorted() == expected)
  }

  @Test("a passage in any script is marked where its words stand")
  func marked() throws {
    let hit = try TestVault(Self.notes).search("学习模型").hits.first
    let snippet = try #require(hit?.snippets.first)
    let text = Array(snippet.text.utf8)
    #expect(snippet.ranges.map { String(decoding: text[$0], as: UTF8.self) } == ["学习模型", "模型"])
    #expect(snippet.line == 3)
  }

  @Test("a word is shown where it stands, however long the block is that has it")
  func longBlock() throws {
    let log = (0..<1_000).map { "2026-12-01 INFO worker \($0) did its job\n" }.joined()
    let test = try TestVault([
      "log.md": "# Log\n\nWhat the server said.\n\n```\n\(log)ERROR wombat gone\n```\n",
      "cjk.md": "# 文\n\n前。\n\n" + String(repeating: "机器学习", count: 3_000) + "袋熊\n",
    ])
    let snippet = try #require(try test.search("wombat").hits.first?.snippets.first)
    #expect(snippet.matchLine == 1_006)
    #expect(try test.search("袋熊").hits.first?.snippets.first?.line == 5)
  }

  @Test("a formula is marked as a whole")
  func markedFormula() throws {
    let hit = try TestVault(Self.notes).search("tex:z^2").hits.first
    let snippet = try #require(hit?.snippets.first)
    let text = Array(snippet.text.utf8)
    #expect(snippet.ranges.map { String(decoding: text[$0], as: UTF8.self) } == ["z^2"])
  }

  @Test("the index is readable by the plain shell")
  func shell() throws {
    let test = try TestVault(Self.notes)
    try test.fresh()
    let found = try runProcess([
      "sqlite3", test.indexPath,
      """
      SELECT path FROM fulltext JOIN note ON text_id = fulltext.rowid
      WHERE fulltext MATCH 'decoder' ORDER BY rank
      """,
    ])
    #expect(found.output == "words.md\n")
  }
}
