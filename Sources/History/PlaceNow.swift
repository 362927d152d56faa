internal import Git
public import Vault

/// Where a note is that was given another name.
extension History {
  /// Where a note stands now that stood at a path and was renamed since; `nil` where it stands there
  /// still, or is gone.
  public func placeNow(of path: NotePath) throws -> NotePath? {
    try placeNow(of: path) { path in try unsavedRenames().first { $0.value == path }?.key }
  }

  /// The same, where somebody knows the names that notes were given since the last snapshot.
  func placeNow(
    of path: NotePath, unsavedName: (NotePath) throws -> NotePath?
  ) throws -> NotePath? {
    var (place, seen) = (path, Set<NotePath>())
    // A folder of its name may be what it went into.
    while !vault.isFile(place) {
      guard seen.insert(place).inserted else { return nil }
      if let name = try unsavedName(place) {
        place = name
      } else if let name = try savedName(of: place) {
        place = name
      } else {
        return nil
      }
    }
    return place == path ? nil : place
  }

  /// The name that a note got in the snapshot that took it from a path.
  private func savedName(of path: NotePath) throws -> NotePath? {
    guard let last = try pastTexts(of: path, asItWas: true, until: { _ in true }).first,
      last.blob == nil
    else { return nil }
    for parent in last.commit.parents {
      let changes = try changes(repository.commit(parent).tree, last.commit.tree)
      if let new = changes.rename(of: path)?.newPath.notePath { return new }
    }
    return nil
  }
}
