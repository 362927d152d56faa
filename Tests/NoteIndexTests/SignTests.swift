import NoteIndex
import TestSupport
import Testing
import Vault

@Suite("Signs that are no words are found")
struct SignTests {
  @Test(
    "a sign is found where nothing else is asked, and where it must be there",
    arguments: [
      ("📅", ["a.md", "📅 plan.md"]), ("\"📅\"", ["a.md", "📅 plan.md"]),
      ("rent +📅", ["a.md"]), ("\"rent 📅\"", ["a.md"]), ("rent -✅", ["a.md"]),
      ("✅\u{FE0F}", ["b.md"]), ("→", ["b.md"]), ("📅 rent", ["a.md", "b.md"]), ("€", ["c.md"]),
      ("rent AND →", ["b.md"]), ("❤", ["c.md"]), ("👩‍🔬", ["c.md"]), ("👩", ["c.md"]),
      ("path:c.md OR →", ["b.md", "c.md"]), ("path:b.md 📅", []), ("-rent €", ["c.md"]),
      ("🎉", []), ("–", []), ("\u{FE0F}", []), ("rent 🎉", ["a.md", "b.md"]),
    ] as [(String, [String])])
  func signs(query: String, expected: [String]) throws {
    let test = try TestVault([
      "a.md": "- [ ] pay rent 📅 2026-12-01\n", "b.md": "pay rent → later ✅\n",
      "c.md": "I ❤\u{FE0F} 5 € – for 👩‍🔬\n", "📅 plan.md": "Nothing.\n",
    ])
    #expect(try test.search(query).paths.sorted() == expected)
  }

  @Test("a sign is marked in the passage that has it")
  func signsShown() throws {
    let test = try TestVault(["a.md": "First.\n\nPay 📅 now.\n"])
    let snippet = try #require(try test.search("📅").hits.first?.snippets.first)
    #expect(snippet.line == 3 && snippet.ranges == [4..<8])
  }
}
