internal import Markup
internal import Vault

/// The files of a vault that are no notes, looked at only when a link asks for one.
struct Attachments {
  private let vault: Vault
  /// The paths by their last part, once a link has named a file without its folder.
  private var byName: [String: [String]]?

  init(_ vault: Vault) { self.vault = vault }

  /// Whether a link that leads to no note leads to another file or folder.
  mutating func has(_ link: NoteLink) -> Bool {
    let folder = link.source.folder
    let isFromTop = link.target.utf8.first == UInt8(ascii: "/")
    let paths = [isFromTop ? nil : joined(folder, link.target), joined("", link.target)]
    for path in paths.compactMap(\.self) {
      // A link to the vault's own folder has nothing to be checked.
      if path.isEmpty { return true }
      if let path = try? NotePath(path), vault.files.isTaken(path) { return true }
    }
    guard link.kind == .wiki || link.kind == .embed, let end = joined("", link.target) else {
      return false
    }
    let candidates = named(lookupName(end))
    return candidates.contains { folded("/" + $0).hasSuffix(folded("/" + end)) }
  }

  private mutating func named(_ name: String) -> [String] {
    if let byName { return byName[name] ?? [] }
    var found: [String: [String]] = [:]
    // A vault that cannot be walked has no attachments to find; a refresh would have said so.
    try? Walk(root: vault.root, includesHidden: true).eachFolder { listing in
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
