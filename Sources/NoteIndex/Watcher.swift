internal import Dispatch
internal import GRDB
internal import Glibc
public import Vault

/// Keeps the index of a vault up to date while it runs, and vouches for it.
///
/// Who is about to read the index asks (`NoteIndex.isVouched`). The watcher then takes what the
/// kernel has told so far, brings the index up to that, and only then says yes. So whatever was
/// written before the question is in the answer, without a look at all folders.
public final class Watcher: Sendable {
  private let vault: Vault
  private let cacheFolder: String?
  private let clock: @Sendable () -> Int64
  private let lock: VaultLock
  private let bell: Bell

  /// Becomes the one watcher of a vault.
  ///
  /// - Throws: `VaultError.busy` where there is one.
  public init(
    of vault: Vault, cacheFolder: String?, clock: @escaping @Sendable () -> Int64
  ) throws {
    self.vault = vault
    self.cacheFolder = cacheFolder
    self.clock = clock
    lock = try VaultLock.take(
      in: vault.watchFolder, command: "notes watch", now: clock(), patience: 0)
    bell = try Bell()
  }

  /// Lets `run` end.
  public func stop() { bell.ring() }

  /// Watches until stopped.
  ///
  /// `onStart` is called once the index is up to date and vouched for, `onChange` whenever notes
  /// were taken in after that.
  ///
  /// - Throws: `WatchError` where the vault cannot be watched, or not any more.
  public func run(
    onStart: (NoteIndex) throws -> Void = { _ in }, onChange: (RefreshReport) -> Void = { _ in }
  ) throws {
    var watch = try Watch(vault, cacheFolder: cacheFolder, clock: clock)
    let socket = try WatchSocket(in: vault.watchFolder)
    try onStart(watch.index)
    var failure: (any Error)?
    while failure == nil {
      let woken = bell.wait(
        or: [watch.descriptor, socket.descriptor], atMost: Int(watch.patience))
      if woken.rung { return }
      if woken.others[0] { try watch.hear() }
      if woken.others[1] {
        socket.answer { question in
          do {
            try watch.settle(question)
            return watch.vouches(for: question)
          } catch {
            failure = error
            return false
          }
        }
      } else if watch.isDue {
        try watch.catchUp()
      }
      if !watch.report.isUnchanged { onChange(watch.report) }
      watch.report = RefreshReport()
    }
    if let failure { throw failure }
  }
}

/// What a watcher knows while it runs.
private struct Watch {
  private(set) var index: NoteIndex
  /// What was taken in since that was last told.
  var report = RefreshReport()
  private var folders: FolderWatch
  private let cacheFolder: String?
  private let clock: () -> Int64
  /// The folders to look at.
  private var news: Set<ExactText> = []
  /// Whether everything is to be looked at.
  private var isLost = false
  /// When the first and the last of the news came, in milliseconds.
  private var first: Int64?
  private var last: Int64 = 0

  /// How long nothing happens before changes are taken in, and the longest they wait.
  private static let quiet: Int64 = 100
  private static let longest: Int64 = 1_000

  init(_ vault: Vault, cacheFolder: String?, clock: @escaping () -> Int64) throws {
    self.cacheFolder = cacheFolder
    self.clock = clock
    folders = try FolderWatch(root: vault.root)
    index = try NoteIndex(of: vault, cacheFolder: cacheFolder)
    try index.refresh(now: clock())
  }

  var descriptor: Int32 { folders.descriptor }

  /// How long there is nothing to do, in milliseconds; -1 for as long as nothing happens.
  var patience: Int32 {
    first.map { Int32(clamping: max(0, due($0) - Self.milliseconds())) } ?? -1
  }

  /// Whether changes have waited long enough.
  var isDue: Bool { first.map { due($0) <= Self.milliseconds() } ?? false }

  private func due(_ first: Int64) -> Int64 { min(last + Self.quiet, first + Self.longest) }

  /// Takes in what the kernel has told.
  mutating func hear() throws {
    guard folders.isInPlace else { throw WatchError.moved(index.vault.root) }
    let heard = try folders.take()
    news.formUnion(heard.folders.map { ExactText($0.text) })
    isLost = isLost || heard.isLost
    guard isLost || !news.isEmpty else { return }
    last = Self.milliseconds()
    first = first ?? last
  }

  /// Brings the index up to what was heard; where another writes it, that is left for later.
  mutating func catchUp() throws {
    do {
      if isLost || !index.isInPlace { return try beginAnew() }
      if news.isEmpty { return }
      let found = try index.refresh(now: clock(), folders: news)
      (news, first) = ([], nil)
      report.add(found)
    } catch IndexError.busy {
      first = Self.milliseconds()
      last = Self.milliseconds()
    }
  }

  /// Makes what is asked about true, as far as that is up to us.
  mutating func settle(_ question: String) throws {
    try hear()
    try catchUp()
    // The settings may have been changed since, of which we hear nothing.
    if index.question != question, let vault = try? Vault(at: index.vault.root),
      vault.settings != index.vault.settings
    {
      try beginAnew(vault)
    }
  }

  /// Whether all that was heard is in the index that is asked about.
  func vouches(for question: String) -> Bool {
    first == nil && news.isEmpty && !isLost && index.isInPlace && index.question == question
  }

  /// Watches all folders anew and looks at all.
  private mutating func beginAnew(_ vault: Vault? = nil) throws {
    let vault = vault ?? index.vault
    isLost = true
    folders = try FolderWatch(root: vault.root)
    index = try NoteIndex(of: vault, cacheFolder: cacheFolder)
    let found = try index.refresh(now: clock())
    (news, first, isLost) = ([], nil, false)
    report.add(found)
  }

  private static func milliseconds() -> Int64 {
    Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000)
  }
}

extension RefreshReport {
  fileprivate mutating func add(_ other: RefreshReport) {
    added += other.added
    changed += other.changed
    removed += other.removed
    skipped += other.skipped
  }
}

extension NoteIndex {
  /// Whether a watcher says that the index is as the files are at this moment.
  ///
  /// Any doubt is a no, and so is no answer for as many milliseconds as `patience`: then a `refresh` finds
  /// out. `now` is the time before the question, in nanoseconds since 1970.
  public func isVouched(now: Int64, patience: Int32 = 200) -> Bool {
    // The watcher may have begun under other settings than another command has read since.
    let settings = State.describe(vault.settings)
    let isWhole = try? read { db in
      try State.value(db, .isComplete) == "yes" && State.value(db, .settings) == settings
    }
    guard isWhole == true,
      WatchSocket.ask(question, in: vault.watchFolder, patience: patience)
    else { return false }
    noteLook(now)
    return true
  }

  /// What is asked: whether the watcher has the same vault, settings and index file as we.
  fileprivate var question: String {
    let text = [
      vault.root, State.describe(vault.settings), path, "\(openIdentity ?? 0)",
      "\(Schema.version)",
    ].joined(separator: "\0")
    return "1 " + String(UInt64(bitPattern: ContentHash.of(Array(text.utf8))), radix: 16)
  }

  /// Whether the index's name still leads to the file that is open.
  fileprivate var isInPlace: Bool { openIdentity != nil && openIdentity == fileIdentity(path) }
}

extension Vault {
  /// Where a watcher has its lock and is asked.
  fileprivate var watchFolder: String { stateFolder + "/watch" }
}
