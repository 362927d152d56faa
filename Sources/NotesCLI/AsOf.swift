internal import Git
internal import History
internal import Markup
internal import NoteIndex
internal import Vault

extension Session {
  /// The index that a question is put to: up to date, or of the vault as it stood at a typed moment.
  func index(of vault: Vault, at typed: String?) throws -> NoteIndex {
    guard let typed else { return try index(of: vault) }
    let history = try History(of: vault, context: historyContext, for: .reading)
    let then = try vaultThen(typed, history)
    let now = try index(of: vault)
    var past: PastIndex?
    func text(of path: NotePath) throws -> NoteIndex.TextThen? {
      guard let blob = then.differences[path] ?? nil, let bytes = try history.blob(named: blob)
      else {
        return nil
      }
      let index = try past ?? askPast(of: history) { $0 }
      past = index
      let seconds = then.snapshot.committer.seconds
      return (bytes, try index.lastChange(of: path, until: seconds) ?? seconds)
    }
    let found = try now.asOf(
      then.snapshot.id.description, differing: then.differences.keys, now: clock(),
      cacheFolder: cacheFolder, progress: { console.progress($0) }, text: text)
    let day = moment(at: then.snapshot.committer.seconds).day
    console.note(
      StyledText("as of \(day): snapshot \(then.snapshot.id.short)", .dim))
    return found
  }

  /// The vault at a typed moment, or at a snapshot that is named.
  private func vaultThen(_ typed: String, _ history: borrowing History) throws -> StandingThen {
    switch try revision(typed) {
    case .commit(let name): return try history.vault(at: history.commit(named: name))
    case .version:
      throw Failure(
        "a vault has no versions, only its posts have", hint: "--at 2025-06-01", status: .usage)
    case .date(let date):
      if let then = try history.vault(at: date.seconds) { return then }
      let first = try history.firstSnapshot()
      throw Failure(
        "there is no snapshot from then",
        hint: first.map { "the first is of \(moment(at: $0.committer.seconds).day)" }
          ?? "notes save makes the first", status: .no)
    }
  }
}
