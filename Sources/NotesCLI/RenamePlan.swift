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
    var rewritten: [(source: NotePath, count: Int)] = []
    let own = try vault.files.read(path).bytes
    var ownNew = own
    var others: [FileEdit] = []
    var bySource: [NotePath: Set<Int>] = [:]
    for link in try index.linksTo(path) {
      bySource[link.source, default: []].insert(link.ordinal)
    }
    for (source, ordinals) in bySource.sorted(by: { $0.key < $1.key }) {
      let old = source == path ? own : try vault.files.read(source).bytes
      let document = Document(bytes: old)
      var texts: [Range<Int>: String] = [:]
      var count = 0
      for (ordinal, link) in document.links.enumerated() where ordinals.contains(ordinal) {
        let text = Self.target(
          of: link, from: source == path ? target : source, oldPath: path, newPath: target)
        guard let text, text != link.target, let written = link.written(text) else { continue }
        // Several links may share one definition, and so one place.
        texts[link.targetRange] = written
        count += 1
      }
      if texts.isEmpty { continue }
      let new = document.replacingTargets(texts.map { ($0.key, $0.value) })
      if source == path {
        ownNew = new
      } else {
        others.append(.replace(source, old: old, new: new))
        rewritten.append((source, count))
      }
    }
    if path.folder != target.folder {
      ownNew = Self.rebased(ownNew, from: path, to: target)
    }
    edits = [.move(path, to: target, old: own, new: ownNew)] + others
    self.rewritten = rewritten
  }

  /// How a link names the note at its new path, in the form in which it named the old one; `nil`
  /// where it named it by title, id or alias, which the new path does not change.
  private static func target(
    of link: Link, from source: NotePath, oldPath: NotePath, newPath: NotePath
  ) -> String? {
    let text = link.target
    let hasSuffix = text.lowercased().hasSuffix(".md") || text.lowercased().hasSuffix(".markdown")
    func trimmed(_ path: NotePath) -> String {
      hasSuffix ? path.text : withoutSuffix(path)
    }
    if link.kind == .markdown || link.kind == .image {
      if text.hasPrefix("/") { return "/" + trimmed(newPath) }
      return relative(trimmed(newPath), from: source.folder)
    }
    if !text.contains("/") {
      let stem = hasSuffix ? oldPath.name : oldPath.stem
      return text.lowercased() == stem.lowercased() ? (hasSuffix ? newPath.name : newPath.stem) : nil
    }
    // A wiki link with a folder names the end of the path, or all of it.
    if text.hasPrefix(".") { return relative(trimmed(newPath), from: source.folder) }
    return text.hasPrefix("/") ? "/" + trimmed(newPath) : trimmed(newPath)
  }

  private static func withoutSuffix(_ path: NotePath) -> String {
    path.folder.isEmpty ? path.stem : path.folder + "/" + path.stem
  }

  /// The note's own relative links, so that they lead from its new folder where they led before.
  private static func rebased(_ bytes: [UInt8], from old: NotePath, to new: NotePath) -> [UInt8] {
    let document = Document(bytes: bytes)
    var texts: [Range<Int>: String] = [:]
    for link in document.links {
      guard link.kind == .markdown || link.kind == .image, !link.isExternal,
        !link.target.isEmpty, !link.target.hasPrefix("/"),
        let absolute = joined(old.folder, link.target), absolute != new.text
      else { continue }
      let text = relative(absolute, from: new.folder)
      if text != link.target, let written = link.written(text) { texts[link.targetRange] = written }
    }
    return texts.isEmpty ? bytes : document.replacingTargets(texts.map { ($0.key, $0.value) })
  }

  private static func joined(_ folder: String, _ target: String) -> String? {
    var parts = folder.split(separator: "/")
    for part in target.split(separator: "/") where part != "." {
      if part == ".." {
        if parts.isEmpty { return nil }
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }

  private static func relative(_ path: String, from folder: String) -> String {
    let target = path.split(separator: "/")
    let base = folder.split(separator: "/")
    let shared = zip(target.dropLast(), base).prefix { $0 == $1 }.count
    let up = Array(repeating: "..", count: base.count - shared)
    return (up + target.dropFirst(shared).map(String.init)).joined(separator: "/")
  }
}
