internal import ArgumentParser
internal import Dispatch
internal import NoteIndex
internal import Synchronization
internal import Vault
internal import Web

/// `notes serve`.
struct Serve: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Read the vault in a browser, on this machine only.",
    discussion: """
      Prints an address that lets one browser in, once; when it was used, the next one is printed. \
      Nobody else gets in: not other machines, not other users of this one, not pages of other \
      sites. It shows every note with its backlinks, its history and how it once stood, searches as \
      you type, follows the files as they change, and takes new notes, edits and what settles a \
      conflict. All but the searching as you type and the keys works without JavaScript. It runs \
      until interrupted.

      \(exits(.failed, .noVault, .busy))
      """)

  /// The port that is tried first.
  static let usualPort = 4_747

  @OptionGroup var options: VaultOptions

  @Option(
    help: ArgumentHelp(
      "The port; 0 for any that is free. Default: 4747, or any if that is taken.", valueName: "n"))
  var port: Int?

  @Flag(help: "Open the browser.")
  var open = false

  func validate() throws {
    if let port, !(0...65_535).contains(port) {
      throw ValidationError("--port is a number from 0 to 65535")
    }
  }

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    try vault.settings.insist()
    let desk = try Desk(of: vault, session.index(of: vault), in: session)
    let server = WebServer { desk.response(to: $0) }
    let addresses = Addresses()
    onEndSignal {
      server.stop()
      // Whoever asked something that takes long has to ask again.
      DispatchQueue.global().asyncAfter(deadline: .now() + 2) { addresses.close() }
    }
    let watching = follow(desk, session, server)
    Task.detached { [port] in
      do {
        do {
          try await server.run(port: port ?? Self.usualPort) { addresses.put($0) }
        } catch WebError.portTaken where port == nil {
          try await server.run(port: 0) { addresses.put($0) }
        }
        addresses.close()
      } catch {
        addresses.close(after: error)
      }
    }
    tell(addresses, vault, session)
    watching?.stop()
    if let error = addresses.error { throw error }
    return .done
  }

  /// Prints each address as it comes, until there are no more.
  private func tell(_ addresses: Addresses, _ vault: Vault, _ session: Session) {
    var isFirst = true
    while let address = addresses.next() {
      if isFirst {
        session.console.note(StyledText("reading \(vault.root); Ctrl-C ends it", .dim))
        session.console.print(StyledText(address))
        if open { openBrowser(at: address, session) }
      } else {
        session.console.note(StyledText("for another browser: ", .dim) + StyledText(address))
      }
      session.console.flush()
      isFirst = false
    }
  }

  private func openBrowser(at address: String, _ session: Session) {
    let browser = session.environment["BROWSER"].flatMap { $0.isEmpty ? nil : $0 } ?? "xdg-open"
    guard findProgram(browser, in: session.environment["PATH"] ?? "") != nil else {
      return session.console.warn(
        StyledText("no \(browser) to open it with: type the address into your browser", .warning))
    }
    // What the browser prints is none of ours.
    let command = "\"$0\" \"$1\" >/dev/null 2>&1 &"
    _ = runProgram(["sh", "-c", command, browser, address], environment: session.environment)
  }

  /// Follows the files in a thread of its own; where another program does, or nothing can, each page
  /// looks for itself.
  private func follow(_ desk: Desk, _ session: Session, _ server: WebServer) -> Watcher? {
    let watcher: Watcher
    do {
      watcher = try Watcher(of: desk.vault, cacheFolder: session.cacheFolder, clock: session.clock)
    } catch {
      session.console.note(
        StyledText("pages are not renewed by themselves: \(Failure(error).message)", .dim))
      return nil
    }
    DispatchQueue(label: "watch").async {
      try? watcher.run { _ in
      } onChange: { _ in
        // A note that changed may name a file that is new. The watcher itself has to answer meanwhile.
        inBackground {
          desk.lookForOtherFiles()
          server.announce()
        }
      }
    }
    return watcher
  }
}

/// Addresses that one thread finds and another prints, until the server has ended.
private final class Addresses: Sendable {
  private struct State {
    var list: [String] = []
    var isClosed = false
    var error: (any Error)?
  }

  private let waiting = Mutex(State())
  private let count = DispatchSemaphore(value: 0)

  func put(_ address: String) {
    waiting.withLock { $0.list.append(address) }
    count.signal()
  }

  /// What ended it, where that was a fault.
  var error: (any Error)? { waiting.withLock(\.error) }

  func close(after error: (any Error)? = nil) {
    waiting.withLock { waiting in
      waiting.isClosed = true
      waiting.error = waiting.error ?? error
    }
    count.signal()
  }

  /// The next one; waits for it, and `nil` when no more will come.
  func next() -> String? {
    count.wait()
    return waiting.withLock { $0.isClosed || $0.list.isEmpty ? nil : $0.list.removeFirst() }
  }
}
