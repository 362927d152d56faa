public import Git

extension History {
  /// How the vault's files differ between two trees.
  ///
  /// A record of a conflict or a version holds a note's text, but it is no note: none is renamed to or
  /// from one.
  func changes(_ old: ObjectID?, _ new: ObjectID?) throws(GitError) -> [FileChange] {
    try repository.diff(old, new, except: GitPath(".notes"))
  }
}

extension FileChange {
  /// Whether it is part of a conflict's record, which is told as a conflict and not as a file.
  public var isRecord: Bool {
    oldPath.isBelow(GitPath(Conflict.folder)) || newPath.isBelow(GitPath(Conflict.folder))
  }

  /// A subject for a snapshot that says which files changed, such as `Update essay.md`, and with
  /// more than one the list of them below it.
  static func summary(of changes: [FileChange]) -> String {
    let files = changes.filter { !$0.isRecord }
    let kinds: [(Kind, String)] = [
      (.added, "Add"), (.modified, "Update"), (.renamed, "Rename"), (.deleted, "Remove"),
      (.typeChanged, "Update"),
    ]
    var parts: [String] = []
    for (kind, verb) in kinds {
      let found = files.filter { $0.kind == kind }
      guard let first = found.first else { continue }
      parts.append(found.count == 1 ? "\(verb) \(first.newPath)" : "\(verb) \(found.count) files")
    }
    for (kind, verb) in [(Kind.added, "Record"), (.deleted, "Resolve")] {
      // A conflict has one such file, and up to three with its texts.
      let count = changes.count {
        $0.isRecord && $0.kind == kind && $0.newPath.description.hasSuffix(".yaml")
      }
      if count > 0 { parts.append("\(verb) \(count == 1 ? "a conflict" : "\(count) conflicts")") }
    }
    // The texts of a record, without the record itself, that somebody removed or put there.
    if parts.isEmpty { parts.append("Update records of conflicts") }
    let subject = parts.joined(separator: ", ")
    let names = files.prefix(100).map { "\($0.newPath)" }.joined(separator: "\n")
    return files.count > 1 ? subject + "\n\n" + names : subject
  }
}
