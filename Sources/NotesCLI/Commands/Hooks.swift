internal import ArgumentParser
internal import Git
internal import History
internal import Vault

/// `notes hooks install`.
struct Hooks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hooks",
    abstract: "Let plain git keep the index fresh, and merge notes as notes does.",
    discussion: exits(),
    subcommands: [Install.self, Uninstall.self, HookStatus.self],
    defaultSubcommand: HookStatus.self)

  /// `notes hooks install`.
  struct Install: NotesCommand {
    static let configuration = CommandConfiguration(
      commandName: "install",
      abstract: "Put the hooks and the merge driver into this vault's repository.",
      discussion: """
        Adds a marked block to post-commit, post-merge, post-checkout and post-rewrite, beside what \
        is there, and 'merge=notes' for Markdown in .git/info/attributes. None of it is synced.

        \(exits(.failed, .noVault, .busy))
        """)

    @OptionGroup var options: VaultOptions

    func run(in session: inout Session) throws -> ExitStatus {
      var history = try session.history(options)
      let (installed, foreign) = try history.installHooks(
        HookScripts.all, program: programPath)
      for path in installed {
        session.console.print(StyledText("installed ") + StyledText(path, .path))
      }
      for path in foreign {
        session.warnOnce("\(path) is no shell script, and was left as it is: that hook is missing")
      }
      session.console.note(
        StyledText("hint: notes hooks uninstall takes them out again", .dim))
      return foreign.isEmpty ? .done : .failed
    }
  }

  /// `notes hooks uninstall`.
  struct Uninstall: NotesCommand {
    static let configuration = CommandConfiguration(
      commandName: "uninstall",
      abstract: "Take the hooks and the merge driver out again.",
      discussion: exits(.failed, .noVault, .busy))

    @OptionGroup var options: VaultOptions

    func run(in session: inout Session) throws -> ExitStatus {
      var history = try session.history(options)
      for path in try history.uninstallHooks(HookScripts.all.map(\.name)) {
        session.console.print(StyledText("taken out ") + StyledText(path, .path))
      }
      return .done
    }
  }

  /// `notes hooks status`.
  struct HookStatus: NotesCommand {
    static let configuration = CommandConfiguration(
      commandName: "status",
      abstract: "Say which hooks are installed. Exit 1: not all are.",
      discussion: exits(.no, .failed, .noVault))

    @OptionGroup var options: VaultOptions

    func run(in session: inout Session) throws -> ExitStatus {
      let history = try session.history(options)
      let installed = try history.installedHooks(HookScripts.all.map(\.name))
      for script in HookScripts.all {
        session.console.print(
          "\(script.name): \(installed.contains(script.name) ? "installed" : "not installed")")
      }
      return installed.count == HookScripts.all.count ? .done : .no
    }
  }
}

/// The hooks of the repository's `hooks/` folder, held in the program.
enum HookScripts {
  static var all: [HookScript] {
    [
      HookScript(name: "post-checkout", bytes: PackageResources.post_checkout),
      HookScript(name: "post-commit", bytes: PackageResources.post_commit),
      HookScript(name: "post-merge", bytes: PackageResources.post_merge),
      HookScript(name: "post-rewrite", bytes: PackageResources.post_rewrite),
    ]
  }
}

/// Where this program is, so that a hook finds it whatever `PATH` git runs with.
private var programPath: String { Vault.resolved("/proc/self/exe") ?? "notes" }
