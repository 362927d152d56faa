internal import Git
internal import History
internal import Vault

/// What a sync did, or would do, file by file.
struct SyncReport {
  private let synced: Synced
  private let isDryRun: Bool
  /// The conflicts that wait, from this sync and from before.
  private let waiting: [Conflict]
  /// The records of conflicts that nobody can read.
  private let damaged: [DamagedConflict]
  /// What came in and what went out; a file of both is told as merged or as a conflict.
  private let incoming: [FileChange]
  private let outgoing: [FileChange]

  init(
    _ synced: Synced, isDryRun: Bool, waiting: [Conflict], damaged: [DamagedConflict] = []
  ) {
    self.synced = synced
    self.isDryRun = isDryRun
    self.waiting = waiting
    self.damaged = damaged.filter { $0.conflict == nil }
    let told = Set((synced.merged + synced.conflicts.map(\.path)).map(\.text))
      .union(synced.keptBoth.flatMap { [$0.path, $0.second] })
    func isToldElsewhere(_ change: FileChange) -> Bool {
      told.contains(change.newPath.description)
    }
    incoming = synced.incoming.filter { !isToldElsewhere($0) }
    outgoing = synced.outgoing.filter { !isToldElsewhere($0) }
  }

  /// Prints it, and says how the command ends.
  func print(_ format: ShortFormat, in session: Session) throws -> ExitStatus {
    let console = session.console
    session.tell(of: synced.saved.misplaced)
    let unsaved = session.warnOfUnsaved(synced.saved)
    if format.isJSON {
      try session.print(record, format)
    } else {
      printFiles(in: session)
    }
    for line in synced.refused {
      console.warn(StyledText("not let in: ", .warning) + StyledText(line))
    }
    for path in synced.keptBack {
      console.warn(
        .line(
          "kept back: ", path, "it was ignored here until a .gitignore came in that says so no more"
        ))
    }
    if !synced.keptBack.isEmpty {
      console.note(
        StyledText("hint: what may be sent after all is to go from .git/notes/kept-back", .dim))
    }
    for file in synced.left {
      console.warn(.line("left as it is: ", file.path.text, "it was being edited"))
    }
    session.warn(ofUnwritten: synced.unwritten)
    if let refusal = synced.refusal {
      throw Failure(
        "\(synced.upstream) did not take the push: \(refusal)",
        hint: "your work is saved here; notes sync sends it when the remote lets it in",
        status: .refused)
    }
    if !format.isJSON { printSummary(console) }
    if unsaved != .done { return unsaved }
    if !synced.unwritten.isEmpty { return .failed }
    return hasConflicts ? .conflict : .done
  }

  private var hasConflicts: Bool {
    !waiting.isEmpty || !damaged.isEmpty || !synced.conflicts.isEmpty
  }

  private func printFiles(in session: Session) {
    session.print(incoming, limit: 20, before: "in  ")
    session.print(outgoing, limit: 20, before: "out ")
    for path in synced.merged.prefix(20) {
      session.console.print(
        StyledText("both ", .dim) + StyledText("M ") + StyledText(path.text, .path)
          + StyledText(isDryRun ? " (would be merged)" : " (merged)", .dim))
    }
    if synced.merged.count > 20 {
      session.console.print(StyledText("both … and \(synced.merged.count - 20) more", .dim))
    }
    for kept in synced.keptBoth {
      session.console.print(
        StyledText("both ", .dim) + StyledText(kept.path, .path)
          + StyledText(" and ") + StyledText(kept.second, .path)
          + StyledText(" (no text, and changed by both machines: the second is the other's)", .dim))
    }
    for version in synced.renumbered {
      session.console.print(StyledText(version.words(isDryRun: isDryRun)))
    }
    for conflict in synced.conflicts { session.console.print(line("conflict: ", conflict)) }
  }

  private func printSummary(_ console: Console) {
    console.note(StyledText(summary))
    for conflict in waiting where !synced.conflicts.contains(conflict) {
      console.print(line("waiting: ", conflict))
    }
    for record in damaged {
      console.print(.line("waiting: ", record.path.text, record.words))
    }
    // What a trial foretells is not there yet to be shown.
    if hasConflicts, !isDryRun {
      console.note(StyledText("hint: notes conflicts", .dim))
    }
  }

  private func line(_ word: String, _ conflict: Conflict) -> StyledText {
    .line(word, conflict.path.text, conflict.words)
  }

  private var summary: String {
    isEmpty
      ? "nothing to do: level with \(synced.upstream)"
      : "\(isDryRun ? "would sync" : "synced") with \(synced.upstream): \(counts)"
  }

  /// Whether there was nothing to do.
  var isEmpty: Bool {
    incoming.isEmpty && outgoing.isEmpty && synced.merged.isEmpty && synced.conflicts.isEmpty
      && synced.keptBoth.isEmpty && synced.incomingRecords + synced.outgoingRecords == 0
  }

  /// How many files came in, went out, were merged or are in conflict.
  var counts: String {
    let rest = [
      ("merged", synced.merged.count), ("kept twice", synced.keptBoth.count),
      ("in conflict", Set(synced.conflicts.map(\.path)).count),
    ].filter { $0.1 > 0 }
    let records = [("in", synced.incomingRecords), ("out", synced.outgoingRecords)]
      .filter { $0.1 > 0 }.map { "\(counted($0.1, "conflict record")) \($0.0)" }
    // Beside notes they are told by what waits.
    if rest.isEmpty, incoming.isEmpty, outgoing.isEmpty, !records.isEmpty {
      return records.joined(separator: ", ")
    }
    return (["\(incoming.count) in", "\(outgoing.count) out"] + rest.map { "\($0.1) \($0.0)" })
      .joined(separator: ", ")
  }

  private var record: Record {
    Record(
      remote: synced.upstream, dryRun: isDryRun,
      saved: isDryRun ? nil : synced.saved.commit?.description,
      incoming: incoming.map(ChangeRecord.init), outgoing: outgoing.map(ChangeRecord.init),
      merged: synced.merged.map(\.text),
      keptBoth: synced.keptBoth.map { KeptRecord(path: $0.path, second: $0.second) },
      renumbered: synced.renumbered.map {
        RenumberedRecord(path: $0.path.text, from: $0.old, to: $0.new)
      },
      conflicts: synced.conflicts.map(ConflictRecord.init),
      waiting: waiting.map(ConflictRecord.init) + damaged.map(ConflictRecord.init),
      left: synced.left.map(\.path.text),
      notLetIn: synced.refused, keptBack: synced.keptBack,
      notWritten: synced.unwritten.map(\.path.text),
      notSaved: synced.saved.skipped.map(\.path) + synced.saved.stopped.map(\.path.text),
      refusal: synced.refusal)
  }

  private struct KeptRecord: Encodable {
    let path: String
    let second: String
  }

  private struct RenumberedRecord: Encodable {
    let path: String
    let from: Int
    let to: Int
  }

  private struct Record: Encodable {
    let remote: String
    let dryRun: Bool
    let saved: String?
    let incoming: [ChangeRecord]
    let outgoing: [ChangeRecord]
    let merged: [String]
    let keptBoth: [KeptRecord]
    let renumbered: [RenumberedRecord]
    let conflicts: [ConflictRecord]
    let waiting: [ConflictRecord]
    let left: [String]
    let notLetIn: [String]
    let keptBack: [String]
    let notWritten: [String]
    let notSaved: [String]
    let refusal: String?
  }
}

extension RenumberedVersion {
  /// One line that tells its author so.
  func words(isDryRun: Bool) -> String {
    let verb = isDryRun ? "would be v\(new)" : "is v\(new) now"
    return "your v\(old) of \(path) \(verb): another machine's v\(old) was sent first"
  }
}
