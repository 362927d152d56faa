import Foundation
import TestSupport
import Testing

@Suite("what the handbook shows is what the program does")
struct TranscriptTests {
  @Test("a transcript", arguments: Handbook.transcripts)
  func run(file: String) throws {
    let transcript = Transcript(try Handbook.text(of: file))
    let folder = TemporaryFolder()
    let vault = folder.path + "/vault"
    try FileManager.default.createDirectory(atPath: vault, withIntermediateDirectories: true)
    let environment = Handbook.environment(home: folder.path)
    if !transcript.makesItsVault {
      let made = try runProcess(
        [Handbook.program, "init", "--quiet", vault], in: vault, environment: environment)
      try #require(made.status == 0, "notes init: \(made.errors)")
    }
    let mark = "== end of step =="
    try folder.write(transcript.script(mark: mark), to: "script")
    let days = [day()]
    let result = try runProcess(["sh", "../script"], in: vault, environment: environment)
    let printed = withToday(result.output, days + [day()]).components(separatedBy: mark + "\n")
    #expect(
      printed.count == transcript.steps.count + 1, "the script ended early: \(result.errors)")
    for (step, output) in zip(transcript.steps, printed) {
      let lines = withoutCommitNames(output).split(
        separator: "\n", omittingEmptySubsequences: false
      ).map(String.init).dropLast()
      let expected = step.expected.map(withoutCommitNames)
      #expect(
        matches(lines, expected[...]),
        """
        \(file):\(step.line): $ \(step.command)
        expected:
        \(step.expected.joined(separator: "\n"))
        printed:
        \(output)
        """)
    }
  }

  /// Today, as the handbook has it.
  private func withToday(_ text: String, _ days: [String]) -> String {
    days.reduce(text) { $0.replacingOccurrences(of: $1, with: "2026-11-25") }
  }

  private func day() -> String { String(Date().ISO8601Format().prefix(10)) }
}

@Suite("a transcript is read and compared as the handbook says")
struct ReadingTests {
  @Test("a block's commands, with lines that go on, and their output")
  func steps() {
    let transcript = Transcript(
      """
      ```
      $ not this
      ```
      ```console
      $ notes init x
      a

      b
      $ cat <<END
      > one
      > END
      > not this one, which is output
      ```
      """.replacingOccurrences(of: "> not", with: "one\n> not"))
    #expect(transcript.steps.map(\.command) == ["notes init x", "cat <<END\none\nEND"])
    #expect(
      transcript.steps.map(\.expected) == [
        ["a", "", "b"], ["one", "> not this one, which is output"],
      ])
    #expect(transcript.steps.map(\.line) == [5, 9])
    #expect(transcript.makesItsVault)
  }

  @Test(
    "dots fit anything in a line, and any lines",
    arguments: [
      (["a", "b"], ["a", "b"], true), (["a", "b"], ["a"], false), (["a"], ["a", "b"], false),
      (["abc"], ["a…"], true), (["abc"], ["…c"], true), (["abc"], ["a…d"], false),
      (["a b a b c"], ["a…b c"], true), ([], ["…"], true), (["a", "b"], ["…"], true),
      (["a", "b", "c"], ["a", "…", "c"], true), (["a", "b"], ["…", "c"], false),
    ])
  func dots(printed: [String], expected: [String], fits: Bool) {
    #expect(matches(printed[...], expected[...]) == fits)
  }

  @Test("short names of commits are all the same")
  func commits() {
    #expect(withoutCommitNames("saved as 0a1b2c3d4e") == "saved as <commit>")
    #expect(withoutCommitNames("0a1b2c3d4e5 abc x0123456789") == "0a1b2c3d4e5 abc x0123456789")
  }
}
