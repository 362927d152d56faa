/// Which of the deleted files became which of the added ones, by git's rules.
///
/// First those whose bytes are the same, with the same file name preferred; then those whose file
/// name is the only one of its kind on both sides and that are three quarters the same; then the
/// best of all pairs that are at least half the same. Source: `diffcore-rename.c` of git.
enum Renames {
  /// The least similarity, of 100.
  static let least = 50
  private static let leastForSameName = 75
  /// Beyond this many pairs only the first two rules are used, as in git (`diff.renameLimit`).
  private static let mostPairs = 1_000_000
  /// A larger file is only followed when its bytes are the same.
  private static let largestFile = 8 << 20

  /// The changes with each pair that is a rename made one; no file below `folder` is part of a pair.
  static func joined(
    _ changes: [FileChange], except folder: GitPath? = nil, in repository: borrowing Repository
  ) throws(GitError) -> [FileChange] {
    func isApart(_ path: GitPath) -> Bool { folder.map(path.isBelow) ?? false }
    var sources = changes.filter {
      $0.kind == .deleted && isFollowed($0.old) && !isApart($0.oldPath)
    }
    var targets = changes.filter { $0.kind == .added && isFollowed($0.new) && !isApart($0.newPath) }
    if sources.isEmpty || targets.isEmpty { return changes }
    var pairs: [(FileChange, FileChange)] = []
    func take(_ found: [(Int, Int)]) {
      pairs += found.map { (sources[$0.0], targets[$0.1]) }
      let usedSources = Set(found.map(\.0))
      let usedTargets = Set(found.map(\.1))
      sources = sources.indices.filter { !usedSources.contains($0) }.map { sources[$0] }
      targets = targets.indices.filter { !usedTargets.contains($0) }.map { targets[$0] }
    }
    take(same(sources, targets))
    var measure = Similarity()
    take(
      try alike(
        sameNames(sources, targets), sources, targets, leastForSameName, &measure, repository))
    if sources.count * targets.count <= mostPairs {
      let all = sources.indices.flatMap { source in targets.indices.map { (source, $0) } }
      take(try alike(all, sources, targets, least, &measure, repository))
    }
    let renamedFrom = Set(pairs.map(\.0.oldPath))
    let renamedTo = Set(pairs.map(\.1.newPath))
    return changes.filter {
      !($0.kind == .deleted && renamedFrom.contains($0.oldPath))
        && !($0.kind == .added && renamedTo.contains($0.newPath))
    }
      + pairs.map {
        FileChange(
          kind: .renamed, oldPath: $0.0.oldPath, newPath: $0.1.newPath, old: $0.0.old, new: $0.1.new
        )
      }
  }

  private static func isFollowed(_ entry: TreeEntry?) -> Bool {
    // An empty file is like any other empty file: that says nothing.
    entry?.kind == .file && entry?.id != emptyBlob
  }

  private static let emptyBlob = ObjectID(hex: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")

  private static func fileName(_ path: GitPath) -> ArraySlice<UInt8> {
    let start = path.bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    return path.bytes[start...]
  }

  private static func same(_ sources: [FileChange], _ targets: [FileChange]) -> [(Int, Int)] {
    var bySource: [ObjectID: [Int]] = [:]
    for (place, source) in sources.enumerated() {
      if let id = source.old?.id { bySource[id, default: []].append(place) }
    }
    var found: [(Int, Int)] = []
    var later: [Int] = []
    for (place, target) in targets.enumerated() {
      guard let id = target.new?.id, var candidates = bySource[id] else { continue }
      let name = fileName(target.newPath)
      guard let index = candidates.firstIndex(where: { fileName(sources[$0].oldPath) == name })
      else {
        later.append(place)
        continue
      }
      found.append((candidates.remove(at: index), place))
      bySource[id] = candidates
    }
    for place in later {
      guard let id = targets[place].new?.id, let source = bySource[id]?.first else { continue }
      bySource[id]?.removeFirst()
      found.append((source, place))
    }
    return found
  }

  private static func sameNames(_ sources: [FileChange], _ targets: [FileChange]) -> [(Int, Int)] {
    let bySource = Dictionary(grouping: sources.indices) { fileName(sources[$0].oldPath) }
    let byTarget = Dictionary(grouping: targets.indices) { fileName(targets[$0].newPath) }
    return bySource.compactMap { name, places in
      guard places.count == 1, let other = byTarget[name], other.count == 1 else { return nil }
      return (places[0], other[0])
    }
  }

  private static func alike(
    _ pairs: [(Int, Int)], _ sources: [FileChange], _ targets: [FileChange], _ least: Int,
    _ measure: inout Similarity, _ repository: borrowing Repository
  ) throws(GitError) -> [(Int, Int)] {
    var scored: [(score: Int, source: Int, target: Int)] = []
    for (source, target) in pairs {
      guard let old = sources[source].old?.id, let new = targets[target].new?.id else { continue }
      let score = try measure.score(old, new, largest: largestFile, in: repository)
      if score >= least { scored.append((score, source, target)) }
    }
    scored.sort { ($1.score, $0.target, $0.source) < ($0.score, $1.target, $1.source) }
    var usedSources: Set<Int> = []
    var usedTargets: Set<Int> = []
    var found: [(Int, Int)] = []
    for pair in scored
    where !usedSources.contains(pair.source) && !usedTargets.contains(pair.target) {
      usedSources.insert(pair.source)
      usedTargets.insert(pair.target)
      found.append((pair.source, pair.target))
    }
    return found
  }
}
