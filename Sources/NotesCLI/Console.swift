internal import Glibc

/// Where a command's words go: results on one stream, everything else on the other.
///
/// The one place of the program that writes to a terminal.
public final class Console {
  /// Whether results go to a terminal.
  public let isTerminal: Bool
  /// Whether colour may be used.
  public let hasColour: Bool
  /// Whether counts and progress are to be left out.
  public var isQuiet = false

  /// Why the result could not be written, as `errno` says it; 0 while all went well.
  ///
  /// A reader that went away (`| head`) is no failure.
  private(set) var failure: Int32 = 0

  /// Whether the reader, or the pager, went away before it had taken all that was written so far.
  private(set) var isCutShort = false

  private let write: (_ bytes: [UInt8], _ isError: Bool) -> Int32
  private let isErrorTerminal: Bool
  private var pending: [UInt8] = []
  private var progressLength = 0
  private var pager: Pager?

  /// A console over two streams; `write` takes bytes, and whether they go to standard error, and
  /// returns `errno`, or 0.
  public init(
    isTerminal: Bool, isErrorTerminal: Bool, hasColour: Bool,
    write: @escaping (_ bytes: [UInt8], _ isError: Bool) -> Int32
  ) {
    self.isTerminal = isTerminal
    self.isErrorTerminal = isErrorTerminal
    self.hasColour = hasColour
    self.write = write
  }

  /// A console that tells nobody.
  static var silent: Console {
    Console(isTerminal: false, isErrorTerminal: false, hasColour: false) { _, _ in 0 }
  }

  /// The process's own standard output and standard error.
  public static func standard(environment: [String: String]) -> Console {
    let isTerminal = isatty(1) == 1
    let hasColour =
      isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    return Console(isTerminal: isTerminal, isErrorTerminal: isatty(2) == 1, hasColour: hasColour) {
      bytes, isError in
      writeAll(bytes, to: isError ? 2 : 1)
    }
  }

  /// One line of the result.
  public func print(_ line: StyledText = "") {
    send(line.rendered(colour: hasColour) + "\n")
  }

  /// One line of the result, ended by something else than a line feed.
  public func print(raw text: String, terminator: String = "\n") {
    send(text + terminator)
  }

  /// Bytes of the result as they are; only for a stream that is no terminal.
  public func print(bytes: [UInt8]) {
    pending += bytes
    if pending.count > 65_536 { flush() }
  }

  /// A line beside the result, such as a count; left out with `--quiet`.
  public func note(_ line: StyledText) {
    if isQuiet { return }
    warn(line)
  }

  /// A line beside the result that is never left out.
  public func warn(_ line: StyledText) {
    // Behind the pager's back it would be drawn over.
    if pager != nil, isErrorTerminal { return print(line) }
    flush()
    clearProgress()
    tell(Array((line.rendered(colour: isErrorTerminal && hasColour) + "\n").utf8))
  }

  /// A line that the next one takes the place of; on a terminal only.
  public func progress(_ text: String) {
    guard isErrorTerminal, !isQuiet, pager == nil else { return }
    let line = String(StyledText.visible(text).prefix(78))
    tell(Array("\r\(line)\u{1B}[K".utf8))
    progressLength = line.count
  }

  /// Draws on the terminal beside the result, cursor movements and all; only for text that was made
  /// harmless before.
  func draw(_ frame: String) {
    tell(Array(frame.utf8))
  }

  /// Sends out what was printed so far.
  public func flush() {
    guard !pending.isEmpty else { return }
    if let pager {
      if pager.write(pending) != 0 { isCutShort = true }
    } else if failure == 0 {
      let result = write(pending, false)
      if result == EPIPE { isCutShort = true } else { failure = result }
    }
    pending.removeAll(keepingCapacity: true)
  }

  /// Sends results through a program that shows them page by page, from here to `endPaging`.
  func beginPaging(_ pager: Pager) {
    flush()
    clearProgress()
    self.pager = pager
  }

  /// Lets the pager have the rest, and waits until its user has read it.
  func endPaging() {
    flush()
    if let pager, !pager.end() { isCutShort = true }
    pager = nil
  }

  private func send(_ text: String) {
    clearProgress()
    pending += Array(text.utf8)
    if isTerminal && pager == nil || pending.count > 65_536 { flush() }
  }

  /// Writes beside the result, where nothing is lost that cannot be written.
  private func tell(_ bytes: [UInt8]) {
    _ = write(bytes, true)
  }

  private func clearProgress() {
    guard progressLength > 0 else { return }
    tell(Array("\r\u{1B}[K".utf8))
    progressLength = 0
  }

  /// Writes to a descriptor; `errno` of what failed, or 0.
  @discardableResult
  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var done = 0
    while done < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: done), bytes.count - done)
      }
      if written < 0, errno == EINTR { continue }
      if written < 0, errno == EAGAIN {
        // Whoever shares the stream set it not to wait, as node and ssh do.
        var stream = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        unsafe poll(&stream, 1, -1)
        continue
      }
      guard written > 0 else { return errno }
      done += written
    }
    return 0
  }
}

@available(*, unavailable)
extension Console: Sendable {}
