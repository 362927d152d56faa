import Foundation
import TestSupport
import Testing

@Suite("search by meaning, with a command of the user's own")
struct EmbedTests {
  /// Words are counted in 16 places by their letters; what has a wheel is a car.
  private static let vectoriser = #"""
    { match($0, /"id":[0-9]+/); id = substr($0, RSTART + 5, RLENGTH - 5)
      text = tolower($0); sub(/.*"text":"/, "", text); gsub(/automobile|vehicle/, "car", text)
      gsub(/\\n/, " ", text); for (i = 0; i < 16; i++) v[i] = 0
      n = split(text, words, /[^a-z]+/)
      for (i = 1; i <= n; i++) if (length(words[i]) > 2) {
        h = 0
        for (c = 1; c <= length(words[i]); c++)
          h = (h * 31 + index("abcdefghijklmnopqrstuvwxyz", substr(words[i], c, 1))) % 1009
        v[h % 16]++
      }
      line = ""; for (i = 0; i < 16; i++) line = line (i ? "," : "") v[i]
      print id >> LOG; close(LOG)
      printf "{\"id\":%s,\"vector\":[%s]}\n", id, line; fflush() }
    """#

  private let vault: TestVault

  init() throws {
    vault = try TestVault()
    try vault.folder.write(Self.vectoriser, to: "v.awk")
    for (name, text) in [
      ("auto", "An automobile rolls."), ("oak", "Leaves fall from oaks."),
      ("sea", "Waves break upon rocks."), ("post/auto", "The vehicle stands."),
    ] {
      try vault.write("# \(name)\n\n\(text)\n", to: name + ".md")
    }
    try use("awk -v LOG=\(vault.folder.path)/log -f \(vault.folder.path)/v.awk")
  }

  private func use(_ command: String) throws {
    try vault.folder.write("embed.command: \(command)\n", to: ".config/notes/config.yaml")
  }

  private var asked: Int {
    ((try? vault.folder.read("log")) ?? "").split(separator: "\n").count
  }

  private func search(_ arguments: String...) throws -> [String] {
    try vault.run(["search", "--format", "path", "-q"] + arguments).succeeded().lines
  }

  @Test("a word is found by another of the same meaning, within the filters")
  func meaning() throws {
    #expect(vault.notes("search", "car", "--format", "path").lines.first != "auto.md")
    #expect(try vault.notes("embed").succeeded().errors == "4 notes embedded; 0 dropped\n")
    #expect(try Set(search("car").prefix(2)) == ["auto.md", "post/auto.md"])
    #expect(try search("car", "--path", "post").first == "post/auto.md")
    #expect(try !search("car path:post").contains("auto.md"))
    #expect(vault.notes("search", "car", "--format", "json").output.contains("\"meaning\""))
    let before = asked
    let plain = vault.notes("search", "car", "--no-meaning", "--format", "json")
    #expect(!plain.output.contains("meaning"))
    _ = vault.notes("search", "rocks", "--sort", "path")
    #expect(asked == before)
    // Words count all the same.
    #expect(try search("rocks").first == "sea.md")
  }

  @Test("only texts without a vector are sent; renames and rebuilds keep them")
  func kept() throws {
    try vault.notes("embed").succeeded()
    #expect(asked == 4)
    try vault.notes("mv", "oak.md", "tree.md").succeeded()
    #expect(try vault.notes("embed").succeeded().errors == "0 notes embedded; 0 dropped\n")
    try vault.notes("index", "--rebuild").succeeded()
    #expect(try vault.notes("embed").succeeded().errors == "0 notes embedded; 0 dropped\n")
    try vault.write("# sea\n\nCalm.\n", to: "sea.md")
    #expect(try vault.notes("embed").succeeded().errors == "1 note embedded; 1 dropped\n")
    #expect(asked == 5)
    let anew = try vault.notes("embed", "--anew").succeeded()
    #expect(anew.errors == "4 notes embedded; 4 dropped\n")
    try use("awk -v LOG=/dev/null -f \(vault.folder.path)/v.awk")
    #expect(vault.notes("search", "car").errors.contains("by words only"))
    #expect(try vault.notes("embed").succeeded().errors == "4 notes embedded; 4 dropped\n")
  }

  @Test(
    "a command that does wrong is named in one line, and what came is kept",
    arguments: [
      ("true", "ended early"), ("echo no >&2; exit 3", "ended early: no"),
      ("echo garbage", "no vector: garbage"), ("nowhere-at-all", "nowhere-at-all: not found"),
      ("echo '{\"id\":9,\"vector\":[1]}'", "not asked for"),
      ("sleep 60", "within 1 s"), ("sleep 60 & sleep 60", "within 1 s"),
      ("head -c 2000000 /dev/zero | tr '\\0' x; sleep 60", "longer than 1 MB"),
      ("yes '{\"id\":1,\"vector\":[1]}'", "not asked for"),
      (
        "echo '{\"id\":1,\"vector\":[1,2]}'; echo '{\"id\":2,\"vector\":[1]}'",
        "of 1 numbers, not 2"
      ),
    ])
  func faults(command: String, words: String) throws {
    try vault.folder.write(command, to: "wrong.sh")
    try use("sh \(vault.folder.path)/wrong.sh")
    let result = vault.notes("embed", "--patience", "1")
    #expect(result.status == 2)
    #expect(result.errors.contains(words), "\(result.errors)")
    // One good vector came of two of them.
    let isOneKept = command.contains("\"id\":1")
    #expect(result.errors.contains(isOneKept ? "1 note embedded" : "0 notes embedded"))
    #expect(try search("rocks").first == "sea.md")
  }

  @Test("a search whose command fails is one by words")
  func failingQuery() throws {
    try vault.notes("embed").succeeded()
    try vault.folder.write("{ print \"oops\"; fflush() }", to: "v.awk")
    let result = vault.notes("search", "rocks", "--format", "path")
    #expect(result.lines.first == "sea.md")
    #expect(result.errors.contains("by words only"))
    #expect(result.errors.contains("oops"))
  }

  @Test("a vault cannot name a command")
  func untrusted() throws {
    try FileManager.default.removeItem(atPath: vault.folder.path + "/.config/notes/config.yaml")
    try vault.write("embed.command: touch \(vault.folder.path)/run\n", to: ".notes/config.yaml")
    let result = vault.notes("embed")
    #expect(result.status == 2)
    #expect(result.errors.contains("no command is set"))
    #expect(!FileManager.default.fileExists(atPath: vault.folder.path + "/run"))
  }
}
