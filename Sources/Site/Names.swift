internal import History
internal import Markup
internal import Vault

/// What the published posts are called, so that links between them can be followed.
///
/// Nothing else is in it: a link to a note that is not published finds nothing here, and so cannot
/// tell anything of it. A name means what `NoteIndex` takes it for: a path, the end of a path, an id,
/// a title or alias, a slug; and what a post was called once, where nothing is called so now.
struct Names: Sendable {
  private var paths: [String: Int] = [:]
  private var others: [String: Int] = [:]
  private var former: [String: Int] = [:]

  /// Adds a post's names; where two have one, the first keeps it.
  mutating func add(_ candidate: Candidate, _ post: Int, titles: [String]) {
    func add(_ name: String, to table: inout [String: Int]) {
      let key = Self.key(name)
      if !key.isEmpty, table[key] == nil { table[key] = post }
    }
    add(NotePath.withoutSuffix(candidate.path.text), to: &paths)
    var end = Substring(NotePath.withoutSuffix(candidate.path.text))
    while let slash = end.firstIndex(of: "/") {
      end = end[end.index(after: slash)...]
      add(String(end), to: &others)
    }
    add(candidate.path.stem, to: &others)
    for title in titles { add(title, to: &others) }
    for version in candidate.ledger.versions where version.path != candidate.path {
      add(NotePath.withoutSuffix(version.path.text), to: &former)
      add(version.path.stem, to: &former)
    }
    for name in candidate.ledger.versions.flatMap(\.called) { add(name, to: &former) }
  }

  /// The post that a link means.
  func post(_ target: HTMLRenderer.Target, from path: NotePath) -> Int? {
    // Hugo, Jekyll and Zola end a page's address with a `/`.
    let isFolder = target.name.hasSuffix("/")
    let name = NotePath.withoutSuffix(isFolder ? String(target.name.dropLast()) : target.name)
    let found = find(name, from: path)
    if target.isPath || found != nil { return found }
    let key = Self.key(target.name)
    return others[key] ?? former[key]
  }

  /// Whether a name is that of a file, and no words of the author's.
  func isFileName(_ name: String) -> Bool {
    name.contains("/") || !name.contains(" ") && name.contains { "-_".contains($0) }
  }

  private func find(_ name: String, from path: NotePath) -> Int? {
    if name.hasPrefix("/") {
      let key = Self.key(String(name.dropFirst()))
      return paths[key] ?? former[key]
    }
    let key = Self.key(name)
    let near = NotePath.joined(path.folder, name).map(Self.key)
    return near.flatMap { paths[$0] } ?? paths[key] ?? others[key]
      ?? near.flatMap { former[$0] } ?? former[key]
  }

  private static func key(_ name: String) -> String { name.lowercased().composed }
}
