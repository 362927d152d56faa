import ArgumentParser
import Testing

@testable import NotesCLI

/// What every command says of itself.
@Suite("commands")
struct CommandNameTests {
  /// A name that argument-parser has to make of the type's is looked for in all that the program's
  /// types conform to, three times a command.
  @Test("each names itself, so that the program starts without looking for it")
  func named() {
    var waiting: [any ParsableCommand.Type] = [Notes.self]
    var count = 0
    while let command = waiting.popLast() {
      let configuration = command.configuration
      #expect(configuration.commandName != nil, "\(command)")
      waiting += configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands)
      count += 1
    }
    #expect(count > 40)
  }

  @Test(
    "each takes the formats that it has, and no other",
    arguments: [
      "tags", "links a", "status", "history a", "check", "doctor", "config", "diff a", "blame a",
      "evolve a", "conflicts", "sync", "trail check", "trail suggest", "version import a",
      "version show a@v1",
    ])
  func formats(command: String) throws {
    let vault = try TestVault()
    let words = command.split(separator: " ").map(String.init)
    for format in ["path", "long", "xml"] {
      #expect(vault.run(words + ["--format", format]).status == 64, "\(format)")
    }
    let help = vault.run(words + ["--help"]).output.split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    #expect(help.contains("values: short, json, jsonl;"), "\(help)")
  }

  @Test("help for what is no command says so, and which one may be meant")
  func topics() throws {
    let vault = try TestVault(isVault: false)
    let result = vault.notes("help", "serach")
    #expect(result.status == 64)
    #expect(result.errors.contains("'serach' is no command"))
    #expect(result.errors.contains("hint: notes help search"))
    #expect(vault.notes("help", "version", "cot").errors.contains("hint: notes help version cut"))
    for topic in [[], ["ls"], ["version", "cut"], ["help"], ["search", "--help"]] {
      #expect(vault.run(["help"] + topic).status == 0, "\(topic)")
    }
  }
}
