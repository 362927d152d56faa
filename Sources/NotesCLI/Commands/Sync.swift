internal import ArgumentParser
internal import Git
internal import History
internal import Vault

/// `notes sync`.
struct Sync: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Save, take in what other machines did, and send out what this one did.",
    discussion: """
      The remote is the branch's own, else 'origin'; --remote URL sets it the first time. A path, \
      ssh (by your own ssh, with your keys and settings) and https work; --via git lets your git \
      do the fetching and pushing.

      Notes that two machines changed are merged by blocks and words. Where both cannot be \
      right, the note has the words that were shared first, clean and readable; this machine's \
      wait under 'notes conflicts', and the exit code is 3.

      \(exits(.failed, .conflict, .noVault, .busy, .network, .refused, .unsafe))
      """)

  @OptionGroup var options: VaultOptions

  @Option(name: .shortAndLong, help: "The snapshot's message.")
  var message: String?

  @Option(
    help: ArgumentHelp("A remote's name, or the URL to set as 'origin'.", valueName: "remote"))
  var remote: String?

  @Flag(
    name: [.customShort("n"), .long],
    help: "Tell what would come in, go out, merge or conflict, and do nothing.")
  var dryRun = false

  @Flag(help: "Go on even if more than a quarter of the files would go.")
  var acceptDeletions = false

  @Flag(help: "Merge a history that shares no commit with this one.")
  var allowUnrelated = false

  @Option(help: "short, json or jsonl.")
  var format = ShortFormat.short

  @Option(help: ArgumentHelp("'git' to let your git fetch and push.", valueName: "how"))
  var via: SyncTransport?

  @Flag(help: "Go on syncing: soon after each edit, and now and then, until interrupted.")
  var watch = false

  @Option(
    help: ArgumentHelp(
      "With --watch, how often to look for what others did (30s, 5m, 1h). Default: 5m.",
      valueName: "time"))
  var every: TimeSpan?

  func validate() throws {
    if every != nil, !watch { throw ValidationError("--every goes with --watch") }
    if watch, dryRun || message != nil || format.isJSON {
      throw ValidationError("--watch goes with neither --dry-run, --message nor --format json")
    }
  }

  func run(in session: inout Session) throws -> ExitStatus {
    var history = try session.history(options)
    var sync = SyncOptions()
    sync.message = message
    sync.acceptsDeletions = acceptDeletions
    sync.allowsUnrelated = allowUnrelated
    sync.isDryRun = dryRun
    let found = try remote.map {
      try history.remote(named: $0, from: session.workingFolder)
    }
    sync.remote = found?.name
    let console = session.console
    // A URL that is new is tried out first.
    if watch, found?.isNew != true { return try keepSyncing(history.vault, sync, in: session) }
    do {
      let synced = try history.sync(sync, over: session.wire(via)) { console.progress($0) }
      session.warnOfUserIndex(history)
      if dryRun, let found, found.isNew { try history.removeRemote(found.name) }
      if !dryRun { try session.updateIndex(of: history.vault, synced.changes) }
      let standing = try session.conflicts(of: history.vault)
      // What waits already stands where it stands.
      let waiting = synced.waiting.map { foretold in
        foretold.map { conflict in standing.first { $0.name == conflict.name } ?? conflict }
      }
      let report = SyncReport(
        synced, isDryRun: dryRun, waiting: waiting ?? standing,
        damaged: try history.vault.damagedConflicts())
      let status = try report.print(format, in: session)
      return watch ? try keepSyncing(history.vault, sync, in: session) : status
    } catch {
      // A mistyped URL must not stay: the next attempt would be refused for it.
      if let found, found.isNew, dryRun || Failure(error).status == .network {
        try history.removeRemote(found.name)
      }
      throw error
    }
  }

  private func keepSyncing(
    _ vault: Vault, _ sync: SyncOptions, in session: Session
  ) throws -> ExitStatus {
    var watch = try SyncWatch(every: every ?? TimeSpan(seconds: 300), in: session)
    try watch.run(of: vault) {
      // Opened anew each time: settings and remotes may have changed.
      let history = try session.history(options)
      let synced = try history.sync(sync, over: session.wire(via)) { _ in }
      session.warnOfUserIndex(history)
      try session.updateIndex(of: history.vault, synced.changes)
      return synced
    }
    return .done
  }
}

/// What reaches the remote.
enum SyncTransport: String, ExpressibleByArgument, CaseIterable {
  /// The `git` program of the user.
  case git
}
