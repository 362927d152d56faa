internal import FoundationEssentials
public import Git
internal import Vault

/// What a clone brought.
public struct Cloned: Sendable {
  /// Whether the remote had nothing.
  public let isEmpty: Bool
  /// Entries of the remote that were not let in, and why.
  public let refused: [String]
}

extension VaultMaker {
  /// Makes a vault from a remote, in a folder that is empty or not there.
  ///
  /// - Throws: `HistoryError.folderInUse` where something is in the folder.
  public func clone(
    _ url: RemoteURL, to folder: String, context: History.Context, over wire: Wire,
    progress: @escaping (String) -> Void
  ) throws -> Cloned {
    let isThere = StateFile(folder).exists
    guard try Self.children(of: folder).isEmpty else { throw HistoryError.folderInUse(folder) }
    do {
      return try fill(folder, from: url, context, wire, progress)
    } catch {
      // What a failed clone made is nothing of the user's. That it cannot be removed is less worth
      // telling than why the clone failed.
      for name in try Self.children(of: folder) {
        try? FileManager.default.removeItem(atPath: folder + "/" + name)
      }
      if !isThere { try? FileManager.default.removeItem(atPath: folder) }
      throw error
    }
  }

  private static func children(of folder: String) throws -> [String] {
    StateFile(folder).exists ? try FileManager.default.contentsOfDirectory(atPath: folder) : []
  }

  private func fill(
    _ folder: String, from url: RemoteURL, _ context: History.Context, _ wire: Wire,
    _ progress: @escaping (String) -> Void
  ) throws -> Cloned {
    let made = try make(at: folder)
    let vault = try Vault(at: made.root)
    var history = try History(of: vault, context: context)
    try history.repository.addRemote("origin", url)
    let upstream = try history.findUpstream("origin", over: wire)
    guard upstream.exists else { return Cloned(isEmpty: true, refused: []) }
    if upstream.branch != made.branch { try history.repository.setHead(branch: upstream.branch) }
    // The remote's own settings take the place of the ones that were just made.
    try history.removeInitialSettings()
    var options = SyncOptions()
    options.remote = "origin"
    let refused = try history.takeAll(options, over: wire, progress: progress)
    _ = try make(at: made.root)
    return Cloned(isEmpty: false, refused: refused)
  }
}

extension History {
  func removeInitialSettings() throws {
    let path = try NotePath(Settings.file)
    _ = try vault.files.remove(path, to: vault.trash) { _ in true }
  }

  /// Takes in a whole remote, without a snapshot of what is here first: there is nothing here.
  func takeAll(
    _ options: SyncOptions, over wire: Wire, progress: @escaping (String) -> Void
  ) throws -> [String] {
    try locked {
      let saved = Saved(Scan())
      var run = SyncRun(options: options, wire: wire, progress: progress)
      let refused = try exchange(&run, saved: saved).refused
      try refreshUserIndex(from: nil, nil)
      // A clone is no change to a vault that there was, so there is nothing to take back.
      try log.forget()
      return refused
    }
  }
}
