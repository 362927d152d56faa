internal import Foundation
internal import Git
internal import Glibc
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
  private let assets: [String: Asset]
  private let world: World
  private let indexes: Mutex<[NoteIndex]>
  private let knowledge = SharedKnowledge()
  private let looking = Mutex<Void>(())
  /// When the index was last known to be as the files are.
  private let vouched = Mutex<Int64>(0)
  private let attachments: Mutex<Known>

  /// The list of the vault's other files.
  private struct Known {
    var files: SharedAttachments
    /// When it was asked for, in nanoseconds since 1970.
    var made: Int64
    /// How long it is believed, in nanoseconds.
    var lasts = Desk.attachmentsLast
    var isBeingRenewed = false
  }

  /// How long nobody asks again whether a file has changed, in nanoseconds: less than anybody notices.
  private static let vouchLasts: Int64 = 20_000_000

  private struct Asset {
    let type: String
    let bytes: [UInt8]
    /// What tells this content from another, for the browser's cache.
    let tag: String
  }

  /// What a session is made of, and may be had by all threads.
  private struct World: Sendable {
    let environment: [String: String]
    let clock: @Sendable () -> Int64
    let offset: @Sendable (Int64) -> Int
  }

  /// How many indexes are kept open.
  private static let mostIndexes = 4
  /// How long the list of the vault's other files is believed at least, in nanoseconds; and so many times as
  /// long as it took to make: a walk takes what pages would.
  private static let attachmentsLast: Int64 = 20_000_000_000
  private static let attachmentsShare: Int64 = 500

  init(of vault: Vault, _ index: NoteIndex, in session: Session) throws {
    self.vault = vault
    index.share(knowledge)
    indexes = Mutex([index])
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
    var assets: [String: Asset] = [:]
    func add(_ name: String, _ type: String, _ bytes: [UInt8]) throws {
      assets[name] = Asset(type: type, bytes: bytes, tag: "\"\(try ObjectID.blob(bytes))\"")
    }
    let css = "text/css; charset=utf-8"
    try add("style.css", css, Site.style.sheet)
    try add("serve.css", css, PackageResources.serve_css)
    try add("serve.js", "text/javascript; charset=utf-8", PackageResources.serve_js)
    try add("icon.svg", "image/svg+xml", Site.style.icon)
    for file in tools.mathFiles() {
      try add(file.path, file.path.hasSuffix(".css") ? css : "font/woff2", file.bytes)
    }
    self.assets = assets
    attachments = Mutex(Known(files: SharedAttachments(vault), made: session.clock()))
  }

  /// The answer to a request.
  func response(to request: WebRequest) -> WebResponse {
    // Neither asks the vault anything.
    switch request.form == nil ? request.path.first : nil {
    case "events": return .changes
    case "static": return asset(request)
    default: break
    }
    let session = session()
    // What a form has written is looked for by the page that comes next.
    defer { if request.form != nil { vouched.withLock { $0 = 0 } } }
    do {
      try session.heal(vault, for: request.form == nil ? .reading : .writing)
      // Where nothing but a conflict is asked for, all files may be looked at.
      let isAboutThem = request.path.first == "conflicts"
      return try lendIndex(session) { index in
        try Pages(
          desk: self, session: session, index: index, request: request,
          conflicted: session.conflicts(of: vault, byRenames: isAboutThem, index)
        ).response()
      }
    } catch {
      let failure = Failure(error)
      let status =
        switch (failure.status, error as? VaultError) {
        // A symbolic link or a pipe is none of the vault's files.
        case (.no, _), (_, .notAFile?), (_, .unsafePath?): 404
        case (.usage, _): 400
        case (.busy, _): 503
        default: 500
        }
      return Pages.message(
        failure.message, hint: failure.hint, status: status, heading: "That did not work", of: self)
    }
  }

  /// A file that pages load.
  private func asset(_ request: WebRequest) -> WebResponse {
    guard let asset = assets[request.path.dropFirst().joined(separator: "/")] else {
      return .text("no such file\n", status: 404)
    }
    if request.header("if-none-match") == asset.tag { return WebResponse(304, body: []) }
    var response = WebResponse(type: asset.type, body: asset.bytes)
    response.headers = [("cache-control", "no-cache"), ("etag", asset.tag)]
    return response
  }

  /// A session whose words go nowhere.
  private func session() -> Session {
    var session = Session(
      console: .silent, environment: world.environment, workingFolder: vault.root,
      clock: world.clock, offset: world.offset, isInteractive: false, readInput: { _ in nil })
    session.command = "notes serve"
    return session
  }

  /// Lets a function have an index that is up to date.
  private func lendIndex<Result>(
    _ session: Session, _ use: (NoteIndex) throws -> Result
  ) throws -> Result {
    let kept = indexes.withLock { $0.popLast() }
    let index = try kept ?? openIndex(session)
    try bringUpToDate(index, now: session.clock())
    let result = try use(index)
    // One that has thrown is not used again: its file may have been taken away.
    indexes.withLock { if $0.count < Self.mostIndexes { $0.append(index) } }
    return result
  }

  private func openIndex(_ session: Session) throws -> NoteIndex {
    let index = try session.openIndex(of: vault)
    index.share(knowledge)
    return index
  }

  /// Whether the files were as the index knows them a moment ago.
  func isVouched(now: Int64) -> Bool {
    vouched.withLock { $0 <= now && now - $0 < Self.vouchLasts }
  }

  private func bringUpToDate(_ index: NoteIndex, now: Int64) throws {
    if isVouched(now: now) { return }
    if index.isVouched(now: now) {
      vouched.withLock { $0 = max($0, now) }
    } else {
      // One look at the files is enough for all that ask now.
      try looking.withLock { _ in _ = try index.refresh(now: now) }
    }
  }

  /// The vault's other files, as they were a moment ago: to find one by its name alone, all folders are
  /// walked, which no page waits for but the first.
  var otherFiles: SharedAttachments {
    let (files, isOld) = attachments.withLock { known in
      (known.files, !known.isBeingRenewed && world.clock() - known.made > known.lasts)
    }
    if isOld { inBackground { [self] in lookForOtherFiles() } }
    return files
  }

  /// Looks for the vault's other files anew, unless somebody does.
  func lookForOtherFiles() {
    let isTaken = attachments.withLock { known in
      defer { known.isBeingRenewed = true }
      return known.isBeingRenewed
    }
    if isTaken { return }
    let now = world.clock()
    let anew = SharedAttachments(vault, isPatient: true)
    // Asking for one by its name makes it walk.
    _ = anew.find("no file has this name", from: "", byName: true)
    let lasts = max(Self.attachmentsLast, (world.clock() - now) * Self.attachmentsShare)
    attachments.withLock { $0 = Known(files: anew, made: now, lasts: lasts) }
  }
}

/// Does something on a thread of its own that comes after all others.
func inBackground(_ work: @escaping @Sendable () -> Void) {
  Thread.detachNewThread {
    // Linux takes 0 for the thread that asks, where POSIX means the process.
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    work()
  }
}
