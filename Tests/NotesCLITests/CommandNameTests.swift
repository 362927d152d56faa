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
}
