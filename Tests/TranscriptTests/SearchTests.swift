import TestSupport
import Testing

@Suite("A search does not depend on the process that makes it")
struct SearchTests {
  @Test("every process gives the same scores, to the last digit")
  func scores() throws {
    let folder = TemporaryFolder()
    let words = ["boundary", "layer", "transition", "supersonic", "speeds", "heat", "cone", "wind"]
    for number in 0..<24 {
      let title = (0..<6).map { words[($0 * 5 + number * 3 + $0 * number) % words.count] }
      let text = words.prefix(1 + number % 8).joined(separator: " with ")
      try folder.write(
        "# \(title.joined(separator: " "))\n\nSome \(text).\n", to: "v/n\(number).md")
    }
    func notes(_ arguments: String...) throws -> ProcessResult {
      try runProcess(
        [Handbook.program] + arguments, in: folder.path + "/v",
        environment: Handbook.environment(home: folder.path))
    }
    #expect(try notes("init", "-q").status == 0)
    let query = "boundary layer transition at supersonic speeds"
    let first = try notes("search", "--format", "jsonl", "--explain", "-q", query)
    #expect(first.status == 0)
    for _ in 0..<8 {
      let again = try notes("search", "--format", "jsonl", "--explain", "-q", query)
      #expect(again.output == first.output)
    }
  }
}
