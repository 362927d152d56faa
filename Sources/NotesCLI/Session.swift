internal import FoundationEssentials
internal import Glibc
internal import Markup
internal import Vault

/// Everything a command knows of the world: where it stands, what time it is, whom it talks to.
///
/// A test makes one of strings and a fixed clock; `main.swift` makes one of the process.
public struct Session {
  /// Where results and warnings go.
  public var console: Console
  /// The environment's variables.
  public var environment: [String: String]
  /// The folder the command was typed in.
  public var workingFolder: String
  /// Whether that is its path: not so where this is not UTF-8, and `workingFolder` only looks like it.
  public var knowsFolder = true
  /// The time, in nanoseconds since 1970.
  public var clock: @Sendable () -> Int64
  /// How far local time is ahead of UTC at a moment, in seconds.
  public var offset: @Sendable (_ seconds: Int64) -> Int
  /// Whether somebody can be asked.
  public var isInteractive: Bool
  /// Reads what was piped in, up to a limit in bytes; `nil` where nothing is.
  public var readInput: (_ limit: Int) -> [UInt8]?
  /// The next line that the user types; `nil` at the end of the input.
  public var readLine: () -> String? = { Swift.readLine() }
  /// The file of this program, to be started once more for a part of the work; `nil` where it is not
  /// known, and all is done here.
  public var program: String?
  /// What was warned of, and is not said again.
  let told = Told()
  /// The command as typed, for the lock and the journal.
  public var command = "notes"

  /// Puts a session together.
  public init(
    console: Console, environment: [String: String], workingFolder: String,
    clock: @escaping @Sendable () -> Int64, offset: @escaping @Sendable (Int64) -> Int,
    isInteractive: Bool, readInput: @escaping (Int) -> [UInt8]?
  ) {
    self.console = console
    self.environment = environment
    self.workingFolder = workingFolder
    self.clock = clock
    self.offset = offset
    self.isInteractive = isInteractive
    self.readInput = readInput
  }

  /// The session of this process.
  public static func process(environment: [String: String]) -> Session {
    openStandardStreams()
    let folder = currentFolder()
    var session = Session(
      console: .standard(environment: environment),
      environment: environment,
      workingFolder: folder.path,
      clock: now,
      offset: localOffset,
      isInteractive: isatty(0) == 1 && isatty(2) == 1,
      readInput: { limit in hasInput() ? readAll(0, limit: limit) : nil })
    session.knowsFolder = folder.isKnown
    session.program = StateFile("/proc/self/exe").linkTarget
    return session
  }

  /// Opens the streams that were closed when the program began, on nothing.
  ///
  /// Else the first file that it opens would be standard output to it, and take its words.
  private static func openStandardStreams() {
    for stream: Int32 in 0...2 where fcntl(stream, F_GETFD) < 0 {
      _ = unsafe Glibc.open("/dev/null", O_RDWR)
    }
  }

  /// The home folder; `nil` where there is none.
  var home: String? { environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } }

  /// The folder for the user's own settings of this program.
  var configFolder: String? {
    if let folder = environment["XDG_CONFIG_HOME"], !folder.isEmpty { return folder + "/notes" }
    return home.map { $0 + "/.config/notes" }
  }

  /// The folder for what can be made again.
  var cacheFolder: String {
    if let folder = environment["XDG_CACHE_HOME"], !folder.isEmpty { return folder + "/notes" }
    return (home.map { $0 + "/.cache" } ?? "/tmp") + "/notes"
  }

  /// The present moment in local time.
  var moment: Moment {
    let seconds = clock() / 1_000_000_000
    return Moment(seconds: seconds, offset: offset(seconds))
  }

  /// The vault that a command works on.
  ///
  /// In this order: what `--vault` says, the folder here, `$NOTES_DIR`, the user's `config.yaml`; of
  /// each, that folder or the nearest above it that is a vault.
  func vault(_ typed: String?) throws -> Vault {
    let vault = try Vault(at: vaultRoot(typed))
    warn(of: vault.settings)
    return vault
  }

  /// Names what cannot be used of the settings, once.
  private func warn(of settings: Settings) {
    guard let problem = settings.problems.first else { return }
    let failure = Failure(problem.error)
    let rest = settings.problems.count > 1 ? " (and \(settings.problems.count - 1) more)" : ""
    warnOnce("\(failure.message)\(rest); the usual setting holds until it is mended")
  }

  /// Gives a warning, once.
  func warnOnce(_ words: String) {
    if told.insert(words) { console.warn(StyledText("warning: ", .warning) + StyledText(words)) }
  }

  /// The folder of that vault.
  func vaultRoot(_ typed: String?) throws -> String {
    func root(above folder: String) throws -> String {
      let folder = try absolute(folder)
      return Vault.root(from: folder) ?? folder
    }
    if let typed { return try root(above: typed) }
    try insistOnKnownFolder()
    if let root = Vault.root(from: workingFolder) { return root }
    if let folder = environment["NOTES_DIR"], !folder.isEmpty { return try root(above: folder) }
    if let folder = try UserConfig(in: configFolder).vault { return try root(above: folder) }
    throw VaultError.noVault(from: workingFolder)
  }

  /// A typed folder as an absolute path; `~` is the home folder.
  func absolute(_ path: String) throws -> String {
    if path == "~" { return home ?? path }
    if path.hasPrefix("~/"), let home { return home + path.dropFirst(1) }
    if path.hasPrefix("/") { return path }
    try insistOnKnownFolder()
    return workingFolder + "/" + path
  }

  /// A typed folder that is made where it is not there; one whose name is not UTF-8 would be made under
  /// another name.
  func absoluteToMake(_ path: String) throws -> String {
    let folder = try absolute(path)
    let isRepaired = folder.unicodeScalars.contains("\u{FFFD}")
    guard isRepaired, !StateFile(folder).exists else { return folder }
    throw Failure(
      "the path of that folder is not UTF-8: \(folder)",
      hint: "give the folder of that name another one", status: .noVault)
  }

  /// Refuses to work in a folder whose path is not UTF-8: as text it is the path of another one, which
  /// would be worked in, or made.
  private func insistOnKnownFolder() throws {
    guard !knowsFolder else { return }
    throw Failure(
      "the path of this folder is not UTF-8: \(workingFolder)",
      hint: "give the folder of that name another one", status: .noVault)
  }
}

/// What was told.
final class Told {
  private var words: Set<String> = []

  /// Puts it in; `false` where it is there.
  func insert(_ words: String) -> Bool { self.words.insert(words).inserted }
}

@available(*, unavailable)
extension Session: Sendable {}

private func currentFolder() -> (path: String, isKnown: Bool) {
  guard let folder = unsafe getcwd(nil, 0) else { return ("/", true) }
  defer { unsafe free(folder) }
  if let path = unsafe String(validatingCString: folder) { return (path, true) }
  return unsafe (String(cString: folder), false)
}

@Sendable private func now() -> Int64 {
  // A clock that stands behind the year 2255 leaves room for what is reckoned from it.
  Int64(min(Date.now.timeIntervalSince1970, 9_000_000_000) * 1_000_000_000)
}

@Sendable private func localOffset(_ seconds: Int64) -> Int {
  var time = time_t(seconds)
  var parts = unsafe tm()
  guard unsafe localtime_r(&time, &parts) != nil else { return 0 }
  return unsafe parts.tm_gmtoff
}

/// Whether standard input is a pipe or a file, rather than a terminal or nothing at all.
private func hasInput() -> Bool {
  let target = StateFile("/proc/self/fd/0").linkTarget ?? ""
  return target.hasPrefix("pipe:") || target.hasPrefix("socket:")
    || (target.hasPrefix("/") && !target.hasPrefix("/dev/"))
}
