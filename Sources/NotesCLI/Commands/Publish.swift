internal import ArgumentParser
internal import History
internal import Markup
internal import NoteIndex
internal import Site
internal import Vault

/// `notes publish`.
struct Publish: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish",
    abstract: "Write the posts, each with its history, as a web site.",
    discussion: """
      Only posts and trails that have a version are published, and are neither 'draft' nor \
      'private'; from their versions, never from the text as it is now. What a post links to and is \
      not published itself is named nowhere. --dry-run tells what would become public, and writes \
      nothing.

      The site goes to a folder of the vault's own state, or to --out, which is made to mirror it: \
      only what changed is written, and what is no longer of it goes; files that 'notes' did not \
      write stay. Without a base URL (--base, or 'site: base:' in .notes/config.yaml) it is a site \
      to read from the disk, without feeds.

      \(exits(.failed, .noVault, .unsafe))
      """)

  @OptionGroup var options: VaultOptions

  @Option(
    help: ArgumentHelp("The folder to write the site to.", valueName: "dir"),
    completion: .directory)
  var out: String?

  @Option(
    help: ArgumentHelp("Where the site will stand, as https://example.org/.", valueName: "url"))
  var base: String?

  @Flag(help: "Tell what would become public, and write nothing.")
  var dryRun = false

  @Flag(help: "Trust the vault's theme (.notes/theme/), as it is now, on this machine.")
  var trustTheme = false

  @Option(help: "short, path, json or jsonl.")
  var format = PathFormat.short

  func validate() throws {
    if let base, (try? SiteSettings.base(base)) == nil {
      throw ValidationError("--base is no URL such as https://example.org/: \(base)")
    }
  }

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    // What is public may hang on any of them.
    try vault.settings.insist()
    session.warn(ofUnknownKeysIn: vault.settings, beginning: "site: ")
    var settings = vault.settings.site
    if let base { settings.base = try SiteSettings.base(base) }
    let theme = try session.theme(
      of: vault, trusts: trustTheme, isDry: dryRun)
    let index = try session.index(of: vault)
    let notes = try PublishedPosts.notes(in: index)
    let attachments = SharedAttachments(vault)
    var folder = try OutputFolder(
      at: out.map { try session.absolute($0) } ?? vault.stateFolder + "/site", vault: vault,
      isDry: dryRun)
    // What a site names may hang on notes that are not published: then there is no mark.
    let mark =
      settings.namesUnpublished || dryRun
      ? nil
      : try PublishMark(
        of: notes.map(\.path), in: session, vault, base: settings.base, theme: theme)
    if !format.isJSON, let summary = try mark?.known(folder.path, attachments, in: vault) {
      session.console.note(StyledText(summary, .dim))
      session.console.note(StyledText("open \(folder.path)/index.html", .dim))
      return .done
    }
    let posts = try PublishedPosts(of: notes, index, attachments, in: session, vault)
    let workers = try PageWorkers(
      settings, environment: session.environment, program: session.program)
    let site = try Site(
      of: posts.posts, settings: settings, theme: theme, pictures: posts.pictures,
      tools: workers.tools)
    var report = PublishReport()
    try site.eachFile { file in
      let isNew = !folder.had(file.path)
      report.add(file, try folder.put(file, isDry: dryRun), isNew: isNew)
    }
    report.removed = try folder.finish(isDry: dryRun)
    try session.print(report, site, posts, format: format, isDry: dryRun, at: folder.path)
    session.noteUnset(workers.unset)
    try mark?.keep(
      folder, posts.pictures,
      summary: PublishReport.unchanged(site, files: folder.files.count - 1), in: session, vault)
    return .done
  }
}
