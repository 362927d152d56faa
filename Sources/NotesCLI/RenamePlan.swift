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
    var bySource: [NotePath: [Int: FileMove]] = [path: [:]]
    for link in try index.linksTo(path) {
      bySource[link.source, default: [:]][link.ordinal] = move
    }
    // The new name must take no link from a note that has it already.
    for other in others {
      for link in try index.linksTo(other) where !link.target.contains("/") {
        let source = link.source == path ? target : link.source
        if Self.isMeant(other, among: others + [target], from: source) { continue }
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
        isMeant: { goal in
          Self.isMeant(goal.new, among: others + [target], from: source == path ? target : source)
        }
      )
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

  /// Whether the name alone of a note means it in a link of `source`, where all `namesakes` have it.
  private static func isMeant(
    _ note: NotePath, among namesakes: [NotePath], from source: NotePath
  ) -> Bool {
    if namesakes == [note] { return true }
    let all = namesakes.sorted {
      ($0.text.unicodeScalars.count, $0) < ($1.text.unicodeScalars.count, $1)
    }
    var candidates = LinkCandidates()
    for (number, path) in all.enumerated() {
      candidates.add(
        note: Int64(number), kind: .path, text: NotePath.withoutSuffix(path.text), path: path.text)
    }
    let found = candidates.match(target: note.stem, isByPath: false, from: source.text)
    return found.map { all[Int($0.note)] } == note
  }
}

extension Vault {
  /// Whether something stands at a path, be it a note that is named without its `.md`.
  fileprivate func hasFileOrNote(at path: NotePath) -> Bool {
    files.isTaken(path) || (try? NotePath(path.text + ".md")).map(files.isTaken) ?? false
  }
}
