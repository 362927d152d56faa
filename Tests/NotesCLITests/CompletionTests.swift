import TestSupport
import Testing

@testable import NotesCLI

@Suite("the words of a query are completed")
struct CompletionTests {
  private func candidates(_ typed: String) -> [String] {
    QueryCompletion(of: typed).candidates(
      tags: ["math", "math/sde", "two words", "bread"], paths: ["a.md", "b c.md", "b.md"],
      keys: ["status", "title", "odd key"])
  }

  @Test(
    "keys, and behind a colon the values that there are",
    arguments: [
      ("tag:ma", ["tag:math", "tag:math/sde"]), ("-tag:b", ["-tag:bread"]),
      ("links-to:", ["links-to:a.md", "links-to:b.md"]), ("is:or", ["is:orphan"]),
      ("st", ["status:"]), ("ti", ["title:"]), ("-lin", ["-linked-by:", "-links-to:"]),
      ("xyz", []), ("title:x", []),
    ] as [(String, [String])])
  func values(typed: String, expected: [String]) {
    #expect(candidates(typed) == expected)
  }

  @Test(
    "bash cuts words at colons and at the sign before a version",
    arguments: [
      (["tag", ":", "ma"], "tag:ma", "ma"), (["tag", ":"], "tag:", ""),
      (["tag:ma"], "tag:ma", "tag:ma"),
      (["a.md", "@", "v"], "a.md@v", "v"), (["a", "@", "b", "@"], "a@b@", ""),
      (["-t", "x", "a", "@", "v1"], "a@v1", "v1"), (["a", "b"], "b", "b"), (["@"], "@", ""),
    ])
  func bash(typed: [String], whole: String, last: String) {
    let word = TypedWord(["notes", "search"] + typed, at: typed.count + 1)
    #expect(word.whole == whole && word.last == last, "\(word)")
  }

  @Test("a place that a line has not got is no word")
  func noWord() {
    #expect(TypedWord([], at: 3).whole.isEmpty)
  }

  /// What bash offers behind some words, with the script that the program prints.
  private func offered(_ words: String..., in vault: TestVault) throws -> [String] {
    let script = """
      source <("$1" completions bash)
      COMP_LINE="$*" COMP_POINT=${#COMP_LINE} COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      _notes notes "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let result = try runProcess(
      ["bash", "--norc", "-c", script, "bash", Faults.program] + words, in: vault.path,
      environment: vault.environment)
    #expect(result.errors.isEmpty)
    return result.output.split(separator: "\n").map(String.init)
  }

  @Test("bash takes names, tags and keys as they are, and runs nothing that stands in them")
  func literal() throws {
    let vault = try TestVault()
    let names = [
      "it's \"so\".md", "a;b&c|d.md", "a * [b] {c,d} ~.md", "a\\b.md", "beta.md", "'.md",
    ]
    for name in names { try vault.write("x\n", to: name) }
    let traps = ["$(touch ran)", "`touch ran`", "${a[$(touch ran)]}", "';touch ran;'$(touch ran)"]
    for trap in traps { try vault.write("x\n", to: "trap \(trap).md") }
    let list = traps.map { "\"\($0.replacing("touch ", with: "touch${IFS}"))\"" }
    let front = "tags: [it's, \(list.joined(separator: ", "))]\n\"$(touch${IFS}ran)\": 1\n"
    try vault.write("---\n\(front)---\n", to: "z.md")
    #expect(try offered("show", "", in: vault).sorted() == (names + ["z.md"]).sorted())
    #expect(try offered("show", "it\\'s", in: vault) == [names[0]])
    #expect(try offered("show", "be", in: vault) == ["beta.md"])
    #expect(try offered("list", "--link-to", "a\\ ", in: vault) == [names[2]])
    #expect(try offered("list", "-t", "", in: vault) == ["it's"])
    #expect(try offered("search", "tag", ":", "", in: vault).contains("it's"))
    #expect(try offered("search", "ti", in: vault) == ["title:"])
    #expect(try offered("search", "", in: vault).contains("tag:"))
    #expect(!vault.has("ran"))
  }

  @Test("behind a note's @ its versions are offered, and notes of the vault that the line names")
  func versions() throws {
    let vault = try TestVault()
    try vault.write("---\nid: q\n---\n\nText.\n", to: "essay.md")
    try vault.notes("version", "cut", "essay").succeeded()
    try vault.write("---\nid: q\n---\n\nOther text.\n", to: "essay.md")
    try vault.notes("version", "cut", "essay", "--new").succeeded()
    #expect(try offered("show", "essay", "@", in: vault) == ["v1", "v2"])
    #expect(try offered("diff", "essay.md", "@", "v2", in: vault) == ["v2"])
    #expect(try offered("show", "nothing", "@", in: vault).isEmpty)
    let other = try TestVault()
    #expect(try offered("show", "-C", vault.path, "es", in: other) == ["essay.md"])
    #expect(try offered("show", "es", in: other).isEmpty)
  }

  @Test("zsh takes no part of a name for a description, and a name with a line break is left out")
  func otherShells() {
    #expect(CompletionWord("a:b\\c.md").text(for: .zsh) == "a\\:b\\\\c.md")
    #expect(CompletionWord("it's $(x).md").text(for: .fish) == "it's $(x).md")
    #expect(CompletionWord("a\nb.md").text(for: .fish) == nil)
    #expect(CompletionWord("a\u{1B}b.md").text(for: .bash) == nil)
  }
}
