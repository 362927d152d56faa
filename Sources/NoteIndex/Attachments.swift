internal import Markup
public import Vault

/// The files of a vault that are no notes, looked at only when a link asks for one.
public struct Attachments: Sendable {
  private let vault: Vault
  /// Whether others are to be held up as little as can be by a look through all folders.
  private let isPatient: Bool
  /// The paths by their last part, once a link has named a file without its folder.
  private var byName: [String: [String]]?

  /// The files of a vault.
  ///
  /// One that `isPatient` takes its time for a look through all folders, and one processor.
  public init(_ vault: Vault, isPatient: Bool = false) {
    self.vault = vault
    self.isPatient = isPatient
  }

  /// Whether a link that leads to no note leads to another file or folder.
  mutating func has(_ link: NoteLink) -> Bool {
    // A link to the vault's own folder has nothing to be checked.
    if NotePath.joined(link.source.folder, link.target) == ""
      || NotePath.joined("", link.target) == ""
    {
      return true
    }
    return find(
      link.target, from: link.source.folder, byName: link.kind.isByName)
      != nil
  }

  /// The file or folder that a link means: by its path from the note's folder, else from the top;
  /// else, where it is no Markdown link, by the end of its path.
  ///
  /// `picture.png?raw=true`, as links to GitHub's pages have it, means the picture, where no file is
  /// called so.
  public mutating func find(_ target: String, from folder: String, byName: Bool) -> NotePath? {
    if let found = findWhole(target, from: folder, byName: byName) { return found }
    guard let query = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return nil }
    return findWhole(String(target[..<query]), from: folder, byName: byName)
  }

  private mutating func findWhole(
    _ target: String, from folder: String, byName: Bool
  ) -> NotePath? {
    for path in NotePath.places(of: target, from: folder) where vault.files.isTaken(path) {
      return path
    }
    guard byName, let end = NotePath.joined("", target), !end.isEmpty else { return nil }
    return named(lookupName(end)).first { folded("/" + $0).hasSuffix(folded("/" + end)) }
      .flatMap { try? NotePath($0) }
  }

  private mutating func named(_ name: String) -> [String] {
    if let byName { return byName[name] ?? [] }
    var found: [String: [String]] = [:]
    // A vault that cannot be walked has no attachments to find; a refresh would have said so.
    let walk = Walk(root: vault.root, includesHidden: true, isHelped: !isPatient)
    try? walk.eachFolder { listing in
      if listing.path.hasPrefix(".") || listing.path.contains("/.") { return }
      for file in listing.files where !file.isNote {
        found[lookupName(listing.name(of: file)), default: []].append(listing.path(of: file).text)
      }
    }
    byName = found
    return found[name] ?? []
  }

  private func lookupName(_ path: String) -> String { folded(lastPart(of: path)) }
}
