import Foundation
import TestSupport
import Testing

@Suite("bad input")
struct BadInputTests {
  let vault: TestVault

  init() throws {
    vault = try TestVault()
    try vault.write("# GPT-4\n\nGPT-4 and C++ on http://x with foo:bar.\n", to: "gpt.md")
  }

  @Test(
    "any text is a query",
    arguments: [
      "GPT-4", "C++", "\"unclosed", "http://x", "-x", "foo:bar", "AND", "a OR", "NEAR(", "*", "^x",
      "a:b:c", "don't", "1.5", "a/b", "#tag", "{}", "'", "\\", "\u{0}", "", " ", "title:",
      String(repeating: "(", count: 10_000), String(repeating: "a ", count: 5_000), "扩散",
      "\u{1B}[31m",
    ])
  func queries(query: String) {
    let result = vault.notes("search", "--", query)
    #expect([0, 1].contains(result.status), "\(result.errors)")
    #expect(!result.errors.contains("SQL") && !result.errors.contains("fts5"))
    #expect(!result.output.contains("\u{1B}") && !result.errors.contains("\u{1B}"))
  }

  @Test(
    "words with marks in them are found", arguments: ["GPT-4", "C++", "http://x", "\"C++ on\""])
  func marks(query: String) {
    #expect(vault.notes("search", query).lines.first?.contains("gpt.md") == true)
  }

  @Test(
    "a limit below one is refused",
    arguments: [["history"], ["history", "gpt"], ["list"], ["changes"], ["related", "gpt"]],
    ["0", "-1"])
  func limits(command: [String], limit: String) throws {
    try vault.notes("save").succeeded()
    let result = vault.run(command + ["--limit=" + limit])
    #expect(result.status == 64 && result.errors.contains("--limit is at least 1"))
  }

  @Test("no vault here is one line that says what to type")
  func noVault() throws {
    let nowhere = try TestVault(isVault: false, name: "nowhere")
    try FileManager.default.createDirectory(
      atPath: nowhere.path, withIntermediateDirectories: true)
    for command in [["list"], ["search", "x"], ["save"], ["add", "x"]] {
      let result = nowhere.run(command)
      #expect(result.status == 4)
      #expect(result.errors.contains("notes init"))
    }
  }

  @Test(
    "in a folder whose path is not UTF-8 nothing is done, and no other folder is made",
    .enabled(if: Faults.canRun),
    arguments: ["init", "list", "add x y", "init sub", "clone ../r.git"])
  func oddFolder(command: String) throws {
    let script = """
      PATH='\(Faults.program.dropLast("/notes".count))':$PATH
      D=$(printf 'B\\374cher'); mkdir -p "$D"; cd "$D"; notes \(command); echo $?; ls -A
      cd ..; notes init "$D"; echo $?; ls -d B* | wc -l; cd "$D"; notes list -C '\(vault.path)' -q | wc -l
      """
    let done = try runProcess(
      ["sh", "-c", script], in: vault.folder.path, environment: vault.environment)
    #expect(done.errors.contains("is not UTF-8"))
    #expect(done.output.split(separator: "\n") == ["4", "4", "1", "1"])
  }

  @Test(
    "a pipe in the place of a file of git's attributes or ignored names is named, and not waited for",
    .enabled(if: Faults.canRun),
    arguments: [
      (".git/info/attributes", ""), (".git/info/exclude", ""), ("config/git/attributes", ""),
      ("config/git/ignore", ""), ("core.attributesfile", "~/pipe"),
      ("core.attributesfile", ".git/pipe"), ("core.excludesfile", ".git/pipe"),
    ])
  func pipesOfGit(place: String, file: String) throws {
    let here = try TestVault(isVault: false)
    try here.write("", to: ".notes/config.yaml")
    try here.git("init", "-q", "-b", "main")
    try here.git("add", ".")
    try here.git("commit", "-qm", "as git has it")
    try here.write("# New\n", to: "new.md")
    try here.write("language: de\n", to: ".notes/config.yaml")
    try here.folder.write("", to: "config/git/config")
    let isSetting = place.hasPrefix("core.")
    if isSetting { try here.git("config", place, file) }
    let named = file.hasPrefix("~/") ? here.folder.path + file.dropFirst() : here.path + "/" + file
    let folder = place.hasPrefix("config/") ? here.folder.path : here.path
    let pipe = isSetting ? named : folder + "/" + place
    let made = try runProcess(["sh", "-c", "rm -f \"$0\"; mkfifo \"$0\"", pipe])
    try #require(made.status == 0, "\(made.errors)")
    let extra = ["XDG_CONFIG_HOME": here.folder.path + "/config"]
    for command in ["status", "save"] {
      // It would be deaf to a signal that asks it to end.
      let result = try runProcess(
        ["timeout", "-s", "KILL", "20", Faults.program, command], in: here.path,
        environment: here.environment.merging(extra) { _, new in new })
      // What it ignores, a private file say, is not known.
      #expect(result.status == 2, "\(command): \(result.status) \(result.errors)")
      #expect(result.errors.contains("it is a pipe or a device: remove it"), "\(result.errors)")
    }
    #expect(try !here.git("show", "--name-only", "--format=").output.contains("new.md\n"))
    #expect(!here.has(".git/index.lock"))
  }

  @Test(
    "the null device is no file of ignored names or attributes, and hides none that are",
    arguments: ["core.excludesfile", "core.attributesfile"])
  func nullDevice(setting: String) throws {
    try vault.notes("save").succeeded()
    try vault.git("config", setting, "/dev/null")
    try vault.write("secret/\n", to: ".gitignore")
    try vault.write("mine\n", to: "secret/p.md")
    try vault.notes("save").succeeded()
    #expect(try !vault.git("ls-files").output.contains("secret"))
  }

  @Test("what is no note is named, and stops nothing")
  func oddFiles() throws {
    try runProcess(["mkfifo", vault.path + "/pipe.md"])
    try FileManager.default.createSymbolicLink(
      atPath: vault.path + "/leak.md", withDestinationPath: "/etc/passwd")
    try Data([0xFF, 0xFE, 0x41, 0x00]).write(to: URL(fileURLWithPath: vault.path + "/utf16.md"))
    try Data([0x61, 0x00, 0x62]).write(to: URL(fileURLWithPath: vault.path + "/nul.md"))
    try vault.write("---\ntitle: [unclosed\n---\nstill found here\n", to: "broken.md")
    let found = vault.notes("search", "still found")
    #expect(found.output.contains("broken.md"))
    #expect(!found.errors.contains("pipe.md"))
    let status = vault.notes("status")
    #expect(status.errors.contains("pipe.md") && status.errors.contains("leak.md"))
    #expect(!vault.notes("search", "root").output.contains("leak"))
    let save = vault.notes("save")
    #expect(save.status == 0, "\(save.errors)")
    #expect(try vault.git("ls-files").output.contains("utf16.md"))
    #expect(try vault.git("cat-file", "-s", "HEAD:nul.md").output == "3\n")
    #expect(try vault.git("ls-files").output.contains("leak.md") == false)
    let check = vault.notes("check")
    #expect(check.status == 1)
    #expect(check.output.contains("broken.md:3"), "\(check.output)")
  }

  @Test("control characters of a note never reach a terminal")
  func controlCharacters() throws {
    try vault.write(
      "---\ntitle: \"a\\e]0;owned\\a\"\ntags: [\"x\\e[31m\"]\n---\ntext \u{1B}[2J\u{202E} here\n",
      to: "evil.md")
    for command in [
      ["list"], ["list", "--format", "long"], ["search", "text"], ["show", "evil.md"], ["tags"],
      ["check"], ["links", "evil.md"],
    ] {
      let result = vault.run(command, isTerminal: true)
      for scalar in (result.output + result.errors).unicodeScalars {
        let isHarmless =
          scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
          && !(0x202A...0x202E).contains(scalar.value)
        #expect(isHarmless || scalar == "\n" || scalar == "\t", "\(command): \(scalar.value)")
      }
    }
  }

  @Test("a text that is printed as Markdown, or as JSON, is harmless on a terminal, too")
  func harmlessText() throws {
    let evil = "red \u{1B}[31m clear \u{1B}[2J c1 \u{9B}2J bidi \u{202E} end"
    try vault.write("# E\n\none\n", to: "e.md")
    try vault.notes("save").succeeded()
    try vault.notes("version", "cut", "e", "--new").succeeded()
    try vault.write("# E\n\n\(evil)\n", to: "e.md")
    let base = vault.path + "/gpt.md"
    func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
      scalar.value < 0x20 && scalar != "\n" && scalar != "\t"
        || (0x7F...0x9F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
    }
    for command in [
      ["diff", "e", "--unified"], ["evolve", "e", "--markdown"], ["trail", "suggest", "e"],
      ["merge-file", base, vault.path + "/e.md", base, "--stdout"],
      ["add", "T", evil, "--dry-run"],
    ] {
      let terminal = vault.run(
        command, environment: ["NOTES_PAGER": "cat"], isTerminal: true
      ).output
      #expect(terminal.contains("\\x1b[31m") && terminal.contains("<U+202E>"), "\(command)")
      #expect(!terminal.unicodeScalars.contains(where: isHarmful), "\(command): \(terminal)")
      #expect(vault.run(command).output.contains(evil), "\(command)")
    }
    for command in [["diff", "e", "--format", "json"], ["evolve", "e", "--format", "json"]] {
      let json = vault.run(command).output
      #expect(json.contains(#"\u009b2J bidi \u202e end"#), "\(command): \(json)")
      #expect(!json.unicodeScalars.contains(where: isHarmful), "\(command)")
    }
  }

  @Test("check tells what is not there, and takes a note without its .md")
  func checkedPlace() throws {
    try vault.write("See [[nowhere]].\n", to: "sub/a.md")
    for name in ["nope", "sub/nope"] {
      let result = vault.notes("check", name)
      #expect(result.status == 2 && result.errors == "notes: \(name) is not there\n")
    }
    #expect(vault.notes("check", "sub/a").lines.count == 1)
    #expect(vault.notes("check", "gpt").status == 0)
  }

  @Test("what has a date's form and is none is told as that, and not as a snapshot's name")
  func noDates() throws {
    try vault.notes("save").succeeded()
    for typed in ["2020-02-30", "2025-13", "2025-06-31T10:00"] {
      for command in [["show", "gpt@\(typed)"], ["diff", "gpt", typed], ["list", "--at", typed]] {
        let result = vault.run(command)
        #expect(result.status == 64, "\(command): \(result.errors)")
        #expect(result.errors.hasPrefix("notes: '\(typed)' is no date\n"), "\(command)")
      }
    }
  }

  @Test("settings that are no YAML are told with a line that the file has")
  func brokenSettings() throws {
    try vault.write("posts: [x\n", to: ".notes/config.yaml")
    let result = vault.notes("list")
    #expect(result.errors.contains(".notes/config.yaml:1: "), "\(result.errors)")
    #expect(!result.errors.contains("front matter"), "\(result.errors)")
  }

  @Test("a wrong command line is 64, and a mistyped verb gets a suggestion")
  func usage() {
    #expect(vault.notes("serach").status == 64)
    for (typed, meant) in [
      ("serach", "search"), ("snyc", "sync"), ("lst", "list"), ("ADD", "add"), ("remove", "rm"),
      ("rename", "mv"), ("find", "search"), ("pull", "sync"), ("commit", "save"), ("cat", "show"),
    ] {
      #expect(vault.notes(typed).errors.hasSuffix("hint: notes \(meant)\n"), "\(typed)")
    }
    let second = vault.notes("version", "ct", "some-post")
    #expect(second.status == 64)
    #expect(second.errors.hasSuffix("hint: notes version cut\n"))
    #expect(!vault.notes("version", "cut", "--nope").errors.contains("hint"))
    #expect(!vault.notes("frobnicate").errors.contains("hint"))
    #expect(vault.notes("list", "--nope").status == 64)
    #expect(vault.notes("list", "--limit", "0").status == 64)
    #expect(vault.notes("list", "--format", "xml").status == 64)
    #expect(vault.notes("--version").status == 0)
    #expect(vault.notes("--help").status == 0)
  }

  @Test("--vault works before and behind the verb, and $NOTES_DIR where no other is named")
  func whichVault() throws {
    let root = vault.path
    let elsewhere = try TestVault(isVault: false, name: "elsewhere", beside: vault)
    try FileManager.default.createDirectory(
      atPath: elsewhere.path, withIntermediateDirectories: true)
    #expect(elsewhere.notes("-C", root, "list", "--format", "path").output == "gpt.md\n")
    #expect(elsewhere.notes("list", "--vault", root, "--format", "path").output == "gpt.md\n")
    let named = elsewhere.notes("list", "--format", "path", environment: ["NOTES_DIR": root])
    #expect(named.output == "gpt.md\n")
  }

  @Test("a folder in a vault stands for the vault where it is named, and check tells of it alone")
  func folderInVault() throws {
    try vault.write("[[nowhere]]\n", to: "sub/a.md")
    try vault.write("[[nowhere]]\n", to: "sub2/b.md")
    try vault.write("fine\n", to: "good/c.md")
    let elsewhere = try TestVault(isVault: false, name: "elsewhere", beside: vault)
    try FileManager.default.createDirectory(
      atPath: elsewhere.path, withIntermediateDirectories: true)
    let all = vault.notes("list", "--format", "path").output
    let folder = vault.path + "/sub"
    #expect(elsewhere.notes("-C", folder, "list", "--format", "path").output == all)
    let named = elsewhere.notes("list", "--format", "path", environment: ["NOTES_DIR": folder])
    #expect(named.output == all)
    let none = elsewhere.notes("-C", elsewhere.path, "list")
    #expect(none.status == 4)
    #expect(none.errors.contains("no vault in \(elsewhere.path) or above it"))
    for check in [vault.notes("check", "sub"), elsewhere.notes("check", folder)] {
      #expect(check.status == 1)
      #expect(check.lines.count == 1)
      #expect(check.output.hasPrefix("sub/a.md:1: "))
    }
    #expect(vault.notes("check", ".").lines.count == 2)
    let good = vault.notes("check", "good")
    #expect(good.status == 0)
    #expect(good.errors == "1 note, nothing to mend\n")
  }

  @Test("a large note is known by its name, and a note too large to version is named")
  func large() throws {
    try vault.write("largest-note: 1 kB\nlargest-file: 10 kB\n", to: ".notes/config.yaml")
    try vault.write(String(repeating: "word ", count: 1_000), to: "big.md")
    try vault.write(String(repeating: "word ", count: 10_000), to: "huge.md")
    #expect(vault.notes("list", "--format", "path").lines.contains("big.md"))
    let save = vault.notes("save")
    #expect(save.errors.contains("huge.md"))
    #expect(try vault.git("ls-files").output.contains("big.md"))
    #expect(try vault.git("ls-files").output.contains("huge.md") == false)
  }

  @Test("a file that no other machine would take in is not saved, whatever the settings allow")
  func largestEver() throws {
    try vault.write("largest-file: 1 GB\n", to: ".notes/config.yaml")
    try runProcess(["truncate", "-s", "300M", vault.path + "/film.bin"])
    let save = vault.notes("save")
    #expect(
      save.errors.contains("not saved: film.bin (314572800 bytes, above the limit of 268435456)"))
    #expect(vault.notes("save", "--explain").output.contains("allows it, up to 256 MiB"))
    #expect(vault.notes("config").output.contains("largest-file: 268435456 bytes"))
    #expect(try vault.git("ls-files").output.contains("film.bin") == false)
  }

  @Test("settings that cannot be read are named, by their line, and the usual ones hold")
  func settings() throws {
    try vault.write("A.\n", to: "a.md")
    for (text, words) in [
      ("largest-note: many\nposts: blog\n", "'largest-note' is no size"), ("a: [\n", "yaml:"),
      (String(repeating: "# long\n", count: 10_000), "too large"), ("site: 1\n", "wrong kind"),
    ] {
      try vault.write(text, to: ".notes/config.yaml")
      for command in ["list", "save", "status", "search a", "history", "doctor", "show a"] {
        let result = vault.run(command.split(separator: " ").map(String.init))
        #expect(result.status == 0, "\(command): \(result.errors)")
        let warnings = result.errors.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
        #expect(warnings.count == 1 && result.errors.contains(words), "\(result.errors)")
      }
      let config = vault.notes("config")
      #expect(config.status == 2 && config.errors.contains(words))
      #expect(!config.errors.contains("warning"))
      #expect(vault.notes("publish", "--dry-run").status == 2)
      let edit = vault.notes("edit", ".notes/config.yaml", environment: ["EDITOR": "true"])
      #expect(edit.status == 2 && edit.errors.contains(words))
    }
    // Where a note would go is not guessed.
    try vault.write("notes: ../elsewhere\n", to: ".notes/config.yaml")
    #expect(vault.notes("add", "New", "text").status == 2)
    try vault.write("posts: blog\nnope: 1\n", to: ".notes/config.yaml")
    #expect(vault.notes("list").status == 0)
    #expect(vault.notes("config").errors.contains("nope"))
  }

  @Test(
    "what an editor keeps beside a note is not saved; rules for dotfiles do not keep '.notes' out")
  func besides() throws {
    let own = [
      ".a.md.swp", ".a.md.swa", "a.md~", "#a.md#", ".~lock.a.odt#", ".DS_Store", "Thumbs.db",
    ]
    let others = ["a.md", "a~b.md", ".sw.md", "#.md", "c#.md", "a.swf"]
    for name in own + others { try vault.write("x\n", to: name) }
    try vault.write(".*\n!.gitignore\n", to: ".gitignore")
    try vault.write("x\n", to: ".hidden")
    try vault.notes("save").succeeded()
    let saved = Set(try vault.git("ls-files").output.split(separator: "\n").map(String.init))
    #expect(saved.isDisjoint(with: own + [".hidden"]))
    #expect(saved.isSuperset(of: others.filter { !$0.hasPrefix(".") } + [".notes/config.yaml"]))
  }

  @Test(
    "what programs keep of their windows and in their trash is not saved, unless git has it")
  func windowsAndTrash() throws {
    let own = [
      ".obsidian/workspace.json", ".obsidian/workspace-mobile.json", ".trash/a.md",
      "sub/.trash/deep/b.png", ".Trash-1000/files/a.md", "logseq/.recycle/a.md",
      ".stversions/a.md", "sub/.obsidian/workspace",
    ]
    let others = [
      ".obsidian/app.json", ".obsidian/workspaces.json", ".obsidian/plugins/a/data.json",
      "workspace.json", "trash/a.md", "logseq/bak/a.md", "sub/.trash.md",
    ]
    for name in own + others { try vault.write("x\n", to: name) }
    try vault.notes("save").succeeded()
    func saved() throws -> Set<String> {
      Set(try vault.git("ls-files").output.split(separator: "\n").map(String.init))
    }
    #expect(try saved().isDisjoint(with: own) && saved().isSuperset(of: others))
    try vault.write("!.trash/\n", to: ".gitignore")
    try vault.git("add", "-f", ".obsidian/workspace.json")
    try vault.git("commit", "-qm", "windows")
    try vault.write("y\n", to: ".obsidian/workspace.json")
    try vault.notes("save").succeeded()
    #expect(try saved().isSuperset(of: [".trash/a.md", "sub/.trash/deep/b.png"]))
    #expect(try vault.git("show", "HEAD:.obsidian/workspace.json").output == "y\n")
    try vault.git("rm", "-q", "--cached", ".obsidian/workspace.json")
    try vault.notes("save").succeeded()
    #expect(try !saved().contains(".obsidian/workspace.json"))
    #expect(vault.has(".obsidian/workspace.json"))
  }

  @Test("files among the operations that are none of ours are passed over")
  func strangeOperations() throws {
    for name in ["9223372036854775807", "-1", "+5", "7", "a", "0000000000000000000000009"] {
      try vault.write("", to: ".git/notes/operations/\(name)")
    }
    try vault.write("a\n", to: "a.md")
    try vault.notes("mv", "a", "b").succeeded()
    #expect(try vault.notes("undo", "--list").succeeded().lines.count == 1)
    // One that could be ours, had there been that many.
    try vault.write("", to: ".git/notes/operations/999999999999")
    try vault.notes("mv", "b", "c").succeeded()
    try vault.notes("undo").succeeded()
    #expect(vault.has("b.md"))
  }
}
