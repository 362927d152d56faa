import Git
import TestSupport
import Testing

@testable import History

/// A file's content and mode, as a number: texts below 1,000,000, pictures from there on.
extension TreeEntry {
  static func text(_ number: Int) -> TreeEntry { .file(.numbered(number)) }
  static func picture(_ number: Int) -> TreeEntry { .file(.numbered(1_000_000 + number)) }
}

extension ObjectID {
  static func numbered(_ number: Int) -> ObjectID {
    var bytes = [UInt8](repeating: 0, count: 20)
    for place in 0..<8 { bytes[place] = UInt8(truncatingIfNeeded: number >> (8 * (7 - place))) }
    // 20 bytes are an id.
    return ObjectID(bytes: bytes) ?? numbered(0)
  }

  var isPicture: Bool { self >= Self.numbered(1_000_000) }

  private static func >= (left: ObjectID, right: ObjectID) -> Bool {
    left.description >= right.description
  }
}

/// A tree, with where in the base each of its files came from.
struct Side {
  var files: [GitPath: TreeEntry] = [:]
  /// The path in the base of a file that stands elsewhere now.
  var origins: [GitPath: GitPath] = [:]

  /// Whether a file can be put there without taking the place of another file or folder.
  func hasRoom(at path: GitPath) -> Bool {
    !files.keys.contains { $0 == path || $0.isBelow(path) || path.isBelow($0) }
  }
}

/// Three trees of one history.
struct Scenario: TreeSource {
  let seed: UInt64
  var base = Side()
  var ours = Side()
  var theirs = Side()

  private static let places: [GitPath] = [
    "a.md", "b.md", "c", "c/d.md", "c/e", "c/e/f.md", "g.png", "h/i.png", "j", "j/k",
    ".notes/config.yaml", "é.md", "e\u{301}.md", "A.md",
  ]

  init(seed: UInt64) {
    self.seed = seed
    var random = SplitMix(seed: seed)
    var next = 0
    func content() -> TreeEntry {
      next += 1
      let entry = TreeEntry.text(next)
      if Int.random(in: 0..<5, using: &random) == 0 { return .picture(next) }
      return Int.random(in: 0..<8, using: &random) == 0
        ? .file(entry.id, isExecutable: true) : entry
    }
    func place() -> GitPath {
      Self.places[Int.random(in: 0..<Self.places.count, using: &random)]
    }
    for _ in 0..<Int.random(in: 0..<8, using: &random) {
      let path = place()
      if base.hasRoom(at: path) { base.files[path] = content() }
    }
    for path in base.files.keys { base.origins[path] = path }
    func edit(_ side: inout Side) {
      for _ in 0..<Int.random(in: 0..<6, using: &random) {
        let path = place()
        guard let old = side.files[path] else {
          if side.hasRoom(at: path) { side.files[path] = content() }
          continue
        }
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
          side.files[path] = nil
          side.origins[path] = nil
        case 1:
          side.files[path] = content()
        default:
          let origin = side.origins[path]
          side.files[path] = nil
          side.origins[path] = nil
          let target = place()
          let isFree = side.hasRoom(at: target)
          side.files[isFree ? target : path] = Bool.random(using: &random) ? old : content()
          side.origins[isFree ? target : path] = origin
        }
      }
    }
    ours = base
    theirs = base
    edit(&ours)
    edit(&theirs)
    // Both often do the same.
    if Int.random(in: 0..<4, using: &random) == 0 {
      for (path, entry) in ours.files.sorted(by: { $0.key < $1.key })
      where base.files[path] != entry {
        if Bool.random(using: &random), theirs.hasRoom(at: path) { theirs.files[path] = entry }
      }
    }
  }

  func plan() throws -> TreePlan {
    try TreePlan(changes(to: ours), to: .numbered(0), changes(to: theirs), from: self)
  }

  /// The plan where each file is known by an id, whatever stands in its old place.
  func planByIDs() throws -> TreePlan {
    try TreePlan(changesByIDs(to: ours), to: .numbered(0), changesByIDs(to: theirs), from: self)
  }

  private func changesByIDs(to side: Side) -> [FileChange] {
    var changes: [FileChange] = []
    for (path, entry) in side.files {
      guard let origin = side.origins[path], let old = base.files[origin] else {
        changes.append(FileChange(path, nil, entry))
        continue
      }
      if origin != path {
        changes.append(FileChange(renamedFrom: origin, to: path, old, entry))
      } else if old != entry {
        changes.append(FileChange(path, old, entry))
      }
    }
    let kept = Set(side.origins.values)
    for (path, old) in base.files where !kept.contains(path) {
      changes.append(FileChange(path, old, nil))
    }
    return changes.sorted { ($0.newPath, $0.oldPath) < ($1.newPath, $1.oldPath) }
  }

  /// The same history with names that stand in another order.
  func mirrored() -> Scenario {
    var mirrored = self
    for side in [\Scenario.base, \.ours, \.theirs] {
      mirrored[keyPath: side] = Side(
        files: Self.mirrored(self[keyPath: side].files),
        origins: Self.mirrored(self[keyPath: side].origins.mapValues(Self.mirrored)))
    }
    return mirrored
  }

  static func mirrored<Value>(_ files: [GitPath: Value]) -> [GitPath: Value] {
    Dictionary(uniqueKeysWithValues: files.map { (mirrored($0.key), $0.value) })
  }

  /// A path with `a` for `z`, `b` for `y` and so on, but for what is the vault's own.
  private static func mirrored(_ path: GitPath) -> GitPath {
    if path.isBelow(".notes") { return path }
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    return GitPath(
      bytes: path.bytes.map { byte in
        letters.contains(byte) ? letters.lowerBound + letters.upperBound - byte : byte
      })
  }

  /// The differences as a diff that finds renames tells them: a file moved only if its old place is
  /// empty.
  private func changes(to side: Side) -> [FileChange] {
    var changes: [FileChange] = []
    var isTaken: Set<GitPath> = []
    for (path, entry) in side.files where base.files[path] == nil {
      if let origin = side.origins[path], side.files[origin] == nil, let old = base.files[origin],
        isTaken.insert(origin).inserted
      {
        changes.append(FileChange(renamedFrom: origin, to: path, old, entry))
      } else {
        changes.append(FileChange(path, nil, entry))
      }
    }
    for (path, old) in base.files where !isTaken.contains(path) && side.files[path] != old {
      changes.append(FileChange(path, old, side.files[path]))
    }
    return changes.sorted { ($0.newPath, $0.oldPath) < ($1.newPath, $1.oldPath) }
  }

  // MARK: What the plan asks

  func entry(at path: GitPath, in tree: ObjectID) -> TreeEntry? {
    if let entry = ours.files[path] { return entry }
    let isFolder = ours.files.keys.contains { $0.isBelow(path) }
    return isFolder ? TreeEntry(mode: 0o040000, id: .numbered(0)) : nil
  }

  func files(below folder: GitPath, in tree: ObjectID) -> [GitPath] {
    ours.files.keys.filter { $0.isBelow(folder) }
  }

  func isText(_ blob: ObjectID) -> Bool { !blob.isPicture }

  // MARK: What must be true

  /// Our tree as the plan makes it; a merged text stands as the first of its texts.
  func result(of plan: TreePlan) -> [GitPath: TreeEntry] {
    var files = ours.files
    for (path, file) in plan.outcomes {
      files[path] = file.map { TreeEntry(mode: $0.mode, id: Self.leaves($0.content)[0]) }
    }
    return files
  }

  /// All contents that are in the result, in a merge or in a record.
  func contents(_ result: [GitPath: TreeEntry], _ plan: TreePlan) -> Set<ObjectID> {
    var all = Set(result.values.map(\.id))
    for case let file? in plan.outcomes.values { all.formUnion(Self.leaves(file.content)) }
    for waiting in plan.waiting {
      all.formUnion(
        [waiting.texts.base, waiting.texts.shared, waiting.texts.other].compactMap { $0 })
    }
    return all
  }

  private static func leaves(_ content: TreePlan.Content) -> [ObjectID] {
    switch content {
    case .blob(let id): [id]
    case .merge(_, let ours, let theirs): leaves(ours) + [theirs]
    }
  }

  func expectTree(_ result: [GitPath: TreeEntry]) {
    for path in result.keys {
      #expect(!result.keys.contains { $0.isBelow(path) }, "seed \(seed): \(path) is a folder too")
      #expect(!path.isReserved, "seed \(seed): \(path)")
    }
  }

  func expectNothingLost(_ result: [GitPath: TreeEntry], _ plan: TreePlan) {
    let kept = contents(result, plan)
    let old = Set(base.files.values.map(\.id))
    for side in [ours, theirs] {
      for (path, entry) in side.files where !old.contains(entry.id) && !kept.contains(entry.id) {
        Issue.record("seed \(seed): what one side has in \(path) is lost")
      }
    }
  }

  /// What neither side touched stays, and what one of them removed or moved is not at its old place,
  /// unless the other has a file where it was moved to.
  func expectUntouchedFiles(_ result: [GitPath: TreeEntry], _ plan: TreePlan) {
    func isMoved(_ path: GitPath, by side: Side, onto other: Side) -> Bool {
      side.origins.contains { $0.value == path && other.files[$0.key] != nil }
    }
    for (path, entry) in base.files {
      let isOurs = ours.files[path] == entry
      let isTheirs = theirs.files[path] == entry
      if isOurs, isTheirs { #expect(result[path] == entry, "seed \(seed): \(path)") }
      if isOurs, !isTheirs, theirs.files[path] == nil, !isMoved(path, by: theirs, onto: ours) {
        #expect(result[path] != entry, "seed \(seed): \(path) came back")
      }
      if isTheirs, !isOurs, ours.files[path] == nil, !isMoved(path, by: ours, onto: theirs) {
        #expect(result[path] != entry, "seed \(seed): \(path) came back")
      }
    }
  }
}
