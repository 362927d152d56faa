internal import ArgumentParser
internal import Vault

/// `notes config`.
struct Config: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Show the settings that hold here, and where they come from.",
    discussion: """
      A vault's settings are in its .notes/config.yaml and shared by all machines; yours are in \
      ~/.config/notes/config.yaml. 'notes edit .notes/config.yaml' changes the first.

      \(exits(.failed, .noVault))
      """)

  @OptionGroup var options: VaultOptions

  @Option(help: "short, json or jsonl.")
  var format = ShortFormat.short

  func run(in session: inout Session) throws -> ExitStatus {
    session.console.isQuiet = options.quiet
    let vault = try Vault(at: session.vaultRoot(options.vault))
    let user = try UserConfig(in: session.configFolder)
    let settings = vault.settings
    let usual = Settings()
    func source(_ isUsual: Bool) -> String { isUsual ? "unless set" : Settings.file }
    let rows: [(String, String, String)] = [
      ("vault", vault.root, "here"),
      ("state", vault.stateFolder, "here"),
      (
        "notes", settings.notesFolder.isEmpty ? "." : settings.notesFolder,
        source(settings.notesFolder == usual.notesFolder)
      ),
      ("posts", settings.postsFolder, source(settings.postsFolder == usual.postsFolder)),
      (
        "largest-note", "\(settings.largestNote) bytes",
        source(settings.largestNote == usual.largestNote)
      ),
      (
        "largest-file", "\(settings.largestFile) bytes",
        source(settings.largestFile == usual.largestFile)
      ),
      (
        "allow-secrets", settings.allowsSecretsIn.isEmpty ? "nowhere" : "where the file says",
        source(settings.allowsSecretsIn.isEmpty)
      ),
      ("site.title", settings.site.title, source(settings.site.title == usual.site.title)),
      ("site.base", settings.site.base ?? "none", source(settings.site.base == nil)),
      (
        "editor", (try? session.editorCommand()) ?? "none",
        user.editor == nil ? "environment" : "yours"
      ),
      (
        "embed.command", user.embedCommand ?? "none",
        user.embedCommand == nil ? "unless set" : "yours"
      ),
    ]
    session.warn(ofUnknownKeysIn: settings)
    if format.isJSON {
      let record = Dictionary(uniqueKeysWithValues: rows.map { ($0.0, $0.1) })
      try session.print(record, format)
      try settings.insist()
      return .done
    }
    for (key, value, source) in rows {
      session.console.print(
        StyledText("\(key): ") + StyledText(value, .title) + StyledText("  (\(source))", .dim))
    }
    try settings.insist()
    return .done
  }
}

extension Session {
  /// Names the keys that were passed over: mistyped ones, or a newer version's.
  func warn(ofUnknownKeysIn settings: Settings, beginning start: String = "") {
    for key in settings.unknownKeys where key.hasPrefix(start) {
      let known = key.hasPrefix("site: ") ? SiteSettings.keys : Settings.keys
      console.warn(
        "\(Settings.file): unknown key '\(key)'; known: \(known.joined(separator: ", "))")
    }
  }
}
