internal import Git
public import Markup
public import Vault

/// A change of a post's versions: what is to be written, and what it makes.
public struct VersionChange: Sendable {
  /// The version.
  public let version: Version
  /// The files to write.
  public let edits: [FileEdit]
  /// Whether a version of the same day, that nobody has seen, is replaced.
  public var replaces = false
  /// Why the kind was chosen, where the author did not say.
  public var reason: String?
  /// The day on which the note was made by its front matter, such as `2021-05-06`.
  public var writtenDay: String?
}

/// How a version is to be cut.
public struct VersionOptions: Sendable {
  /// How much it changes; `nil` for what the words that changed suggest.
  public var kind: Version.Kind?
  /// Why, in the author's words.
  public var note = ""
  /// Whether a version of the same day stays as it is.
  public var isNew = false
  /// On which day it was published elsewhere; `nil` for a version that is new today.
  public var day: Day?

  /// The day of a first version.
  public enum Day: Sendable {
    /// The one that the front matter says, as `created` or `date`.
    case written
    /// A day.
    case on(CivilDate)
  }

  /// The usual cut.
  public init() {}
}

extension History {
  /// What makes the post's text, as it is on the disk, its next version.
  ///
  /// A version of the same day is replaced, unless a remote has it or it is not wanted, also where only
  /// its kind is to be another. Where the front matter has `updated`, a version that is not minor
  /// moves it to the day of the cut, and a minor one that takes such a version's place takes that back. A
  /// picture that is another than in the newest version makes a version as a text does; `find` finds
  /// one by what a link of the post says.
  ///
  /// A first version can have the day on which its text was published elsewhere; its front matter
  /// stays then. One that no remote has can be given it later, while the text is the same.
  ///
  /// - Throws: `HistoryError.sameText` where the newest version has that text already;
  ///   `stoppedVersion`, `stoppedWords` and `ignoredPost` where no snapshot may have it; `sharedID` for a
  ///   copy of another post;
  ///   `noEarlierDay` where the version cannot have the day that is asked for.
  public func cut(
    _ path: NotePath, _ options: VersionOptions,
    pictures find: (String) -> NotePath? = { _ in nil }
  ) throws -> VersionChange {
    if try isLeftOut(path) { throw HistoryError.ignoredPost(path: path.text) }
    let author = try signature()
    let now = author.moment
    let ledger = try ledger(of: path)
    // A copy has its original's id, and nobody means it to be the original's next version.
    if let post = ledger.place, post != path, vault.hasItsNote(ledger),
      try vault.id(of: path) == ledger.key
    {
      throw HistoryError.sharedID(ledger.key, path: path.text, post: post.text)
    }
    let found = try vault.files.read(path, limit: .max).bytes
    let pictures = try Self.pictures(shownBy: found) { name in
      try find(name)
        .flatMap { try? vault.files.read($0, limit: Version.largestPicture).bytes }
        .map { try ObjectID.blob($0) }
    }
    let redrawn = pictures.keys.sorted().first { name in
      ledger.latest?.pictures[name].map { $0 != pictures[name] } ?? false
    }
    let earlier = try options.day.map { try day($0, in: found, path, until: now) }
    let isSame = try ledger.latest?.text == ObjectID.blob(found)
    var replaced: Version?
    if let last = ledger.versions.last, last.number == ledger.lastNumber,
      last.day == now.day || earlier != nil && isSame, !options.isNew, last.withdrawn == nil,
      try !isPublished(ledger.file(last.number, "yaml")),
      try !mayBeOfAnother(last, of: ledger, than: path, with: found)
    {
      replaced = last
    }
    if earlier == nil, isSame, redrawn == nil, let latest = ledger.latest,
      latest.number != replaced?.number || latest.kind == options.kind ?? latest.kind
    {
      throw HistoryError.sameText(path: path.text, number: latest.number)
    }
    if earlier != nil, ledger.lastNumber != replaced?.number ?? 0 || ledger.lastNumber > 1 {
      throw HistoryError.noEarlierDay(
        "\(path) has v\(ledger.lastNumber) already: only a first version can have an earlier day")
    }
    let origins = ledger.heads { $0.number != replaced?.number }
    let texts = texts(of: ledger)
    let parents = ledger.readable(origins) { texts[$0.number] != nil }
    let proposal = ledger.textBefore(parents, texts).map { VersionProposal(old: $0, new: found) }
    var (proposed, reason) = (
      proposal?.kind ?? .major, proposal?.reason ?? Self.reason(ofFirst: ledger, but: replaced)
    )
    if let redrawn, proposed == .minor {
      (proposed, reason) = (.major, "\(redrawn) is another picture")
    }
    let kind = options.kind ?? proposed
    var edits: [FileEdit] = []
    var text = found
    if earlier == nil, let updated = Frontmatter(of: found)?.text("updated") {
      var day = kind == .minor ? updated : now.day
      if kind == .minor, updated == now.day, let replaced, replaced.kind != .minor,
        let before = ledger.textBefore(parents, texts)
      {
        // The cut that set it does not count any more.
        day = Frontmatter(of: before)?.text("updated") ?? day
      }
      if day != updated { text = Document(bytes: found).setting("updated", to: .scalar(day)) }
      if text != found { edits.append(.replace(path, old: found, new: text)) }
    }
    var version = Version(
      number: replaced?.number ?? ledger.lastNumber + 1, path: path,
      created: earlier ?? now.timestamp, kind: kind,
      note: options.note.isEmpty ? replaced?.note ?? "" : options.note, author: author.name,
      text: try ObjectID.blob(text), pictures: pictures)
    version.from = origins.map(\.text)
    if earlier != nil { version.cut = replaced?.cut ?? replaced?.created ?? now.timestamp }
    if let replaced {
      version.called = replaced.called
      let names = [(replaced, texts[replaced.number]), (version, text)].map { version, text in
        text.flatMap { Frontmatter(of: $0)?.slug } ?? version.path.stem
      }
      if names[0] != names[1] { version.add(called: names[0]) }
    }
    try refuseSecrets(inWords: version.note)
    // A record that is saved without its text would take the number on every machine.
    var secrets = try newSecrets(in: text, of: ledger.file(version.number, "md"), over: nil)
    if secrets.isEmpty {
      let saved = try headTree().flatMap { try repository.entry(at: GitPath(path.text), in: $0) }
      secrets = try newSecrets(in: text, of: path, over: saved)
    }
    if !secrets.isEmpty {
      throw HistoryError.stoppedVersion(
        StoppedFile(path: path, secrets: secrets), number: version.number)
    }
    for (end, bytes) in [("md", text), ("yaml", version.record)] {
      let file = try ledger.file(version.number, end)
      // What has the name of a new number's file is nobody's to write over.
      edits.append(replaced == nil ? .create(file, bytes) : try edit(file, bytes))
    }
    return VersionChange(
      version: version, edits: edits, replaces: replaced != nil,
      reason: options.kind == nil ? reason : nil, writtenDay: DateText.written(in: found)?.text)
  }

  /// Whether most words of a version are gone from what stands at the place of its post, which no id tells
  /// from another: that may have been moved away, and its text is to stay a version of it.
  private func mayBeOfAnother(
    _ version: Version, of ledger: Ledger, than path: NotePath, with found: [UInt8]
  ) throws -> Bool {
    guard try vault.id(of: path) != ledger.key, let cut = try? text(of: version, in: ledger) else {
      return false
    }
    return Vault.isWrittenAnew(cut, as: found)
  }

  /// Why a version is major that comes from none.
  private static func reason(ofFirst ledger: Ledger, but replaced: Version?) -> String {
    ledger.lastNumber == 0 || ledger.lastNumber == replaced?.number && ledger.versions.count == 1
      ? "it is the first" : "no version before it can be read"
  }

  /// An earlier day as the moment of a version; a record has no time of day for it.
  private func day(
    _ day: VersionOptions.Day, in text: [UInt8], _ path: NotePath, until now: Moment
  ) throws(HistoryError) -> String {
    let found: CivilDate
    switch day {
    case .on(let date): found = date
    case .written:
      guard let date = DateText.written(in: text) else {
        throw .noEarlierDay("the front matter of \(path) says no day, as 'created' or 'date'")
      }
      found = date
    }
    if found.text > now.day { throw .noEarlierDay("\(found.text) is still to come") }
    return found.text == now.day ? now.timestamp : found.text + "T00:00:00Z"
  }

  /// More pictures than this are not kept with a version: its record is read as a whole.
  private static let mostPictures = 400

  /// The pictures that a text shows, by what its links say.
  static func pictures(
    shownBy text: [UInt8], _ find: (String) throws -> ObjectID?
  ) rethrows -> [String: ObjectID] {
    let document = Document(bytes: text)
    let names =
      document.links.filter { ($0.kind == .embed || $0.kind == .image) && !$0.isExternal }
      .map(\.target) + document.htmlLinks.map { HTMLRenderer.Target(path: $0.target).name }
    var found: [String: ObjectID] = [:]
    for name in names where found[name] == nil && found.count < mostPictures {
      if !name.isEmpty, !name.hasSuffix(".md") { found[name] = try find(name) }
    }
    return found
  }

  /// What gives a version other words of its author's.
  public func annotate(_ version: Version, in ledger: Ledger, _ note: String) throws
    -> VersionChange
  {
    try refuseSecrets(inWords: note)
    var new = version
    new.note = note
    return try change(new, in: ledger)
  }

  /// What withdraws a version: number, date and reason stay, the text goes from the ledger.
  public func withdraw(_ version: Version, in ledger: Ledger, because reason: String) throws
    -> VersionChange
  {
    try refuseSecrets(inWords: reason)
    var new = version
    new.withdrawn = reason
    new.withdrawnOn =
      Moment(seconds: context.clock() / 1_000_000_000, offset: context.offset * 60).day
    new.pictures = [:]
    let change = try change(new, in: ledger)
    let place = try ledger.file(version.number, "md")
    let text = try vault.bytesIfThere(place).map { [FileEdit.remove(place, old: $0)] } ?? []
    return VersionChange(version: change.version, edits: change.edits + text)
  }

  private func change(_ version: Version, in ledger: Ledger) throws -> VersionChange {
    VersionChange(
      version: version, edits: [try edit(ledger.file(version.number, "yaml"), version.record)])
  }

  private func edit(_ path: NotePath, _ bytes: [UInt8]) throws -> FileEdit {
    try vault.bytesIfThere(path).map { .replace(path, old: $0, new: bytes) } ?? .create(path, bytes)
  }

  /// Whether a remote, as last seen, has a file: on any branch, since what one branch sent is in every
  /// machine that fetches it.
  func isPublished(_ path: NotePath) throws -> Bool {
    try repository.references(below: "refs/remotes/").contains { seen in
      guard repository.exists(seen.id) else { return false }
      let tree = try repository.commit(seen.id).tree
      return try repository.entry(at: GitPath(path.text), in: tree) != nil
    }
  }
}
