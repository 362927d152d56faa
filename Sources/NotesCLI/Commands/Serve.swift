internal import ArgumentParser
internal import Dispatch
internal import NoteIndex
internal import Synchronization
internal import Vault
internal import Web

/// `notes serve`.
struct Serve: NotesCommand {
  static let configuration = CommandConfiguration(
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
    _ = try session.index(of: vault)
    let desk = try Desk(of: vault, in: session)
    let server = WebServer { desk.response(to: $0) }
    let addresses = Addresses()
    let ending = Ending()
    onEndSignal {
      server.stop()
      // Whoever asked something that takes long has to ask again.
      DispatchQueue.global().asyncAfter(deadline: .now() + 2) { addresses.close() }
    }
    let watching = follow(vault, session, server)
    Task.detached { [port] in
      do {
        do {
          try await server.run(port: port ?? Self.usualPort) { addresses.put($0) }
        } catch WebError.portTaken where port == nil {
          try await server.run(port: 0) { addresses.put($0) }
        }
      } catch {
        ending.error.withLock { $0 = error }
      }
      addresses.close()
    }
    tell(addresses, vault, session)
    watching?.stop()
    if let error = ending.error.withLock(\.self) { throw error }
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
  private func follow(_ vault: Vault, _ session: Session, _ server: WebServer) -> Watcher? {
    let watcher: Watcher
    do {
      watcher = try Watcher(of: vault, cacheFolder: session.cacheFolder, clock: session.clock)
    } catch {
      session.console.note(
        StyledText("pages are not renewed by themselves: \(Failure(error).message)", .dim))
      return nil
    }
    DispatchQueue(label: "watch").async {
      try? watcher.run { _ in
      } onChange: { _ in
        server.announce()
      }
    }
    return watcher
  }
}

/// How the server ended.
private final class Ending: Sendable {
  let error = Mutex<(any Error)?>(nil)
}

/// Addresses that one thread finds and another prints.
private final class Addresses: Sendable {
  private let waiting = Mutex<(list: [String], isClosed: Bool)>(([], false))
  private let count = DispatchSemaphore(value: 0)

  func put(_ address: String) {
    waiting.withLock { $0.list.append(address) }
    count.signal()
  }

  func close() {
    waiting.withLock { $0.isClosed = true }
    count.signal()
  }

  /// The next one; waits for it, and `nil` when no more will come.
  func next() -> String? {
    count.wait()
    return waiting.withLock { $0.isClosed || $0.list.isEmpty ? nil : $0.list.removeFirst() }
  }
}
