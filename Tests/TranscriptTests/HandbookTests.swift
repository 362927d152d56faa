import Foundation
import TestSupport
import Testing

@Suite("the handbook has every command")
struct HandbookTests {
  /// The commands that `notes --help` lists.
  static let commands = (try? Handbook.run("--help").output).map(subcommands) ?? []

  /// The commands that a help lists under its `SUBCOMMANDS`.
  private static func subcommands(in help: String) -> [String] {
    guard let begin = help.range(of: "SUBCOMMANDS:\n")?.upperBound else { return [] }
    return help[begin...].split(separator: "\n").compactMap { line in
      // Two blanks, the name, perhaps short forms behind a comma, and what it does.
      guard line.hasPrefix("  "), !line.hasPrefix("   ") else { return nil }
      let name = line.dropFirst(2).prefix { $0.isLowercase || $0 == "-" }
      let behind = line.dropFirst(2 + name.count)
      let isName = behind.hasPrefix(",") || behind.hasPrefix("  ") || behind.hasPrefix(" (")
      return name.isEmpty || !isName ? nil : String(name)
    }
  }

  /// A command's help, with that of its own subcommands behind it.
  private static func help(of command: String) throws -> String {
    let help = try Handbook.run(command, "--help").output
    try #require(
      help.contains("USAGE: notes \(command)"), "notes \(command) --help is not about it")
    return try subcommands(in: help).reduce(help) {
      try $0 + Handbook.run(command, $1, "--help").output
    }
  }

  @Test("the list of commands can be read")
  func list() {
    #expect(Self.commands.contains("add"))
    #expect(Self.commands.contains("merge-file"))
  }

  @Test("a command has a note, and its help says how it ends", arguments: commands)
  func note(command: String) throws {
    #expect(try Handbook.text(of: "vault/commands/\(command).md").contains("## Exit status"))
    #expect(try Self.help(of: command).contains("EXIT STATUS:"))
  }

  @Test("a note of a command is of a command that there is")
  func noOther() {
    let notes = Handbook.files(below: "vault/commands").map {
      String($0.dropFirst("vault/commands/".count).dropLast(".md".count))
    }
    #expect(Set(notes).subtracting(Self.commands).isEmpty)
  }

  @Test("every option of a command's help is in its note", arguments: commands)
  func options(command: String) throws {
    let note = try Handbook.text(of: "vault/commands/\(command).md")
    for option in Self.options(in: try Self.help(of: command)) {
      #expect(note.contains(option), "notes \(command) --help has \(option)")
    }
  }

  @Test("an option in a command's note is one that there is, short or long", arguments: commands)
  func noOtherOption(command: String) throws {
    let help = try Self.help(of: command)
    let note = try Handbook.text(of: "vault/commands/\(command).md")
    guard let begin = note.range(of: "\n## Options\n")?.upperBound else { return }
    let section = note[begin...].components(separatedBy: "\n## ")[0]
    for option in Set(section.matches(of: /`(-{1,2}[A-Za-z0-9][a-z-]*)/).map { String($0.1) }) {
      // Behind a blank and before a comma or a blank, so that `-n` is not found in `--dry-run`.
      let isThere = [" \(option) ", " \(option),", " \(option)\n"].contains { help.contains($0) }
      #expect(isThere, "the note of \(command) has \(option)")
    }
  }

  @Test("the handbook is a vault in which there is nothing to mend")
  func check() throws {
    let folder = TemporaryFolder()
    let vault = folder.path + "/vault"
    try FileManager.default.copyItem(
      atPath: Handbook.root.appendingPathComponent("vault").path, toPath: vault)
    let environment = Handbook.environment(home: folder.path)
    for arguments in [["init", "--quiet"], ["check"]] {
      let result = try runProcess(
        [Handbook.program] + arguments, in: vault, environment: environment)
      #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
  }

  /// The long options that a help lists, without `--help` and `--version`.
  private static func options(in help: String) -> Set<String> {
    var found: Set<String> = []
    for line in help.split(separator: "\n") where line.hasPrefix("  -") {
      let head = line.dropFirst(2).components(separatedBy: "  ")[0]
      found.formUnion(head.matches(of: /--[a-z-]+/).map { String($0.0) })
    }
    return found.subtracting(["--help", "--version"])
  }
}
