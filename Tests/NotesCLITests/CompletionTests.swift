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

  /// What bash offers behind some words, with the script that the program prints.
  private func offered(_ words: String..., in vault: TestVault) throws -> [String] {
    let script = """
      source <("$1" completions bash)
      COMP_LINE="$*" COMP_POINT=${#COMP_LINE} COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      __notes_line notes "${!#}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let result = try runProcess(
      ["bash", "--norc", "-c", script, "bash", Faults.program] + words, in: vault.path,
      environment: vault.environment)
    #expect(result.errors.isEmpty)
    return result.output.split(separator: "\n").map(String.init)
  }

  /// The words of a line once a tabulator was typed behind it, in a bash on a terminal.
  private func completed(_ line: String, in vault: TestVault) throws -> [String] {
    let script = """
      import os, pty, sys
      program, line = sys.argv[1:]
      pid, terminal = pty.fork()
      if pid == 0:
          os.environ.update(PS1="> ", TERM="dumb", PATH=os.path.dirname(program) + ":" + os.environ["PATH"])
          os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
      seen = b""
      def until(text):
          global seen
          while text not in seen: seen += os.read(terminal, 65536)
          before, seen = seen.split(text, 1)
          return before.decode()
      os.write(terminal, b"source <(notes completions bash); echo re''ady\\n")
      until(b"ready")
      until(b"> ")
      # To the line's beginning, and what shows its words there.
      os.write(terminal, line.encode() + b"\\t\\x01printf '<%s>\\\\n' \\x05; echo e''nd\\n")
      print(until(b"end\\r"))
      """
    let result = try runProcess(
      ["python3", "-c", script, Faults.program, line], in: vault.path,
      environment: vault.environment)
    #expect(result.errors.isEmpty)
    return result.output.split(whereSeparator: \.isNewline)
      .filter { $0.hasPrefix("<") && $0.hasSuffix(">") }.map { String($0.dropFirst().dropLast()) }
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
    #expect(try offered("search", "tag:", in: vault).contains("tag:it's"))
    #expect(try offered("search", "ti", in: vault) == ["title:"])
    #expect(try offered("search", "", in: vault).contains("tag:"))
    #expect(!vault.has("ran"))
  }

  @Test(
    "in a bash, versions, filters, short verbs and other vaults are completed as they are typed")
  func terminal() throws {
    let vault = try TestVault()
    try vault.write("---\nid: q\ntags: [math/sde]\n---\n\nText.\n", to: "essay.md")
    try vault.notes("version", "cut", "essay").succeeded()
    func words(_ line: String) throws -> String {
      try completed(line, in: vault).joined(separator: " ")
    }
    #expect(try words("notes show es") == "notes show essay.md")
    #expect(try words("notes show essay@") == "notes show essay@v1")
    #expect(try words("notes diff essay.md@v") == "notes diff essay.md@v1")
    #expect(try words("notes search tag:") == "notes search tag:math/sde")
    #expect(try words("notes search tag:m") == "notes search tag:math/sde")
    #expect(try words("notes log es") == "notes log essay.md")
    let other = try TestVault()
    func elsewhere(_ line: String) throws -> String {
      try completed(line.replacing("DIR", with: vault.path), in: other)
        .joined(separator: " ").replacing(vault.path, with: "DIR")
    }
    #expect(try elsewhere("notes show es") == "notes show es")
    #expect(try elsewhere("notes show -C DIR es") == "notes show -C DIR essay.md")
    #expect(try elsewhere("notes -q -C DIR show es") == "notes -q -C DIR show essay.md")
    #expect(try elsewhere("notes -C DIR sho") == "notes -C DIR show")
    #expect(try elsewhere("notes -C DIR/.no") == "notes -C DIR/.notes/")
  }

  @Test("bash is given only names that begin as the word does, other shells all of them")
  func namesForBash() {
    func offered(_ word: String, _ shell: CompletionShellName) -> [String] {
      let line = TypedLine(["notes", "show", word], at: 2)
      return ["a/one.md", "a b.md", "two.md"].filter { line.mayBecome($0, in: shell) }
    }
    #expect(offered("a/", .bash) == ["a/one.md"])
    #expect(offered("a", .bash) == ["a/one.md", "a b.md"])
    // What the shell has not read yet may be written in other ways.
    #expect(offered("\"a", .bash).count == 3 && offered("a\\ ", .bash).count == 3)
    #expect(offered("one", .fish).count == 3 && offered("A", .zsh).count == 3)
  }

  @Test("zsh takes no part of a name for a description, and a name with a line break is left out")
  func otherShells() {
    #expect(CompletionWord("a:b\\c.md").text(for: .zsh) == "a\\:b\\\\c.md")
    #expect(CompletionWord("it's $(x).md").text(for: .fish) == "it's $(x).md")
    #expect(CompletionWord("a\nb.md").text(for: .fish) == nil)
    #expect(CompletionWord("a\u{1B}b.md").text(for: .bash) == nil)
  }
}
