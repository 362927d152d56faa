internal import Git
internal import Vault

/// What answers a plan's questions about a tree.
protocol TreeSource: ~Copyable {
  /// What stands at a path of a tree.
  func entry(at path: GitPath, in tree: ObjectID) throws -> TreeEntry?
  /// Every file below a folder of a tree.
  func files(below folder: GitPath, in tree: ObjectID) throws -> [GitPath]
  /// Whether a blob can be merged as text.
  func isText(_ blob: ObjectID) throws -> Bool
}

/// What becomes of the files of two trees that came from one: what is to stand at each path of ours.
///
/// It is decided from paths and the names of contents alone. No text is read and nothing is written,
/// so that it can be asked of any number of made-up trees; `History.merge` carries it out. The rules
/// are those of the handbook's note “Merge rules”.
struct TreePlan {
  /// What a file is to hold.
  indirect enum Content: Hashable {
    /// Bytes that are there already.
    case blob(ObjectID)
    /// What a merge of three texts makes; `nil` where both made the file.
    case merge(base: ObjectID?, ours: Content, theirs: ObjectID)
  }

  /// A file as it is to stand in the result.
  struct File: Hashable {
    var mode: UInt32
    var content: Content

    init(mode: UInt32, content: Content) {
      self.mode = mode
      self.content = content
    }

    init(_ entry: TreeEntry) { self.init(mode: entry.mode, content: .blob(entry.id)) }

    var kind: TreeEntry.Kind { TreeEntry.Kind(mode: mode) }
  }

  /// A conflict that is known before any text is read.
  struct Waiting {
    let path: NotePath
    let kind: Conflict.Kind
    let texts: Conflict.Texts
  }

  /// Where a file that a side moved stands in each tree; `nil` on a side that removed it.
  struct Way {
    let base: GitPath
    let ours: GitPath?
    let theirs: GitPath?
    let result: GitPath
  }

  /// A version of ours that gets another number.
  struct Renumbering {
    /// The name of the post's folder in the ledger.
    let folder: String
    let old: Int
    let new: Int
    /// Its record.
    let record: ObjectID
  }

  /// What must change in our tree; `nil` where the file goes.
  private(set) var outcomes: [GitPath: File?] = [:]
  /// What waits for a person, whatever the texts are.
  private(set) var waiting: [Waiting] = []
  /// The files of which both sides' are kept.
  private(set) var keptBoth: [KeptBoth] = []
  /// The files that a side moved.
  private(set) var ways: [Way] = []
  /// The versions of ours whose numbers theirs have: they get the next free ones.
  private(set) var renumbered: [Renumbering] = []
  /// The folders of the files that are put somewhere.
  private var folders: Set<GitPath> = []
  /// Where a file of ours stands that they removed, and where they made another.
  private var replaced: Set<GitPath> = []
  /// The names of the files that they made.
  private let made: Set<GitPath>
  /// The files that do not stand where a side moved them.
  private var contested = ContestedNames()
  private let ours: ObjectID

  /// Decides, from how our tree `ours` and theirs differ from what both began with.
  ///
  /// - Throws: what `source` throws.
  init(
    _ ourChanges: [FileChange], to ours: ObjectID, _ theirChanges: [FileChange],
    from source: borrowing some TreeSource & ~Copyable
  ) throws {
    self.ours = ours
    made = Set(theirChanges.filter { $0.kind == .added }.map(\.newPath))
    let theirChanges = renumber(ourChanges, theirChanges)
    let all = Deeds.all(ours: ourChanges, theirs: theirChanges)
    contested = try ContestedNames(all, theirChanges, ours: ours, from: source)
    let deeds = all.sorted { $0.key < $1.key }
    // What goes makes room first, whatever the order of the paths.
    for (path, deeds) in deeds {
      let goes = deeds.empty(path) && !contested.staying.contains(path)
      if goes || contested.leaving.contains(path) { outcomes[path] = .some(nil) }
      if contested.yielding.contains(path), let place = deeds.ours.place(of: path) {
        outcomes[place] = .some(nil)
      }
    }
    // What leaves its place has the new one before anything else is put there.
    let leaving = deeds.filter { contested.leaving.contains($0.key) }
    for (path, deeds) in leaving + deeds.filter({ !contested.leaving.contains($0.key) }) {
      guard let place = try settle(path, deeds, source) else { continue }
      let stands = [deeds.ours.place(of: path), deeds.theirs.place(of: path)]
      if stands.contains(where: { $0 != nil && $0 != path }) {
        ways.append(Way(base: path, ours: stands[0], theirs: stands[1], result: place))
      }
    }
    for change in theirChanges where change.kind == .added && !change.newPath.isReserved {
      guard let entry = change.new else { continue }
      let isOther = replaced.contains(change.newPath)
      try put(entry, at: change.newPath, movedFrom: nil, isOther: isOther, source)
    }
  }

  /// Gives our versions other numbers where both sides made one of the same; returns what of theirs
  /// is left to settle.
  ///
  /// Theirs keeps its number, since others may have seen it: ours and those after it get the next
  /// free ones.
  private mutating func renumber(_ ours: [FileChange], _ theirs: [FileChange]) -> [FileChange] {
    func added(_ changes: [FileChange]) -> [(file: LedgerFile, change: FileChange)] {
      changes.filter { $0.kind == .added }.compactMap { change in
        LedgerFile(change.newPath).map { ($0, change) }
      }
    }
    let mine = Dictionary(grouping: added(ours), by: \.file.folder)
    let other = Dictionary(grouping: added(theirs), by: \.file.folder)
    var settled: Set<GitPath> = []
    for (folder, made) in mine.sorted(by: { $0.key < $1.key }) {
      let entries = Dictionary(
        (other[folder] ?? []).compactMap { item in item.change.new.map { (item.change.newPath, $0) }
        },
        uniquingKeysWith: { first, _ in first })
      let clashing = made.filter { item in
        entries[item.change.newPath].map { $0 != item.change.new } ?? false
      }
      guard let first = clashing.map(\.file.number).min() else { continue }
      let moving = made.filter { $0.file.number >= first }
      for (_, change) in moving {
        outcomes[change.newPath] = .some(entries[change.newPath].map(File.init))
        settled.insert(change.newPath)
      }
      var next = LedgerFile.last(of: (other[folder] ?? []).map(\.file.number), after: first)
      for number in Set(moving.map(\.file.number)).sorted() {
        next += 1
        for (file, change) in moving where file.number == number {
          guard let entry = change.new else { continue }
          set(File(entry), at: file.path(next))
          if file.end == "yaml" {
            renumbered.append(
              Renumbering(folder: folder, old: number, new: next, record: entry.id))
          }
        }
      }
    }
    return theirs.filter { !settled.contains($0.newPath) }
  }

  /// Settles one file that both sides began with; returns where it is to stand, `nil` where it goes.
  private mutating func settle(
    _ path: GitPath, _ deeds: Deeds, _ source: borrowing some TreeSource & ~Copyable
  ) throws -> GitPath? {
    switch (deeds.ours, deeds.theirs) {
    case (.nothing, .removed), (.removed, .removed), (.removed, .nothing): return nil
    case (.changed(_, let entry), .nothing) where contested.yielding.contains(path):
      set(File(entry), at: path)
      return path
    case (_, .nothing): return deeds.ours.place(of: path)
    case (.nothing, .changed(_, let entry)) where contested.staying.contains(path):
      set(File(entry), at: path)
      return path
    case (.nothing, .changed(let place, let entry)):
      try put(entry, at: place, movedFrom: path, source)
      return place
    case (.removed, .changed(let place, let entry)):
      let isAlone = try put(entry, at: place, movedFrom: nil, isOther: true, source)
      // Else it waits beside what we made in its place, and that is the one question.
      guard isAlone else { return place }
      let text = entry.kind == .file ? entry.id : nil
      wait(place, .changedAndRemoved, base: deeds.base?.id, shared: text, other: nil)
      return place
    case (.changed(let place, _), .removed) where made.contains(place):
      replaced.insert(place)
      return place
    case (.changed(let place, let entry), .removed):
      let text = entry.kind == .file ? entry.id : nil
      wait(place, .changedAndRemoved, base: deeds.base?.id, shared: nil, other: text)
      return place
    case (.changed(let ourPlace, let ours), .changed(let theirPlace, let theirs)):
      // Both moved it to different places: ours holds, and theirs is the history's.
      let yields = contested.yielding.contains(path) || contested.leaving.contains(path)
      var place = ourPlace == path || yields ? theirPlace : ourPlace
      // Where they moved it to, we may have a file of our own: then it stays where it was.
      if place != ourPlace, !yields, try isTaken(place, source) { place = ourPlace }
      let present = yields ? nil : outcomes[ourPlace]??.content
      if place != ourPlace, !yields { outcomes[ourPlace] = .some(nil) }
      let mode = ours.mode == deeds.base?.mode ? theirs.mode : ours.mode
      // Another file of theirs may have been put where ours stands, and is part of it by now.
      let file = File(mode: mode, content: present ?? .blob(ours.id))
      if try !join(theirs, to: file, at: place, base: deeds.base?.id, source) {
        set(file, at: place)
        try putBeside(theirs, place, source)
      }
      return place
    }
  }

  /// Puts a file of theirs where it stands on their side, unless ours stands in its way.
  ///
  /// Where both sides had it at `origin`, and it still stands there, nothing is in its way. What is known
  /// to be another note (`isOther`) than ours is not merged with it. Returned is whether it stands there, and
  /// nothing of ours does.
  @discardableResult
  private mutating func put(
    _ entry: TreeEntry, at path: GitPath, movedFrom origin: GitPath?, isOther: Bool = false,
    _ source: borrowing some TreeSource & ~Copyable
  ) throws -> Bool {
    if path == origin {
      set(File(entry), at: path)
      return true
    }
    // We may have a file where they need a folder, or the other way round: then ours stays.
    if try isBlocked(path, source) {
      if !wait(path, .bothAdded, base: nil, shared: entry.id, other: nil) {
        try putBeside(entry, path, source)
      }
      return false
    }
    guard let present = try present(path, source) else {
      set(File(entry), at: path)
      return true
    }
    if try !join(entry, to: present, at: path, base: nil, isOther: isOther, source) {
      try putBeside(entry, path, source)
    }
    return false
  }

  /// Makes one file of ours and theirs; `false` where they are to be kept apart.
  private mutating func join(
    _ theirs: TreeEntry, to ours: File, at path: GitPath, base: ObjectID?, isOther: Bool = false,
    _ source: borrowing some TreeSource & ~Copyable
  ) throws -> Bool {
    var file = ours
    if ours.content == .blob(theirs.id) || theirs.id == base {
      // Ours says all that theirs does.
    } else if let base, ours.content == .blob(base) {
      file.content = .blob(theirs.id)
    } else if path.isBelow(GitPath(Conflict.folder)) {
      // Two records of one conflict differ in when it was met at most.
      file.content = .blob(theirs.id)
    } else if ours.kind != .file || theirs.kind != .file {
      // A link or a submodule is kept as it is, and never looked into.
      guard case .blob(let id) = ours.content else { return false }
      let kind: Conflict.Kind = base == nil ? .bothAdded : .bothChanged
      guard wait(path, kind, base: base, shared: id, other: theirs.id) else { return false }
    } else {
      // What a merge leaves undecided must be able to wait.
      let canBeMerged =
        try path.notePath != nil && isText(ours.content, source) && source.isText(theirs.id)
      guard canBeMerged else { return false }
      if isOther, case .blob(let id) = ours.content {
        wait(path, .bothAdded, base: nil, shared: theirs.id, other: id)
        set(File(theirs), at: path)
        return true
      }
      file.content = .merge(base: base, ours: ours.content, theirs: theirs.id)
    }
    set(file, at: path)
    return true
  }

  /// Puts a file of theirs beside ours, as `name (1a2b3c4d).png`.
  ///
  /// The digits are those of its content, so that the same bytes are put there once, whichever machine does
  /// it. Where a file of ours stands in the place of a folder above it, it is the folder that has them.
  private mutating func putBeside(
    _ entry: TreeEntry, _ path: GitPath, _ source: borrowing some TreeSource & ~Copyable
  ) throws {
    let digits = entry.id.description.prefix(8)
    for turn in 1... {
      let place = try marked(path, turn == 1 ? "(\(digits))" : "(\(digits) \(turn))", source)
      if try isBlocked(place, source) { continue }
      let present = try present(place, source)
      if let present, present.content != .blob(entry.id) { continue }
      keptBoth.append(KeptBoth(path: path.description, second: place.description))
      return set(present ?? File(entry), at: place)
    }
  }

  /// The path with a mark in its name, or in that of the folder above it for which a file of ours leaves
  /// no room: whatever the file is called, it could not stand there.
  private func marked(
    _ path: GitPath, _ mark: String, _ source: borrowing some TreeSource & ~Copyable
  ) throws -> GitPath {
    guard let taken = try path.folders.first(where: { try present($0, source) != nil }) else {
      return path.marked(mark)
    }
    return GitPath(bytes: taken.marked(mark).bytes + path.bytes.dropFirst(taken.bytes.count))
  }

  private mutating func set(_ file: File, at path: GitPath) {
    outcomes[path] = .some(file)
    folders.formUnion(path.folders)
  }

  @discardableResult
  private mutating func wait(
    _ path: GitPath, _ kind: Conflict.Kind, base: ObjectID?, shared: ObjectID?, other: ObjectID?
  ) -> Bool {
    // No record can name a file whose name is no text.
    guard let place = path.notePath else { return false }
    let texts = Conflict.Texts(base: base, shared: shared, other: other)
    waiting.append(Waiting(path: place, kind: kind, texts: texts))
    return true
  }

  /// The file that stands at a path of the result, as far as it is decided.
  private func present(
    _ path: GitPath, _ source: borrowing some TreeSource & ~Copyable
  ) throws -> File? {
    if let outcome = outcomes[path] { return outcome }
    guard let entry = try source.entry(at: path, in: ours), entry.kind != .folder else {
      return nil
    }
    return File(entry)
  }

  private func isTaken(
    _ path: GitPath, _ source: borrowing some TreeSource & ~Copyable
  ) throws -> Bool {
    try isBlocked(path, source) || present(path, source) != nil
  }

  /// Whether a file stands where this one needs a folder, or a folder where it is to be.
  private func isBlocked(
    _ path: GitPath, _ source: borrowing some TreeSource & ~Copyable
  ) throws -> Bool {
    if try path.folders.contains(where: { try present($0, source) != nil }) { return true }
    if folders.contains(path) { return true }
    guard try source.entry(at: path, in: ours)?.kind == .folder else { return false }
    // A folder whose files all go is none any more.
    return try source.files(below: path, in: ours).contains { file in
      outcomes[file].map { $0 != nil } ?? true
    }
  }

  private func isText(
    _ content: Content, _ source: borrowing some TreeSource & ~Copyable
  ) throws -> Bool {
    // Only texts are merged, and what comes of it is one.
    if case .blob(let id) = content { try source.isText(id) } else { true }
  }
}

/// What one side did to a file that both began with.
enum Deed {
  case nothing
  case changed(GitPath, TreeEntry)
  case removed

  /// Where the file of a path stands then; `nil` where it is removed.
  func place(of path: GitPath) -> GitPath? {
    switch self {
    case .nothing: path
    case .changed(let place, _): place
    case .removed: nil
    }
  }
}

/// What each side did to a file.
struct Deeds {
  var base: TreeEntry?
  var ours = Deed.nothing
  var theirs = Deed.nothing

  /// Whether our file leaves its path because of what they did.
  func empty(_ path: GitPath) -> Bool {
    switch (ours, theirs) {
    case (.nothing, .removed): true
    case (.nothing, .changed(let place, _)): place != path
    default: false
    }
  }

  /// The deeds by the paths at which both had the files.
  static func all(ours: [FileChange], theirs: [FileChange]) -> [GitPath: Deeds] {
    var all: [GitPath: Deeds] = [:]
    // What an older version of this program let in below a name that no tree may have stays as it is.
    for change in ours where change.kind != .added && !change.oldPath.isReserved {
      all[change.oldPath, default: Deeds()].base = change.old
      all[change.oldPath, default: Deeds()].ours =
        change.new.map { .changed(change.newPath, $0) } ?? .removed
    }
    for change in theirs where change.kind != .added && !change.oldPath.isReserved {
      // What was moved to a place that no tree of ours may have stays where it was.
      let place = change.newPath.isReserved ? change.oldPath : change.newPath
      all[change.oldPath, default: Deeds()].base = change.old
      all[change.oldPath, default: Deeds()].theirs =
        change.new.map { .changed(place, $0) } ?? .removed
    }
    return all
  }
}

extension GitPath {
  /// The folders above it, the outermost first.
  var folders: [GitPath] {
    bytes.indices.filter { bytes[$0] == UInt8(ascii: "/") }.map {
      GitPath(bytes: Array(bytes[..<$0]))
    }
  }

  /// The path with a mark between the file's name and what follows its last dot.
  ///
  /// A name that would be longer than a file's can be loses what stands before the mark.
  func marked(_ mark: String) -> GitPath {
    let start = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    // A name that begins with its only dot has no ending.
    let dot = bytes[start...].dropFirst().lastIndex(of: UInt8(ascii: ".")) ?? bytes.endIndex
    var (name, ending) = (bytes[start..<dot], bytes[dot...])
    if ending.count > 100 { (name, ending) = (bytes[start...], []) }
    let room = 255 - mark.utf8.count - 1 - ending.count
    if name.count > room {
      // Never in the middle of a character; bytes that are none may all look like its middle.
      while !name.isEmpty, name.count > room || bytes[name.endIndex] & 0xC0 == 0x80 {
        name.removeLast()
      }
    }
    return GitPath(bytes: Array(bytes[..<start]) + name + Array(" \(mark)".utf8) + ending)
  }
}
