import Foundation
import TestSupport
import Testing
import Web

@testable import NotesCLI

/// Texts that come from elsewhere and cost more than they are worth (row H7 of the fault list).
@Suite(
  "Texts that are tried first", .enabled(if: FileManager.default.fileExists(atPath: Faults.program))
)
struct TextTrialTests {
  /// cmark looks for an address at each of the marks.
  private static let costly = String(repeating: "a@", count: 1_000_000)
  private static let long = (0..<3_000).map { "Paragraph \($0) of *a* text.\n\n" }.joined()

  @Test("H7: a text that takes too long is found out, and one that is only long is not")
  func tried() {
    let trial = TextTrial(
      program: Faults.program, environment: ["PATH": "/usr/bin:/bin"])
    #expect(trial.isBearable(Array(Self.long.utf8)))
    let begin = Date()
    #expect(!trial.isBearable(Array(Self.costly.utf8)))
    #expect(!trial.isBearable(Array(Self.costly.utf8)))
    // It is known the second time: two seconds of a processor, and some for a busy machine.
    #expect(Date().timeIntervalSince(begin) < 10)
  }

  @Test("H7: a text that takes too much memory is found out")
  func memory() {
    let trial = TextTrial(program: Faults.program, environment: ["PATH": "/usr/bin:/bin"])
    // Each could begin a link, and cmark keeps all of them in mind.
    #expect(!trial.isBearable(Array(String(repeating: "[", count: 3_000_000).utf8)))
  }

  @Test("a program that cannot be started judges no text")
  func noProgram() {
    #expect(TextTrial(program: nil, environment: [:]).isBearable([]))
    #expect(
      TextTrial(program: "/nowhere/notes", environment: ["PATH": "/usr/bin:/bin"]).isBearable([]))
  }

  @Test("H7: a post that takes too long is published as its source, and the others as pages")
  func published() throws {
    let vault = try TestVault(program: Faults.program)
    for (name, text) in [("costly", Self.costly), ("long", Self.long)] {
      try vault.write(
        "---\nid: \(name)\ntype: post\n---\n# \(name)\n\n\(text)", to: name + ".md")
      vault.notes("version", "cut", name)
    }
    try vault.notes("publish", "--out", vault.folder.path + "/site").succeeded()
    let costly = try vault.folder.read("site/posts/costly/index.html")
    #expect(costly.contains("<p class=\"notice\">") && costly.contains("a@a@a@"))
    #expect(try vault.folder.read("site/posts/long/index.html").contains("<em>a</em>"))
  }

  @Test("H7: a note that takes too long is served as its source")
  func served() throws {
    let vault = try TestVault(program: Faults.program)
    try vault.write("# Costly\n\n" + Self.costly, to: "costly.md")
    let page = try vault.desk().response(to: WebRequest(path: ["notes", "costly.md"]))
    #expect(page.status == 200)
    #expect(String(decoding: page.body, as: UTF8.self).contains("<p class=\"notice\">"))
  }
}
