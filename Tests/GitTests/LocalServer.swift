import Foundation
import TestSupport
import Testing

/// A server program that runs for as long as its owner lives, and at most two minutes.
final class LocalServer {
  private let process = Process()
  private let input = Pipe()

  /// Starts a program and waits until somebody listens on the port.
  ///
  /// A shell stands between: Foundation takes a program that closes what it inherits for one that
  /// has ended, and hands it a mask that blocks the signals it should end by.
  init(_ command: String, port: Int, in folder: String, environment: [String: String]) throws {
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", "exec 3<&0; \(command) </dev/null & read -t 120 -u 3; kill -9 $!"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = environment
    process.standardInput = input
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    try waitForPort(port)
  }

  deinit {
    // The shell reads a line, or the end.
    try? input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
  }
}

/// A port that nobody listens on.
func freePort() throws -> Int {
  let text = try runProcess(
    [
      "python3", "-c",
      "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])",
    ]
  ).output
  return try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
}

/// Waits, at most ten seconds, until somebody listens on a port.
private func waitForPort(_ port: Int) throws {
  let script = """
    import socket, sys, time
    for _ in range(200):
        try:
            socket.create_connection(('127.0.0.1', \(port)), 1).close()
            sys.exit(0)
        except OSError:
            time.sleep(0.05)
    sys.exit(1)
    """
  try #require(try runProcess(["python3", "-c", script]).status == 0, "no server on \(port)")
}
