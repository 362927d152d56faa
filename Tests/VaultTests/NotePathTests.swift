import Testing

@testable import Vault

@Suite("Paths")
struct NotePathTests {
  @Test(
    "a path that leaves the vault or reaches into git's folder is refused",
    arguments: [
      "", "/etc/passwd", "../x.md", "a/../../x.md", "a//b.md", "./a.md", ".git/hooks/x", "a/.GIT/x",
      ".git./x", ".git /x", "git~1/x", ".g\u{200C}it/x", ".git::$INDEX_ALLOCATION/x", "a\0b.md",
      String(repeating: "x", count: 256) + ".md",
    ])
  func refused(path: String) {
    #expect(throws: VaultError.self) { _ = try NotePath(path) }
  }

  @Test("two Unicode spellings of one name are two paths")
  func spellingsAreKeptApart() throws {
    let composed = try NotePath("caf\u{E9}.md")
    let decomposed = try NotePath("cafe\u{301}.md")
    #expect(composed.text == decomposed.text)
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
  }

  @Test("a note is Markdown outside hidden folders")
  func whatIsANote() throws {
    #expect(try NotePath("a/b.md").isNote)
    #expect(try NotePath("a/B.MARKDOWN").isNote)
    #expect(try !NotePath("a/b.txt").isNote)
    #expect(try !NotePath(".obsidian/b.md").isNote)
    #expect(try !NotePath(".md").isNote)
    #expect(try NotePath("a/b.tar.md").stem == "b.tar")
  }

  @Test(
    "a file name keeps the letters of any script",
    arguments: [
      ("Attention Is All You Need", "attention-is-all-you-need"), ("  C++ & Rust!", "c-rust"),
      ("../../etc/passwd", "etc-passwd"), ("扩散模型", "扩散模型"), ("Don't panic", "dont-panic"),
      ("\u{1B}[31m\u{7}", "31m"), ("...", "untitled"), ("Ångström", "ångström"),
    ])
  func slugs(title: String, slug: String) {
    #expect(Slug.make(from: title) == slug)
  }

  @Test(
    "patterns fit as in gitignore",
    arguments: [
      ("a", "a/b.md", true), ("a", "ab.md", false), ("*.md", "x.md", true),
      ("*.md", "a/x.md", false), ("**/x.md", "a/b/x.md", true), ("**/x.md", "x.md", true),
      ("a/**", "a/b/c", true), ("a/*/c", "a/b/c", true), ("a/*/c", "a/b/d/c", false),
      ("?.md", "x.md", true), ("[ab].md", "b.md", true), ("[ab].md", "c.md", false),
      ("202?/*", "2024/x.md", true), ("**/x.md", "ax.md", false), ("**/x.md", "a/bx.md", false),
      ("**/old/**", "old/x.md", true), ("**/old/**", "a/old/b/x.md", true),
      ("**/old/**", "threshold/x.md", false), ("a/**/x.md", "a/x.md", true),
      ("a/**/x.md", "a/b/c/x.md", true), ("a/**/x.md", "a/bx.md", false),
      ("**/a*b.md", "x/ab/axb.md", true), ("**/a*", "x/ba.md", false),
      ("**/a/*/b.md", "a/a/x/b.md", true), ("x**/b.md", "xa/c/b.md", true),
      ("**.md", "a/b.md", true), ("/a", "a/b.md", true), ("/a", "b/a/c.md", false),
      ("/*.md", "x.md", true), ("**/a", "b/a/c/d.md", true), ("**/a", "a/d.md", true),
      ("**/a", "ba/d.md", false), ("**/a/", "b/a/c.md", true), ("**/a/", "b/a", false),
      ("2026-0[1-6].md", "2026-04.md", true), ("2026-0[1-6].md", "2026-07.md", false),
      ("[!a].md", "b.md", true), ("[!a].md", "a.md", false), ("[^a-c]x", "bx", false),
      ("[a-]", "-", true), ("x[!a]y", "x/y", false),
      ("a*/", "ab/c/d.md", true), ("a*/", "ab.md", false), ("a/*", "a/b/c.md", false),
    ])
  func globs(pattern: String, path: String, fits: Bool) {
    #expect(Glob(pattern).matches(path) == fits)
  }

  @Test("only names that are known are filled in, and values are not looked through again")
  func templates() {
    let template = Template("# {{ title }}\n{{unknown}} {{x {{date}}")
    #expect(
      template.filled(with: ["title": "{{date}}", "date": "2026"])
        == "# {{date}}\n{{unknown}} {{x 2026")
  }
}
