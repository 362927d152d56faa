internal import Glibc

/// The terminal while each key is ours.
struct RawTerminal {
  /// How large it is.
  struct Size: Equatable {
    var rows = 24
    var columns = 80
  }

  /// How large it is now.
  var size: Size { Self.size(of: 2) ?? Size() }

  /// How large the terminal behind a descriptor is; `nil` where that is none.
  static func size(of descriptor: Int32) -> Size? {
    var window = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_row > 0,
      window.ws_col > 0
    else { return nil }
    return Size(rows: Int(window.ws_row), columns: Int(window.ws_col))
  }

  /// Whether a signal waits that ends the process.
  var isInterrupted: Bool {
    var waiting = sigset_t()
    unsafe sigpending(&waiting)
    return RawTerminal.endings.contains { unsafe sigismember(&waiting, $0) == 1 }
  }

  /// The keys that come within some milliseconds, none when none come; `nil` when the terminal is
  /// gone.
  func read(waiting milliseconds: Int32) -> [UInt8]? {
    var wait = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&wait, 1, milliseconds) > 0 else { return [] }
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe Glibc.read(0, $0.baseAddress, $0.count)
    }
    return count > 0 ? Array(buffer.prefix(count)) : nil
  }

  /// The signals that end a process.
  fileprivate static let endings = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
}

/// Does something with the terminal in raw mode on its second screen, and sets all back as it was,
/// whichever way it ends.
///
/// Signals that would end the process wait meanwhile (`RawTerminal.isInterrupted`) and end it when
/// the terminal is as it was.
func withRawTerminal<Result>(
  _ console: Console, _ body: (RawTerminal) throws -> Result
) throws -> Result {
  var before = termios()
  guard unsafe tcgetattr(0, &before) == 0 else {
    throw Failure("--interactive needs a terminal", hint: "notes search WORDS", status: .usage)
  }
  var endings = sigset_t()
  var unblocked = sigset_t()
  unsafe sigemptyset(&endings)
  for signal in RawTerminal.endings { unsafe sigaddset(&endings, signal) }
  unsafe sigprocmask(SIG_BLOCK, &endings, &unblocked)
  // Declared first, so done last: a signal that waited ends the process here.
  defer { unsafe sigprocmask(SIG_SETMASK, &unblocked, nil) }
  var raw = before
  unsafe cfmakeraw(&raw)
  unsafe tcsetattr(0, TCSADRAIN, &raw)
  defer { unsafe tcsetattr(0, TCSADRAIN, &before) }
  console.flush()
  console.draw("\u{1B}[?1049h\u{1B}[H\u{1B}[2J")
  defer { console.draw("\u{1B}[?1049l\u{1B}[?25h") }
  return try body(RawTerminal())
}
