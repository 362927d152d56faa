internal import Git
internal import Glibc
internal import Markup
internal import Synchronization

/// Tries whether a text can be rendered, in a process of its own that may take only so much time and
/// memory: a note can come from anywhere, and cmark cannot be stopped.
final class TextTrial: Sendable {
  /// What the process prints once its bounds are set, and of a text that can be rendered.
  static let (ready, fine) = ("ready", "fine")

  private let program: String?
  private let environment: [String: String]
  private let known = Mutex<[ObjectID: Bool]>([:])

  /// What the process may take: seconds of a processor, bytes of memory, bytes of HTML.
  static let seconds: UInt = 2
  static let memory: UInt = 256_000_000
  static let output = 8_000_000
  /// How long it is waited for, in milliseconds, on a machine that has much else to do.
  private static let patience: Int64 = 6_000
  /// How many answers are remembered.
  private static let mostKnown = 1_000

  /// Tries texts by a program: this one, or none, and then everything can be rendered.
  init(program: String?, environment: [String: String]) {
    self.program = program
    self.environment = environment.merging(["NOTES_PROGRAM": program ?? ""]) { _, new in new }
  }

  /// Whether a text can be rendered.
  func isBearable(_ text: [UInt8]) -> Bool {
    guard program != nil else { return true }
    guard let name = try? ObjectID.blob(text) else { return true }
    if let known = known.withLock({ $0[name] }) { return known }
    // One that cannot be tried is none that failed.
    let result = (try? tried(text)) ?? true
    known.withLock { known in
      if known.count >= Self.mostKnown { known.removeAll() }
      known[name] = result
    }
    return result
  }

  private func tried(_ text: [UInt8]) throws(LineFault) -> Bool {
    let process = try LineProcess("exec \"$NOTES_PROGRAM\" try-text", environment: environment)
    defer { process.end() }
    process.outgoing = text
    let deadline = LineProcess.now + Self.patience
    var (isSent, isReady) = (false, false)
    while true {
      if process.outgoing.isEmpty, !isSent {
        process.closeInput()
        isSent = true
      }
      let left = deadline - LineProcess.now
      let isMore = left > 0 ? try process.exchange(wait: Int32(clamping: left)) : false
      while let line = process.nextLine() {
        if line == Array(Self.fine.utf8) { return true }
        if line == Array(Self.ready.utf8) { isReady = true }
      }
      // A program that was not there tells nothing of the text.
      if !isMore { return !isReady }
    }
  }

  /// Bounds this process, before it has read anything.
  static func limitThisProcess() {
    for (what, most) in [
      (__rlimit_resource_t(RLIMIT_CPU.rawValue), seconds),
      (__rlimit_resource_t(RLIMIT_DATA.rawValue), memory),
      (__rlimit_resource_t(RLIMIT_CORE.rawValue), 0),
    ] {
      var limit = rlimit(rlim_cur: rlim_t(most), rlim_max: rlim_t(most))
      _ = unsafe setrlimit(what, &limit)
    }
  }
}
