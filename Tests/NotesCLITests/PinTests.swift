import TestSupport
import Testing

@Suite("links to versions")
struct PinTests {
  let vault: TestVault

  init() throws {
    vault = try TestVault()
    try vault.write(
      "---\nid: abc12345\n---\n\n# Essay\n\nBegun.\n\n## Claim\n\nIt is so.\n\n## Doubt\n\nOr not.\n",
      to: "posts/essay.md")
    try vault.notes("version", "cut", "-q", "essay", "-m", "Begun").succeeded()
  }

  @Test("check tells a link to a version whose note says something else by now, and mends nothing")
  func changed() throws {
    try vault.write("[[essay@v1]], [[essay@v1#Claim]] and [[essay@v1#Doubt]].\n", to: "note.md")
    let first = vault.notes("check")
    #expect(first.status == 0 && first.output.isEmpty, "\(first.output)")
    let text = try vault.read("posts/essay.md")
    try vault.write(
      text.replacing("It is so.", with: "It is so, mostly.").replacing("Doubt", with: "Doubts"),
      to: "posts/essay.md")
    let later = vault.notes("check")
    #expect(later.status == 0)
    #expect(
      later.lines == [
        "note.md:1: 'Claim' of posts/essay.md has changed since v1: +1 -0 words",
        "note.md:1: 'Doubt' of v1 is no longer in posts/essay.md",
        "note.md:1: posts/essay.md has changed since v1: +2 -1 words",
      ])
    #expect(vault.notes("search", "links-to:essay", "--format", "path").lines == ["note.md"])
    #expect(vault.notes("links", "note", "--outgoing").output.contains("posts/essay.md@v1#Claim"))
  }

  @Test("check tells of a pinned passage in which no word changed what did")
  func sign() throws {
    try vault.write("See [[essay@v1#Claim]].\n", to: "note.md")
    let text = try vault.read("posts/essay.md")
    try vault.write(text.replacing("It is so.", with: "It is ~~so~~."), to: "posts/essay.md")
    #expect(
      vault.notes("check").lines == [
        "note.md:1: 'Claim' of posts/essay.md has changed since v1: a sign changed"
      ])
  }

  @Test("a note is shown as HTML, as it is and as it was, with links to where the notes are")
  func html() throws {
    try vault.write("p", to: "posts/pic.png")
    try vault.write(
      "# N\n\n[[essay#Claim|so]], [e](posts/essay.md), [[nothing]], ![](posts/pic.png)\n",
      to: "my note.md")
    #expect(
      vault.notes("show", "my note", "--html").output
        == """
        <h1 id="n">N</h1>
        <p><a href="posts/essay.md#claim">so</a>, <a href="posts/essay.md">e</a>, \
        <span class="broken">nothing</span>, <img src="posts/pic.png" alt=""></p>

        """)
    try vault.write("---\nid: abc12345\n---\n\nSee [[my note]].\n", to: "posts/essay.md")
    #expect(
      vault.notes("show", "essay", "--html").output
        == "<p>See <a href=\"../my%20note.md\">my note</a>.</p>\n")
    #expect(
      vault.notes("show", "essay@v1", "--html").output.contains("<h2 id=\"claim\">Claim</h2>"))
  }

  @Test("a link to a version or a passage that never was is to mend")
  func broken() throws {
    try vault.write("[[essay@v7]] [[essay@v1#Nothing]] [[essay@0123456]]\n", to: "note.md")
    let found = vault.notes("check")
    #expect(found.status == 1)
    #expect(
      found.lines == [
        "note.md:1: posts/essay.md has no text '0123456'",
        "note.md:1: posts/essay.md has no text 'v7'",
        "note.md:1: posts/essay.md@v1 has no heading or block 'Nothing'",
      ])
  }

  @Test("a note that moves keeps the links to its versions, and those of front matters")
  func moved() throws {
    try vault.write(
      "---\nbuilds-on:\n  - \"[[posts/essay]]\"\n---\n\n[[essay@v1|old]]\n", to: "note.md")
    try vault.notes("mv", "essay", "posts/other.md").succeeded()
    #expect(
      try vault.read("note.md")
        == "---\nbuilds-on:\n  - \"[[posts/other]]\"\n---\n\n[[other@v1|old]]\n")
    #expect(vault.notes("check").status == 0)
    #expect(vault.notes("links", "other", "--incoming").output.contains("builds-on") == false)
    #expect(vault.notes("links", "other", "--incoming").lines.count > 1)
  }
}
