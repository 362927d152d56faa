import Foundation
import TestSupport
import Testing

/// What becomes of a file that two machines did something to, whichever of them syncs first.
@Suite("the rules of a merge")
struct MergeRuleTests {
  /// What was done on two machines, and what both must hold then.
  struct Rule: Sendable, CustomTestStringConvertible {
    let name: String
    /// Shell scripts, run in the vault of each machine.
    let one: String
    let other: String
    /// The files that must be there, whoever was first, with what must be in them.
    var holds: [String: [String]] = [:]
    var isGone: [String] = []
    /// Texts that must be in some file of the tree, be it a record of a conflict.
    var keeps: [String] = []
    /// Whether a conflict waits.
    var waits = false
    var testDescription: String { name }
  }

  private static let start = """
    printf 'first\\n\\nsecond\\n\\nthird\\n' > a.md
    printf 'alpha\\n\\nbeta\\n\\ngamma\\n' > b.md
    printf 'in a folder\\n' > .keep
    printf 'pic\\0one' > p.png
    printf -- '---\\nid: dddd1111\\n---\\n\\ndelta one\\n\\ndelta two\\n' > d.md
    printf -- '---\\nid: oooo2222\\n---\\n\\nother one\\n\\nother two\\n' > o.md
    mkdir week
    printf '## Plan\\n\\n## Done\\n' > week/today.md
    printf '## Plan\\n\\n- call Anna\\n\\n## Done\\n\\n- wrote the abstract\\n' > week/yesterday.md
    printf '## Habit\\n\\nopen\\n' > week/gym.md
    printf '## Habit\\n\\ndone\\n' > week/read.md
    """

  static let rules = [
    Rule(
      name: "moved and changed: changed at its new place",
      one: "mkdir d; mv a.md d/z.md", other: "sed -i s/third/THIRD/ a.md",
      holds: ["d/z.md": ["first", "THIRD"]], isGone: ["a.md"]),
    Rule(
      name: "moved to one place by both: there once",
      one: "mv a.md z.md; sed -i s/first/FIRST/ z.md", other: "mv a.md z.md",
      holds: ["z.md": ["FIRST", "third"]], isGone: ["a.md"]),
    Rule(
      name: "moved to two places: there once, with what both changed",
      one: "mv a.md y.md; sed -i s/first/FIRST/ y.md",
      other: "mv a.md z.md; sed -i s/third/THIRD/ z.md", isGone: ["a.md"],
      keeps: ["FIRST", "THIRD"]),
    Rule(
      name: "moved onto a new file of the other's, which had changed it: both texts are kept",
      one: "printf 'mine here\\n' > z.md; sed -i s/third/THIRD/ a.md", other: "mv a.md z.md",
      keeps: ["mine here", "first", "THIRD"]),
    Rule(
      name: "moved onto a new file of the other's: it stays where it was",
      one: "mv a.md z.md", other: "printf 'mine here\\n' > z.md",
      holds: ["z.md": ["mine here"], "a.md": ["first"]]),
    Rule(
      name: "two moved onto one name: both are there, one where it was",
      one: "mv a.md z.md", other: "mv b.md z.md", keeps: ["first", "alpha"]),
    Rule(
      name: "moved over another note, which the other moved: both are there, and it is asked about",
      one: "mv -f b.md a.md", other: "mv a.md c.md", holds: ["a.md": ["alpha"], "c.md": ["first"]],
      isGone: ["b.md"], waits: true),
    Rule(
      name: "names exchanged, without ids: what the other changed follows",
      one: "mv a.md t; mv b.md a.md; mv t b.md", other: "sed -i s/third/THIRD/ a.md",
      holds: ["a.md": ["alpha", "gamma"], "b.md": ["first", "THIRD"]]),
    Rule(
      name: "one of a template was filled in, another cleared: neither moved",
      one: """
        printf '## Plan\\n\\n- paper\\n\\n## Done\\n' > week/today.md
        printf '## Plan\\n\\n## Done\\n' > week/yesterday.md
        """,
      other: "printf '## Plan\\n\\n- milk\\n\\n## Done\\n' > week/today.md",
      holds: [
        "week/today.md": ["- paper", "- milk"], "week/yesterday.md": ["## Plan\n\n## Done\n"],
      ]),
    Rule(
      name: "two of a template became what the other was: neither moved",
      one: """
        printf '## Habit\\n\\ndone\\n' > week/gym.md; printf '## Habit\\n\\nopen\\n' > week/read.md
        """,
      other: "printf '## Habit\\n\\nopen\\n\\nwith Bob\\n' > week/gym.md",
      holds: ["week/gym.md": ["done", "with Bob"], "week/read.md": ["## Habit\n\nopen\n"]]),
    Rule(
      name: "moved over another that moved over a third: what the other changed follows",
      one: "mv -f a.md d.md; mv b.md a.md", other: "sed -i s/third/THIRD/ a.md; echo more >> b.md",
      holds: ["d.md": ["first", "THIRD"], "a.md": ["alpha", "more"]], isGone: ["b.md"]),
    Rule(
      name: "moved to a name that the other, which moved it too, gave to another: all are there",
      one: "mv a.md y.md; mv b.md z.md", other: "mv a.md z.md",
      holds: ["y.md": ["first"], "z.md": ["alpha"]], isGone: ["a.md", "b.md"]),
    Rule(
      name: "the same new file with the same text: there once",
      one: "echo new > n.md", other: "echo new > n.md", holds: ["n.md": ["new"]]),
    Rule(
      name: "the same new file with different text: one in the file, the other in a record",
      one: "echo mine > n.md", other: "echo yours > n.md", keeps: ["mine", "yours"], waits: true),
    Rule(
      name: "a folder where the other made a file: one in its place, the other in a record",
      one: "echo file > t", other: "mkdir t; echo inner > t/i.md", keeps: ["file", "inner"],
      waits: true),
    Rule(
      name: "names that differ in case: two files",
      one: "echo lower > note.md", other: "echo upper > Note.md",
      holds: ["note.md": ["lower"], "Note.md": ["upper"]]),
    Rule(
      name: "names that differ in Unicode's form: two files",
      one: "echo composed > caf\u{E9}.md", other: "echo combined > cafe\u{301}.md",
      keeps: ["composed", "combined"]),
    Rule(
      name: "changed and removed: it stays, and a conflict waits",
      one: "sed -i s/first/FIRST/ a.md", other: "rm a.md", holds: ["a.md": ["FIRST"]], waits: true),
    Rule(
      name: "moved and removed: it stays at its new place, and a conflict waits",
      one: "mv a.md z.md", other: "rm a.md", holds: ["z.md": ["first"]], isGone: ["a.md"],
      waits: true),
    Rule(
      name: "moved to a hidden folder, and changed: it stays, and a conflict waits",
      one: "mkdir .old; mv a.md .old/", other: "sed -i s/first/FIRST/ a.md",
      holds: ["a.md": ["FIRST"], ".old/a.md": ["first"]], waits: true),
    Rule(
      name: "given a name that is no note's, and changed: it stays, and a conflict waits",
      one: "mv d.md d.md.bak", other: "sed -i s/two/TWO/ d.md",
      holds: ["d.md": ["delta TWO"], "d.md.bak": ["delta two"]], waits: true),
    Rule(
      name: "no note, moved to a hidden folder and changed: changed at its new place",
      one: "mkdir .old; mv p.png .old/", other: "printf 'pic\\0two' > p.png",
      holds: [".old/p.png": ["two"]], isGone: ["p.png"]),
    Rule(
      name: "two exchanged their names, and one changed: it is changed at its new place",
      one: "mv d.md t; mv o.md d.md; mv t o.md", other: "sed -i s/one/ONE/ o.md",
      holds: [
        "d.md": ["oooo2222", "other ONE", "other two"],
        "o.md": ["dddd1111", "delta one", "delta two"],
      ]),
    Rule(
      name: "moved, and another in its place, and it changed: both at their new places",
      one: "mv o.md z.md; mv d.md o.md", other: "sed -i s/one/ONE/ o.md",
      holds: ["z.md": ["oooo2222", "other ONE"], "o.md": ["dddd1111", "delta one"]],
      isGone: ["d.md"]),
    Rule(
      name: "another note moved in its place, and changed: it stays, the moved one where it was",
      one: "rm d.md; mv o.md d.md", other: "sed -i s/one/ONE/ d.md; sed -i s/two/TWO/ o.md",
      holds: [
        "d.md": ["dddd1111", "delta ONE", "delta two"],
        "o.md": ["oooo2222", "other one", "other TWO"],
      ], waits: true),
    Rule(
      name: "another note made in its place, and changed: one in the file, the other waits",
      one: "printf -- '---\\nid: nnnn3333\\n---\\n\\nnew one\\n\\ndelta two\\n' > d.md",
      other: "sed -i 's/delta two/delta TWO/' d.md", keeps: ["new one", "delta TWO"], waits: true),
    Rule(
      name: "removed for a folder of its name, and changed: nothing is lost",
      one: "rm a.md; mkdir a.md; echo inner > a.md/i.md", other: "sed -i s/first/FIRST/ a.md",
      keeps: ["FIRST", "inner"], waits: true),
    Rule(name: "removed by both: gone", one: "rm a.md", other: "rm a.md", isGone: ["a.md"]),
    Rule(
      name: "made executable and changed: both",
      one: "chmod +x a.md", other: "sed -i s/first/FIRST/ a.md; sed -i s/beta/BETA/ b.md",
      holds: ["a.md": ["FIRST"], "b.md": ["BETA"]]),
    Rule(
      name: "no text, and changed by both: both files are kept",
      one: "printf 'pic\\0two' > p.png", other: "printf 'pic\\0three' > p.png",
      holds: ["p.png": ["pic"]], keeps: ["two", "three"]),
    Rule(
      name: "no text, and made by both: both files are kept",
      one: "printf 'new\\0two' > q.png", other: "printf '\\377three' > q.png",
      holds: ["q.png": []], keeps: ["two", "three"]),
    Rule(
      name: "no text, and changed by one: that one's",
      one: "printf 'pic\\0two' > p.png", other: "sed -i s/first/FIRST/ a.md",
      holds: ["p.png": ["two"], "a.md": ["FIRST"]]),
    Rule(
      name: "a folder that the other put a file into was moved: nothing is lost",
      one: "mkdir d; mv a.md d/a.md; mv b.md d/b.md",
      other: "sed -i s/beta/BETA/ b.md; echo c > c.md",
      holds: ["d/a.md": ["first"], "d/b.md": ["BETA"], "c.md": ["c"]], isGone: ["a.md", "b.md"]),
  ]

  @Test("hold, whichever machine is first", arguments: rules)
  func rule(_ rule: Rule) throws {
    let straight = try outcome(rule, isSwapped: false)
    let swapped = try outcome(rule, isSwapped: true)
    // Where nothing was in question, the order has no say in the text.
    if !rule.waits, rule.keeps.isEmpty { #expect(straight == swapped) }
  }

  @Test("of a note and another of its name, by their ids, none gets words of the other's")
  func anotherNote() throws {
    for isSwapped in [false, true] {
      let (here, there) = try machines()
      let replaced = "---\nid: nnnn3333\n---\n\nnew one\n\ndelta two\n"
      try (isSwapped ? there : here).write(replaced, to: "d.md")
      try run("sed -i 's/delta two/delta TWO/' d.md", isSwapped ? here : there)
      let shared = try here.read("d.md")
      let own = try there.read("d.md")
      try here.notes("sync").succeeded()
      #expect(there.notes("sync").status == 3)
      #expect(there.notes("conflicts").lines.count == 1)
      #expect(try there.read("d.md") == shared)
      try there.notes("resolve", "d", "--mine").succeeded()
      #expect(try there.read("d.md") == own)
    }
  }

  @Test("a note that a program puts into its trash, and that the other changes, is asked about")
  func trash() throws {
    for isSwapped in [false, true] {
      let (here, there) = try machines()
      try run("mkdir .trash; mv a.md .trash/", isSwapped ? there : here)
      try run("sed -i s/first/FIRST/ a.md", isSwapped ? here : there)
      try here.notes("sync").succeeded()
      for vault in [there, here] {
        #expect(vault.notes("sync").status == 3)
        #expect(vault.notes("conflicts").output.contains("a.md"))
        #expect(try vault.read("a.md").contains("FIRST"))
      }
      #expect(try !here.git("ls-files", in: there.path).output.contains(".trash"))
    }
  }

  /// Obsidian writes it at every click.
  @Test("which windows are open on each machine is no question, where snapshots have it")
  func windows() throws {
    for isRemoved in [false, true] {
      let (here, there) = try machines()
      let file = ".obsidian/workspace.json"
      func write(_ words: String, _ vault: TestVault) throws {
        try vault.write("{\n  \"active\": \"\(words)\"\n}\n", to: file)
      }
      try write("first", here)
      try here.git("add", "-f", file)
      try here.git("commit", "-qm", "windows")
      try write("own", there)
      try here.notes("sync").succeeded()
      try there.notes("sync").succeeded()
      for turn in 0..<3 {
        try write("here \(turn)", here)
        try write("there \(turn)", there)
        if isRemoved, turn == 1 { try here.git("rm", "-q", "--cached", file) }
        for vault in [here, there, here] { try vault.notes("sync").succeeded() }
        #expect(there.notes("conflicts").output == "")
        #expect(try here.git("rev-parse", "HEAD").output == there.git("rev-parse", "HEAD").output)
      }
      let names = try there.git("ls-tree", "-r", "--name-only", "HEAD").output
      #expect(names.contains(file) == !isRemoved, "\(names)")
      #expect(try here.read(file).contains("here 2"))
      #expect(try there.read(file).contains("there 2") == isRemoved)
    }
  }

  @Test("a file that made room for a folder, and that the other changed, is one question")
  func madeRoom() throws {
    let (here, there) = try machines()
    try run("sed -i s/first/FIRST/ a.md", here)
    try run("rm a.md; mkdir a.md; echo inner > a.md/i.md", there)
    try here.notes("sync").succeeded()
    #expect(there.notes("sync").status == 3)
    let conflicts = there.notes("conflicts").lines
    #expect(conflicts.count == 1, "\(conflicts)")
    #expect(try there.read("a.md/i.md") == "inner\n")
  }

  /// Two machines that are level.
  private func machines() throws -> (here: TestVault, there: TestVault) {
    let here = try TestVault()
    try here.makeRemote()
    try run(Self.start, here)
    try here.notes("sync", "--remote", here.remote).succeeded()
    return (here, try here.cloned())
  }

  /// Lets one machine sync, then the other, then the first again; the tree that both have then.
  private func outcome(_ rule: Rule, isSwapped: Bool) throws -> String {
    let here = try TestVault()
    try here.makeRemote()
    try run(Self.start, here)
    try here.notes("sync", "--remote", here.remote).succeeded()
    let there = try here.cloned()
    try run(isSwapped ? rule.other : rule.one, here)
    try run(isSwapped ? rule.one : rule.other, there)
    try here.notes("sync").succeeded()
    let waits: Int32 = rule.waits ? 3 : 0
    for vault in [there, here] {
      let result = vault.notes("sync")
      #expect(
        result.status == waits || (!rule.waits && !rule.keeps.isEmpty && result.status == 3),
        "\(result.output)\(result.errors)")
    }
    let trees = try [here, there].map { try $0.git("ls-tree", "-r", "HEAD").output }
    #expect(trees[0] == trees[1])
    for vault in [here, there] {
      #expect(try vault.git("status", "--porcelain").output == "")
      for (file, texts) in rule.holds {
        let found = vault.has(file) ? try vault.read(file) : nil
        #expect(found != nil, "\(file)")
        for text in texts { #expect(found?.contains(text) == true, "\(file): \(found ?? "")") }
      }
      for file in rule.isGone { #expect(!vault.has(file), "\(file)") }
      for text in rule.keeps {
        #expect(try vault.git("grep", "-aq", text, "HEAD").status == 0, "\(text) is lost")
      }
    }
    return trees[0]
  }

  private func run(_ script: String, _ vault: TestVault) throws {
    let result = try runProcess(["sh", "-ec", script], in: vault.path)
    try #require(result.status == 0, "\(result.errors)")
  }
}
