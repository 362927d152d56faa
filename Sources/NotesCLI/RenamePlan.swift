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
    let renaming = Renaming(old: path, new: target, vault: vault)
    let own = try vault.files.read(path).bytes
    var ownNew = own
    var others: [FileEdit] = []
    var rewritten: [(source: NotePath, count: Int)] = []
    var bySource: [NotePath: Set<Int>] = [:]
    for link in try index.linksTo(path) {
      bySource[link.source, default: []].insert(link.ordinal)
    }
    for (source, ordinals) in bySource.sorted(by: { $0.key < $1.key }) {
      let old = source == path ? own : try vault.files.read(source).bytes
      let new = renaming.rewritten(old, of: source, links: ordinals)
      if new.count == 0 { continue }
      if source == path {
        ownNew = new.bytes
      } else {
        others.append(.replace(source, old: old, new: new.bytes))
        rewritten.append((source, new.count))
      }
    }
    if path.folder != target.folder { ownNew = renaming.rebased(ownNew) }
    edits = [.move(path, to: target, old: own, new: ownNew)] + others
    self.rewritten = rewritten
  }
}

/// A note's way from one path to another, as the links to it have to follow it.
private struct Renaming {
  let old: NotePath
  let new: NotePath
  let vault: Vault

  /// A text with some of its links rewritten, and how many were.
  func rewritten(_ bytes: [UInt8], of source: NotePath, links: Set<Int>) -> (
    bytes: [UInt8], count: Int
  ) {
    let document = Document(bytes: bytes)
    // A link in the note itself is read from where the note will be.
    let folder = source == old ? new.folder : source.folder
    var texts: [Range<Int>: String] = [:]
    var count = 0
    for (ordinal, link) in document.links.enumerated() where links.contains(ordinal) {
      let isWiki = link.kind == .wiki || link.kind == .embed
      guard let text = target(link.target, isWiki: isWiki, from: source, newFolder: folder),
        text != link.target, let written = link.written(text)
      else { continue }
      // Several links may share one definition, and so one place.
      texts[link.targetRange] = written
      count += 1
    }
    // Foam writes a definition for each wiki link, that no link refers to.
    for definition in document.definitions where texts[definition.targetRange] == nil {
      let goal = NotePath.joined(source.folder, definition.target)
      guard goal == old.text || goal == NotePath.withoutSuffix(old.text),
        let text = target(definition.target, isWiki: false, from: source, newFolder: folder),
        let written = definition.written(text)
      else { continue }
      texts[definition.targetRange] = written
    }
    if texts.isEmpty { return (bytes, 0) }
    return (document.replacingTargets(texts.map { ($0.key, $0.value) }), count)
  }

  /// The note's own relative links, so that they lead from its new folder where they led before.
  func rebased(_ bytes: [UInt8]) -> [UInt8] {
    let document = Document(bytes: bytes)
    var texts: [Range<Int>: String] = [:]
    for link in document.links where link.kind == .markdown || link.kind == .image {
      guard !link.isExternal, !link.target.isEmpty, !link.target.hasPrefix("/"),
        let goal = NotePath.joined(old.folder, link.target), goal != new.text, isThere(goal)
      else { continue }
      let text = relativePath(goal, from: new.folder)
      if text != link.target, let written = link.written(text) { texts[link.targetRange] = written }
    }
    return texts.isEmpty ? bytes : document.replacingTargets(texts.map { ($0.key, $0.value) })
  }

  /// How a link names the note at its new path, in the form in which it named the old one; `nil`
  /// where it named it by title, id or alias, which the new path does not change.
  private func target(
    _ text: String, isWiki: Bool, from source: NotePath, newFolder: String
  ) -> String? {
    let hasSuffix = [".md", ".markdown"].contains { text.lowercased().hasSuffix($0) }
    let oldPlace = hasSuffix ? old.text : NotePath.withoutSuffix(old.text)
    let newPlace = hasSuffix ? new.text : NotePath.withoutSuffix(new.text)
    if isWiki, !text.contains("/") {
      let stem = hasSuffix ? old.name : old.stem
      guard text.lowercased() == stem.lowercased() else { return nil }
      return hasSuffix ? new.name : new.stem
    }
    if text.hasPrefix("/") { return "/" + newPlace }
    let isRelative = NotePath.joined(source.folder, text)?.lowercased() == oldPlace.lowercased()
    // A wiki link with a folder names the end of the path, or all of it, unless it begins with a dot.
    if isWiki {
      return isRelative && text.hasPrefix(".") ? relativePath(newPlace, from: newFolder) : newPlace
    }
    return isRelative ? relativePath(newPlace, from: newFolder) : newPlace
  }

  private func isThere(_ place: String) -> Bool {
    [place, place + ".md"].contains { text in
      (try? NotePath(text)).map { vault.files.isTaken($0) } ?? false
    }
  }
}

/// The way from a folder to a path.
func relativePath(_ path: String, from folder: String) -> String {
  let target = path.split(separator: "/")
  let base = folder.split(separator: "/")
  let shared = zip(target.dropLast(), base).prefix { $0 == $1 }.count
  let up = Array(repeating: "..", count: base.count - shared)
  return (up + target.dropFirst(shared).map(String.init)).joined(separator: "/")
}
