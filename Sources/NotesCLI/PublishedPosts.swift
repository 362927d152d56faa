internal import Git
internal import History
internal import Markup
internal import NoteIndex
internal import Site
internal import Synchronization
internal import Vault

/// The vault's posts and trails with their versions, and which of them may be published.
struct PublishedPosts {
  let posts: PublicPosts
  let pictures: PictureStore

  /// The notes that ask to be published.
  static func notes(in index: NoteIndex) throws -> [NoteSummary] {
    var filter = Filter()
    filter.types = ["post", "trail"]
    return try index.list(filter)
  }

  init(
    of notes: [NoteSummary], _ index: NoteIndex, _ attachments: SharedAttachments,
    in session: Session, _ vault: Vault
  ) throws {
    let (ledgers, texts, context) = try Self.versions(of: notes, in: session, vault)
    let candidates = try notes.map { note in
      let ledger = ledgers[note.path] ?? Ledger(key: "", versions: [])
      return Candidate(
        path: note.path, type: note.type, text: try vault.files.read(note.path).bytes,
        ledger: ledger, texts: texts[note.path] ?? [:])
    }
    let kept = KeptPictures(in: vault, context)
    let pictures = PictureStore(in: vault.files) { name, note in
      attachments.find(name, from: note.folder, byName: true)
    } kept: {
      kept.bytes(of: $0)
    }
    let hidden = vault.settings.site.namesUnpublished ? try HiddenNames(in: index) : nil
    posts = try PublicPosts(
      of: candidates, hasPicture: pictures.has, mayName: { hidden?.mayName($0) ?? false })
    self.pictures = pictures
  }

  /// The notes' versions, and the texts of those.
  ///
  /// The ledger's files say all of it. A vault that is a folder of somebody's repository has no
  /// history of its own: then a note that was renamed and has no id is not found again.
  private static func versions(
    of notes: [NoteSummary], in session: Session, _ vault: Vault
  ) throws -> (
    ledgers: [NotePath: Ledger], texts: [NotePath: [Int: [UInt8]]], context: History.Context?
  ) {
    let names = notes.map { (path: $0.path, id: $0.id) }
    var ledgers: [NotePath: Ledger]
    var texts: [NotePath: [Int: [UInt8]]] = [:]
    var context: History.Context?
    do {
      let history = try History(of: vault, context: session.historyContext, for: .reading)
      context = history.context
      ledgers = try history.ledgers(of: names)
      for (path, ledger) in ledgers {
        for version in ledger.versions where version.withdrawn == nil {
          texts[path, default: [:]][version.number] = try? history.text(of: version, in: ledger)
        }
      }
    } catch VaultError.insideRepository {
      ledgers = try vault.knownLedgers(of: names).found
      for (path, ledger) in ledgers {
        for version in ledger.versions {
          texts[path, default: [:]][version.number] = try vault.text(of: version, in: ledger)
        }
      }
    }
    return (ledgers, texts, context)
  }
}

/// The pictures that versions kept, out of the vault's repository, which is opened for the first.
private final class KeptPictures: Sendable {
  private let history = Mutex<History?>(nil)
  private let vault: Vault
  private let context: History.Context?

  init(in vault: Vault, _ context: History.Context?) {
    self.vault = vault
    self.context = context
  }

  func bytes(of id: ObjectID) -> [UInt8]? {
    guard let context else { return nil }
    return history.withLock { history in
      if history == nil { history = try? History(of: vault, context: context, for: .reading) }
      return try? history?.bytes(ofPicture: id)
    }
  }
}

/// The names of notes that are private or drafts, or may be, since their front matter is broken.
private struct HiddenNames {
  private var names: Set<String> = []

  init(in index: NoteIndex) throws {
    let keptBack = Candidate.keysOfPublic.flatMap { key in
      Candidate.no.map { Filter.Metadata(key, $0) }
    }
    var filters =
      ([
        Filter.Metadata("private"), Filter.Metadata("draft"), Filter.Metadata("status", "draft"),
        Filter.Metadata("status", "private"), Filter.Metadata("visibility", "private"),
      ] + keptBack).map { metadata in
        var filter = Filter()
        filter.metadata = [metadata]
        return filter
      }
    var broken = Filter()
    broken.hasProblem = true
    filters.append(broken)
    for filter in filters {
      for note in try index.list(filter) {
        let all = [note.path.stem, note.title] + [note.id].compactMap { $0 } + note.aliases
        for name in all { names.insert(Self.key(name)) }
      }
    }
  }

  /// Whether a name in a link is none of theirs; one that could be counts as theirs.
  func mayName(_ name: String) -> Bool { !names.contains(Self.key(name)) }

  private static func key(_ name: String) -> String {
    let last = name.split(separator: "/").last.map(String.init) ?? name
    return NotePath.withoutSuffix(last).lowercased().composed
  }
}
