import Foundation

/// A server program that runs for as long as its owner lives.
public final class LocalServer: Sendable {
  private let process: ChildProcess

  /// Starts a program and waits, at most ten seconds, until somebody listens on the port.
  public init(_ command: String, port: Int, in folder: String, environment: [String: String]) throws
  {
    process = try ChildProcess(
      ["sh", "-c", "exec \(command)"], in: folder, environment: environment)
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
    if try runProcess(["python3", "-c", script]).status != 0 {
      throw ServerFailed(words: "nobody listens on \(port): \(command)")
    }
  }

  deinit { process.stop() }
}

/// A server that did not come up.
public struct ServerFailed: Error {
  /// Which, and how.
  public let words: String
}

/// A port that nobody listens on.
public func freePort() throws -> Int {
  let text = try runProcess(
    [
      "python3", "-c",
      "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])",
    ]
  ).output
  guard let port = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
    throw ServerFailed(words: "no free port: \(text)")
  }
  return port
}
