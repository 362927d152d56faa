internal import Dispatch
internal import FoundationEssentials
internal import Glibc

/// Why a command gave no vector, in a few words.
struct EmbedFault: Error {
  let words: String
}

/// Asks the user's own command for vectors: a JSON object on a line for each text, and one back for
/// each vector.
struct Embedder {
  let command: String
  let environment: [String: String]
  /// How many numbers each vector must have; `nil` for as many as the first.
  var dimensions: Int?
  /// How long to wait for the next vector, in milliseconds.
  var patience: Int

  private struct Request: Encodable {
    let id: Int
    let text: String
    let query: Bool?
  }

  private struct Answer: Decodable {
    let id: Int
    let vector: [Float]
  }

  /// The vector of a query.
  func vector(ofQuery text: String) throws -> [Float] {
    var found: [Float] = []
    var texts = [(id: 0, text: text)]
    try run(isQuery: true, next: { texts.popLast() }, take: { found = $1 })
    return found
  }

  /// Gives the command one text after another, and takes each vector as it comes.
  ///
  /// - Throws: `EmbedFault`; what was taken before is good.
  func run(
    isQuery: Bool = false, next: () -> (id: Int, text: String)?,
    take: (_ id: Int, _ vector: [Float]) throws -> Void
  ) throws {
    let child = try EmbedProcess(command, environment: environment)
    defer { child.end() }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var dimensions = dimensions
    var open: Set<Int> = []
    var isLast = false
    var deadline = milliseconds() + Int64(patience)
    while true {
      while !isLast, open.count < 256, child.outgoing.count < 65_536 {
        guard let (id, text) = next() else {
          isLast = true
          break
        }
        open.insert(id)
        let request = Request(id: id, text: text, query: isQuery ? true : nil)
        child.outgoing += try [UInt8](encoder.encode(request)) + [0x0A]
      }
      if isLast, child.outgoing.isEmpty { child.closeInput() }
      if isLast, open.isEmpty { return }
      let left = deadline - milliseconds()
      guard left > 0 else {
        throw EmbedFault(words: "it gave no vector within \(patience / 1_000) s, and was ended")
      }
      let isOpen = try child.exchange(wait: Int32(clamping: left))
      while let line = child.nextLine() {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(line)) else {
          let shown = String(decoding: line.prefix(60), as: UTF8.self)
          throw EmbedFault(words: "it printed what is no vector: \(StyledText.visible(shown))")
        }
        guard open.remove(answer.id) != nil else {
          throw EmbedFault(words: "it printed a vector for \(answer.id), which was not asked for")
        }
        let expected = dimensions ?? answer.vector.count
        guard expected > 0, expected <= 16_384, answer.vector.count == expected else {
          throw EmbedFault(
            words: "it printed a vector of \(answer.vector.count) numbers, not \(expected)")
        }
        guard answer.vector.allSatisfy(\.isFinite) else {
          throw EmbedFault(words: "it printed a vector with a number that is none")
        }
        dimensions = expected
        try take(answer.id, answer.vector)
        deadline = milliseconds() + Int64(patience)
      }
      if !isOpen, !open.isEmpty || !isLast {
        throw EmbedFault(words: "it ended early\(child.lastWords)")
      }
    }
  }

  private func milliseconds() -> Int64 {
    Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000)
  }
}

/// The running command, in a process group of its own so that all of it can be ended.
private final class EmbedProcess {
  /// What is to be sent.
  var outgoing: [UInt8] = []
  private let process: pid_t
  private var input: Int32
  private let output: Pipe
  private let errors: Pipe
  private var incoming: [UInt8] = []
  private var said: [UInt8] = []

  private static let longestLine = 1_000_000

  init(_ command: String, environment: [String: String]) throws {
    // A socket, since a write to a pipe without a reader would end us by a signal.
    var ends: [Int32] = [0, 0]
    guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0,
      let output = Pipe(), let errors = Pipe()
    else { throw EmbedFault(words: "it cannot be started: no file is free") }
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
    guard let process else { throw EmbedFault(words: "it cannot be started") }
    self.process = process
    for end in [input, output.reading, errors.reading] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
  }

  /// Says that no text follows.
  func closeInput() {
    if input >= 0 { shutdown(input, Int32(SHUT_WR)) }
  }

  /// Sends and receives what can be; whether more may come.
  func exchange(wait: Int32) throws -> Bool {
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
      throw EmbedFault(words: "it printed a line longer than 1 MB")
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
