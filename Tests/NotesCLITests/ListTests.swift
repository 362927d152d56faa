import Testing

@Suite("notes list")
struct ListTests {
  let vault: TestVault

  init() throws {
    vault = try TestVault()
    try vault.write("---\ntags: [idea]\nstatus: in progress\n---\nSee [[b]].\n", to: "a.md")
    try vault.write("---\ntags: [x]\ncreated: 2021-02-03\n---\n", to: "b.md")
    try vault.write("# C\n", to: "sub/c.md")
    try vault.write("# D\n", to: "sub/deep/d.md")
  }

  private func listed(_ arguments: [String], in folder: String? = nil) -> [String] {
    vault.run(["list", "-q", "--format", "path"] + arguments, in: folder).lines
  }

  @Test(
    "an argument is a filter of the query language, and several must all fit",
    arguments: [
      (["tag:idea is:orphan"], ["a.md"]), (["(tag:idea OR tag:x)"], ["a.md", "b.md"]),
      (["tag:idea OR tag:x"], ["a.md", "b.md"]), (["tag:idea", "OR", "tag:x"], ["a.md", "b.md"]),
      (["created:<2022 tag:x"], ["b.md"]), (["tag:idea OR tag:x", "is:orphan"], ["a.md"]),
      (["status:in progress"], ["a.md"]), (["status:in progress", "tag:x"], []),
      (["--", "-tag:idea", "path:sub"], ["sub/c.md", "sub/deep/d.md"]),
      ([], ["a.md", "b.md", "sub/c.md", "sub/deep/d.md"]),
    ] as [([String], [String])])
  func filters(words: [String], expected: [String]) {
    #expect(listed(words) == expected)
  }

  @Test(
    "what is no filter is not understood",
    arguments: [["progress"], ["tag:x", "OR"]])
  func noFilter(words: [String]) {
    let result = vault.run(["list"] + words)
    #expect(result.status == 64)
    #expect(result.errors.contains("is no filter"))
  }

  @Test("a key that no front matter has, and a name that no note has, are named")
  func missing() {
    let key = vault.notes("list", "statsu:done")
    #expect(key.status == 1)
    #expect(key.errors == "no note has such a key: statsu:done\n0 notes\n")
    let name = vault.notes("list", "links-to:nosuch")
    #expect(name.status == 1)
    #expect(name.errors == "no such note: nosuch\n0 notes\n")
    #expect(vault.notes("list", "status:done", "links-to:b").errors == "0 notes\n")
  }

  @Test("tags with commas between them are a choice, with a # or not, as in a query")
  func tags() {
    #expect(listed(["-t", "idea,x"]) == ["a.md", "b.md"])
    #expect(listed(["-t", "#idea"]) == ["a.md"])
    #expect(listed(["-t", "idea", "-t", "x"]) == [])
    #expect(listed(["-t", ""]) == [])
  }

  @Test("a path that begins with a dot counts from here, another from the top")
  func paths() {
    #expect(listed(["--path", "./sub"]) == ["sub/c.md", "sub/deep/d.md"])
    #expect(listed(["--path", "."]).count == 4)
    #expect(listed(["--path", "."], in: "sub/deep") == ["sub/deep/d.md"])
    #expect(listed(["--path", "./*.md"], in: "sub") == ["sub/c.md"])
    #expect(listed(["--path", ".."], in: "sub/deep") == ["sub/c.md", "sub/deep/d.md"])
    #expect(listed(["--path", "sub/deep"], in: "sub") == ["sub/deep/d.md"])
    #expect(vault.notes("list", "--path", "../x").status == 2)
  }

  @Test("how many there are is said when not all are shown")
  func count() {
    #expect(vault.notes("list", "-n", "1").errors == "1 of 4 notes\n")
    #expect(vault.notes("list", "-n", "4").errors == "4 notes\n")
    #expect(vault.notes("list", "--offset", "3").errors == "1 of 4 notes\n")
    #expect(vault.notes("list", "path:sub", "-n", "1").errors == "1 of 2 notes\n")
  }
}
