internal import Dispatch
internal import Git
internal import History
internal import Markup
internal import NoteIndex
internal import Site
internal import Synchronization
internal import Vault
internal import Web

/// Answers what the author's browser asks of the vault.
///
/// Requests are answered side by side, each with a session of its own and an index that is lent to it.
final class Desk: Sendable {
  let vault: Vault
  let templates: PageTemplates
  let tools: PageTools
  /// What pages load, by its name below `/static/`.
  let assets: [String: (type: String, bytes: [UInt8])]
  private let world: World
  private let indexes = Mutex<[NoteIndex]>([])
  private let looking = Mutex<Void>(())
  private let attachments: Mutex<Known>

  /// The list of the vault's other files.
  private struct Known {
    var files: SharedAttachments
    /// When it was asked for, in nanoseconds since 1970.
    var made: Int64
    var isBeingRenewed = false
  }

  /// What a session is made of, and may be had by all threads.
  private struct World: Sendable {
    let environment: [String: String]
    let clock: @Sendable () -> Int64
    let offset: @Sendable (Int64) -> Int
  }

  /// How many indexes are kept open.
  private static let mostIndexes = 8
  /// How long the list of the vault's other files is believed, in nanoseconds.
  private static let attachmentsLast: Int64 = 20_000_000_000

  init(of vault: Vault, in session: Session) throws {
    self.vault = vault
    world = World(
      environment: session.environment, clock: session.clock, offset: session.offset)
    templates = try PageTemplates([
      ("layout.mustache", PackageResources.layout_mustache),
      ("home.mustache", PackageResources.home_mustache),
      ("folder.mustache", PackageResources.folder_mustache),
      ("note.mustache", PackageResources.note_mustache),
      ("search.mustache", PackageResources.search_mustache),
      ("hits.mustache", PackageResources.hits_mustache),
      ("past.mustache", PackageResources.past_mustache),
      ("compare.mustache", PackageResources.compare_mustache),
      ("news.mustache", PackageResources.news_mustache),
      ("conflicts.mustache", PackageResources.conflicts_mustache),
      ("conflict.mustache", PackageResources.conflict_mustache),
      ("edit.mustache", PackageResources.edit_mustache),
      ("message.mustache", PackageResources.message_mustache),
    ])
    tools = try PageWorkers(
      vault.settings.site, environment: session.environment, program: session.program
    ).tools
    var assets: [String: (type: String, bytes: [UInt8])] = [
      "style.css": ("text/css; charset=utf-8", Site.style.sheet),
      "serve.css": ("text/css; charset=utf-8", PackageResources.serve_css),
      "serve.js": ("text/javascript; charset=utf-8", PackageResources.serve_js),
      "icon.svg": ("image/svg+xml", Site.style.icon),
    ]
    for file in tools.mathFiles() {
      let isStyle = file.path.hasSuffix(".css")
      assets[file.path] = (isStyle ? "text/css; charset=utf-8" : "font/woff2", file.bytes)
    }
    self.assets = assets
    attachments = Mutex(Known(files: SharedAttachments(vault), made: session.clock()))
  }

  /// The answer to a request.
  func response(to request: WebRequest) -> WebResponse {
    let session = session()
    do {
      return try lendIndex(session) { index in
        try Pages(desk: self, session: session, index: index, request: request).response()
      }
    } catch {
      let failure = Failure(error)
      let status =
        switch failure.status {
        case .no: 404
        case .usage: 400
        case .busy: 503
        default: 500
        }
      return Pages.message(
        failure.message, hint: failure.hint, status: status, heading: "That did not work", of: self)
    }
  }

  /// A session whose words go nowhere.
  private func session() -> Session {
    var session = Session(
      console: Console(
        isTerminal: false, isErrorTerminal: false, hasColour: false, write: { _, _ in }),
      environment: world.environment, workingFolder: vault.root, clock: world.clock,
      offset: world.offset, isInteractive: false, readInput: { _ in nil })
    session.command = "notes serve"
    return session
  }

  /// Lets a function have an index that is up to date.
  private func lendIndex<Result>(
    _ session: Session, _ use: (NoteIndex) throws -> Result
  ) throws -> Result {
    let kept = indexes.withLock { $0.popLast() }
    let index = try kept ?? session.openIndex(of: vault)
    if !index.isVouched(now: session.clock()) {
      // One look at the files is enough for all that ask now.
      try looking.withLock { _ in _ = try index.refresh(now: session.clock()) }
    }
    let result = try use(index)
    // One that has thrown is not used again: its file may have been taken away.
    indexes.withLock { if $0.count < Self.mostIndexes { $0.append(index) } }
    return result
  }

  /// The vault's other files, as they were a moment ago: to find one by its name alone, all folders are
  /// walked, which no page waits for but the first.
  var otherFiles: SharedAttachments {
    let (files, isOld) = attachments.withLock { known in
      let isOld = !known.isBeingRenewed && world.clock() - known.made > Self.attachmentsLast
      if isOld { known.isBeingRenewed = true }
      return (known.files, isOld)
    }
    if isOld {
      DispatchQueue.global().async { [self] in
        let now = world.clock()
        let anew = SharedAttachments(vault)
        // Asking for one by its name makes it walk.
        _ = anew.find("no file has this name", from: "", byName: true)
        attachments.withLock { $0 = Known(files: anew, made: now) }
      }
    }
    return files
  }
}
