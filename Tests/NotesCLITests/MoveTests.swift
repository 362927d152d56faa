import Testing

@Suite("notes mv and rm")
struct MoveTests {
  let vault: TestVault

  init() throws {
    vault = try TestVault()
    try vault.write("# Diffusion\n", to: "ideas/diffusion.md")
  }

  @Test(
    "every form of link to a renamed note is rewritten in its own form, and nothing else is",
    arguments: [
      ("see [[diffusion]] now", "see [[ddpm]] now"),
      ("see [[diffusion|the model]]", "see [[ddpm|the model]]"),
      ("see [[diffusion#Forward process]]", "see [[ddpm#Forward process]]"),
      ("![[diffusion]]", "![[ddpm]]"),
      ("[[ideas/diffusion]]", "[[ideas/ddpm]]"),
      ("[[ideas/diffusion.md]]", "[[ideas/ddpm.md]]"),
      ("[x](ideas/diffusion.md)", "[x](ideas/ddpm.md)"),
      ("[x](<ideas/diffusion.md> \"t\")", "[x](<ideas/ddpm.md> \"t\")"),
      ("[x](./ideas/diffusion.md#a)", "[x](ideas/ddpm.md#a)"),
      ("[x][d]\n\n[d]: ideas/diffusion.md", "[x][d]\n\n[d]: ideas/ddpm.md"),
      ("`[[diffusion]]` and $[[diffusion]]$", "`[[diffusion]]` and $[[diffusion]]$"),
      ("[[Diffusion]]", "[[ddpm]]"),
    ])
  func forms(before: String, after: String) throws {
    let text = "---\nkept: [b, a] # as it is\n---\r\nx \(before)\r\n"
    try vault.write(text, to: "note.md")
    let result = vault.notes("mv", "ideas/diffusion.md", "ddpm")
    #expect(result.status == 0, "\(result.errors)")
    #expect(vault.has("ideas/ddpm.md") && !vault.has("ideas/diffusion.md"))
    #expect(try vault.read("note.md") == "---\nkept: [b, a] # as it is\n---\r\nx \(after)\r\n")
    try vault.notes("undo").succeeded()
    #expect(try vault.read("note.md") == text)
    #expect(vault.has("ideas/diffusion.md") && !vault.has("ideas/ddpm.md"))
  }

  @Test("a note that moves to another folder keeps its own links, and its backlinks")
  func folders() throws {
    try vault.write("[up](../index.md) ![p](img/p.png) [[index]]\n", to: "ideas/a.md")
    try vault.write("[a](ideas/a.md)\n", to: "index.md")
    try vault.write("a picture", to: "ideas/img/p.png")
    try vault.notes("mv", "ideas/a.md", "2026/deep/").succeeded()
    #expect(
      try vault.read("2026/deep/a.md")
        == "[up](../../index.md) ![p](../../ideas/img/p.png) [[index]]\n")
    #expect(try vault.read("index.md") == "[a](2026/deep/a.md)\n")
    #expect(vault.notes("links", "2026/deep/a.md", "--incoming").output.contains("index.md"))
  }

  @Test("a link that another window writes before mv may follows, too")
  func linkedMeanwhile() throws {
    try vault.notes("save").succeeded()
    try vault.write("[[diffusion]]\n", to: "early.md")
    let status = try vault.run(["mv", "diffusion", "ddpm"]) {
      try vault.write("[[diffusion]] and more\n", to: "early.md")
      try vault.write("[it](ideas/diffusion.md)\n", to: "late.md")
    }
    #expect(status == 0)
    #expect(try vault.read("early.md") == "[[ddpm]] and more\n")
    #expect(try vault.read("late.md") == "[it](ideas/ddpm.md)\n")
  }

  @Test("a name that another note has is given with its folder, and takes no link from the other")
  func namesake() throws {
    try vault.write("# X\n", to: "x.md")
    try vault.write("# Y\n", to: "far/y.md")
    try vault.write("# Z\n", to: "z.md")
    try vault.write("[[diffusion]] [[x]] [[y]] [[z|it]]\n", to: "note.md")
    try vault.notes("mv", "ideas/diffusion.md", "x").succeeded()
    #expect(try vault.read("note.md") == "[[ideas/x]] [[x]] [[y]] [[z|it]]\n")
    try vault.notes("mv", "z", "y").succeeded()
    #expect(try vault.read("note.md") == "[[ideas/x]] [[x]] [[far/y]] [[y|it]]\n")
  }

  @Test(
    "links in the front matter follow to any name, and the front matter stays YAML",
    arguments: [
      "it's new", "Smith, J. 2020", "@smith2020", "*star", "a {b}", "what: this", "100%", "d'e'f",
    ])
  func frontmatterLinks(_ name: String) throws {
    let vault = try TestVault()
    try vault.write("# Title\n", to: "o.md")
    let lines = [
      "up: \"[[o]]\"", "up: '[[o|x]]'", "up: [[o]]", "up: [ [[o]], [[o#Title]] ]",
      "up:\n  - \"[[o]]\"\n  - see [[p]]", "up: \"it's [[o]], [[p]]\"",
    ]
    try vault.write("# P\n", to: "p.md")
    for (place, line) in lines.enumerated() {
      try vault.write("---\n\(line)\nprivate: true\n---\nBody [[o]]\n", to: "n\(place).md")
    }
    try vault.notes("mv", "o", name + ".md").succeeded()
    // Some of these names are not for every system.
    let findings = vault.notes("check").lines.filter { !$0.contains(".md: ") || $0.contains("'o'") }
    #expect(findings == [], "\(findings)")
    for place in lines.indices {
      let links = vault.notes("links", "n\(place)").output
      #expect(links.contains(name) && !links.contains("[[o"), "\(links)")
      #expect(vault.notes("list", "is:private", "--format", "path").output.contains("n\(place).md"))
    }
    try vault.notes("undo").succeeded()
    for (place, line) in lines.enumerated() {
      #expect(try vault.read("n\(place).md").contains(line))
    }
  }

  @Test("a name that links would read as an older text of another is refused")
  func pinnedName() throws {
    let vault = try TestVault()
    try vault.write("# Title\n", to: "o.md")
    try vault.write("[[o]]\n", to: "n.md")
    let result = vault.notes("mv", "o", "paper@v1")
    #expect(result.status == 2 && result.errors.contains("paper-v1"), "\(result.errors)")
    #expect(vault.has("o.md"))
  }

  @Test("a place that is taken is never written over")
  func taken() throws {
    try vault.write("other\n", to: "ideas/ddpm.md")
    let result = vault.notes("mv", "diffusion", "ddpm")
    #expect(result.status == 2)
    #expect(try vault.read("ideas/ddpm.md") == "other\n")
    #expect(vault.has("ideas/diffusion.md"))
  }

  @Test("a place outside the vault, or in git's folder, is refused", arguments: ["../x", ".git/x"])
  func outside(target: String) {
    #expect(vault.notes("mv", "diffusion", target).status == 2)
    #expect(vault.has("ideas/diffusion.md"))
  }

  @Test(
    "a place where a file is no note is refused, and so it is by add",
    arguments: [
      (".", nil), ("..", nil), ("a/..", nil), (".hidden", nil), (".notes/x", ".notes"),
      ("a/.b/x", "a/.b"), ("old/x", "old"), ("old/", "old"), ("x.draft.md", nil),
    ] as [(String, String?)])
  func noNote(target: String, folder: String?) throws {
    try vault.write("ignore: [old, '**/*.draft.md']\n", to: ".notes/config.yaml")
    try vault.write("[[diffusion]]\n", to: "note.md")
    let result = vault.notes("mv", "diffusion", target)
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("notes: "))
    #expect(vault.has("ideas/diffusion.md"))
    #expect(try vault.read("note.md") == "[[diffusion]]\n")
    if let folder { #expect(vault.notes("add", "x", "y", "--dir", folder).status == 2) }
  }

  @Test("an empty target, as of a variable that was not set, is not understood")
  func emptyTarget() {
    #expect(vault.notes("mv", "diffusion", "").status == 64)
    #expect(vault.has("ideas/diffusion.md"))
  }

  @Test("a removed note comes back with undo, and goes again with the next")
  func remove() throws {
    try vault.write("[[diffusion]]\n", to: "index.md")
    let result = vault.notes("rm", "diffusion")
    #expect(result.status == 0)
    #expect(result.errors.contains("notes undo"))
    #expect(result.errors.contains("index.md"))
    #expect(!vault.has("ideas/diffusion.md"))
    #expect(vault.notes("list", "--format", "path").lines == ["index.md"])
    try vault.notes("undo").succeeded()
    #expect(try vault.read("ideas/diffusion.md") == "# Diffusion\n")
    try vault.notes("undo").succeeded()
    #expect(!vault.has("ideas/diffusion.md"))
  }

  @Test("a move is not taken back once the note was moved on")
  func movedOn() throws {
    try vault.notes("mv", "diffusion", "b").succeeded()
    try vault.notes("mv", "b", "c").succeeded()
    let undone = vault.notes("undo", "1")
    #expect(undone.status != 0 && undone.errors.contains("ideas/b.md was changed since"))
    #expect(!vault.has("ideas/diffusion.md") && vault.has("ideas/c.md"))
  }

  @Test(
    "a name that no wiki link can say is refused where there are some",
    arguments: [("C# notes", "'ideas/C notes'"), ("a|b", "ideas/ab"), ("b ", "ideas/b")])
  func unsayable(_ name: String, fit: String) throws {
    try vault.write("see [[diffusion]]\n", to: "index.md")
    let refused = vault.notes("mv", "diffusion", name)
    #expect(refused.status == 2 && refused.errors.contains("index.md:1"), "\(refused)")
    #expect(refused.errors.contains("hint: notes mv ideas/diffusion.md \(fit)"), "\(refused)")
    #expect(vault.has("ideas/diffusion.md"))
    try vault.write("see nothing\n", to: "index.md")
    #expect(vault.notes("mv", "diffusion", name).status == 0)
  }

  @Test("undo of an add whose note was moved since says so, and counts for nothing")
  func undoOfMoved() throws {
    try vault.notes("add", "Sampling", "Langevin steps.").succeeded()
    try vault.notes("mv", "sampling", "langevin").succeeded()
    let number = try #require(vault.notes("undo", "--list").lines.last?.split(separator: " ").first)
    let refused = vault.notes("undo", String(number))
    #expect(refused.status == 2 && refused.errors.contains("sampling.md"), "\(refused)")
    #expect(vault.has("langevin.md") && !vault.has("sampling.md"))
    try vault.notes("undo").succeeded()
    #expect(vault.has("sampling.md") && !vault.has("langevin.md"))
  }

  @Test("undo never takes back over what was written since")
  func undoAfterEdit() throws {
    try vault.notes("mv", "diffusion", "ddpm").succeeded()
    try vault.write("# Rewritten\n", to: "ideas/ddpm.md")
    let result = vault.notes("undo")
    #expect(result.status == 2)
    #expect(result.errors.contains("ideas/ddpm.md"))
    #expect(try vault.read("ideas/ddpm.md") == "# Rewritten\n")
  }

  @Test("a name that means two notes lists both, and does nothing")
  func ambiguous() throws {
    try vault.write("# Diffusion\n", to: "old/diffusion.md")
    let result = vault.notes("rm", "diffusion")
    #expect(result.status == 1)
    #expect(
      result.output.contains("old/diffusion.md") && result.output.contains("ideas/diffusion.md"))
    #expect(vault.has("ideas/diffusion.md"))
  }
}
