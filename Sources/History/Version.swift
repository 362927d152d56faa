public import Git
internal import Markup
public import Vault

/// What the author of a post calls a version: v1, v2, ….
///
/// Its record is `.notes/versions/POST/vN.yaml`, with the whole text beside it as `vN.md`: git stores
/// the text once, and it outlives whatever happens to branches and commits. The number is the file's
/// name, so that two machines' records can be told apart by moving one.
public struct Version: Sendable, Equatable {
  /// 1, 2, …; one that was sent to a remote never changes.
  public internal(set) var number: Int
  /// Where the post stood.
  public let path: NotePath
  /// When it was cut, or the day on which its text was published elsewhere, as RFC 3339 has it.
  public let created: String
  /// How much it changes.
  public let kind: Kind
  /// Why, in the author's words; may be empty.
  public internal(set) var note: String
  /// Who cut it.
  public let author: String
  /// The text, as a blob.
  public let text: ObjectID
  /// Why it was withdrawn; `nil` where it was not.
  public internal(set) var withdrawn: String?
  /// The day on which it was withdrawn; `nil` where it was not, or the record does not say.
  public internal(set) var withdrawnOn: String?
  /// The pictures that the text shows, as blobs, by what its links to them say.
  ///
  /// They are in the snapshot that was made with the version: the text's page shows them for ever,
  /// whatever the file of that name becomes.
  public internal(set) var pictures: [String: ObjectID]
  /// Where `notes mv` took the post after the version was cut; `nil` where it is where it was.
  ///
  /// A post with an `id` needs none. Of another this knows for sure what a history can only guess.
  public internal(set) var moved: NotePath?

  /// What the post was called besides, while this was its newest version: by the file's name that `notes mv`
  /// took from it, or by the `slug` or name of a version of the same day that this one replaced.
  ///
  /// A publish in between may have made an address of it, which is to lead on.
  public internal(set) var called: [String] = []
  /// When it was cut, of one that has an earlier day: the first day on which its address can have been given.
  public internal(set) var cut: String?

  /// The texts of the versions that it came from, more than one where two machines had cut at once.
  ///
  /// Numbers would not do: a sync can give a version another one.
  public internal(set) var from: [ObjectID] = []

  /// Whether it was taken out of the history that the post had already, and so is no news.
  public internal(set) var isImported = false

  /// How much a version changes.
  public enum Kind: String, Sendable, CaseIterable {
    /// What the post says is more, or other.
    case major
    /// Words were mended; nobody needs to read it again.
    case minor
    /// Something that it said was wrong.
    case correction
  }

  /// The day, such as `2026-11-27`.
  public var day: String { String(created.prefix(10)) }

  /// A picture with more bytes than this is not kept with a version, nor published.
  public static let largestPicture: Int64 = 20_000_000

  /// The folder of all records.
  public static let folder = ".notes/versions"

  init(
    number: Int, path: NotePath, created: String, kind: Kind, note: String, author: String,
    text: ObjectID, withdrawn: String? = nil, pictures: [String: ObjectID] = [:]
  ) {
    self.number = number
    self.path = path
    self.created = created
    self.kind = kind
    self.note = note
    self.author = author
    self.text = text
    self.withdrawn = withdrawn
    self.pictures = pictures
  }

  /// A version from its record; `nil` where that says nothing that can be used.
  init?(number: Int, record bytes: [UInt8]) {
    let entries = recordEntries(bytes)
    let values = entries.texts
    guard !Self.isTorn(bytes, entries), let place = values["path"], let path = try? NotePath(place),
      let kind = values["kind"].flatMap(Kind.init(rawValue:)), let created = values["created"],
      created.utf8.count >= 10, let text = values["text"].flatMap(ObjectID.init(hex:))
    else { return nil }
    self.init(
      number: number, path: path, created: created, kind: kind, note: values["note"] ?? "",
      author: values["author"] ?? "", text: text, withdrawn: values["withdrawn"],
      pictures: Self.pictures(in: entries.list("pictures")))
    withdrawnOn = withdrawn == nil ? nil : values["withdrawn-on"]
    isImported = values["imported"] == "true"
    from = entries.list("from").compactMap { ObjectID(hex: $0) }
    moved = values["moved"].flatMap { try? NotePath($0) }
    called = entries.list("called")
    cut = values["cut"]
  }

  /// Adds what the post was called, once.
  mutating func add(called name: String) {
    if !called.contains(name) { called.append(name) }
  }

  /// The record's text.
  var record: [UInt8] {
    recordText(
      [
        ("path", path.text), ("created", created), ("kind", kind.rawValue),
        ("note", note.isEmpty ? nil : note), ("author", author), ("text", text.description),
        ("withdrawn", withdrawn), ("withdrawn-on", withdrawnOn), ("moved", moved?.text),
        ("cut", cut), ("imported", isImported ? "true" : nil),
      ],
      lists: [
        ("from", from.map(\.description)), ("called", called),
        ("pictures", pictures.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }),
      ])
  }

  /// Whether a merge was left unfinished in a record, or gave it a key twice: what it says is then
  /// anybody's guess.
  private static func isTorn(_ bytes: [UInt8], _ entries: [Frontmatter.Entry]) -> Bool {
    let marks = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"]
    let lines = bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    return lines.contains { line in marks.contains { line.starts(with: $0.utf8) } }
      || Set(entries.map(\.key)).count < entries.count
  }

  private static func pictures(in lines: [String]) -> [String: ObjectID] {
    var found: [String: ObjectID] = [:]
    for line in lines {
      let parts = line.split(separator: " ", maxSplits: 1)
      if parts.count == 2, let id = ObjectID(hex: String(parts[0])) { found[String(parts[1])] = id }
    }
    return found
  }
}

/// The versions of one post.
public struct Ledger: Sendable {
  /// The name of its folder: the post's id, or a hash of the path at which it was first cut.
  public let key: String
  /// The versions, the oldest first.
  public let versions: [Version]
  /// The records that cannot be read, each by its number.
  public private(set) var unreadable: [Int: NotePath] = [:]
  /// The highest number that a record or a text has, whether it can be read or not; 0 for none.
  public private(set) var lastNumber: Int

  /// Versions under a name.
  public init(key: String, versions: [Version]) {
    self.key = key
    self.versions = versions
    lastNumber = versions.last?.number ?? 0
  }

  init(key: String, versions: [Version], unreadable: [Int: NotePath], lastNumber: Int) {
    self.init(key: key, versions: versions)
    self.unreadable = unreadable
    self.lastNumber = lastNumber
  }

  /// The newest version that was not withdrawn.
  public var latest: Version? { versions.last { $0.withdrawn == nil } }

  /// Where the post stood when the newest was cut, or where `notes mv` took it since; `nil` where there
  /// is no version.
  ///
  /// Of a post with an `id`, which is found by that, no move is kept.
  public var place: NotePath? { versions.last.map { $0.moved ?? $0.path } }

  /// When the newest was cut.
  fileprivate var lastCut: String { versions.last?.created ?? "" }

  /// The version with a number.
  public subscript(number: Int) -> Version? { versions.first { $0.number == number } }

  func file(_ number: Int, _ end: String) throws -> NotePath {
    try NotePath("\(Version.folder)/\(key)/v\(number).\(end)")
  }
}

/// A file of the ledger, by its path.
struct LedgerFile {
  let folder: String
  let number: Int
  let end: String

  init?(_ path: GitPath) {
    let prefix = Version.folder + "/"
    let parts = path.description.dropFirst(prefix.count).split(separator: "/")
    guard path.description.hasPrefix(prefix), parts.count == 2 else { return nil }
    let name = parts[1].split(separator: ".", maxSplits: 1)
    guard name.count == 2, name[0].first == "v", let number = Int(name[0].dropFirst()),
      (1...Self.mostVersions).contains(number), name[0] == "v\(number)"
    else { return nil }
    (folder, self.number, end) = (String(parts[0]), number, String(name[1]))
  }

  /// No post has more; a file with a higher number is none of ours.
  private static let mostVersions = 1_000_000
  /// So many numbers in a row are never missing among those that were cut: what stands behind them was put
  /// there by somebody else, to use the numbers up.
  private static let mostMissing = 1_000

  /// The last of some numbers that may have been cut, of those behind `first`; that itself where none is.
  static func last(of numbers: some Sequence<Int>, after first: Int = 0) -> Int {
    var last = first
    for number in numbers.sorted() where number > last {
      if number - last > mostMissing { break }
      last = number
    }
    return last
  }

  func path(_ number: Int) -> GitPath { GitPath("\(Version.folder)/\(folder)/v\(number).\(end)") }
}

extension Vault {
  /// The versions of every post that has some.
  public func ledgers() throws -> [Ledger] {
    try StateFile.names(in: root + "/" + Version.folder).map(ledger)
  }

  func ledger(_ key: String) throws -> Ledger {
    var versions: [Version] = []
    var unreadable: [Int: NotePath] = [:]
    let names = StateFile.names(in: "\(root)/\(Version.folder)/\(key)")
    let found = names.compactMap { name in
      LedgerFile(GitPath("\(Version.folder)/\(key)/\(name)")).map { (name, $0) }
    }
    let last = LedgerFile.last(of: found.map(\.1.number))
    for (name, file) in found where file.end == "yaml" && file.number <= last {
      let path = try NotePath("\(Version.folder)/\(key)/\(name)")
      if let read = try? files.read(path, limit: 65_536),
        let version = Version(number: file.number, record: read.bytes)
      {
        versions.append(version)
      } else {
        unreadable[file.number] = path
      }
    }
    return Ledger(
      key: key, versions: versions.sorted { $0.number < $1.number }, unreadable: unreadable,
      lastNumber: last)
  }
}

extension Vault {
  /// The versions of a post, by its id or its path; what the history says of renames is not asked.
  public func knownLedger(of path: NotePath) throws -> Ledger? { try lookUp(path).ledger }

  /// The versions that are known to be a post's; else its id, and all there are of others.
  fileprivate func lookUp(
    _ path: NotePath
  ) throws -> (ledger: Ledger?, id: String?, all: [Ledger]) {
    let id = try id(of: path)
    if let id {
      let own = try ledger(id)
      if own.lastNumber > 0 { return (own, id, []) }
    }
    let all = try ledgers()
    let there = try all.filter { try $0.place == path && !isOfAnother($0, than: path, id: id) }
    return (there.max { $0.lastCut < $1.lastCut }, id, all)
  }

  /// Whether some versions are named for the id of another note than the one at their place, which has
  /// an id of its own, and other words: whoever gave a post another id left the text as it was.
  fileprivate func isOfAnother(_ ledger: Ledger, than path: NotePath, id: String?) throws -> Bool {
    guard let id, ledger.key != id, !ledger.key.hasPrefix("p-"), let now = try bytesIfThere(path)
    else { return false }
    for version in ledger.versions.reversed() {
      if let cut = try text(of: version, in: ledger) { return Self.isWrittenAnew(cut, as: now) }
    }
    return true
  }

  /// Whether most words of a text are gone from another, front matter aside.
  static func isWrittenAnew(_ old: [UInt8], as new: [UInt8]) -> Bool {
    func body(_ text: [UInt8]) -> [UInt8] {
      Array(text[(Frontmatter(of: text)?.range.upperBound ?? 0)...])
    }
    let all = TextDiff.wordDiff(old: [], new: body(old)).wordsAdded
    return 2 * TextDiff.wordDiff(old: body(old), new: body(new)).wordsRemoved > all
  }

  /// A note's id, where the note is there and it can be the name of a folder.
  func id(of path: NotePath) throws -> String? {
    try bytesIfThere(path).flatMap { Frontmatter(of: $0)?.text("id") }
      .flatMap { Self.isKey($0) ? $0 : nil }
  }

  /// Whether the note that the versions are named for stands at their place.
  func hasItsNote(_ ledger: Ledger) -> Bool {
    guard let place = ledger.place else { return false }
    return (try? id(of: place)) == ledger.key
  }

  /// The versions of many notes at once, each by its id or its path now.
  public func knownLedgers(
    of notes: [(path: NotePath, id: String?)]
  ) throws -> (found: [NotePath: Ledger], others: [Ledger]) {
    let all = try ledgers()
    let byKey = Dictionary(all.map { ($0.key, $0) }) { first, _ in first }
    let byPath = Dictionary(
      all.compactMap { ledger in ledger.place.map { ($0, ledger) } }
    ) { $0.lastCut < $1.lastCut ? $1 : $0 }
    var found: [NotePath: Ledger] = [:]
    for (path, id) in notes {
      if let id, let own = byKey[id], own.lastNumber > 0 {
        found[path] = own
      } else if let own = byPath[path], try !isOfAnother(own, than: path, id: id) {
        found[path] = own
      }
    }
    let taken = Set(found.values.map(\.key))
    return (found, all.filter { !taken.contains($0.key) && !$0.versions.isEmpty })
  }

  /// The text of a version, where its file is there and holds what was cut.
  public func text(of version: Version, in ledger: Ledger) throws -> [UInt8]? {
    if version.withdrawn != nil { return nil }
    guard let bytes = try bytesIfThere(ledger.file(version.number, "md")),
      try ObjectID.blob(bytes) == version.text
    else { return nil }
    return bytes
  }

  /// The files of the ledger that do not hold the text that the version of their number was cut with,
  /// and whether they are gone.
  public func wrongTexts(
    in ledger: Ledger
  ) throws -> [(version: Version, file: NotePath, isGone: Bool)] {
    try ledger.versions.compactMap { version in
      let file = try ledger.file(version.number, "md")
      let isGone = !files.isTaken(file)
      guard version.withdrawn == nil, try isGone || text(of: version, in: ledger) == nil else {
        return nil
      }
      return (version, file, isGone)
    }
  }

  /// Whether a post's id can be the name of a folder.
  private static func isKey(_ id: String) -> Bool {
    !id.isEmpty && id.utf8.count <= 64
      && id.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x5F
      }
  }
}

extension Vault {
  /// What tells a post's versions that it goes elsewhere, where it is not known by its id, and what it is
  /// called now, where no version says so.
  public func followingMove(of path: NotePath, to target: NotePath) throws -> [FileEdit] {
    let (found, id, _) = try lookUp(path)
    guard let ledger = found, let last = ledger.versions.last else { return [] }
    let file = try ledger.file(last.number, "yaml")
    guard let old = try bytesIfThere(file) else { return [] }
    var new = last
    if ledger.key != id { new.moved = target == last.path ? nil : target }
    let isNamedByVersion = ledger.versions.contains { $0.path.stem == path.stem }
    if try !isNamedByVersion && slug(of: path) == nil { new.add(called: path.stem) }
    return new == last ? [] : [.replace(file, old: old, new: new.record)]
  }

  /// The `slug` in the front matter of a note that is there.
  private func slug(of path: NotePath) throws -> String? {
    try bytesIfThere(path).flatMap { Frontmatter(of: $0)?.slug }
  }
}

extension History {
  /// The versions of many notes, followed through renames; a note that was never cut has none.
  public func ledgers(of notes: [(path: NotePath, id: String?)]) throws -> [NotePath: Ledger] {
    var (found, others) = try vault.knownLedgers(of: notes)
    let vault = vault
    others.removeAll { vault.hasItsNote($0) }
    // A walk for each note that has none is worth it only while there are versions without a note.
    guard !others.isEmpty, notes.contains(where: { found[$0.path] == nil }) else { return found }
    let renames = try unsavedRenames()
    for (path, _) in notes where found[path] == nil && !others.isEmpty {
      let past = NotePast(try pastTexts(of: renames[path] ?? path, asItWas: true))
      guard let place = try others.firstIndex(where: { try belongs($0, to: path, past) })
      else { continue }
      found[path] = others.remove(at: place)
    }
    return found
  }

  /// Whether a note brought versions along from a path at which it once stood, and no other note has
  /// them: the one that stands there now.
  private func belongs(
    _ ledger: Ledger, to path: NotePath, _ past: NotePast
  ) throws -> Bool {
    if try ledger.place == path && vault.isOfAnother(ledger, than: path, id: vault.id(of: path)) {
      return false
    }
    // Where the history is cut off, not every text that it had is known.
    guard
      ledger.versions.contains(where: { past.stood(at: $0) && (isCutOff || past.had($0)) })
    else { return false }
    guard let place = ledger.place, place != path, vault.files.isTaken(place) else { return true }
    return try isAnotherPost(place, than: ledger)
  }

  /// The versions of a post, followed through renames; none for one that was never cut.
  public func ledger(of path: NotePath) throws -> Ledger {
    let (known, id, all) = try vault.lookUp(path)
    if let known {
      // Who has its id is the post; who only has its place may be another.
      if try known.key == id || !isAnotherPost(path, than: known) { return known }
    }
    let vault = vault
    let others = all.filter { !vault.hasItsNote($0) && $0.key != known?.key }
    if !others.isEmpty {
      let past = NotePast(try pastTexts(of: path))
      if let found = try others.first(where: { try belongs($0, to: path, past) }) { return found }
    }
    if let id { return Ledger(key: id, versions: []) }
    // A post that was moved away from here may have taken the name of its ledger with it.
    let taken = Set(all.map(\.key))
    var text = path.text
    while true {
      let key = try "p-\(ObjectID.blob(Array(text.utf8)).description.prefix(8))"
      if !taken.contains(key) { return Ledger(key: key, versions: []) }
      text += "/"
    }
  }

  /// A version of a note by its number, with the ledger that it is in.
  ///
  /// - Throws: `HistoryError.noSuchVersion`, `HistoryError.unreadableVersion`.
  public func version(
    _ number: Int, of path: NotePath
  ) throws -> (version: Version, ledger: Ledger) {
    let ledger = try ledger(of: path)
    guard let version = ledger[number] else {
      if let record = ledger.unreadable[number] {
        throw HistoryError.unreadableVersion(record: record.text, number: number)
      }
      throw HistoryError.noSuchVersion(path: path.text, number: number)
    }
    return (version, ledger)
  }

  /// The text of a version of the post that is at `path`; where it was then, if that is not said.
  ///
  /// - Throws: `HistoryError.withdrawnVersion`, `HistoryError.lostText`.
  public func text(
    of version: Version, in ledger: Ledger, for path: NotePath? = nil
  ) throws -> [UInt8] {
    if let reason = version.withdrawn {
      throw HistoryError.withdrawnVersion(
        path: (path ?? version.path).text, number: version.number, day: version.withdrawnOn,
        reason: reason)
    }
    if let bytes = try vault.text(of: version, in: ledger) { return bytes }
    if repository.exists(version.text) { return try repository.readBlob(version.text) }
    throw HistoryError.lostText(file: try ledger.file(version.number, "md").text)
  }

  /// The texts of the versions that were not withdrawn and can be read, by their numbers.
  func texts(of ledger: Ledger) -> [Int: [UInt8]] {
    var texts: [Int: [UInt8]] = [:]
    for version in ledger.versions {
      texts[version.number] = try? text(of: version, in: ledger)
    }
    return texts
  }

  /// A picture that a version kept; `nil` where the repository does not have it.
  public func bytes(ofPicture id: ObjectID) throws -> [UInt8]? {
    guard repository.exists(id) else { return nil }
    return try repository.readBlob(id, limit: Int(Version.largestPicture))
  }
}

/// Where a note stood, and what it held.
private struct NotePast {
  private let paths: Set<NotePath>
  private let texts: Set<ObjectID>

  init(_ texts: [PastText]) {
    paths = Set(texts.map(\.path))
    self.texts = Set(texts.compactMap(\.blob))
  }

  /// Whether a version was cut, or the post was taken, at a path of the note's.
  func stood(at version: Version) -> Bool {
    paths.contains(version.path) || version.moved.map(paths.contains) ?? false
  }

  /// Whether the note once held a version's text.
  func had(_ version: Version) -> Bool { texts.contains(version.text) }
}
