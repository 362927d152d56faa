internal import Markup
internal import NoteIndex
internal import Vault

/// Where the links of a note lead, as paths from the note's folder.
struct LinkTargets {
  private let path: NotePath
  private let index: NoteIndex
  private let vault: Vault
  /// The notes that its links mean, by the links' targets.
  private let notes: [String: NotePath]

  init(of path: NotePath, _ index: NoteIndex, _ vault: Vault) throws {
    self.path = path
    self.index = index
    self.vault = vault
    notes = Dictionary(
      try index.outgoing(path).compactMap { link in link.note.map { (link.target, $0) } }
    ) { first, _ in first }
  }

  /// The relative URL that a link leads to; `nil` where nothing is there.
  func url(_ target: HTMLRenderer.Target) -> String? {
    if target.name.isEmpty { return HTMLRenderer.url(path: "", fragment: target.fragment) }
    guard let goal = goal(target) else { return nil }
    return HTMLRenderer.url(
      path: relativePath(goal.text, from: path.folder), fragment: target.fragment)
  }

  private func goal(_ target: HTMLRenderer.Target) -> NotePath? {
    if let note = notes[target.name] { return note }
    // An older text has links that the note has no longer.
    if !target.isPath, let found = try? index.find(target.name, from: vault.root, limit: 1).first {
      return found.path
    }
    let isFromTop = target.name.hasPrefix("/")
    for folder in isFromTop ? [""] : ["/" + path.folder, ""] {
      let name = isFromTop ? String(target.name.dropFirst()) : target.name
      if let place = try? vault.path(typed: name, from: vault.root + folder),
        vault.files.isTaken(place)
      {
        return place
      }
    }
    return nil
  }
}
