internal import FoundationEssentials
internal import Git
internal import Glibc
internal import History
internal import Markup
internal import NoteIndex
internal import Vault

/// What a command opens: the vault, its index, its history, each only when it is needed.
extension Session {
  /// The vault that the options name, to read its files if not told otherwise, after what a killed
  /// command left was finished.
  func open(
    _ options: VaultOptions, for purpose: History.Purpose = .reading
  ) throws -> Vault {
    console.isQuiet = options.quiet
    let vault = try vault(options.vault)
    try heal(vault, for: purpose)
    return vault
  }

  /// The vault's history, to write into it if not told otherwise.
  func history(
    _ options: VaultOptions, for purpose: History.Purpose = .writing
  ) throws -> History {
    console.isQuiet = options.quiet
    let vault = try vault(options.vault)
    // Before anything is read that may be half written.
    try heal(vault, for: purpose)
    return try History(of: vault, context: historyContext, for: purpose)
  }

  /// Finishes what a killed command left.
  ///
  /// A command that only reads waits for no other, and goes on where nothing can be finished: on a
  /// full disk, say, or in a vault that it may not write.
  func heal(_ vault: Vault, for purpose: History.Purpose) throws {
    warn(ofDamagedJournal: vault)
    guard History.needsRecovery(vault) || VaultLock.wasLeft(in: vault.stateFolder) else { return }
    if purpose == .reading, VaultLock.isHeld(in: vault.stateFolder) { return }
    do {
      try finishInterrupted(vault)
    } catch {
      // Who writes would wait for the holder once more.
      if purpose == .writing, case VaultError.busy = error { throw error }
      guard History.needsRecovery(vault) else { return }
      if purpose == .writing { throw error }
      warnOnce("what a killed command left is not finished yet: \(Failure(error).message)")
    }
  }

  /// Finishes what a killed command left, by the vault's history where it has one of its own.
  func finishInterrupted(_ vault: Vault) throws {
    if vault.isInsideRepository { return try editor(of: vault).finishInterrupted() }
    try History(of: vault, context: historyContext, for: .writing).finishInterrupted()
  }

  /// Says that what a killed command left to be known of it cannot be read: the command that finds that out is
  /// the only one to see it.
  func warn(ofDamagedJournal vault: Vault) {
    guard History.cannotRead(journalOf: vault) else { return }
    warnOnce(
      "what a killed command left is damaged; what it brought is told from the history; "
        + "hint: notes doctor")
  }

  /// Whether a file of a vault is in no snapshot and comes into none, since git ignores it; not so where that
  /// cannot be known, as in a vault without a history of its own.
  func isLeftOut(_ path: NotePath, of vault: Vault) -> Bool {
    (try? History(of: vault, context: historyContext, for: .reading).isLeftOut(path)) ?? false
  }

  /// Says of a note that was put where git ignores it that it is not saved, and what becomes of it on other
  /// machines that have it by the name that it had.
  func warn(ofLeftOut path: NotePath, from source: NotePath? = nil, in vault: Vault) {
    guard isLeftOut(path, of: vault) else { return }
    let others = source.map {
      ": the next save or sync takes \($0.text) from the snapshots and other machines"
    }
    let isKeptBack =
      (try? History(of: vault, context: historyContext, for: .reading).isKeptBack(path)) ?? false
    let who = isKeptBack ? ".git/notes/kept-back names" : "git ignores"
    console.warn(
      StyledText("warning: ", .warning)
        + "\(who) \(path.text), so it is not saved\(others ?? "")")
  }

  /// Says where a history that is walked ends too early.
  func noteCut(of history: borrowing History) {
    guard history.isCutOff else { return }
    console.note(
      "the history is cut off here, in a shallow clone; hint: git fetch --unshallow")
  }

  /// The vault's index, up to date.
  func index(of vault: Vault) throws -> NoteIndex {
    let index = try openIndex(of: vault)
    if index.isVouched(now: clock()) { return index }
    let console = console
    do {
      let report = try index.refresh(now: clock()) { done, all in
        if all >= 1_000 { console.progress("\(done) of \(all) notes read") }
      }
      warnOnce(ofUnreadable: report)
    } catch IndexError.fullDisk {
      warnOnce(
        "\(VaultError.words(for: ENOSPC)) for the index: what is new is not in the answer")
    }
    return index
  }

  /// Names the notes that could not be read, each once: of them the answer has what was known, if anything.
  private func warnOnce(ofUnreadable report: RefreshReport) {
    let entries = report.skipped.filter { $0.isUnreadable && told.insert("not read: " + $0.path) }
    warn(entries.map { .line("not read: ", $0.path, $0.why) })
  }

  /// The vault's index as it was left.
  func openIndex(of vault: Vault) throws -> NoteIndex {
    let index = try NoteIndex(of: vault, cacheFolder: cacheFolder)
    if index.hasNoRoom {
      let place =
        index.isInMemory ? "it is made for this command alone" : "it is kept in \(index.path)"
      warnOnce("\(VaultError.words(for: ENOSPC)) for the vault's index: \(place)")
    }
    return index
  }

  /// Takes changes that were just made into the index.
  ///
  /// Not being able to is no failure of the command: the next one that reads will look itself.
  func updateIndex(of vault: Vault, _ changes: [VaultChange]) throws {
    if changes.isEmpty { return }
    unlessIndexFollows { try openIndex(of: vault).apply(changes, now: clock()) }
  }

  /// What the index has; `nil`, and a word about it, where nothing can be had of it now.
  @discardableResult
  func unlessIndexFollows<Value>(_ body: () throws -> Value) -> Value? {
    do { return try body() } catch {
      console.note(
        StyledText("the index will follow with the next command: \(Failure(error).message)", .dim))
      return nil
    }
  }

  /// Names what the index could not take in.
  func warn(about report: RefreshReport) {
    for entry in report.skipped {
      console.warn(.line("not read: ", entry.path, entry.why))
    }
  }

  /// What changes the vault's files.
  func editor(of vault: Vault) -> VaultEditor {
    VaultEditor(of: vault, command: command, clock: clock)
  }

  /// What git needs to know.
  var gitEnvironment: GitEnvironment {
    GitEnvironment(variables: environment, isTerminal: isInteractive)
  }

  /// What the history needs to know.
  var historyContext: History.Context {
    History.Context(
      environment: gitEnvironment, clock: clock, offset: moment.offset / 60, command: command,
      machine: ProcessInfo.processInfo.hostName)
  }

  /// What was typed to search for, with its dates as of now and here.
  func query(_ typed: String) -> Query {
    let now = clock() / 1_000_000_000
    return Query(typed, now: now, offset: offset(now))
  }

  /// A moment in local time, from seconds since 1970.
  func moment(at seconds: Int64) -> Moment {
    Moment(seconds: seconds, offset: offset(seconds))
  }

  /// When a note says that it was made or changed; a midnight UTC is a day without a time, which
  /// front matter has as it is, and which is the same day everywhere.
  func moment(toldAt seconds: Int64) -> Moment {
    seconds % 86_400 == 0 ? Moment(seconds: seconds, offset: 0) : moment(at: seconds)
  }

  /// The day of one of a note's texts, as each command tells it.
  func day(of time: TextTime) -> String {
    switch time {
    case .snapshot(let seconds): moment(at: seconds).day
    case .version(let created): String(created.prefix(10))
    }
  }
}

// MARK: - Naming a note

extension Session {
  /// The one note that a name means.
  ///
  /// - Throws: a `Failure` that lists the candidates where there is more than one.
  func find(_ name: String, in index: NoteIndex, _ vault: Vault) throws -> NotePath {
    let found = try index.find(name, from: workingFolder)
    if found.isEmpty, let (base, _) = pinned(name),
      try !index.find(base, from: workingFolder).isEmpty
    {
      throw Self.olderText(name, base)
    }
    return try one(of: found, named: name, in: vault)
  }

  /// Whether a note of the vault has an id in its front matter.
  func hasNote(ofID id: String, in vault: Vault) throws -> Bool {
    try !index(of: vault).notes(withID: id).isEmpty
  }

  /// The only one of what was found.
  func one(of found: [NoteSummary], named name: String, in vault: Vault) throws -> NotePath {
    if found.count > 1 {
      let lines = found.map { StyledText($0.path.text, .path) + StyledText("  \($0.title)") }
      throw ambiguous(name, among: lines, "notes")
    }
    guard let note = found.first else {
      if let folder = try? vault.path(typed: name, from: workingFolder),
        vault.hasFolder(folder.text)
      {
        throw Failure(
          "\(folder.text) is a folder, and this takes a note",
          hint: "notes list --path \(quoted(folder.text))", status: .no)
      }
      throw Failure("no note called \(name)", hint: "notes search \(quoted(name))", status: .no)
    }
    return note.path
  }

  /// Shows what a name may mean.
  ///
  /// - Returns: what is to be thrown.
  func ambiguous(_ name: String, among lines: [StyledText], _ kind: String) -> Failure {
    for line in lines.prefix(20) { console.print(line) }
    return Failure(
      "\(name) could be any of \(lines.count) \(kind)", hint: "name it by its path", status: .no)
  }

  /// The note that a name means, which may be gone: then the name is its path.
  func pastPath(_ name: String, in history: borrowing History) throws -> NotePath {
    if let path = try knownPath(name, in: history) { return path }
    if let (base, _) = pinned(name), try knownPath(base, in: history) != nil {
      throw Self.olderText(name, base)
    }
    return try one(of: [], named: name, in: history.vault)
  }

  /// The note that a name means, and what follows its last `@`, which says which of its texts.
  func pastText(
    _ typed: String, in history: borrowing History
  ) throws -> (path: NotePath, pin: String?) {
    // A name may have an '@' in it, so the whole is tried first.
    if let (base, pin) = pinned(typed), try knownPath(typed, in: history) == nil {
      return (try pastPath(base, in: history), pin)
    }
    return (try pastPath(typed, in: history), nil)
  }

  /// A typed revision of a note, which may have the note's name before it: `v3`, `essay@v3`.
  func revision(
    _ typed: String, of path: NotePath, in history: borrowing History
  ) throws -> Revision {
    // `main@{yesterday}` is git's way to name a snapshot.
    guard let (base, pin) = pinned(typed), let named = try knownPath(base, in: history) else {
      return try revision(typed)
    }
    guard named == path else {
      throw Failure(
        "\(typed) is a text of another note than \(path.text)", hint: "notes diff NOTE A B",
        status: .usage)
    }
    return try revision(pin)
  }

  /// A name's parts before and behind its last `@`.
  func pinned(_ name: String) -> (base: String, pin: String)? {
    guard let cut = name.lastIndex(of: "@"), cut != name.startIndex else { return nil }
    let pin = String(name[name.index(after: cut)...])
    return pin.isEmpty ? nil : (String(name[..<cut]), pin)
  }

  private static func olderText(_ name: String, _ base: String) -> Failure {
    Failure(
      "\(name) is one text of a note, and this is about the note itself: name it \(base)",
      hint: "notes show \(quoted(name))", status: .usage)
  }

  /// The note that a name means, which may be gone; `nil` where there is none, and never was.
  func knownPath(_ name: String, in history: borrowing History) throws -> NotePath? {
    let vault = history.vault
    // A path that is there means that note before anything else, and needs no index.
    for text in [name, name + ".md"] {
      if let typed = try? vault.path(typed: text, from: workingFolder), typed.isNote,
        vault.files.isTaken(typed), !vault.files.isFolder(typed)
      {
        return typed
      }
    }
    let found = try index(of: vault).find(name, from: workingFolder)
    if let gone = try goneNote(name, insteadOf: found, in: history) { return gone }
    if found.isEmpty {
      let typed = try vault.path(typed: name, from: workingFolder)
      // Paths are printed as they are from the vault's top, and can be typed so in any folder.
      let places = [typed] + [try? NotePath(name)].compactMap { $0 }.filter { $0 != typed }
      for place in places {
        if try vault.files.isTaken(place) || history.hasHad(place) { return place }
        if let withSuffix = try? NotePath(place.text + ".md"), try history.hasHad(withSuffix) {
          return withSuffix
        }
      }
      // Versions know where they were cut, also where the history begins later than that.
      let notes = places.filter(\.isNote)
      let ledgers = notes.isEmpty ? [] : try vault.ledgers()
      return notes.first { note in ledgers.contains { $0.place == note } }
    }
    return try one(of: found, named: name, in: vault)
  }

  /// The note that stood at a whole path, `k.md`, where that is not what was found by its file name in
  /// another folder; `nil` where none did, or where it is one of those, which got another path.
  private func goneNote(
    _ name: String, insteadOf found: [NoteSummary], in history: borrowing History
  ) throws -> NotePath? {
    guard !found.isEmpty, let typed = try? history.vault.path(typed: name, from: workingFolder),
      typed.isNote, try history.hasHad(typed)
    else { return nil }
    let now = try history.placeNow(of: typed)
    return found.contains { $0.path == now } ? now : typed
  }
}

// MARK: - The editor

extension Session {
  /// The editor's command.
  func editorCommand() throws -> String {
    let config = try UserConfig(in: configFolder)
    let names =
      [environment["NOTES_EDITOR"], config.editor] + ["VISUAL", "EDITOR"].map { environment[$0] }
    guard let editor = names.compactMap({ $0 }).first(where: { !$0.isEmpty }) else {
      throw Failure(
        "no editor is set", hint: "export EDITOR=vi, or 'editor: vi' in ~/.config/notes/config.yaml"
      )
    }
    return editor
  }

  /// Opens a file of the vault in the editor and waits for it.
  func openEditor(_ path: NotePath, in vault: Vault) throws {
    try openEditor(at: vault.root + "/" + path.text, called: path.text)
  }

  /// Opens a file in the editor and waits for it.
  func openEditor(at file: String, called name: String? = nil) throws {
    let editor = try editorCommand()
    // As git does: through a shell where it may have arguments, and else without, since a shell of which
    // Ctrl-C was typed ends as interrupted, whatever its editor made of the key.
    let isPlain = !editor.contains { " \t\n|&;<>()$`\\\"'*?[#~=%".contains($0) }
    let status = runProgram(
      isPlain ? [editor, file] : ["sh", "-c", editor + " \"$@\"", editor, file],
      environment: environment)
    guard status == 0 else {
      throw Failure(
        status == 127 ? "the editor '\(editor)' is not there" : "the editor ended with \(status)",
        hint: "\(name ?? file) is as the editor left it")
    }
  }
}
