internal import Git
internal import Markup
internal import Vault

/// What a version came from: not always the one with the number before it, since two machines cut
/// at once.
extension Ledger {
  /// The versions that one came from; of one whose record does not say it, the one before it.
  public func origins(of version: Version) -> [Version] {
    let before = versions.filter { $0.number < version.number }
    // A text can have been cut more than once; the last time counts.
    let named = version.from.compactMap { text in before.last { $0.text == text } }
    return named.isEmpty ? before.suffix(1) : named
  }

  /// The versions that no later one came from, without those that `isWanted` refuses: what a text
  /// came from that was written since.
  func heads(where isWanted: (Version) -> Bool = { _ in true }) -> [Version] {
    let all = versions.filter(isWanted)
    let left = Set(all.flatMap { origins(of: $0).map(\.number) })
    // Two machines can have cut one text: what came from it came from the versions of both, and of
    // these the last stands for all.
    var lastUse: [ObjectID: Int] = [:]
    for version in all {
      for text in version.from { lastUse[text] = version.number }
      if version.withdrawn == nil { lastUse[version.text] = version.number }
    }
    return all.filter {
      !left.contains($0.number) && lastUse[$0.text] ?? $0.number <= $0.number
    }
  }

  /// The nearest versions, from some on back, that have a text.
  func readable(_ versions: [Version], _ has: (Version) -> Bool) -> [Version] {
    var found: [Int: Version] = [:]
    var pending = versions
    while let next = pending.popLast() {
      if has(next) { found[next.number] = next } else { pending += origins(of: next) }
    }
    return found.values.sorted { $0.number < $1.number }
  }

  /// The versions with a text that one came from; of `nil`, those that the newest text came from.
  public func parents(of version: Version?, where has: (Version) -> Bool) -> [Version] {
    readable(version.map(origins) ?? heads(), has)
  }
}

extension Ledger {
  /// The text that a version is held against: that of the one it came from, or what those say
  /// together; `nil` for the first.
  public func textBefore(_ parents: [Version], _ texts: [Int: [UInt8]]) -> [UInt8]? {
    guard let last = parents.last, var text = texts[last.number] else { return nil }
    for other in parents.dropLast().reversed() {
      guard let theirs = texts[other.number] else { continue }
      let base = commonOrigin(last, other, texts) ?? []
      // Where they cannot both be right, the later one's words are those that go on.
      text = TextMerge(base: base, ours: text, theirs: theirs).text(.ours)
    }
    return text
  }

  /// The text of the newest version that two came from.
  private func commonOrigin(
    _ one: Version, _ other: Version, _ texts: [Int: [UInt8]]
  ) -> [UInt8]? {
    func all(_ version: Version) -> Set<Int> {
      var found: Set<Int> = []
      var pending = [version]
      while let next = pending.popLast() {
        if found.insert(next.number).inserted { pending += origins(of: next) }
      }
      return found
    }
    return all(one).intersection(all(other)).sorted().last { texts[$0] != nil }.flatMap {
      texts[$0]
    }
  }
}

extension History {
  /// Whether the post of some versions was removed, and a note was written anew at its path.
  ///
  /// One that came back with most of its words is the same.
  func isAnotherPost(_ path: NotePath, than ledger: Ledger) throws -> Bool {
    guard let head = try head() else { return false }
    let place = try unsavedRename(of: path) ?? path
    let cut = Set(ledger.versions.map(\.text))
    var isGone = false
    var after: ObjectID?
    var texts: (old: ObjectID, new: ObjectID?)?
    try repository.eachVersion(
      of: GitPath(place.text), from: head, except: .vaultFolder
    ) { version in
      guard let text = version.id else {
        isGone = true
        return true
      }
      if isGone {
        texts = (text, after)
      } else if !cut.contains(text) {
        after = text
        return true
      }
      return false
    }
    guard let texts else { return false }
    let old = try repository.readBlob(texts.old)
    // Where nothing is written anew, the versions are those of the post that is gone.
    guard
      let new = try texts.new.map({ try repository.readBlob($0) }) ?? vault.bytesIfThere(path)
    else { return false }
    return Vault.isWrittenAnew(old, as: new)
  }
}
