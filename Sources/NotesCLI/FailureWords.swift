internal import Git
internal import History
internal import NoteIndex
internal import Site
internal import Vault

extension Failure {
  /// The words for what the index could not do.
  init(index error: IndexError) {
    switch error {
    case .busy(let holder):
      self.init(
        "the index is busy: \(holder)", hint: "try again when it is done", status: .busy)
    case .readOnly(let path):
      self.init(
        "the index cannot be written: \(path)", hint: "set XDG_CACHE_HOME to a folder you can write"
      )
    case .newerSchema(let found, let known):
      self.init(
        "the index is of a newer notes (format \(found), this one knows \(known))",
        hint: "update notes, or notes index --rebuild")
    case .damaged(let why):
      self.init("the index is damaged: \(why)", hint: "notes index --rebuild")
    case .fullDisk(let path):
      self.init("the disk is full: \(path)", hint: "free some room, and try again")
    case .vault(let error): self.init(error)
    case .other(let words): self.init("the index: \(words)", hint: "notes doctor")
    }
  }

  /// The words for why a vault cannot be watched.
  init(watch error: WatchError) {
    switch error {
    case .tooManyFolders:
      self.init(
        "the vault has more folders than one user may watch; nothing is watched",
        hint: "raise it: sudo sysctl fs.inotify.max_user_watches=1000000")
    case .fileSystem(let folder):
      self.init(
        "\(folder) is on a file system that others can write unseen; nothing is watched",
        hint: "without a watcher every command looks for changes itself")
    case .moved(let root):
      self.init("\(root) was moved or removed, and is not watched any more")
    case .system(let error): self.init(error)
    }
  }

  /// The words for what the history could not do.
  init(history error: HistoryError) {
    switch error {
    case .noAuthor:
      self.init(
        "git does not know who you are, so nobody can sign a snapshot",
        hint: "git config --global user.name 'Your Name', and the same for user.email")
    case .hugeFile(let path, let size, let limit):
      self.init(
        "the remote's \(path) has \(size) bytes, and the limit is \(limit); nothing was taken in",
        hint: "remove it on the machine that sent it and sync there, or take it out of the "
          + "remote's branch with git",
        status: .unsafe)
    case .tooManyFiles(let limit):
      self.init(
        "the remote's files are more than \(limit); nothing was taken in",
        hint: "take them out of the remote's branch with git", status: .unsafe)
    case .massDeletion(let gone, let all, let incoming):
      self.init(
        incoming
          ? "the remote removed \(gone) of \(all) files; nothing was taken in"
          : "\(gone) of \(all) files are gone; nothing was saved",
        hint: "if that is meant, add --accept-deletions", status: .unsafe)
    case .conflictMarkers(let paths):
      let rest = paths.count > 1 ? " and \(paths.count - 1) more" : ""
      self.init(
        "\(paths[0])\(rest): a snapshot has conflict markers in it; nothing was sent",
        hint: "notes edit \(quoted(paths[0])) to make of both sides what you mean, then notes sync",
        status: .unsafe)
    case .secretToSend(let path, let secret, let snapshot, let base, let others, let isThere):
      let rest = others > 0 ? " and \(others) more" : ""
      let wayBack = base.map { "git reset --soft \($0.short) and take it out, or " } ?? ""
      self.init(
        "\(path) in \(snapshot.short) (line \(secret.line): \(secret.words))\(rest): nothing was sent",
        hint: wayBack + "if it may be sent, "
          + (isThere
            ? "notes save --allow-secret \(quoted(path))"
            : "put allow-secrets: [\"\(path)\"] in .notes/config.yaml"),
        status: .unsafe)
    case .unrelatedHistory(let remote):
      self.init(
        "\(remote) holds another history, that shares no snapshot with this vault's",
        hint: "if both belong together, add --allow-unrelated", status: .unsafe)
    case .otherBranch(let branch, let main, let remote):
      self.init(
        "\(branch) is checked out, and \(main) is the branch that syncs with \(remote)",
        hint: "git switch \(quoted(main)), or git push -u \(quoted(remote)) \(quoted(branch))"
          + " for \(branch) to sync by itself", status: .noVault)
    case .twoBranches(let branch, let other, let upstream):
      self.init(
        "\(branch) is checked out, and \(other) belongs to \(upstream) too: one of them can sync",
        hint: "if that is \(branch), git branch --unset-upstream \(quoted(other)); else git switch "
          + "\(quoted(other)), and git branch --unset-upstream \(quoted(branch))",
        status: .noVault)
    case .noRemote:
      self.init("no remote is set", hint: "notes sync --remote URL", status: .failed)
    case .severalRemotes(let names, let branch):
      self.init(
        "\(names.count) remotes are set (\(names.joined(separator: ", "))), and none belongs to \(branch)",
        hint:
          "git config \(quoted("branch.\(branch).remote")) \(quoted(names[0])), or, for one sync, "
          + "notes sync --remote \(quoted(names[0]))",
        status: .failed)
    case .otherRemote(let name, let url):
      self.init(
        "\(name) is \(url) already", hint: "git remote set-url \(name) URL", status: .failed)
    case .severalAddresses(let remote, let urls):
      let other = urls.last ?? ""
      self.init(
        "\(remote) has \(urls.count) addresses (\(urls.joined(separator: ", "))), and a sync goes to one",
        hint: "git remote set-url --delete \(remote) '\(other)'; git remote add backup '\(other)'; "
          + "notes sync --remote backup",
        status: .failed)
    case .remoteBusy(let attempts):
      self.init(
        "the remote moved at each of \(attempts) attempts; your work is saved here",
        hint: "notes sync, when it is quieter", status: .busy)
    case .folderInUse(let folder):
      self.init("\(folder) has something in it", hint: "notes clone URL DIR, with another DIR")
    case .unreachable(let words):
      self.init(
        "the remote is not there: \(words)", hint: "git remote -v shows where it should be",
        status: .network)
    case .gitFailed(let words):
      self.init("git: \(GitError.cleaned(words))", status: .network)
    case .noSuchNote(let path, let revision):
      self.init(
        "\(path) was not there\(revision.map { " \($0)" } ?? "")",
        hint: "notes history \(quoted(path))", status: .no)
    case .noSuchRevision(let name):
      self.init("no snapshot called \(name)", hint: "notes history", status: .no)
    case .hasVersions(let path):
      self.init(
        "\(path) has versions already, whose numbers stay",
        hint: "notes version cut \(quoted(path))", status: .no)
    case .noSuchVersion(let path, let number):
      self.init(
        "\(path) has no v\(number)", hint: "notes version list \(quoted(path))", status: .no)
    case .withdrawnVersion(let path, let number, let day, let reason):
      self.init(
        "v\(number) of \(path) was withdrawn\(day.map { " on \($0)" } ?? ""): \(reason)",
        hint: "notes version list \(quoted(path))", status: .no)
    case .unreadableVersion(let record, let number):
      self.init(
        "the record of v\(number) cannot be read: \(record)",
        hint: "notes restore \(quoted(record)) HEAD~1, if an older snapshot has it whole",
        status: .no)
    case .damagedConflict(let record, let missing):
      self.init(
        "the conflict's record has lost \(missing), so its two sides cannot be put together",
        hint: (missing.hasSuffix(".base")
          ? "notes resolve \(record) --mine takes the text that waits; without a flag it"
          : "notes resolve \(record)")
          + " drops the record, and leaves the note as it is",
        status: .no)
    case .lostText(let file):
      self.init(
        "\(file) is gone or changed, and no snapshot here has that text",
        hint: "git fetch --unshallow", status: .no)
    case .sameText(let path, let number):
      self.init(
        "\(path) is v\(number) already, word for word", hint: "notes edit \(quoted(path))",
        status: .no)
    case .noEarlierDay(let why):
      self.init("\(why); nothing was cut", status: .no)
    case .sharedID(let id, let path, let post):
      self.init(
        "\(path) has the id \(id) of \(post), whose versions would get its text; nothing was cut",
        hint: "notes edit \(quoted(path)) to give it another id, or none", status: .failed)
    case .stoppedVersion(let file, let number):
      let path = file.path.text
      self.init(
        "v\(number) was not cut: \(path) (\(file.words))",
        hint: "take it out, or, if it may be in the history, notes save --allow-secret "
          + quoted(path), status: .unsafe)
    case .stoppedWords(let secrets):
      let found = secrets.map { "\($0.kind.rawValue), \($0.excerpt)" }.joined(separator: "; ")
      self.init(
        "your words hold what looks like a \(found): nothing was written",
        hint: "say it without", status: .unsafe)
    case .ignoredPost(let path):
      self.init(
        "git ignores \(path), and a version of it would be sent; nothing was cut",
        hint: "git check-ignore -v \(quoted(path)) names the line", status: .unsafe)
    case .nothingToUndo:
      self.init("there is nothing to take back", hint: "notes undo --list", status: .no)
    case .noSuchOperation(let number):
      self.init("no operation has the number \(number)", hint: "notes undo --list", status: .no)
    case .sentVersion(let path, let number):
      self.init(
        "v\(number) of \(path) was sent, and a number that was sent stays; nothing was taken back",
        hint: "notes version withdraw \(quoted("\(path)@v\(number)")) -m WHY, or notes undo N",
        status: .no)
    case .conflictOfAnother(let path):
      self.init(
        "the conflict over \(path) came from another machine, and stays; nothing was taken back",
        hint: "notes conflicts \(quoted(path))", status: .no)
    case .changedSince(let path, let operation):
      self.init(
        "\(path) was changed since '\(operation)', so nothing was taken back",
        hint: "notes diff \(quoted(path)), or notes restore \(quoted(path)) REV")
    case .editedSince(let path):
      self.init(
        "\(path) was edited where the conflict is, so nothing was settled",
        hint: "notes resolve \(quoted(path)) --edit, or without a flag to keep it as it is now")
    case .oneRecord(let path):
      self.init(
        path == Settings.file
          ? "\(path) holds the settings, in which both cannot stand"
          : "\(path) is the record of one version, in which both cannot stand",
        hint: "notes resolve \(quoted(path)) --shared, --mine or --edit", status: .no)
    case .unreadable(let path, let why):
      let problem = why.map { "has a fault: \(Failure($0).message)" } ?? "is no record of a version"
      self.init(
        "what you made of \(path) \(problem); nothing was settled",
        hint: "notes resolve \(quoted(path)) --edit goes on where you stopped")
    case .inTheWay(let path, let obstacle, let isFolder):
      let other = isFolder ? "a folder" : path == obstacle ? "another note" : "a file"
      self.init(
        "\(path) has no place, since there is \(other) \(obstacle)",
        hint: (isFolder ? "mv " : "notes mv ") + quoted(obstacle)
          + " NEWNAME makes room, then the same again; without a flag, what is there stays")
    case .takenBack(let error):
      self.init(error)
      message += "; nothing was changed"
    case .unfinished(let error):
      self.init(error)
      message += "; not all is done"
      hint = "the next command does the rest, or takes back what was done"
    case .damagedJournal(let why):
      self.init("the journal cannot be read: \(why)", hint: "notes doctor")
    case .otherFormat(let format):
      self.init(
        "another version of notes was interrupted here, and this one cannot read what it left (format "
          + "\(format)); nothing was changed",
        hint: "notes doctor of that version finishes it", status: .noVault)
    }
  }

  /// The words for a repository that cannot hold a vault.
  init(repository problem: RepositoryProblem) {
    self.init("\(problem)", hint: problem.fix, status: .noVault)
  }

  /// The words for what git could not do.
  init(git error: GitError) {
    switch error.reason {
    case .repository(let problem): self.init(repository: problem)
    case .remote(let problem, let path):
      self.init(
        "the remote cannot be used: \(error.message)", hint: problem.fix(ofRemote: path),
        status: .noVault)
    case .locked:
      self.init(
        "\(error)",
        hint: "another git works here: try again when it is done, or notes doctor if there is none",
        status: .busy)
    case .modified:
      self.init("\(error)", hint: "another git was at work meanwhile; try again", status: .busy)
    case .network, .timeout:
      self.init(
        "\(error)", hint: "your work is saved here; notes sync, when you are online",
        status: .network)
    case .authentication:
      self.init(
        "\(error)", hint: "check your key or password; git ls-remote shows more",
        status: .network)
    case .hostKey:
      self.init("\(error)", hint: "connect once by ssh, and look at the key", status: .network)
    case .certificate:
      self.init("\(error)", hint: "notes sync --via git uses your git's own TLS", status: .network)
    case .refusedByRemote, .nonFastForward: self.init("\(error)", status: .refused)
    case .diskFull:
      self.init("\(error)", hint: "free some room, and try again; nothing was lost")
    case .corrupt: self.init("\(error)", hint: "notes doctor")
    case .tooLarge: self.init("\(error)", status: .unsafe)
    case .cancelled: self.init("interrupted", status: .interrupted)
    default: self.init("\(error)")
    }
  }
}

extension Failure {
  init(site error: SiteError) {
    switch error {
    case .sameSlug(let slug, let one, let other):
      self.init(
        "\(one.text) and \(other.text) both ask for the address \(slug)",
        hint: "give one of them another 'slug', and cut a version of it")
    case .badTemplate(let name, let why):
      self.init("the theme's \(name) cannot be read: \(why)")
    case .badFolder(let path, let why):
      self.init("\(path) cannot be the site's folder: \(why)", hint: "notes publish --out DIR")
    case .foreignFiles(let files, let folder):
      let names = files.prefix(5).joined(separator: ", ")
      let others = files.count > 5 ? " and \(files.count - 5) more" : ""
      self.init(
        "\(folder) has files of yours where the site's would stand: \(names)\(others)",
        hint: "move them away, or publish elsewhere with --out DIR")
    }
  }
}
