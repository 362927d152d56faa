internal import Git
internal import History
internal import Markup
internal import NoteIndex
internal import Vault

extension Session {
  /// The links to older texts that lead to none, or whose note says something else by now: those of
  /// some notes, or all.
  func checkPins(
    _ index: NoteIndex, _ vault: Vault, of notes: Set<NotePath>? = nil
  ) throws -> [Finding] {
    let links = try index.pinned().filter { notes?.contains($0.source) ?? true }
    if links.isEmpty { return [] }
    var texts = PinnedTexts()
    if vault.isInsideRepository {
      // There the history is that of something larger; the versions are files all the same.
      for link in links {
        try texts.add(link) { path, pin in
          guard case .version(let number)? = try? revision(pin),
            let ledger = try vault.knownLedger(of: path), let version = ledger[number]
          else { return .none(path, pin) }
          if let reason = version.withdrawn {
            return .withdrawn(path, pin, version.withdrawnOn, reason)
          }
          return try vault.text(of: version, in: ledger).map { .there(Document(bytes: $0)) }
            ?? .none(path, pin)
        }
      }
    } else {
      let history = try History(of: vault, context: historyContext, for: .reading)
      for link in links {
        try texts.add(link) { path, pin in
          do {
            let text = try history.text(of: path, at: revision(pin)).bytes
            return .there(Document(bytes: text))
          } catch HistoryError.withdrawnVersion(_, _, let day, let reason) {
            return .withdrawn(path, pin, day, reason)
          } catch is HistoryError {
            return .none(path, pin)
          } catch let failure as Failure where failure.status == .usage {
            return .none(path, pin)
          }
        }
      }
    }
    return try texts.findings(vault)
  }
}

extension Vault {
  /// The records of versions that cannot be read, and the texts that are not those that were cut.
  func damagedVersions() throws -> [Finding] {
    try ledgers().flatMap { ledger in
      let records = ledger.unreadable.map { number, record in
        Finding(
          path: record, line: 0, kind: .unreadableVersion,
          message: "cannot be read as the record of v\(number)")
      }
      return try records
        + wrongTexts(in: ledger).map { version, file, isGone in
          let name = "v\(version.number)"
          let why =
            isGone
            ? "is gone, and \(name) was cut with it" : "is not the text that \(name) was cut with"
          return Finding(
            path: file, line: 0, kind: .changedVersion,
            message:
              "\(why); hint: git cat-file blob \(version.text.short) > \(quoted(file.text))")
        }
    }.sorted()
  }
}

/// The older texts that links lead to, each looked up once.
private struct PinnedTexts {
  private struct Target: Hashable {
    let note: NotePath
    let pin: String
  }

  /// A text, or why there is none.
  enum Found {
    case there(Document)
    case missing(String)

    static func none(_ path: NotePath, _ pin: String) -> Found {
      .missing("\(path) has no text '\(pin)'")
    }

    static func withdrawn(
      _ path: NotePath, _ pin: String, _ day: String?, _ reason: String
    ) -> Found {
      .missing("\(pin) of \(path) was \(Version.withdrawnWords(day, reason))")
    }
  }

  private var known: [Target: Found] = [:]
  private var links: [NoteLink] = []

  mutating func add(
    _ link: NoteLink, _ text: (NotePath, String) throws -> Found
  ) throws {
    guard let note = link.note, let pin = link.pin else { return }
    links.append(link)
    let target = Target(note: note, pin: pin)
    if known[target] == nil { known[target] = try text(note, pin) }
  }

  func findings(_ vault: Vault) throws -> [Finding] {
    var current: [NotePath: Document] = [:]
    return try links.compactMap { link in
      guard let note = link.note, let pin = link.pin else { return nil }
      func finding(_ kind: Finding.Kind, _ message: String) -> Finding {
        Finding(path: link.source, line: link.line, kind: kind, message: message)
      }
      let then: Document
      switch known[Target(note: note, pin: pin)] {
      case .there(let document)?: then = document
      case .missing(let why)?: return finding(.brokenPin, why)
      case nil: return nil
      }
      let now = try current[note] ?? Document(bytes: vault.files.read(note).bytes)
      current[note] = now
      guard let anchor = link.anchor else {
        return Self.words(then, then.body, now, now.body).map {
          finding(.changedPin, "\(note) has changed since \(pin): \($0)")
        }
      }
      guard let passage = then.passage(at: anchor) else {
        return finding(.brokenAnchor, "\(note)@\(pin) has no heading or block '\(anchor)'")
      }
      guard let today = now.passage(at: anchor) else {
        return finding(.changedPin, "'\(anchor)' of \(pin) is no longer in \(note)")
      }
      return Self.words(then, passage, now, today).map {
        finding(.changedPin, "'\(anchor)' of \(note) has changed since \(pin): \($0)")
      }
    }
  }

  /// What changed, in words; `nil` where nothing did.
  private static func words(
    _ old: Document, _ was: Range<Int>, _ new: Document, _ now: Range<Int>
  ) -> String? {
    let (before, after) = (Array(old.bytes[was]), Array(new.bytes[now]))
    let diff = TextDiff.wordDiff(old: before, new: after)
    if diff.isEmpty { return nil }
    if diff.wordsAdded + diff.wordsRemoved == 0 {
      return VersionProposal(diff, old: before, new: after).reason
    }
    return "+\(diff.wordsAdded) -\(diff.wordsRemoved) words"
  }
}
