internal import Markup
internal import NoteIndex
internal import Synchronization
internal import Vault

/// Where the links of a note lead: as paths from the note's folder, or below a URL.
struct LinkTargets {
  /// The URL of the vault's top, with a `/` at the end; `nil` for paths from the note's folder.
  var base: String?
  /// The same for the vault at a moment; `nil` where links to older texts lead to those of today.
  var baseAt: ((_ pin: String) -> String)?
  /// Whether the text is shown on another page than the note's own, to which `base` leads then.
  var isElsewhere = false
  private let path: NotePath
  private let index: NoteIndex
  private let vault: Vault
  private let attachments: SharedAttachments
  /// The notes that its links mean, by the links' targets.
  private let notes: [String: NotePath]
  private let asked = Asked()

  /// What was looked for already.
  private final class Asked {
    var found: [HTMLRenderer.Target: NotePath?] = [:]
  }

  /// A text that names more things that are not there is not asked for the rest: each takes a look.
  private static let mostAsked = 5_000

  init(
    of path: NotePath, _ index: NoteIndex, _ vault: Vault, attachments: SharedAttachments? = nil
  ) throws {
    self.path = path
    self.index = index
    self.vault = vault
    self.attachments = attachments ?? SharedAttachments(vault)
    notes = try index.linkedNotes(of: path)
  }

  /// The relative URL that a link leads to; `nil` where nothing is there.
  func goal(_ target: HTMLRenderer.Target) -> HTMLRenderer.Goal? {
    if target.name.isEmpty {
      let page = isElsewhere ? (base ?? "") + HTMLRenderer.url(path: path.text) : ""
      return HTMLRenderer.Goal(
        page + HTMLRenderer.url(path: "", fragment: fragment(target, in: path)))
    }
    return file(target).map { goal in
      let way = base == nil ? relativePath(goal.text, from: path.folder) : goal.text
      let then = goal.isNote ? target.pin.flatMap { pin in baseAt.map { $0(pin) } } : nil
      return HTMLRenderer.Goal(
        (then ?? base ?? "") + HTMLRenderer.url(path: way, fragment: fragment(target, in: goal)))
    }
  }

  /// What stands behind the `#` of a link: the name that the heading has on the note's page, as it is now.
  private func fragment(_ target: HTMLRenderer.Target, in note: NotePath) -> String? {
    guard let anchor = target.anchor, note.isNote else { return target.fragment }
    return (try? index.headingName(meantBy: anchor, in: note)) ?? target.fragment
  }

  /// The note that a link leads to.
  func note(_ target: HTMLRenderer.Target) -> NotePath? {
    if target.name.isEmpty { return path }
    return file(target).flatMap { $0.isNote ? $0 : nil }
  }

  private func file(_ target: HTMLRenderer.Target) -> NotePath? {
    if let note = notes[target.name] { return note }
    if let found = asked.found[target] { return found }
    guard asked.found.count < Self.mostAsked else { return nil }
    let found = search(target)
    asked.found[target] = .some(found)
    return found
  }

  private func search(_ target: HTMLRenderer.Target) -> NotePath? {
    // An older text has links that the note has no longer.
    if !target.isPath, let found = try? index.find(target.name, from: vault.root, limit: 1).first {
      return found.path
    }
    return attachments.find(target.name, from: path.folder, byName: !target.isPath)
  }
}

/// The vault's other files, which are looked for only when a link asks for one.
final class SharedAttachments: Sendable {
  private let all: Mutex<Attachments>

  init(_ vault: Vault, isPatient: Bool = false) {
    all = Mutex(Attachments(vault, isPatient: isPatient))
  }

  /// The file that a link means, as `Attachments.find` has it.
  func find(_ target: String, from folder: String, byName: Bool) -> NotePath? {
    all.withLock { $0.find(target, from: folder, byName: byName) }
  }
}
