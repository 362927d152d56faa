import Foundation
import TestSupport
import Testing

/// A server program that runs for as long as its owner lives.
final class LocalServer {
  private let process: ChildProcess

  /// Starts a program and waits until somebody listens on the port.
  init(_ command: String, port: Int, in folder: String, environment: [String: String]) throws {
    process = try ChildProcess(
      ["sh", "-c", "exec \(command)"], in: folder, environment: environment)
    try waitForPort(port)
  }

  deinit { process.stop() }
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
