internal import Git
public import Markup
public import Vault

/// A text of a post in the row that a blame follows.
public struct BlameStep: Sendable {
  /// Its name: a version's, a snapshot's, or `now`.
  public let name: String
  /// When; `nil` for a text that is not saved.
  public let time: TextTime?
}

/// When each passage of a post was first written.
public struct Blame: Sendable {
  /// The text.
  public let text: [UInt8]
  /// The texts that it was followed through, the oldest first.
  public let steps: [BlameStep]
  /// Its words, each with the place of the text that first had it in `steps`.
  public let words: [Provenance.Word]
  /// Whether the texts are those of snapshots, and not of versions.
  public let isThroughSnapshots: Bool
}

extension History {
  /// Follows a post's words through its versions, or through its snapshots where it has none or all
  /// are wanted, up to the text on the disk, or to an older one.
  ///
  /// - Throws: `HistoryError.noSuchNote` where there is no text of it, and what `text(of:at:)` throws.
  public func blame(
    _ path: NotePath, throughSnapshots: Bool = false, at revision: Revision? = nil,
    progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws -> Blame {
    var steps: [BlameStep] = []
    var texts: [[UInt8]] = []
    // Of each text, the places of those that it came from.
    var origins: [[Int]] = []
    let ledger: Ledger
    var newest: Version?
    if case .version(let number) = revision {
      let found = try version(number, of: path)
      (newest, ledger) = (found.version, found.ledger)
    } else {
      ledger = try self.ledger(of: path)
    }
    var moment: Int64?
    if case .date(let date)? = revision {
      moment = date.seconds
      let last = try lastText(of: path, until: date.seconds)
      newest = try version(of: path, until: date, since: last)?.version
    }
    let throughSnapshots =
      throughSnapshots || ledger.versions.isEmpty || (revision != nil && newest == nil)
    if throughSnapshots {
      let pasts = try pastTexts(of: path, asOf: moment)
      let meant =
        try newest.map { pasts.upTo($0, of: ledger) }
        ?? revision.map { try self.texts(pasts, upTo: $0) } ?? pasts[...]
      // What was removed by then was not there; without a revision the last text is meant.
      let isGone = revision != nil && meant.first.map { $0.blob == nil } ?? false
      var places: [ObjectID: Int] = [:]
      var names: Set<NotePath> = []
      for past in isGone ? [] : meant.reversed() {
        guard let blob = past.blob else { continue }
        names.insert(past.path)
        let made = try origin(of: past, under: names, places)
        origins.append(made.isEmpty && !texts.isEmpty ? [texts.count - 1] : made)
        places[blob] = texts.count
        texts.append(try repository.readBlob(blob))
        steps.append(
          BlameStep(
            name: past.commit.id.short, time: .snapshot(past.commit.committer.seconds)))
      }
    } else {
      if let newest { _ = try text(of: newest, in: ledger) }
      var places: [Int: Int] = [:]
      for version in ledger.versions
      where version.withdrawn == nil && version.number <= newest?.number ?? .max {
        guard let text = try? self.text(of: version, in: ledger) else { continue }
        let parents = ledger.parents(of: version) { places[$0.number] != nil }
        origins.append(parents.compactMap { places[$0.number] })
        places[version.number] = texts.count
        texts.append(text)
        steps.append(BlameStep(name: "v\(version.number)", time: .version(version.created)))
      }
    }
    if revision == nil, let now = try vault.bytesIfThere(path), now != texts.last {
      let left = Set(origins.joined())
      origins.append(texts.indices.filter { !left.contains($0) })
      texts.append(now)
      steps.append(BlameStep(name: "now", time: nil))
    }
    guard let text = texts.last else {
      try requireWhole()
      throw HistoryError.noSuchNote(path.text, revision: revision?.whereabouts)
    }
    return Blame(
      text: text, steps: steps,
      words: Provenance(of: texts, from: origins, progress: { progress($0, texts.count) }).words,
      isThroughSnapshots: throughSnapshots)
  }

  /// Which of the older texts a snapshot's parents had, under one of the names that the note had by
  /// then: of two branches, each goes on from its own text, and not from that which was made last.
  private func origin(
    of past: PastText, under names: Set<NotePath>, _ places: [ObjectID: Int]
  ) throws -> [Int] {
    var found: Set<Int> = []
    for parent in past.commit.parents {
      let tree = try repository.commit(parent).tree
      let there = try names.compactMap { name in
        try repository.entry(at: GitPath(name.text), in: tree).flatMap { places[$0.id] }
      }
      if let last = there.max() { found.insert(last) }
    }
    return found.sorted()
  }
}

extension [PastText] {
  /// Those that there were when a version was cut.
  fileprivate func upTo(_ version: Version, of ledger: Ledger) -> ArraySlice<PastText> {
    let places = Version.places(of: ledger.versions, among: self) {
      ($0.blob?.description, $0.commit.committer.seconds)
    }
    return places[version.number].map { self[$0...] } ?? []
  }
}
