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
    let others = try index.namesakes(of: target).filter { $0 != path }
    let namesakes = NamedPaths(others + [target])
    /// Whether the name alone of one of these notes means it, once the note has moved.
    func isMeant(_ note: NotePath, in source: NotePath) -> Bool {
      let source = source == path ? target : source
      return others.isEmpty
        || namesakes.match(target: note.stem, isByPath: false, from: source) == note
    }
    var bySource: [NotePath: [Int: FileMove]] = [path: [:]]
    for link in try index.linksTo(path) {
      bySource[link.source, default: [:]][link.ordinal] = move
    }
    // The new name must take no link from a note that has it already.
    for other in others {
      for link in try index.linksTo(other) where !link.target.contains("/") {
        if isMeant(other, in: link.source) { continue }
        bySource[link.source, default: [:]][link.ordinal] = FileMove(other, to: other)
      }
    }
    var ownNew = own
    var edits: [FileEdit] = []
    var rewritten: [(source: NotePath, count: Int)] = []
    for (source, goals) in bySource.sorted(by: { $0.key < $1.key }) {
      let old = source == path ? own : try vault.files.read(source).bytes
      let document = Document(bytes: old)
      var moved = MovedLinks()
      moved.links = goals
      for (ordinal, definition) in document.definitions.enumerated() {
        let goal = NotePath.joined(source.folder, definition.target)
        guard goal == path.text || goal == NotePath.withoutSuffix(path.text) else { continue }
        moved.definitions[ordinal] = move
      }
      let new = document.following(
        moved, in: source == path ? move : FileMove(source, to: source),
        isThere: { vault.hasFileOrNote(at: $0) },
        isMeant: { isMeant($0.new, in: source) })
      if source == path {
        ownNew = new.bytes
      } else if new.count > 0 {
        edits.append(.replace(source, old: old, new: new.bytes))
        rewritten.append((source, new.count))
      }
    }
    self.edits = [.move(path, to: target, old: own, new: ownNew)] + edits
    self.rewritten = rewritten
  }
}

extension Vault {
  /// Whether something stands at a path, be it a note that is named without its `.md`.
  fileprivate func hasFileOrNote(at path: NotePath) -> Bool {
    files.isTaken(path) || (try? NotePath(path.text + ".md")).map(files.isTaken) ?? false
  }
}
