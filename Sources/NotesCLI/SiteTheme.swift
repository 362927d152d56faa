internal import Git
internal import Site
internal import Vault

extension Session {
  /// The files of the site's theme that are not the ones built in: the vault's, and for what it has
  /// none of, the user's own.
  ///
  /// A theme says what a page runs. The vault's may have come with a sync, so it counts only as it was
  /// when its user trusted it on this machine.
  func theme(of vault: Vault, trusts: Bool, isDry: Bool) throws -> [String: [UInt8]] {
    let own = try configFolder.map { try ownTheme(in: $0 + "/theme") } ?? [:]
    let shared = try sharedTheme(of: vault)
    let trusted = StateFile(vault.stateFolder + "/trusted-theme")
    let tag = Array((try Self.tag(of: shared) + "\n").utf8)
    if trusts, !isDry { try trusted.write(tag) }
    if shared.isEmpty { return own }
    guard try trusts || trusted.read() == tag else {
      throw Failure(
        "the vault's theme (.notes/theme/) is not as it was when it was trusted on this machine",
        hint: "look at its files, then notes publish --trust-theme", status: .unsafe)
    }
    return own.merging(shared) { _, shared in shared }
  }

  private func ownTheme(in folder: String) throws -> [String: [UInt8]] {
    var theme: [String: [UInt8]] = [:]
    for name in try Self.names(in: folder) {
      theme[name] = try StateFile(folder + "/" + name).read()
    }
    return theme
  }

  private func sharedTheme(of vault: Vault) throws -> [String: [UInt8]] {
    let folder = ".notes/theme"
    var theme: [String: [UInt8]] = [:]
    for name in try Self.names(in: vault.root + "/" + folder) {
      theme[name] = try vault.files.read(NotePath(folder + "/" + name)).bytes
    }
    return theme
  }

  private static func names(in folder: String) throws -> [String] {
    let names = StateFile.names(in: folder)
    if let unknown = names.first(where: { !Site.themeNames.contains($0) }) {
      throw Failure(
        "\(folder)/\(unknown) is no part of the theme",
        hint: "its parts are \(Site.themeNames.joined(separator: ", "))")
    }
    return names
  }

  /// A name for what a theme's files hold.
  private static func tag(of theme: [String: [UInt8]]) throws -> String {
    try theme.sorted { $0.key < $1.key }.map { "\($0.key) \(try ObjectID.blob($0.value))" }
      .joined(separator: "\n")
  }
}
