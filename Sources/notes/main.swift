import Foundation
import NotesCLI

var session = Session.process(environment: ProcessInfo.processInfo.environment)
if let refusal = prepareLimits() {
  session.console.warn("notes: \(refusal)")
  exit(ExitStatus.failed.rawValue)
}
let arguments = Array(CommandLine.arguments.dropFirst())
exit(runNotes(arguments, in: &session))
