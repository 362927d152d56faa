internal import ArgumentParser
internal import Git
internal import History
internal import NoteIndex
internal import Vault

/// `notes doctor`.
struct Doctor: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look for damage, and mend what can be mended.",
    discussion: """
      Looks at the repository, the index (SQLite's and FTS5's own integrity checks), unfinished \
      operations and locks that nothing holds. The index is rebuilt where it is damaged; what a killed command \
      left is finished. Exit 1: something is left that needs you.

      \(exits(.no, .failed, .noVault, .busy))
      """)

  @OptionGroup var options: VaultOptions

  @Option(help: "short, json or jsonl.")
  var format = ShortFormat.short

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.vault(options.vault)
    session.console.isQuiet = options.quiet
    var reports: [Report] = []
    func look(_ what: String, _ body: () throws -> Outcome) {
      do {
        let outcome = try body()
        reports.append(Report(what: what, ok: outcome.isSound, words: outcome.words))
      } catch {
        let failure = Failure(error)
        let hint = failure.hint.map { " (\($0))" } ?? ""
        reports.append(Report(what: what, ok: false, words: failure.message + hint))
      }
    }
    let context = session.historyContext
    let now = session.clock()
    look("unfinished operations") {
      if vault.isInsideRepository {
        let wasKilled = History.needsRecovery(vault)
        try session.finishInterrupted(vault)
        return .sound(wasKilled ? "finished what a killed command left" : "none")
      }
      let history = try History(of: vault, context: context, for: .writing)
      let wasKilled = History.needsRecovery(vault)
      let isLeft =
        VaultLock.wasLeft(in: vault.stateFolder) && !VaultLock.isHeld(in: vault.stateFolder)
      let cannotBeRead = History.cannotRead(journalOf: vault)
      if try wasKilled || isLeft || cannotBeRead || !history.unwritten().isEmpty {
        try history.finishInterrupted()
      }
      let faults =
        try history.unwritten().map { "\($0.path) could not be written: \($0.why)" }
        + History.damagedJournals(of: vault).map {
          "\($0) could not be read: what had come in is told from the history; look at what you did last, "
            + "and remove it"
        }
      if !faults.isEmpty { return .damaged(faults) }
      if !wasKilled { return .sound("none") }
      return .sound("finished what a killed command left")
    }
    look("git's locks") {
      let history = try History(of: vault, context: context, for: .writing)
      let names = try history.removeDeadLocks(olderThan: 60)
      var words: [String] = []
      if !names.isEmpty {
        words.append("removed, since no git held them: \(names.joined(separator: ", "))")
      }
      for lock in history.heldLocks() {
        words.append(
          "\(lock.name) is held, \(counted(Int(lock.seconds), "second")) old; doctor removes it when it "
            + "is a minute old and no git works here")
      }
      return .sound(words.isEmpty ? "none is left behind" : words.joined(separator: "; "))
    }
    look("git's index") {
      let wasDamaged = try History(of: vault, context: context, for: .writing).mendUserIndex()
      return .sound(wasDamaged ? "was damaged, and is made anew" : "sound")
    }
    look("repository") {
      let history = try History(of: vault, context: context, for: .writing)
      let torn = try history.removeTornReferences().map {
        "; \($0) was damaged, and the next sync makes it anew"
      }
      let faults =
        try history.verify()
        + history.strayReferences().map { "\($0) is no name of a reference: remove that file" }
      return faults.isEmpty
        ? .sound("every object can be read" + torn.joined()) : .damaged(faults)
    }
    look("versions") {
      let faults = try vault.damagedVersions()
      return faults.isEmpty
        ? .sound("every record can be read, and every text is as it was cut")
        : .damaged(faults.map { "\($0.path): \($0.message)" })
    }
    look("conflicts") {
      let faults = try vault.damagedConflictFindings()
      return faults.isEmpty
        ? .sound("every record can be read") : .damaged(faults.map { "\($0.path): \($0.message)" })
    }
    if let kept = try? History(of: vault, context: context, for: .reading).keptBack(), !kept.isEmpty
    {
      look("kept back") {
        .sound(
          "\(kept.prefix(10).joined(separator: ", ")): what may be sent after all is to go from "
            + ".git/notes/kept-back")
      }
    }
    look("index") {
      let index = try session.openIndex(of: vault)
      let faults = try index.integrity()
      if !faults.isEmpty {
        try index.rebuild(now: now)
        return .sound("was damaged (\(faults.joined(separator: "; "))), and is built anew")
      }
      let unread = try index.refresh(now: now).skipped.filter(\.isUnreadable)
      if !unread.isEmpty { return .damaged(unread.map { "\($0.path) is not read: \($0.why)" }) }
      return .sound("sound, \(counted(try index.count(), "note"))")
    }
    look("history's index") {
      guard try PastIndex.isThere(of: vault, cacheFolder: session.cacheFolder) else {
        return .sound("not made yet; the first question about the past makes it")
      }
      let index = try PastIndex(of: vault, cacheFolder: session.cacheFolder)
      let faults = try index.integrity()
      if !faults.isEmpty {
        try index.makeAnew()
        return .sound(
          "was damaged (\(faults.joined(separator: "; "))), and is built anew when asked")
      }
      return .sound("sound, \(counted(try index.count(), "snapshot"))")
    }
    look("libraries") {
      let sqlite = try session.openIndex(of: vault).libraryVersion()
      return .sound("libgit2 \(Git.libraryVersion), SQLite \(sqlite)")
    }
    if format.isJSON {
      try session.print(list: reports, format)
    } else {
      for report in reports {
        session.console.print(
          StyledText(report.ok ? "ok    " : "bad   ", report.ok ? .added : .removed)
            + StyledText("\(report.what): \(report.words)"))
      }
    }
    return reports.allSatisfy(\.ok) ? .done : .no
  }

  private struct Outcome {
    let isSound: Bool
    let words: String

    static func sound(_ words: String) -> Outcome { Outcome(isSound: true, words: words) }

    static func damaged(_ faults: [String]) -> Outcome {
      Outcome(isSound: false, words: faults.prefix(10).joined(separator: "; "))
    }
  }

  private struct Report: Encodable {
    let what: String
    let ok: Bool
    let words: String
  }
}
