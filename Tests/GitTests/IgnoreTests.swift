import Foundation
import Git
import TestSupport
import Testing

/// What is ignored, held against what git says of the same files.
///
/// `NOTES_IGNORES=2000` makes up that many sets of ignore files, and `NOTES_SEED=7` begins with that seed.
@Suite("what git ignores")
struct IgnoreTests {
  private static let seeds = TestSupport.seeds("NOTES_IGNORES", usually: 40)

  /// What git ignores of some files of the vault, which need not be there.
  private func ignoredByGit(_ paths: [String], _ sandbox: Sandbox) throws -> Set<String> {
    // Git itself takes the default file from $XDG_CONFIG_HOME.
    let output = try sandbox.git(
      "check-ignore", "--no-index", "--stdin", "-z", input: paths.map { $0 + "\0" }.joined(),
      failing: true, extra: ["XDG_CONFIG_HOME": sandbox.path("home/.config")])
    return Set(output.split(separator: "\0").map(String.init))
  }

  private func expectSame(
    _ paths: [String], _ sandbox: Sandbox, _ words: String = "",
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let git = try ignoredByGit(paths, sandbox)
    let repository = try sandbox.open()
    let ours = try paths.filter { try repository.isIgnored(GitPath($0)) }
    let other = git.symmetricDifference(ours)
    #expect(other.isEmpty, "\(words)", sourceLocation: location)
  }

  @Test("is the same whatever stands in the ignore files", arguments: seeds)
  func atRandom(seed: UInt64) throws {
    var dice = SplitMix(seed: seed)
    let sandbox = try Sandbox()
    try sandbox.initialise()
    if dice.below(4) == 0 { try sandbox.git("config", "core.ignoreCase", "true") }
    let places = [
      "vault/.gitignore", "vault/.gitignore", "vault/a/.gitignore", "vault/a/b/.gitignore",
      "vault/.git/info/exclude", "home/.config/git/ignore",
    ]
    var told = "seed \(seed)"
    for place in places where dice.below(2) == 0 {
      let text = Self.ignoreFile(&dice)
      told += "\n\(place): \(text.debugDescription)"
      try sandbox.folder.write(text, to: place)
    }
    // Those two are folders, and are not asked about as files.
    let paths = Set((0..<150).map { _ in Self.path(&dice) }).subtracting(["a", "a/b"]).sorted()
    try expectSame(paths, sandbox, told)
  }

  private static func pick(_ parts: [String], _ dice: inout SplitMix) -> String {
    parts[dice.below(parts.count)]
  }

  private static func path(_ dice: inout SplitMix) -> String {
    let names = [
      "a", "b", "ab", "B", "aab", "a.md", "b.md", "A.MD", "a b", "a ", "[a]", "é.md", "-", "#a",
      "!a",
      "a\\", "9", "a\tb", "\u{0C}", "x",
    ]
    return (0...dice.below(4)).map { _ in pick(names, &dice) }.joined(separator: "/")
  }

  private static func ignoreFile(_ dice: inout SplitMix) -> String {
    let pieces = [
      "a", "a", "b", "ab", "B", "A", "*", "*", "**", "***", "/", "/", "?", ".md", "*.md", "**/",
      "/**",
      "[ab]", "[!a]", "[^b]", "[a-c]", "[A-C]", "[]a]", "[", "]", "[[:alpha:]]", "[[:upper:]]",
      "[[:digit:]-]", "[[:x:]]", "[[:]", "[a\\]]", "[b-a]", "[+--]", "[\\a-\\c]", "\\", "\\a",
      "\\A",
      "\\*", "\\ ", " ", "\t", "é", "#", "!", "-", "9", "\u{0C}", "\u{0B}", "\0", "x",
    ]
    let ends = ["\n", "\n", "\n", "\n", "\n", "\r\n", " \n", "/\n", "\\\n", "\\\r\n", "  \r\n", ""]
    var text = dice.below(8) == 0 ? "\u{FEFF}" : ""
    for _ in 0..<dice.below(7) {
      if dice.below(3) == 0 { text += "!" }
      if dice.below(4) == 0 { text += "/" }
      for _ in 0..<dice.below(5) { text += pick(pieces, &dice) }
      text += pick(ends, &dice)
    }
    return text
  }

  @Test(
    "is the same for lines that other readers stumble over",
    arguments: [
      "# mine\n\u{0C}\n*.log\n", "\u{0B}\nprivate/\n", "!\u{0C}x\nprivate/\n", "/\u{0C}\n*.log\n",
      "Export\\\nprivate/\n*.log\n", "a\\\\\nprivate/\n", "\\\n*.log\n", "Export\\\r\nprivate/\r\n",
      "a\0b\nprivate/\n*.log\n", "\0\n*.log\n", "\u{FEFF}private/\n*.log\n",
      "\u{FEFF}# x\nprivate/",
      "private/ \n*.log\\ \n", "private/\t\n*.log\n", "\r\n*.log\r\n\r\n", "*\n!*/\n!a.md\n",
      "drafts/*\n!keep.md\n", "*.log\n!/x.log\n", "[\n*.log\n", "private/**\n!private/diary.md\n",
      "x**/diary.md\npri**/diary.md\n", "**/**/**/diary.md\n", "PRIVATE/\n*.LOG\n",
      "//\n/\n!\n\\#\n",
    ])
  func oddLines(text: String) throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let paths = [
      "a", "a.md", "x.log", "Export", "Export\\", "private/diary.md", "drafts/keep.md", "\u{0C}",
      "drafts/other.md", "sub/x.log", "private/sub/diary.md", "sub/private/x", "x.log ", "\u{0C}x",
    ]
    try sandbox.folder.write(text, to: "vault/.gitignore")
    try expectSame(paths, sandbox)
    try sandbox.git("config", "core.ignoreCase", "true")
    try expectSame(paths, sandbox)
    try runProcess(["rm", sandbox.path("vault/.gitignore")])
    try sandbox.folder.write(text, to: "vault/.git/info/exclude")
    try expectSame(paths, sandbox)
  }

  @Test(
    "is taken in again by a line of the file that is nearer, and by none below an ignored folder")
  func takenInAgain() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    try sandbox.folder.write("*.log\nprivate/\n!deep.log\n", to: "home/.config/git/ignore")
    try sandbox.folder.write("!exclude.log\ndeep.log\n", to: "vault/.git/info/exclude")
    try sandbox.folder.write("!top.log\nexclude.log\ndrafts/*\n", to: "vault/.gitignore")
    try sandbox.folder.write("!keep.md\n!exclude.log\ntop.log\n", to: "vault/drafts/.gitignore")
    try sandbox.folder.write("!*\n", to: "vault/private/.gitignore")
    let names = ["a.log", "top.log", "exclude.log", "deep.log", "keep.md"]
    let paths = names.flatMap { [$0, "drafts/" + $0, "private/" + $0, "sub/drafts/" + $0] }
    try expectSame(paths, sandbox)
    #expect(try !sandbox.open().isIgnored("drafts/keep.md"))
    #expect(try sandbox.open().isIgnored("private/keep.md"))
  }

  @Test("is found in the file that core.excludesFile names, however it is named")
  func excludesFile() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    try sandbox.folder.write("*.log\n", to: "vault/mine")
    try sandbox.folder.write("*.log\n", to: "home/mine")
    for name in ["mine", "~/mine", sandbox.path("home/mine"), "", "/dev/null", "nowhere"] {
      try sandbox.git("config", "core.excludesFile", name)
      try expectSame(["x.log", "a.md"], sandbox, name)
    }
    try sandbox.git("config", "core.excludesFile", "~nobody-of-that-name/mine")
    #expect(try !sandbox.open().isIgnored("x.log"))
    let user = try runProcess(["id", "-un"]).output.split(separator: "\n").joined()
    let home = try runProcess(["sh", "-c", "getent passwd \(user) | cut -d: -f6"]).output
      .split(separator: "\n").joined()
    let mine = home + "/.notes-test-\(ProcessInfo.processInfo.processIdentifier)"
    try #require(FileManager.default.createFile(atPath: mine, contents: Data("*.log\n".utf8)))
    defer { try? FileManager.default.removeItem(atPath: mine) }
    try sandbox.git("config", "core.excludesFile", "~\(user)/" + mine.dropFirst(home.count + 1))
    #expect(try sandbox.open().isIgnored("x.log"))
  }

  @Test("takes no longer for a pattern that is made to take long", .timeLimit(.minutes(1)))
  func hostile() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let stars = String(repeating: "*a", count: 60) + "*b"
    let folders = String(repeating: "**/a*/", count: 60) + "b"
    let sets = String(repeating: "[a*]*", count: 200) + "c"
    let lines = [stars, "/" + stars, folders, "**" + stars, sets]
    try sandbox.folder.write(lines.joined(separator: "\n") + "\n", to: "vault/.gitignore")
    let repository = try sandbox.open()
    let name = String(repeating: "a", count: 250)
    let path = Array(repeating: name, count: 15).joined(separator: "/")
    #expect(try !repository.isIgnored(GitPath(path)))
    #expect(try repository.isIgnored(GitPath(name + "b")))
  }

  @Test("is asked anew once a file has changed")
  func changed() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let repository = try sandbox.open()
    for (text, isIgnored) in [("*.log\n", true), ("*.lag\n", false), ("*.log\n", true)] {
      try sandbox.folder.write(text, to: "vault/.gitignore")
      #expect(try repository.isIgnored("x.log") == isIgnored)
      #expect(try repository.isIgnored("x.log") == isIgnored)
    }
    try runProcess(["touch", "-d", "2001-01-01", sandbox.path("vault/.gitignore")])
    #expect(try repository.isIgnored("x.log"))
    try runProcess(["rm", sandbox.path("vault/.gitignore")])
    #expect(try !repository.isIgnored("x.log"))
  }
}
