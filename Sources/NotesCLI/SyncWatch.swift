internal import ArgumentParser
internal import Git
internal import History
internal import Markup
internal import Vault

/// A length of time as it is typed: `30s`, `5m`, `2h`.
struct TimeSpan: ExpressibleByArgument {
  let milliseconds: Int

  init(seconds: Int) { milliseconds = seconds * 1_000 }

  init?(argument: String) {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600]
    guard let last = argument.last, let unit = units[last],
      let number = Int(argument.dropLast()), (1...86_400).contains(number), number * unit <= 86_400
    else { return nil }
    self.init(seconds: number * unit)
  }

  /// How often something is done, as it is told: `every 5 minutes`, `every hour`.
  var interval: String {
    let seconds = milliseconds / 1_000
    let units = [(3_600, "hour"), (60, "minute"), (1, "second")]
    let (length, unit) = units.first { seconds % $0.0 == 0 } ?? (1, "second")
    let number = seconds / length
    return "every " + (number == 1 ? unit : counted(number, unit))
  }
}

/// Syncs again and again: soon after an edit, now and then for what others did, and less and less
/// often while the remote cannot be reached.
struct SyncWatch {
  /// How long nothing is edited before it syncs, and how long an edit waits at most, while somebody
  /// goes on writing; in milliseconds.
  private static let quiet = 5_000
  private static let longest = 60_000
  /// The longest time between two attempts while the remote cannot be reached.
  private static let rarest = 600_000

  let interval: TimeSpan
  private let bell: Bell
  private let console: Console
  private let now: () -> Moment
  /// How often in a row it failed.
  private var failures = 0
  /// What was told last and need not be told again.
  private var toldFailure: String?
  private var toldStopped: [StoppedFile] = []
  private var toldUnwritten: [UnwrittenFile] = []

  init(every interval: TimeSpan, in session: Session) throws {
    self.interval = interval
    bell = try Bell()
    console = session.console
    now = { session.moment }
    let bell = bell
    onEndSignal { bell.ring() }
  }

  /// Runs until the process is asked to end; a sync that is under way then is finished.
  ///
  /// - Throws: what no waiting mends: a mass deletion, an unrelated history, a vault that is gone.
  mutating func run(of vault: Vault, sync: () throws -> Synced) throws {
    var folders: FolderWatch?
    do { folders = try FolderWatch(root: vault.root) } catch WatchError.moved(let root) {
      throw WatchError.moved(root)
    } catch {
      tell("\(Failure(error).message); looking \(interval.interval)")
    }
    console.note(StyledText("syncing \(vault.root); Ctrl-C ends it", .dim))
    while true {
      try attempt(sync)
      console.flush()
      if try waitForNext(folders, in: vault) { return }
    }
  }

  private mutating func attempt(_ sync: () throws -> Synced) throws {
    do {
      let synced = try sync()
      report(synced)
      if let refusal = synced.refusal {
        return fail("\(synced.upstream) did not take it: \(refusal)")
      }
      if failures > 0 { tell("back again") }
      (failures, toldFailure) = (0, nil)
    } catch {
      let failure = Failure(error)
      let isForGood = failure.status == .unsafe || failure.status == .noVault
      if isForGood, !Self.isOfTheMoment(error) { throw failure }
      fail(failure.message)
    }
  }

  /// Whether somebody is in the middle of something with git, which ends by itself: another branch is checked
  /// out, or none, or a merge waits to be finished.
  private static func isOfTheMoment(_ error: any Error) -> Bool {
    switch error {
    case HistoryError.otherBranch, HistoryError.twoBranches: return true
    default: break
    }
    guard case .repository(let problem)? = (error as? GitError)?.reason else { return false }
    return switch problem {
    case .detachedHead, .operationInProgress, .unmerged: true
    default: false
    }
  }

  private mutating func fail(_ message: String) {
    failures += 1
    let isTold = toldFailure.map { Self.tellSame(message, $0) } ?? false
    if !isTold {
      console.warn(StyledText("\(clockTime)  ", .dim) + StyledText(message, .warning))
      console.flush()
    }
    toldFailure = message
  }

  /// Whether two failures differ in their numbers alone, such as how old a lock is.
  static func tellSame(_ one: String, _ other: String) -> Bool {
    one.filter { !$0.isNumber } == other.filter { !$0.isNumber }
  }

  private mutating func report(_ synced: Synced) {
    for edit in synced.saved.misplaced {
      console.warn(StyledText("\(clockTime)  ", .dim) + edit.line)
    }
    if synced.saved.stopped != toldStopped {
      for file in synced.saved.stopped {
        console.warn(StyledText("\(clockTime)  ", .dim) + file.line)
      }
      toldStopped = synced.saved.stopped
    }
    if synced.unwritten != toldUnwritten {
      for file in synced.unwritten {
        console.warn(
          StyledText("\(clockTime)  ", .dim) + file.line)
      }
      toldUnwritten = synced.unwritten
    }
    let told = SyncReport(synced, isDryRun: false, waiting: [])
    if !told.isEmpty { tell(told.counts) }
    for version in synced.renumbered { tell(version.words(isDryRun: false)) }
    for conflict in synced.conflicts {
      tell("conflict: \(conflict.path.text) (\(conflict.words))")
    }
  }

  private func tell(_ words: String) {
    console.print(StyledText("\(clockTime)  ", .dim) + StyledText(words))
    console.flush()
  }

  private var clockTime: Substring {
    // The time of day of an RFC 3339 timestamp.
    now().timestamp.dropFirst("2026-01-01T".count).prefix("12:00:00".count)
  }

  /// Waits for the next attempt; `true` when it is to end.
  private func waitForNext(_ folders: FolderWatch?, in vault: Vault) throws -> Bool {
    let begin = Self.milliseconds()
    let latest = begin + (failures == 0 ? interval.milliseconds : pause)
    var first: Int?
    var last = begin
    while true {
      let here = Self.milliseconds()
      let due = first.map { min(last + Self.quiet, $0 + Self.longest, latest) } ?? latest
      if due <= here { return false }
      // While the remote is away, an edit is no reason to try.
      let heard = failures == 0 ? folders.map { [$0.descriptor] } ?? [] : []
      let woken = bell.wait(or: heard, atMost: due - here)
      if woken.rung { return true }
      guard woken.others.contains(true), let folders else { continue }
      guard folders.isInPlace else { throw WatchError.moved(vault.root) }
      let news = try folders.take()
      if news.isLost || !news.folders.isEmpty {
        last = Self.milliseconds()
        first = first ?? last
      }
    }
  }

  /// How long it waits after a failure: twice as long each time, and not all machines at once.
  private var pause: Int {
    let longest = min(Self.rarest, 5_000 << min(failures - 1, 7))
    return Int.random(in: longest / 2...longest)
  }

  private static func milliseconds() -> Int { Int(LineProcess.now) }
}
