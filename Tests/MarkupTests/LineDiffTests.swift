import Foundation
import Markup
import TestSupport
import Testing

@Suite struct LineDiffTests {
  private func diff(_ old: String, _ new: String) -> String {
    String(
      decoding: TextDiff.lineDiff(
        old: Array(old.utf8), new: Array(new.utf8), oldName: "a/n.md", newName: "b/n.md"),
      as: UTF8.self)
  }

  @Test("equal texts give nothing")
  func equal() { #expect(diff("a\n", "a\n") == "") }

  @Test("a hunk has three lines around it and says where it is")
  func hunk() {
    #expect(
      diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n") == """
        --- a/n.md
        +++ b/n.md
        @@ -2,7 +2,7 @@
         2
         3
         4
        -5
        +x
         6
         7
         8

        """)
  }

  @Test("a missing line end is said")
  func noNewline() {
    #expect(
      diff("a", "a\n") == """
        --- a/n.md
        +++ b/n.md
        @@ -1 +1 @@
        -a
        \\ No newline at end of file
        +a

        """)
  }

  @Test("git gives the same hunks, and patch makes the new text of the old", arguments: 0..<40)
  func patch(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let count = random.below(60)
    var old: [String] = []
    for _ in 0..<count { old.append("line \(random.below(20))") }
    var new = old
    for _ in 0..<random.below(6) {
      let at = random.below(new.count + 1)
      switch random.below(3) {
      case 0: new.insert("new \(random.below(5))", at: at)
      case 1: if at < new.count { new.remove(at: at) }
      default: if at < new.count { new[at] = "changed \(random.below(5))" }
      }
    }
    let folder = TemporaryFolder()
    let oldText = old.joined(separator: "\n") + (random.below(2) == 0 ? "\n" : "")
    let newText = new.joined(separator: "\n") + (random.below(2) == 0 ? "\n" : "")
    try folder.write(oldText, to: "n.md")
    let patch = diff(oldText, newText)
    guard !patch.isEmpty else { return #expect(oldText == newText) }
    try folder.write(patch, to: "p")
    let result = try runProcess(["patch", "-p1", "--fuzz=0", "-s", "-i", "p"], in: folder.path)
    #expect(result.status == 0, "\(result.output)")
    // patch takes an empty result for a deletion.
    let made = (try? folder.read("n.md")) ?? ""
    #expect(made == newText)
    try folder.write(oldText, to: "old")
    try folder.write(newText, to: "new")
    let git = try runProcess(
      [
        "git", "diff", "--no-index", "--diff-algorithm=minimal", "--no-color", "--numstat", "old",
        "new",
      ],
      in: folder.path)
    let counts = git.output.split(separator: "\t").prefix(2).compactMap { Int($0) }
    let lines = patch.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2)
    #expect(
      [lines.filter { $0.hasPrefix("+") }.count, lines.filter { $0.hasPrefix("-") }.count]
        == counts)
  }

  @Test("names that would break a header are quoted")
  func names() {
    let patch = TextDiff.lineDiff(
      old: [], new: [97, 10], oldName: "/dev/null", newName: "b/x\ny \"z\"")
    #expect(
      String(decoding: patch, as: UTF8.self)
        == "--- /dev/null\n+++ \"b/x\\012y \\\"z\\\"\"\n@@ -0,0 +1 @@\n+a\n")
  }
}
