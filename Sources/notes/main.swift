import Foundation
import NotesCLI

var session = Session.process(environment: ProcessInfo.processInfo.environment)
let arguments = Array(CommandLine.arguments.dropFirst())
exit(runNotes(arguments, in: &session))
