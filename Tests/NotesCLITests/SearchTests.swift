import Foundation
import Testing

@Suite("search, as it is printed")
struct SearchTests {
  let vault: TestVault

  init() throws {
    vault = try TestVault()
    try vault.write(
      """
      # Annealing

      First line.

      The cosine schedule lowers the rate.

      Then the schedule ends.
      """, to: "annealing.md")
    try vault.write("# Warmup\n\nA schedule that rises.\n", to: "warmup.md")
    try vault.write("# Bread\n\nFlour and water.\n", to: "bread.md")
  }

  private func json(_ result: CommandResult) throws -> [[String: Any]] {
    let value = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    return try #require(value as? [[String: Any]])
  }

  @Test("what was typed and is not in a hit is said under it")
  func missing() throws {
    let found = vault.notes("search", "cosine schedule")
    #expect(found.lines.filter { $0.contains("missing") } == ["    missing: cosine"])
    #expect(found.lines.first?.contains("annealing.md") == true)
    #expect(!vault.notes("search", "cosine schedule", "--format", "path").output.contains("miss"))
    let records = try json(vault.notes("search", "cosine schedule", "--format", "json"))
    #expect(records[0]["missing"] == nil)
    #expect(records[1]["missing"] as? [String] == ["cosine"])
  }

  @Test("--explain says what each part gave, and the parts make the total")
  func explain() throws {
    let lines = vault.notes("search", "cosine schedule", "--explain").lines
    #expect(lines.contains { $0.hasPrefix("    cosine ") && $0.contains(" in 1 note, exact +") })
    #expect(lines.contains { $0.hasPrefix("    schedule ") && $0.contains(" in 2 notes") })
    #expect(lines.contains { $0.hasPrefix("    total ") })
    let record = try json(vault.notes("search", "cosine", "--explain", "--format", "json"))[0]
    let explain = try #require(record["explain"] as? [String: Any])
    let words = try #require(explain["words"] as? [[String: Any]])
    #expect(words.map { $0["typed"] as? String } == ["cosine"])
    let numbers = [explain["title"], explain["subject"], words[0]["score"], words[0]["exact"]]
    let sum = numbers.reduce(0) { $0 + (($1 as? Double) ?? 0) }
    let total = try #require(explain["total"] as? Double)
    #expect(abs(sum - total) < 0.001)
    #expect(record["score"] as? Double == total)
    #expect(try json(vault.notes("search", "cosine", "--format", "json"))[0]["explain"] == nil)
  }

  @Test("a word that nothing has is named with what was searched for")
  func repaired() {
    let found = vault.notes("search", "scheduel")
    #expect(found.errors.contains("showing results for schedule (nothing has scheduel)"))
    #expect(found.status == 0)
  }

  @Test("how many there are is said when not all are shown")
  func count() throws {
    for number in 0..<1_100 { try vault.write("fill \(number)", to: "fill/\(number).md") }
    #expect(vault.notes("search", "fill", "-n", "10").errors.contains("10 of 1,100 notes"))
    #expect(vault.notes("search", "cosine", "-n", "1").errors == "1 note\n")
  }

  @Test("the number may stand right behind -n, as head and git log have it")
  func joinedNumber() {
    for words in [["list"], ["search", "schedule"]] {
      let apart = vault.run(words + ["-n", "1", "--format", "path"]).lines
      #expect(apart.count == 1)
      #expect(vault.run(words + ["-n1", "--format", "path"]).lines == apart)
    }
    #expect(vault.notes("list", "-nx").status == 64)
    #expect(vault.notes("list", "-n0").status == 64)
  }

  @Test("notes on the subject come last and are marked")
  func related() throws {
    for number in 0..<30 {
      try vault.write("Unlike thing number\(number) apple\(number).", to: "other/\(number).md")
    }
    for name in ["p", "q", "r"] {
      try vault.write(
        "Kalman filters estimate hidden states of linear systems from noisy measurements.",
        to: "\(name).md")
    }
    try vault.write(
      "Estimate hidden states of linear systems from noisy measurements.", to: "near.md")
    let found = vault.notes("search", "kalman")
    let notes = found.lines.filter { !$0.hasPrefix(" ") }
    let first = notes.firstIndex { $0.hasSuffix("  related") } ?? notes.count
    #expect(notes[first...].allSatisfy { $0.hasSuffix("  related") })
    #expect(notes[first...].contains { $0.contains("near.md") })
    #expect(found.errors.contains("3 notes, "))
    let records = try json(vault.notes("search", "kalman", "--format", "json"))
    #expect(records[0]["related"] == nil)
    #expect(records.last?["related"] as? Bool == true)
  }

  @Test("the long form has several passages, each with path and line")
  func long() {
    let lines = vault.notes("search", "schedule", "--format", "long", "-n", "1").lines
    let isFirst = lines.first?.contains("annealing.md") == true
    let passages = lines.filter { $0.hasPrefix("    annealing.md:") }
    #expect(!isFirst || passages.count == 2, "\(lines)")
    let short = vault.notes("search", "cosine", "-n", "1").lines
    #expect(short.contains("    5: Annealing › The cosine schedule lowers the rate."))
  }

  @Test("--context shows the file's lines around a passage")
  func context() {
    let lines = vault.notes("search", "cosine", "-n", "1", "--context", "2").lines
    #expect(
      Array(lines.dropFirst()) == [
        "    3  First line.", "    4  ", "    5: The cosine schedule lowers the rate.", "    6  ",
        "    7  Then the schedule ends.",
      ])
    #expect(
      vault.notes("search", "cosine", "-n", "1", "--context", "0").lines.dropFirst() == [
        "    5: The cosine schedule lowers the rate."
      ])
    #expect(vault.notes("search", "cosine", "--context", "-1").status == 64)
  }

  @Test("the line is that of the word, in a paragraph of many lines")
  func line() throws {
    try vault.write("one\ntwo\nthree zebra\nfour\n", to: "lines.md")
    #expect(vault.notes("search", "zebra").lines[1] == "    3: one two three zebra four")
    let record = try json(vault.notes("search", "zebra", "--format", "json"))[0]
    let snippet = try #require((record["snippets"] as? [[String: Any]])?.first)
    #expect(snippet["line"] as? Int == 1)
    #expect(snippet["matchLine"] as? Int == 3)
  }

  @Test("the picker needs a terminal")
  func noTerminal() {
    let result = vault.notes("search", "-i")
    #expect(result.status == 64)
    #expect(result.errors.hasPrefix("notes: --interactive needs a terminal\n"))
  }

  @Test("what fzf asks for is a path, a tab, a title and the path again")
  func pickerLines() {
    #expect(
      vault.run(
        ["search", "--picker-lines", "--", "cosine"], environment: ["NO_COLOR": "1"]
      ).lines.first == "annealing.md\tAnnealing \tannealing.md")
    #expect(vault.notes("search", "--picker-lines", "--", "").lines.count == 3)
    #expect(vault.notes("search", "--picker-lines", "--", "zzqqy").status == 0)
  }

  @Test("related notes are listed with why")
  func relatedNotes() throws {
    try vault.write("# A\n\n[[warmup]]\n", to: "a.md")
    let found = vault.notes("related", "a")
    #expect(found.status == 0)
    #expect(found.lines.first?.hasPrefix("Warmup  warmup.md  linked") == true)
    let record = try json(vault.notes("related", "a", "--format", "json"))[0]
    #expect((record["reasons"] as? [String])?.contains("linked") == true)
    #expect((record["score"] as? Double).map { $0 > 0 } == true)
    #expect(vault.notes("related", "a", "--format", "path", "-n", "1").output == "warmup.md\n")
    #expect(vault.notes("related", "nobody").status == 1)
    #expect(vault.notes("related", "a", "-n", "0").status == 64)
  }
}
