import TestSupport
import Testing

/// What becomes of links where one machine renames a note, and the other renames it too or links to it.
@Suite("links to a note that a sync gives another path")
struct MovedLinkTests {
  let here: TestVault
  let there: TestVault

  init() throws {
    here = try TestVault()
    try here.makeRemote()
    try here.write("# Diffusion\n\nForward, then back.\n", to: "ideas/n.md")
    try here.write("See [[n]] for it.\n", to: "index.md")
    try here.write("Nothing yet.\n", to: "log.md")
    try here.notes("version", "cut", "ideas/n.md", "-m", "First").succeeded()
    try here.notes("sync", "--remote", here.remote).succeeded()
    there = try here.cloned()
  }

  /// Lets both machines sync until both have all; then neither may have a link that leads nowhere.
  private func sync(exit status: Int32 = 0) throws {
    try here.notes("sync").succeeded()
    for vault in [there, here] {
      let result = vault.notes("sync")
      #expect(result.status == status, "\(result.output)\(result.errors)")
    }
    let trees = try [here, there].map { try $0.git("ls-tree", "-r", "HEAD").output }
    #expect(trees[0] == trees[1])
    for vault in [here, there] where status == 0 {
      #expect(vault.notes("check").status == 0, "\(vault.notes("check").output)")
      #expect(try vault.git("status", "--porcelain").output == "")
    }
  }

  @Test("lead to the one name that stays where both renamed it, without a question")
  func renamedTwice() throws {
    try here.write("# Of mine\n\n[[n|mine]] and [it](ideas/n.md#Diffusion)\n", to: "mine.md")
    try here.notes("mv", "ideas/n.md", "first").succeeded()
    try there.write("# Of theirs\n\n[[n@v1#Diffusion|theirs]]\n\n![[n]]\n", to: "theirs.md")
    try there.notes("mv", "ideas/n.md", "papers/second").succeeded()
    try there.write("The other's [x](../papers/second.md).\n", to: "deep/new.md")
    try sync()
    #expect(!there.has("ideas/n.md") && !there.has("ideas/first.md"))
    #expect(try there.read("papers/second.md") == "# Diffusion\n\nForward, then back.\n")
    #expect(try there.read("index.md") == "See [[second]] for it.\n")
    #expect(there.notes("version", "list", "second").lines.count == 1)
    #expect(
      try there.read("mine.md")
        == "# Of mine\n\n[[second|mine]] and [it](papers/second.md#Diffusion)\n")
    #expect(try there.read("theirs.md").contains("[[second@v1#Diffusion|theirs]]\n\n![[second]]"))
    #expect(try there.read("deep/new.md") == "The other's [x](../papers/second.md).\n")
  }

  @Test("lead to it where the machine that renamed it is second, and code stays as it is")
  func newLinks() throws {
    let forms = """
      ---
      builds-on: "[[n]]"
      ---
      [[n]] [[ideas/n#Diffusion]] ![[n]] [a](ideas/n.md) [b][d] `[[n]]`

      ```
      [[n]] [x](ideas/n.md)
      ```

      $[[n]]$ [[log]]

      [d]: ideas/n.md

      """
    try here.write(forms, to: "new.md")
    try there.notes("mv", "ideas/n.md", "papers/second").succeeded()
    try sync()
    #expect(
      try here.read("new.md") == """
        ---
        builds-on: "[[second]]"
        ---
        [[second]] [[papers/second#Diffusion]] ![[second]] [a](papers/second.md) [b][d] `[[n]]`

        ```
        [[n]] [x](ideas/n.md)
        ```

        $[[n]]$ [[log]]

        [d]: papers/second.md

        """)
  }

  @Test("lead to it where the machine that renamed it is first")
  func newLinksSecond() throws {
    try here.notes("mv", "ideas/n.md", "papers/second").succeeded()
    try there.write("A new [[n]] and [it](ideas/n.md).\n", to: "new.md")
    try there.write("See [[n]] for it, or [[n|again]].\n", to: "index.md")
    try sync()
    #expect(try here.read("new.md") == "A new [[second]] and [it](papers/second.md).\n")
    #expect(try here.read("index.md") == "See [[second]] for it, or [[second|again]].\n")
  }

  @Test("of the moved note itself lead where they led", arguments: [false, true])
  func ownLinks(isSwapped: Bool) throws {
    let (one, other) = isSwapped ? (there, here) : (here, there)
    try one.notes("mv", "ideas/n.md", "papers/old/n").succeeded()
    try other.write("# Diffusion\n\nForward, then back: [log](../log.md).\n", to: "ideas/n.md")
    try sync()
    #expect(
      try one.read("papers/old/n.md") == "# Diffusion\n\nForward, then back: [log](../../log.md).\n"
    )
  }

  @Test("that only followed the note do not keep a note that the other removed")
  func removed() throws {
    try here.notes("mv", "ideas/n.md", "first").succeeded()
    try there.notes("rm", "index.md").succeeded()
    try there.notes("mv", "ideas/n.md", "second").succeeded()
    try sync()
    #expect(!here.has("index.md") && here.has("ideas/second.md"))
  }

  @Test("mean what they meant on their side, though another note has that name by now")
  func sameName() throws {
    try here.write("# Other\n", to: "m.md")
    try here.write("Of here: [[m]].\n", to: "log.md")
    try sync()
    try here.notes("mv", "ideas/n.md", "papers/k").succeeded()
    try there.notes("mv", "m.md", "ideas/p").succeeded()
    try there.write("# A third\n", to: "x/m.md")
    try here.write("Of here: [[m]], [[k]], [q](m.md).\n", to: "log.md")
    try here.notes("sync").succeeded()
    let result = there.notes("sync")
    try #require(result.status == 0, "\(result.output)\(result.errors)")
    try here.notes("sync").succeeded()
    #expect(try here.read("log.md") == "Of here: [[p]], [[k]], [q](ideas/p.md).\n")
    #expect(try here.read("index.md") == "See [[k]] for it.\n")
  }

  @Test("written to a name that a later merge took away are followed as well")
  func third() throws {
    try there.notes("mv", "ideas/n.md", "second").succeeded()
    try there.notes("sync").succeeded()
    try there.write("Mine: [[second]].\n", to: "log.md")
    try there.notes("save", "-q").succeeded()
    try here.notes("mv", "ideas/n.md", "first").succeeded()
    try sync()
    #expect(try there.read("log.md") == "Mine: [[first]].\n")
  }

  @Test("stay where a note went and another of the same template came, and so do edits of it")
  func template() throws {
    func day(_ id: String, _ title: String) -> String {
      "---\nid: \(id)\ntitle: \(title)\ntags: [daily]\n---\n\n## Done\n\n## To do\n\n## Met\n"
    }
    try here.write(day("aaaa1111", "Monday"), to: "monday.md")
    try sync()
    try there.notes("rm", "monday.md").succeeded()
    try there.write(day("bbbb2222", "Tuesday"), to: "tuesday.md")
    try here.write(day("aaaa1111", "Monday") + "\nAda\n", to: "monday.md")
    try here.write("Of [[monday]].\n", to: "log.md")
    try sync(exit: 3)
    #expect(try there.read("tuesday.md") == day("bbbb2222", "Tuesday"))
    #expect(try there.read("monday.md").contains("Ada"))
    #expect(try there.read("log.md") == "Of [[monday]].\n")
  }

  @Test("of a short note are no reason to take it for another one, where it has an id")
  func short() throws {
    let links = "[a](../index.md) [b](../log.md) [c](n.md) [d](../index.md) [e](../log.md)\n"
    try here.write("---\nid: cccc3333\n---\n\(links)", to: "ideas/s.md")
    try sync()
    try here.notes("mv", "ideas/s.md", "of/many/papers/renamed").succeeded()
    try there.write("---\nid: cccc3333\n---\n\(links)\nMore of it.\n", to: "ideas/s.md")
    try sync()
    #expect(!there.has("ideas/s.md"))
    #expect(
      try there.read("of/many/papers/renamed.md").hasSuffix(
        "[d](../../../index.md) [e](../../../log.md)\n\nMore of it.\n"))
  }

  @Test(
    "an edit follows a note by its id, where another note was put in its place",
    arguments: [true, false])
  func otherInItsPlace(isMovedHere: Bool) throws {
    let (mover, editor) = isMovedHere ? (here, there) : (there, here)
    try here.write("---\nid: eeee1111\n---\n\nOf drift and diffusion.\n", to: "essay.md")
    try sync()
    try mover.notes("mv", "essay", "tract").succeeded()
    try mover.write("---\nid: ffff2222\n---\n\nOf rice.\n", to: "essay.md")
    try editor.write("---\nid: eeee1111\n---\n\nOf drift and diffusion.\n\nMore.\n", to: "essay.md")
    try sync()
    for vault in [here, there] {
      #expect(try vault.read("essay.md") == "---\nid: ffff2222\n---\n\nOf rice.\n")
      #expect(try vault.read("tract.md").hasSuffix("diffusion.\n\nMore.\n"))
    }
  }

  @Test(
    "an edit follows a note by its id, where two exchanged their names", arguments: [true, false])
  func exchanged(isDoneHere: Bool) throws {
    let (mover, editor) = isDoneHere ? (here, there) : (there, here)
    let (alpha, beta) = (
      "---\nid: aaaa1111\n---\n\nOf alpha.\n", "---\nid: bbbb2222\n---\n\nOf beta.\n"
    )
    try here.write(alpha, to: "a.md")
    try here.write(beta, to: "b.md")
    try here.write("[[a]] and [[b]]\n", to: "both.md")
    try sync()
    for (old, new) in [("a", "c"), ("b", "a"), ("c", "b")] {
      try mover.notes("mv", old, new).succeeded()
    }
    try editor.write(alpha + "\nMore.\n", to: "a.md")
    try sync()
    for vault in [here, there] {
      #expect(try vault.read("a.md") == beta)
      #expect(try vault.read("b.md") == alpha + "\nMore.\n")
      #expect(try vault.read("both.md") == "[[b]] and [[a]]\n")
    }
  }

  @Test(
    "an edit follows a note by its id, where one without an id was put in its place",
    arguments: ["", "\u{FEFF}"])
  func withoutID(mark: String) throws {
    try here.write("\(mark)---\nid: aaaa1111\n---\n\nOf alpha.\n", to: "a.md")
    try sync()
    try here.notes("mv", "a", "b").succeeded()
    try here.write("# Another\n", to: "a.md")
    try there.write("\(mark)---\nid: aaaa1111\n---\n\nOf alpha.\n\nMore.\n", to: "a.md")
    try sync()
    #expect(try there.read("a.md") == "# Another\n")
    #expect(try there.read("b.md").hasSuffix("Of alpha.\n\nMore.\n"))
  }

  @Test(
    "lead to each of two notes whose names the machines gave differently",
    arguments: [true, false])
  func contestedName(isFirst: Bool) throws {
    let (one, other) = isFirst ? (here, there) : (there, here)
    try here.write("# Alpha\n\nOf alpha.\n", to: "alpha.md")
    try here.write("# Beta\n\nOf beta.\n", to: "beta.md")
    try here.write("[[alpha]]\n\nand\n\n[b](beta.md)\n", to: "both.md")
    try sync()
    try one.notes("mv", "alpha", "m/one").succeeded()
    try one.notes("mv", "beta", "m/d").succeeded()
    try other.notes("mv", "alpha", "m/d").succeeded()
    try sync()
    #expect(try there.read("both.md") == "[[one]]\n\nand\n\n[b](m/d.md)\n")
    #expect(try there.read("m/one.md") == "# Alpha\n\nOf alpha.\n")
    #expect(try there.read("m/d.md").hasPrefix("# Beta"))
  }

  @Test(
    "mean the note that they meant on their machine, where two got one name in two folders",
    arguments: [true, false])
  func sharedName(isFirst: Bool) throws {
    let (one, other) = isFirst ? (here, there) : (there, here)
    try here.write("# Alpha\n\nOf alpha.\n", to: "alpha.md")
    try here.write("# Beta\n\nOf beta.\n", to: "beta.md")
    try here.write("Both [[alpha]] and [[beta|it]].\n", to: "both.md")
    try here.write("Of [[alpha]].\n", to: "log.md")
    try here.write("Of [[beta]].\n", to: "g/of.md")
    try sync()
    try one.notes("mv", "alpha", "g/x").succeeded()
    try one.write("New: [[x]], [x](g/x.md) and `[[x]]`.\n", to: "one.md")
    try other.notes("mv", "beta", "x").succeeded()
    try other.write("New: [[x#Beta]] and ![[x]].\n", to: "g/other.md")
    try sync()
    #expect(try here.read("both.md") == "Both [[g/x]] and [[x|it]].\n")
    #expect(try here.read("log.md") == "Of [[g/x]].\n")
    #expect(try here.read("one.md") == "New: [[g/x]], [x](g/x.md) and `[[x]]`.\n")
    #expect(try here.read("g/of.md") == "Of [[x]].\n")
    #expect(try here.read("g/other.md") == "New: [[x#Beta]] and ![[x]].\n")
  }

  @Test(
    "mean the note that they meant on their machine, where both made one of one name",
    arguments: [true, false])
  func sharedNewName(isFirst: Bool) throws {
    let (one, other) = isFirst ? (here, there) : (there, here)
    try one.write("# One\n", to: "a/deep/idea.md")
    try one.write("See [[idea]], [[deep/idea]], [[later]].\n", to: "index.md")
    try one.write("By [Foam][idea]\n\n[idea]: <deep/idea.md>\n", to: "a/foam.md")
    try other.write("# Other\n", to: "b/idea.md")
    try other.write("# Deep\n", to: "deep/idea.md")
    try other.write("# Later\n", to: "later.md")
    try other.write("See [[b/idea]].\n", to: "log.md")
    try sync()
    #expect(try here.read("index.md") == "See [[a/deep/idea]], [[a/deep/idea]], [[later]].\n")
    #expect(try here.read("a/foam.md") == "By [Foam][idea]\n\n[idea]: <deep/idea.md>\n")
    #expect(try here.read("log.md") == "See [[b/idea]].\n")
  }

  @Test("to a file that is no note follow it", arguments: [true, false])
  func picture(isMovedHere: Bool) throws {
    let (mover, writer) = isMovedHere ? (here, there) : (there, here)
    try here.write("a picture\u{0}", to: "pics/a.png")
    for path in ["pics/b.png", "pics/c.png", "old/c.png"] {
      try here.write("\(path)\u{0}", to: path)
    }
    try sync()
    try mover.git("mv", "pics/a.png", "seen.png")
    try mover.git("mv", "pics/b.png", "old/b.png")
    try mover.git("mv", "pics/c.png", "c.png")
    try writer.write(
      "![](../pics/a.png) [it](/pics/a.png) ![[a.png]] [[pics/a.png|it]]\n",
      to: "deep/new.md")
    try writer.write("![[b.png]] ![[c.png]] ![[old/c.png]] ![[pics/c.png]]\n", to: "index.md")
    try writer.write("![a][1] `![](pics/a.png)`\n\n[1]: pics/a.png\n", to: "log.md")
    try sync()
    #expect(
      try mover.read("deep/new.md")
        == "![](../seen.png) [it](/seen.png) ![[seen.png]] [[seen.png|it]]\n")
    #expect(try mover.read("index.md") == "![[b.png]] ![[c.png]] ![[old/c.png]] ![[c.png]]\n")
    #expect(
      try mover.read("log.md") == "![a][1] `![](pics/a.png)`\n\n[1]: seen.png\n")
  }
}
