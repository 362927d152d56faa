internal import Dispatch
internal import Glibc

/// Why a command gave no answer, in a few words.
struct LineFault: Error {
  let words: String
}

/// A command that is asked and answers by lines, in a process group of its own so that all of it can be ended.
final class LineProcess {
  /// What is to be sent.
  var outgoing: [UInt8] = []
  private let process: pid_t
  private var input: Int32
  private let output: Pipe
  private let errors: Pipe
  private var incoming: [UInt8] = []
  private var said: [UInt8] = []

  /// The time on a clock that is never set, in milliseconds, for deadlines.
  static var now: Int64 { Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000) }

  private static let longestLine = 1_000_000

  init(_ command: String, environment: [String: String]) throws(LineFault) {
    // A socket, since a write to a pipe without a reader would end us by a signal.
    var ends: [Int32] = [0, 0]
    guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0,
      let output = Pipe(), let errors = Pipe()
    else { throw LineFault(words: "it cannot be started: no file is free") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (input, self.output, self.errors) = (ends[0], output, errors)
    let process = start(
      ["sh", "-c", command], environment: environment,
      streams: [
        (ours: ends[1], its: 0), (ours: output.writing, its: 1), (ours: errors.writing, its: 2),
      ], inOwnGroup: true)
    close(ends[1])
    output.closeWriting()
    errors.closeWriting()
    guard let process else { throw LineFault(words: "it cannot be started") }
    self.process = process
    for end in [input, output.reading, errors.reading] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
  }

  /// Says that no text follows.
  func closeInput() {
    if input >= 0 { shutdown(input, Int32(SHUT_WR)) }
  }

  /// Sends and receives what can be; whether more may come.
  func exchange(wait: Int32) throws(LineFault) -> Bool {
    var waits = [
      pollfd(fd: outgoing.isEmpty ? -1 : input, events: Int16(POLLOUT), revents: 0),
      pollfd(fd: output.reading, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errors.reading, events: Int16(POLLIN), revents: 0),
    ]
    _ = unsafe poll(&waits, nfds_t(waits.count), wait)
    if waits[0].revents != 0 { send() }
    if waits[2].revents != 0 {
      said = Array((said + (receive(errors.reading) ?? [])).suffix(4_096))
      if waits[2].revents & Int16(POLLIN) == 0 { errors.closeReading() }
    }
    guard waits[1].revents != 0 else { return true }
    guard let bytes = receive(output.reading) else {
      // The last line may lack its end.
      if !incoming.isEmpty { incoming.append(0x0A) }
      return false
    }
    incoming += bytes
    if incoming.count > Self.longestLine, !incoming.contains(0x0A) {
      throw LineFault(words: "it printed a line longer than 1 MB")
    }
    return true
  }

  private func send() {
    let sent = unsafe outgoing.withUnsafeBytes {
      unsafe Glibc.send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    if sent > 0 {
      outgoing.removeFirst(sent)
    } else if errno != EAGAIN, errno != EINTR {
      // It reads no more; what it still prints is read, and what is missing then is said.
      outgoing = []
    }
  }

  /// What can be read now; `nil` at the end.
  private func receive(_ descriptor: Int32) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe read(descriptor, $0.baseAddress, $0.count)
    }
    if count < 0, errno == EAGAIN || errno == EINTR { return [] }
    return count > 0 ? Array(buffer.prefix(count)) : nil
  }

  /// The next whole line that is not empty.
  func nextLine() -> [UInt8]? {
    while let end = incoming.firstIndex(of: 0x0A) {
      let line = Array(incoming[..<end])
      incoming.removeSubrange(...end)
      if !line.allSatisfy({ $0 <= 0x20 }) { return line }
    }
    return nil
  }

  /// The last line of what it said beside its output, behind a colon.
  var lastWords: String {
    said += receive(errors.reading) ?? []
    let line = String(decoding: said, as: UTF8.self).split(whereSeparator: \.isNewline).last
    return line.map { ": " + StyledText.visible(String($0.prefix(120))) } ?? ""
  }

  /// Ends it, if it runs.
  func end() {
    if input >= 0 { close(input) }
    input = -1
    kill(-process, SIGKILL)
    exitCode(of: process)
  }
}
