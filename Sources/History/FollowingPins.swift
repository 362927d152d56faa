internal import Git
internal import Markup
internal import Vault

extension History {
  /// The sides of a merge with our links to our versions by the numbers that these get.
  ///
  /// `[[post@v3]]` was written to our v3 where both did not begin with it; where that is v4 now, it is
  /// `[[post@v4]]`. The texts of versions are what was cut, and keep their links.
  func followingVersions(
    _ sides: MergeSides, _ renumbered: [TreePlan.Renumbering]
  ) throws -> MergeSides {
    if renumbered.isEmpty { return sides }
    let posts = try renumberedPosts(sides, renumbered)
    if posts.numbers.isEmpty { return sides }
    var result = sides
    var edits: [TreeChange] = []
    for (place, change) in sides.ourChanges.enumerated() {
      guard let note = change.newPath.notePath, note.isNote,
        let entry = change.new, entry.kind == .file
      else { continue }
      let bytes = try repository.readBlob(entry.id)
      guard bytes.count <= vault.settings.largestNote, isMergeable(bytes) else { continue }
      let before = try change.old.flatMap { $0.kind == .file ? $0.id : nil }
        .map { try repository.readBlob($0) }
      guard let new = posts.renumbering(bytes, at: note, before: before ?? []) else { continue }
      let file = TreeEntry(mode: entry.mode, id: try repository.writeBlob(new))
      edits.append(TreeChange(change.newPath, file))
      result.ourChanges[place] =
        change.kind == .renamed
        ? FileChange(renamedFrom: change.oldPath, to: change.newPath, change.old, file)
        : FileChange(change.newPath, change.old, file)
    }
    if !edits.isEmpty { result.ours = try repository.updatedTree(sides.ours, edits) }
    return result
  }

  /// The posts of ours some versions of which get other numbers, by what links could call them.
  private func renumberedPosts(
    _ sides: MergeSides, _ renumbered: [TreePlan.Renumbering]
  ) throws -> RenumberedPosts {
    var posts = RenumberedPosts()
    for (folder, versions) in Dictionary(grouping: renumbered, by: \.folder) {
      let numbers = Dictionary(
        versions.map { ($0.old, $0.new) }, uniquingKeysWith: { first, _ in first })
      let records = try versions.compactMap {
        Version(number: $0.old, record: try repository.readBlob($0.record))
      }
      guard let newest = records.max(by: { $0.number < $1.number }) else { continue }
      let cut = newest.moved ?? newest.path
      let moved = sides.ourChanges.rename(of: cut)
      let path = moved?.newPath.notePath ?? cut
      guard let entry = try repository.entry(at: GitPath(path.text), in: sides.ours),
        entry.kind == .file
      else { continue }
      let document = Document(bytes: try repository.readBlob(entry.id))
      let id = document.frontmatter?.id
      // Another note may stand there by now.
      guard id == folder || folder.hasPrefix("p-") else { continue }
      posts.add(path, document, numbers)
    }
    if !posts.numbers.isEmpty {
      posts.look(among: try repository.notes(of: sides.ours, named: posts.keys))
    }
    return posts
  }
}

/// Posts with versions that get other numbers, among the notes that share a name with them.
private struct RenumberedPosts {
  /// The new numbers of a post's versions by the old ones.
  private(set) var numbers: [NotePath: [Int: Int]] = [:]
  private var names: [NamedPaths.Name] = []
  private var notes = NamedPaths([])

  /// What links to the posts share with their names.
  var keys: Set<String> {
    Set(names.map { LinkCandidates.key(of: $0.text) })
      .union(numbers.keys.map { LinkCandidates.key(of: $0.name) })
  }

  /// Adds a post with all by which a link could call it.
  mutating func add(_ post: NotePath, _ document: Document, _ numbers: [Int: Int]) {
    self.numbers[post] = numbers
    let front = document.frontmatter
    let texts: [(LinkCandidates.NameKind, String?)] =
      [(.id, front?.id), (.title, document.title), (.slug, front?.slug)]
      + (front?.aliases ?? []).map { (.alias, $0) }
    names += texts.compactMap { kind, text in
      text.map { NamedPaths.Name(path: post, kind: kind, text: $0) }
    }
  }

  /// Takes the notes that have such a name as their own, the posts among them.
  mutating func look(among paths: [NotePath]) {
    notes = NamedPaths(Array(Set(paths).union(numbers.keys)), names)
  }

  /// A note with its pins to those versions that were not in it before; `nil` where it has none.
  func renumbering(_ bytes: [UInt8], at note: NotePath, before: [UInt8]) -> [UInt8]? {
    let document = Document(bytes: bytes)
    let pinned = document.links.filter { $0.pin?.hasPrefix("v") == true && !$0.isExternal }
    if pinned.isEmpty { return nil }
    let old = Set(Document(bytes: before).links.filter { $0.pin != nil }.map(PinnedText.init))
    let edits = pinned.compactMap { link -> (range: Range<Int>, text: String)? in
      guard !old.contains(PinnedText(link)), let pin = link.pin,
        let number = Int(pin.dropFirst()),
        let post = notes.match(target: link.target, isByPath: false, from: note),
        let new = numbers[post]?[number]
      else { return nil }
      // The pin stands behind the target, and an `@`.
      let start = link.targetRange.upperBound + 1
      return (start..<start + pin.utf8.count, "v\(new)")
    }
    return edits.isEmpty ? nil : document.replacingTargets(edits)
  }

  /// A link's target and pin.
  private struct PinnedText: Hashable {
    let target: String
    let pin: String?

    init(_ link: Link) { (target, pin) = (link.target, link.pin) }
  }
}
