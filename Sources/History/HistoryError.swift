public import Git
public import Vault

/// What can go wrong on the history road that is no fault of git or the disk.
public enum HistoryError: Error, Sendable, Equatable {
  /// Git has no `user.name` or no `user.email`, so nobody can sign a snapshot.
  case noAuthor
  /// A file of the remote's is larger than any machine should have to hold, in bytes.
  case hugeFile(path: String, size: Int, limit: Int)
  /// A remote's tree has more files than any machine should have to hold.
  case tooManyFiles(limit: Int)
  /// Too many notes are gone at once to believe that somebody meant it.
  case massDeletion(gone: Int, of: Int, incoming: Bool)
  /// Notes in which a snapshot made by git has the marks of a merge that was not finished.
  case conflictMarkers(paths: [String])
  /// A file in which a snapshot made by git has what looks like a secret, and which none of the remote's
  /// has; `base` is the snapshot that both have.
  case secretToSend(
    path: String, secret: Secret, snapshot: ObjectID, base: ObjectID?, others: Int, isThere: Bool)
  /// A URL was given for a remote that is set to another one.
  case otherRemote(name: String, url: String)
  /// A remote with several addresses, of which a sync could serve one.
  case severalAddresses(remote: String, urls: [String])
  /// There is nothing where the remote should be; git's words.
  case unreachable(String)
  /// A folder to clone into that has something in it.
  case folderInUse(String)
  /// The user's own git failed; its words.
  case gitFailed(String)
  /// The remote holds a history that shares no commit with this one.
  case unrelatedHistory(remote: String)
  /// Another branch is checked out than the one that syncs with the remote.
  case otherBranch(String, syncing: String, remote: String)
  /// Git's settings have two branches go to one of the remote's, and nothing tells which of them syncs.
  case twoBranches(String, and: String, upstream: String)
  /// No remote is set.
  case noRemote
  /// Several remotes are set, and none of them belongs to the branch or is called `origin`.
  case severalRemotes([String], branch: String)
  /// The remote moved at each of so many attempts to push.
  case remoteBusy(attempts: Int)
  /// A note has no past under this name.
  case noSuchNote(String, revision: String?)
  /// A revision that names no commit.
  case noSuchRevision(String)
  /// A post that versions were to be imported for has some.
  case hasVersions(path: String)
  /// A post has no version of this number.
  case noSuchVersion(path: String, number: Int)
  /// A version's text is shown no more; the day is `nil` where the record does not say it.
  case withdrawnVersion(path: String, number: Int, day: String?, reason: String)
  /// A version's record cannot be read.
  case unreadableVersion(record: String, number: Int)
  /// A version's text is in no file and in no snapshot.
  case lostText(file: String)
  /// A post's newest version has the text that another is to be cut from.
  case sameText(path: String, number: Int)
  /// A version cannot have the day that is asked for, for this reason.
  case noEarlierDay(String)
  /// A version is asked for of a note whose id is that of the post that has the versions.
  case sharedID(String, path: String, post: String)
  /// A post's text is to be in no snapshot, so it is no version either.
  case stoppedVersion(StoppedFile, number: Int)
  /// Words for a snapshot or a version that hold what looks like a secret.
  case stoppedWords([Secret])
  /// Git ignores the post that is to have a version.
  case ignoredPost(path: String)
  /// There is no operation to undo.
  case nothingToUndo
  /// No operation has the number that is to be undone.
  case noSuchOperation(Int)
  /// What an undo would take back is a version that was sent.
  case sentVersion(path: String, number: Int)
  /// All that was to be taken back is a conflict that another machine met.
  case conflictOfAnother(path: String)
  /// A file that an undo would touch was changed since.
  case changedSince(path: String, operation: String)
  /// A note was edited where a conflict's resolution would change it.
  case editedSince(path: String)
  /// A version's record, or the settings, in which no two texts can stand.
  case oneRecord(path: String)
  /// What is to be a version's record, or the settings, could not be read as that; `why` of the settings.
  case unreadable(path: String, why: VaultError?)
  /// A conflict's record has lost a file.
  case damagedConflict(record: String, missing: String)
  /// A file stands where a conflict's note needs a folder, or a folder, or another note, where it is to be.
  case inTheWay(of: String, String, isFolder: Bool)
  /// A file could not be written, and what was done before it is taken back.
  case takenBack(VaultError)
  /// A file could not be written, and the next command does the rest, or takes back what was done.
  case unfinished(VaultError)
  /// The journal of a command that was killed cannot be read.
  case damagedJournal(String)
  /// What another version of this program left to be finished is in a form that this one does not know.
  case otherFormat(Int)
}
