internal import History
internal import Markup
internal import NoteIndex
internal import Vault

/// What has to change in a vault when a note gets another path.
struct RenamePlan {
  /// The edits, the note's own first.
  let edits: [FileEdit]
  /// The other notes whose links change, and how many.
  let rewritten: [(source: NotePath, count: Int)]

  /// Finds every link to the note, and every link of the note that its new folder would break.
  init(of path: NotePath, to target: NotePath, in vault: Vault, _ index: NoteIndex) throws {
    let move = FileMove(path, to: target)
    let own = try vault.files.read(path).bytes
    var bySource: [NotePath: Set<Int>] = [path: []]
    for link in try index.linksTo(path) {
      bySource[link.source, default: []].insert(link.ordinal)
    }
    var ownNew = own
    var others: [FileEdit] = []
    var rewritten: [(source: NotePath, count: Int)] = []
    for (source, ordinals) in bySource.sorted(by: { $0.key < $1.key }) {
      let old = source == path ? own : try vault.files.read(source).bytes
      let document = Document(bytes: old)
      var moved = MovedLinks()
      for ordinal in ordinals { moved.links[ordinal] = move }
      for (ordinal, definition) in document.definitions.enumerated() {
        let goal = NotePath.joined(source.folder, definition.target)
        guard goal == path.text || goal == NotePath.withoutSuffix(path.text) else { continue }
        moved.definitions[ordinal] = move
      }
      let new = document.following(
        moved, in: source == path ? move : FileMove(source, to: source),
        isThere: { vault.hasFileOrNote(at: $0) })
      if source == path {
        ownNew = new.bytes
      } else if new.count > 0 {
        others.append(.replace(source, old: old, new: new.bytes))
        rewritten.append((source, new.count))
      }
    }
    edits = [.move(path, to: target, old: own, new: ownNew)] + others
    self.rewritten = rewritten
  }
}

extension Vault {
  /// Whether something stands at a path, be it a note that is named without its `.md`.
  fileprivate func hasFileOrNote(at path: NotePath) -> Bool {
    files.isTaken(path) || (try? NotePath(path.text + ".md")).map(files.isTaken) ?? false
  }
}
