import Foundation
import TestSupport
import Testing

@Suite("notes search --at and notes list --at")
struct SearchAtTests {
  let vault: TestVault

  init() throws {
    vault = try TestVault()
  }

  private func save(daysAgo: Int64) throws {
    try vault.run(["save", "-q", "-m", "saved"], clockAhead: -daysAgo * 86_400).succeeded()
  }

  @Test("the vault is searched as it stood on a day: what is gone is there, what came later is not")
  func asItStood() throws {
    try vault.write("# Drift\n\nThe kangaroo term.\n", to: "drift.md")
    try vault.write("# Old\n\nSee [[drift]].\n", to: "old.md")
    try save(daysAgo: 60)
    try vault.write("# Drift\n\nThe wallaby term.\n", to: "drift.md")
    try vault.git("rm", "-q", "old.md")
    try vault.write("# New\n\nA koala.\n", to: "new.md")
    try save(daysAgo: 30)
    try vault.write("# Drift\n\nThe wombat term.\n", to: "drift.md")

    func paths(_ arguments: String...) -> [String] {
      vault.run(["search", "--format", "path"] + arguments).lines.sorted()
    }
    #expect(paths("--at", "45 days ago", "kangaroo") == ["drift.md"])
    #expect(paths("--at", "yesterday", "wallaby") == ["drift.md"])
    #expect(paths("--at", "yesterday", "koala") == ["new.md"])
    #expect(paths("--at", "45 days ago", "links-to:drift") == ["old.md"])
    #expect(paths("--at", "45 days ago", "/kang\\w+/") == ["drift.md"])
    for word in ["wombat", "wallaby", "koala"] {
      let found = vault.notes("search", "--at", "45 days ago", "\"\(word)\"")
      #expect(found.status == 1 && found.output.isEmpty, "\(word): \(found.output)")
    }
    let shown = vault.notes("search", "--at", "45 days ago", "kangaroo", "--context", "0")
    #expect(shown.output.contains("3: The kangaroo term."))
    // What is edited after the first question does not get into the second answer.
    try vault.write("# New\n\nA platypus.\n", to: "new.md")
    #expect(vault.notes("search", "--at", "yesterday", "koala").output.contains("A koala."))
    #expect(
      vault.notes("list", "--at", "45 days ago", "--format", "path").lines.sorted()
        == ["drift.md", "old.md"])
  }

  @Test("a note's last change is that of then")
  func lastChange() throws {
    try vault.write("first\n", to: "a.md")
    try save(daysAgo: 60)
    try vault.write("other\n", to: "b.md")
    try save(daysAgo: 30)
    try vault.write("second\n", to: "a.md")
    let then = day(daysAgo: 60)
    #expect(vault.notes("list", "--at", "yesterday").output.contains("a.md  \(then)"))
  }

  @Test("a day before the first snapshot, a version or a slip of the pen is answered in one line")
  func refusals() throws {
    #expect(vault.notes("search", "--at", "2020-01-01", "x").errors.contains("notes save"))
    try vault.write("text\n", to: "a.md")
    try save(daysAgo: 3)
    let early = vault.notes("search", "--at", "2020-01-01", "x")
    #expect(early.status == 1 && early.errors.contains("the first is of \(day(daysAgo: 3))"))
    #expect(vault.notes("search", "--at", "v3", "x").status == 64)
    #expect(vault.notes("search", "--at", "frog", "x").status == 1)
    #expect(vault.notes("search", "--at", "yesterday", "--history", "x").status == 64)
    #expect(vault.notes("search", "--at", "yesterday", "-i", "x").status == 64)
  }

  @Test("an index of the past that is damaged, or was not made to its end, is made anew")
  func damaged() throws {
    try vault.write("The kangaroo term.\n", to: "a.md")
    try save(daysAgo: 60)
    try vault.write("The wallaby term.\n", to: "a.md")
    try save(daysAgo: 30)
    func found() -> String { vault.notes("search", "--at", "45 days ago", "kangaroo").output }
    let whole = found()
    #expect(whole.contains("kangaroo"))
    let folder = vault.path + "/.git/notes/past"
    let name = try #require(
      FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".sqlite") })
    for size in [UInt64(0), 4_096, 30_000] {
      let file = try #require(FileHandle(forWritingAtPath: folder + "/" + name))
      try file.truncate(atOffset: size)
      try file.close()
      _ = found()
      #expect(found() == whole, "cut to \(size)")
    }
    try runProcess(
      ["sqlite3", folder + "/" + name, "DELETE FROM state WHERE key = 'snapshot'"],
      in: vault.path)
    #expect(found() == whole)
  }

  @Test("it finds what a clone of that snapshot finds", arguments: 1...6)
  func asInAClone(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let words = ["kangaroo", "wallaby", "koala", "wombat", "platypus", "numbat", "quokka"]
    let names = ["a.md", "b.md", "c/d.md", "c/e.md", "f.md"]
    func edit() throws {
      let name = names.randomElement(using: &random) ?? "a.md"
      if vault.has(name), Int.random(in: 0..<5, using: &random) == 0 {
        try FileManager.default.removeItem(atPath: vault.path + "/" + name)
        return
      }
      let text = (0..<3).map { _ in words.randomElement(using: &random) ?? "" }
      let link = (names.randomElement(using: &random) ?? "").dropLast(3)
      try vault.write(
        "---\nupdated: 2024-01-0\(Int.random(in: 1...9, using: &random))\n"
          + "tags: [\(text[0])]\n---\n\n# \(text[1])\n\n\(text[2]) of [[\(link)]]\n", to: name)
    }
    for _ in 0..<12 {
      for _ in 0..<Int.random(in: 1...3, using: &random) { try edit() }
      try vault.git("add", "-A")
      try vault.git("commit", "--quiet", "--allow-empty", "-m", "edit")
    }
    for _ in 0..<2 { try edit() }
    let commits = try vault.git("rev-list", "HEAD").output.split(separator: "\n").map(String.init)
    for commit in [commits.last, commits.randomElement(using: &random)].compactMap({ $0 }) {
      let clone = try TestVault(isVault: false, name: "at-\(commit.prefix(8))", beside: vault)
      try vault.git("clone", "--quiet", vault.path, clone.path, in: vault.folder.path)
      try clone.git("checkout", "--quiet", "-b", "then", commit)
      try clone.notes("init").succeeded()
      var questions = words.map { ["search", $0] }
      questions += words.map { ["search", "tag:\($0)"] } + [["search", "is:orphan"], ["list"]]
      questions += names.map { ["list", "--link-to", $0] } + [["list", "--sort", "modified"]]
      for question in questions {
        let expected = clone.run(question + ["--format", "jsonl"])
        let found = vault.run(question + ["--format", "jsonl", "--at", commit])
        let lines = found.output.replacingOccurrences(of: vault.path, with: clone.path)
          .split(separator: "\n").sorted()
        #expect(
          lines == expected.output.split(separator: "\n").sorted(),
          "seed \(seed), \(commit), \(question)\n\(found.errors)")
        #expect(found.status == expected.status, "seed \(seed), \(question)")
      }
    }
  }
}

/// The day so many days ago, in UTC.
private func day(daysAgo: Double) -> String {
  let formatter = ISO8601DateFormatter()
  formatter.formatOptions = [.withFullDate]
  return formatter.string(from: Date(timeIntervalSinceNow: -daysAgo * 86_400))
}
