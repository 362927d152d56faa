import Foundation
import TestSupport
import Testing

@Suite("notes trail")
struct TrailTests {
  let vault: TestVault

  init() throws {
    vault = try TestVault()
    for (name, front, text) in [
      ("langevin", "idea-date: 1908", "It drifts. It shakes."),
      ("score", "idea-date: 2005\ntags: [diffusion]", "Fit the gradient."),
      ("dsm", "idea-date: 2011\nbuilds-on: \"[[score]]\"\ntags: [diffusion/noise]", "Noise it."),
      ("ddpm", "idea-date: 2020-06\nbuilds-on: [dsm, \"[[langevin|L]]\"]", "Predict the noise."),
    ] {
      try vault.write("---\n\(front)\n---\n\n# The \(name)\n\n\(text)\n", to: "\(name).md")
    }
  }

  @Test("a trail is drafted from what builds on what, made a note, and then nothing is to mend")
  func suggest() throws {
    let draft = vault.notes("trail", "suggest", "ddpm").output
    #expect(
      draft.hasSuffix(
        """
        1. [[langevin]] (1908): It drifts.
        2. [[score]] (2005): Fit the gradient.
        3. [[dsm]] (2011): Noise it.
        4. [[ddpm]] (2020-06): Predict the noise.

        """))
    let path = vault.notes("add", input: draft).lines.first ?? ""
    #expect(path == "how-the-ddpm-developed.md")
    #expect(vault.notes("list", "--type", "trail", "--format", "path").lines == [path])
    #expect(vault.notes("trail", "check").status == 0)
    let steps = vault.notes("trail", path).lines
    #expect(steps.first == "1  1908  The langevin  langevin.md")
    #expect(steps.contains("    Noise it."))
    let tagged = vault.notes("trail", "suggest", "#diffusion").output
    #expect(tagged.contains("1. [[score]]") && tagged.contains("2. [[dsm]]"))
    #expect(!tagged.contains("ddpm"))
    #expect(vault.notes("trail", "suggest", "diffusion").output == tagged)
    #expect(vault.notes("trail", "suggest", "nothing").status == 1)
    let json = vault.notes("trail", "suggest", "ddpm", "--format", "jsonl").lines
    #expect(!json.isEmpty && json.allSatisfy { $0.contains("\"buildsOn\":[") })
  }

  @Test("a step to a heading that is not there is told")
  func brokenAnchor() throws {
    try vault.write("---\ntype: trail\n---\n\n1. [[score#Nowhere]]: first.\n", to: "trail.md")
    let found = vault.notes("trail", "check", "trail")
    #expect(found.status == 1)
    #expect(found.lines.contains("trail.md:5: score.md has no heading or block 'Nowhere'"))
  }

  @Test("steps out of order, missing ancestors, circles and dead ends are told, each with its line")
  func check() throws {
    try vault.write(
      "---\ntype: trail\n---\n\n1. [[ddpm]]: last.\n2. [[score]]: first.\n3. [[gone]]: x\n",
      to: "trail.md")
    var found = vault.notes("trail", "check")
    #expect(found.status == 1)
    #expect(
      found.lines == [
        "trail.md:5: ddpm.md builds on dsm.md, which is no step",
        "trail.md:5: ddpm.md builds on langevin.md, which is no step",
        "trail.md:6: score.md (2005) comes after ddpm.md (2020-06)",
        "trail.md:7: no note or file 'gone'",
      ])
    try vault.write(
      "---\ntype: trail\n---\n\n1. [[langevin]]: a\n2. [[dsm]]: c\n3. [[score]]: b\n4. [[ddpm]]\n",
      to: "trail.md")
    try vault.write("---\nidea-date: soon\nbuilds-on: dsm\n---\n\nx\n", to: "score.md")
    found = vault.notes("trail", "check", "trail")
    #expect(
      found.lines == [
        "dsm.md: builds on itself: dsm.md → score.md → dsm.md",
        "trail.md:7: score.md comes after dsm.md, which builds on it",
        "trail.md:7: score.md has no idea-date that can be read",
        "trail.md:8: nothing says what ddpm.md answered and left open",
      ])
  }

  @Test("an idea that is older than what it builds on is told, if only through one without a date")
  func olderThroughUndated() throws {
    try vault.write("---\nidea-date: 1890\nbuilds-on: \"[[mid]]\"\n---\n\nx\n", to: "e.md")
    try vault.write("---\nbuilds-on: [langevin, low]\n---\n\nx\n", to: "mid.md")
    try vault.write("---\nbuilds-on: mid\n---\n\nx\n", to: "low.md")
    try vault.write(
      "---\ntype: trail\n---\n\n1. [[langevin]]: a\n2. [[mid]]: b\n3. [[e]]: c\n", to: "trail.md")
    let told =
      "e.md: its idea-date is 1890, "
      + "and langevin.md, which it builds on through mid.md, is of 1908"
    #expect(vault.notes("trail", "check").lines.contains(told))
    try vault.write("---\nidea-date: 1920\nbuilds-on: \"[[mid]]\"\n---\n\nx\n", to: "e.md")
    #expect(!vault.notes("trail", "check").output.contains("idea-date is"))
  }

  @Test("a trail is read step by step, forth and back, also where it leads to a version")
  func walk() throws {
    try vault.notes("version", "cut", "-q", "score").succeeded()
    try vault.write("---\nidea-date: 2005\n---\n\n# The score\n\nOther words.\n", to: "score.md")
    try vault.write("- [[langevin]]\n- [[score@v1]]\n- [[ddpm#The ddpm]]\n", to: "trail.md")
    #expect(vault.notes("trail", "trail", "2").output.contains("Fit the gradient."))
    let walked = vault.notes("trail", "trail", "--step", input: "\nb\n3\n").output
    let heads = walked.split(separator: "\n").filter { $0.hasSuffix(".md") || $0.contains(".md@") }
    #expect(heads.count == 3 && heads[0] == heads[2])
    #expect(walked.contains("Fit the gradient.") && walked.contains("Predict the noise."))
    #expect(vault.notes("trail", "trail", "4").status == 1)
    #expect(vault.notes("trail", "langevin").errors.contains("has no step"))
    for how in [["2"], ["--step"], ["2", "--step"]] {
      let refused = vault.run(["trail", "trail", "--format", "json"] + how)
      #expect(refused.status == 64 && refused.errors.contains("--format"), "\(how)")
    }
    let json = vault.notes("trail", "trail", "--format", "jsonl").lines
    #expect(json.count == 3 && json[1].contains("\"pin\":\"v1\""))
  }

  @Test("a post's development is read version by version, and written as Markdown")
  func evolve() throws {
    try vault.write("# Post\n\nFirst words of it.\n\n```\nx = 1\n```\n", to: "posts/p.md")
    try vault.notes("version", "cut", "-q", "p", "-m", "Begun").succeeded()
    try vault.write("# Post\n\nFirst words of this.\n\n```\nx = 2\n```\n", to: "posts/p.md")
    try vault.notes("version", "cut", "-q", "p", "--new", "-m", "More").succeeded()
    let stepped = vault.notes("evolve", "p", "--step", input: "q\n").output
    #expect(stepped.contains("First words of it.") && !stepped.contains("More"))
    let text = vault.notes("evolve", "p", "--markdown").output
    #expect(text.hasPrefix("# v1, "))
    #expect(text.contains("\n\n*More*\n\nFirst words of {--it--}{++this++}.\n\n~~~diff\n"))
    #expect(text.contains("\n-x = 1\n+x = 2\n"))
    #expect(vault.notes("evolve", "p", "--markdown", "--step").status == 64)
    let json = vault.notes("evolve", "p", "--format", "jsonl").lines
    #expect(json.count == 2)
    #expect(json[0].contains("\"content\":\"# Post") && !json[0].contains("\"blocks\""))
    #expect(json[1].contains("\"blocks\":[") && !json[1].contains("\"content\""))
    #expect(
      vault.notes("version", "show", "p@v1", "--format", "jsonl").output
        .contains("\"content\":\"# Post\\n\\nFirst words of it."))
  }

  @Test("what is piped in with front matter of its own is a whole note")
  func addWhole() throws {
    let text = "---\ntitle: Own title\ntags: [a]\n---\n\nText.\n"
    #expect(vault.notes("add", input: text).lines == ["own-title.md"])
    let note = try vault.read("own-title.md")
    #expect(note.hasPrefix("---\ntitle: Own title\ntags: [a]\nid: "))
    #expect(note.hasSuffix("---\n\nText.\n"))
  }

  @Test("a step to a version that is not there, and one that is there twice, are told")
  func steps() throws {
    try vault.notes("version", "cut", "score", "-q").succeeded()
    try vault.write(
      "---\ntype: trail\n---\n\n1. [[langevin]]: a\n2. [[score@v1]]: b\n3. [[score@v9]]: c\n"
        + "4. [[langevin]]: again\n5. [[score]]: d\n",
      to: "trail.md")
    let found = vault.notes("trail", "check").lines
    #expect(found.contains("trail.md:7: score.md has no text 'v9'"), "\(found)")
    #expect(found.contains("trail.md:8: langevin.md is the step of line 5 already"), "\(found)")
    #expect(found.count == 2, "\(found)")
  }
}
