internal import FoundationEssentials
public import Git
internal import Vault

/// What a clone brought.
public struct Cloned: Sendable {
  /// Whether the remote had nothing.
  public let isEmpty: Bool
  /// Entries of the remote that were not let in, and why.
  public let refused: [String]
  /// Files that could not be written here.
  public let unwritten: [UnwrittenFile]
}

extension VaultMaker {
  /// Makes a vault from a remote, in a folder that is empty or not there.
  ///
  /// It is made under another name and put in its place whole: what a clone leaves that was killed is
  /// taken for nothing else, and the next one to the same place removes it.
  ///
  /// - Throws: `HistoryError.folderInUse` where something is in the folder;
  ///   `VaultError.insideRepository` where it would be a part of another repository.
  public func clone(
    _ url: RemoteURL, to folder: String, context: History.Context, over wire: Wire,
    progress: @escaping (String) -> Void
  ) throws -> Cloned {
    let isThere = StateFile(folder).exists
    let parts = folder.split(separator: "/").map(String.init)
    // A folder that is there may be one that somebody stands in, so it stays.
    let place = isThere ? folder : "/" + parts.dropLast().joined(separator: "/")
    let name = isThere ? Self.unfinished : parts.last ?? Self.unfinished
    if isThere {
      if try finishClone(of: url, in: folder) {
        let history = try History(of: Vault(at: folder), context: context, for: .writing)
        let unwritten = try history.unwritten()
        return Cloned(isEmpty: false, refused: [], unwritten: unwritten)
      }
      let isEmpty = try Self.children(of: folder).allSatisfy {
        DerivedFiles.nameOfUnfinished($0) == Self.unfinished
      }
      guard isEmpty else { throw HistoryError.folderInUse(folder) }
    }
    try VaultFiles.makeFolders(place)
    if let real = Vault.resolved(place) {
      try refusePart(
        ofRepositoryAt: Vault.workTree(from: real), isThere ? real : "\(real)/\(name)")
    }
    Self.removeUnfinished(name, in: place)
    let site = place + "/" + VaultFiles.temporaryName(for: name)
    do {
      let cloned = try fill(site, from: url, context, wire, progress)
      if isThere {
        let whole = folder + "/" + VaultFiles.temporaryName(for: Self.whole)
        try StateFile(site).move(to: whole)
        try unpack(whole, into: folder)
      } else {
        try StateFile(site).move(to: folder)
      }
      return cloned
    } catch {
      // What a failed clone made is nothing of the user's. That it cannot be removed is less worth
      // telling than why the clone failed.
      try? FileManager.default.removeItem(atPath: site)
      throw error
    }
  }

  /// What a clone is called that is being made in a folder which was there.
  private static let unfinished = "clone"
  /// What it is called once it is whole.
  private static let whole = "cloned"

  /// Finishes a clone that was whole when it was killed; `false` where there is none.
  private func finishClone(of url: RemoteURL, in folder: String) throws -> Bool {
    let found = try Self.children(of: folder).first {
      DerivedFiles.nameOfUnfinished($0) == Self.whole
    }
    guard let found else { return false }
    try unpack(folder + "/" + found, into: folder)
    let remotes = try Repository.open(folder, environment: environment).remotes()
    guard remotes.contains(where: { $0.url == url.text }) else {
      throw HistoryError.folderInUse(folder)
    }
    return true
  }

  /// Puts what is in a clone into the folder that it was made in; its repository last, since a
  /// repository without its files looks as if somebody had removed them.
  private func unpack(_ clone: String, into folder: String) throws {
    let names = try Self.children(of: clone)
    let last = [".notes", ".git"].filter(names.contains)
    for name in names.filter({ !last.contains($0) }) + last {
      let target = folder + "/" + name
      if StateFile(target).stamp != nil { throw HistoryError.folderInUse(folder) }
      if last.contains(name) {
        // This waits until all that was moved before is on the disk.
        try StateFile(clone + "/" + name).move(to: target)
      } else {
        try FileManager.default.moveItem(atPath: clone + "/" + name, toPath: target)
      }
    }
    try FileManager.default.removeItem(atPath: clone)
  }

  private static func children(of folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder)
  }

  private func fill(
    _ folder: String, from url: RemoteURL, _ context: History.Context, _ wire: Wire,
    _ progress: @escaping (String) -> Void
  ) throws -> Cloned {
    try VaultFiles.makeFolders(folder)
    let made = try makeVault(of: Vault.resolved(folder) ?? folder)
    let vault = try Vault(at: made.root)
    var history = try History(of: vault, context: context, for: .writing)
    try history.repository.addRemote("origin", url)
    let upstream = try history.findUpstream("origin", over: wire)
    guard upstream.exists else { return Cloned(isEmpty: true, refused: [], unwritten: []) }
    if upstream.branch != made.branch { try history.repository.setHead(branch: upstream.branch) }
    // The remote's own settings take the place of the ones that were just made.
    try history.removeInitialSettings()
    var options = SyncOptions()
    options.remote = "origin"
    let synced = try history.takeAll(options, over: wire, progress: progress)
    _ = try make(at: made.root)
    return Cloned(isEmpty: false, refused: synced.refused, unwritten: synced.unwritten)
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
  ) throws -> Synced {
    try locked {
      let saved = Saved(Scan())
      var run = SyncRun(options: options, wire: wire, progress: progress)
      let synced = try exchange(&run, saved: saved)
      // A clone is no change to a vault that there was, so there is nothing to take back.
      try log.forget()
      return synced
    }
  }
}
