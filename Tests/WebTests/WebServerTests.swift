import Foundation
import Glibc
import Synchronization
import Testing

@testable import Web

/// A server that runs while a test does.
private final class RunningServer: Sendable {
  let port: Int
  let key: String
  let server: WebServer

  init(
    limits: WebServer.Limits = WebServer.Limits(), _ handler: @escaping WebServer.Handler
  ) async throws {
    let server = WebServer(limits: limits, handler: handler)
    let (addresses, continuation) = AsyncStream.makeStream(of: String.self)
    Task {
      try? await server.run(port: 0) { continuation.yield($0) }
      continuation.finish()
    }
    var iterator = addresses.makeAsyncIterator()
    let address = try #require(await iterator.next())
    let parts = address.split(separator: "=")
    key = String(parts[1])
    port = try #require(Int(parts[0].split(separator: ":")[2].prefix { $0.isNumber }))
    self.server = server
  }

  deinit { server.stop() }

  private let known = Mutex<String?>(nil)

  /// The cookie that the key gets, once.
  func cookie() async throws -> String {
    if let cookie = known.withLock(\.self) { return cookie }
    let answer = try await ask("GET /?key=\(key) HTTP/1.1\r\n\(host)\r\nConnection: close\r\n\r\n")
    let line = try #require(
      answer.split(separator: "\r\n").first { $0.lowercased().hasPrefix("set-cookie: ") })
    let cookie = String(line.dropFirst(12).prefix { $0 != ";" })
    known.withLock { $0 = cookie }
    return cookie
  }

  var host: String { "Host: 127.0.0.1:\(port)" }

  /// What comes back for some bytes, up to the end of the connection or so many seconds.
  func ask(_ text: String, seconds: Int = 60) async throws -> String {
    let socket = try LocalSocket(port: port)
    socket.send(text)
    return await socket.receive(seconds: seconds)
  }

  /// An answer's status, for a request of one line and its headers.
  func status(_ line: String, _ headers: [String] = [], body: String = "") async throws -> Int {
    let cookie = try await cookie()
    var lines = [line + " HTTP/1.1", host, "Cookie: \(cookie)", "Connection: close"] + headers
    if !body.isEmpty { lines.append("Content-Length: \(body.utf8.count)") }
    let answer = try await ask(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    return Int(answer.dropFirst(9).prefix(3)) ?? 0
  }
}

/// A connection to a port of this machine.
private final class LocalSocket: @unchecked Sendable {
  private let descriptor: Int32

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    unsafe address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = unsafe withUnsafeBytes(of: &address) { bytes in
      unsafe connect(
        descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
        socklen_t(bytes.count))
    }
    guard result == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
  }

  deinit { close(descriptor) }

  func send(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// What comes until the other side closes, until `end` came, or until so many seconds are over.
  ///
  /// It is waited for on a thread of its own: the server needs those of the tests.
  func receive(seconds: Int, upTo end: String? = nil) async -> String {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(returning: self.read(seconds: seconds, upTo: end))
      }
    }
  }

  private func read(seconds: Int, upTo end: String?) -> String {
    var text: [UInt8] = []
    let deadline = Date().addingTimeInterval(TimeInterval(seconds))
    while Date() < deadline {
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&wait, 1, 100) > 0 else { continue }
      var buffer = [UInt8](repeating: 0, count: 65_536)
      let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
      if count <= 0 {
        isClosed = true
        break
      }
      text += buffer.prefix(count)
      if let end, String(decoding: text, as: UTF8.self).contains(end) { break }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Whether the other side was seen to close.
  private(set) var isClosed = false
}

/// Answers with what it was asked.
@Sendable private func echo(_ request: WebRequest) -> WebResponse {
  let form = request.form.map { "\($0.sorted { $0.key < $1.key })" } ?? "none"
  return .text("\(request.path) \(request.query) \(form)\n")
}

@Suite("The server")
struct WebServerTests {
  @Test("K3: it listens at this machine's own address only")
  func address() async throws {
    let running = try await RunningServer(echo)
    let table = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)
    let port = String(running.port, radix: 16, uppercase: true)
    let places = table.split(separator: "\n").compactMap { line -> Substring? in
      let words = line.split(separator: " ")
      return words.count > 3 && words[3] == "0A" && words[1].hasSuffix(":" + port) ? words[1] : nil
    }
    // 127.0.0.1, as the kernel writes it.
    #expect(
      places == ["0100007F:" + Substring(String(repeating: "0", count: 4 - port.count) + port)])
  }

  @Test("nothing is answered without the cookie, and nothing asks the handler")
  func cookie() async throws {
    let asked = Mutex(0)
    let running = try await RunningServer { request in
      asked.withLock { $0 += 1 }
      return echo(request)
    }
    let answer = try await running.ask(
      "GET /notes/ HTTP/1.1\r\n\(running.host)\r\nConnection: close\r\n\r\n")
    #expect(answer.hasPrefix("HTTP/1.1 403 "))
    #expect(asked.withLock { $0 } == 0)
    #expect(try await running.status("GET /notes/") == 200)
    #expect(asked.withLock { $0 } == 1)
  }

  @Test("K4: each answer, and each refusal, has the headers that keep others out")
  func guards() async throws {
    let running = try await RunningServer(echo)
    let cookie = try await running.cookie()
    for (line, cookies) in [
      ("GET /", "Cookie: \(cookie)"), ("GET /", "X: y"), ("GET /..", "X: y"), ("PUT /", "X: y"),
    ] {
      let answer = try await running.ask(
        "\(line) HTTP/1.1\r\n\(running.host)\r\n\(cookies)\r\nConnection: close\r\n\r\n"
      )
      .lowercased()
      for header in [
        "content-security-policy: default-src 'none'; ", "frame-ancestors 'none'",
        "x-content-type-options: nosniff", "cross-origin-opener-policy: same-origin",
        "cross-origin-resource-policy: same-origin", "referrer-policy: same-origin",
        "cache-control: no-store",
      ] { #expect(answer.contains(header), "\(line): \(answer)") }
      #expect(!answer.contains("access-control-"))
    }
  }

  @Test("a form is taken apart, and only a form is taken")
  func form() async throws {
    let running = try await RunningServer(echo)
    let origin = "Origin: http://127.0.0.1:\(running.port)"
    let type = "Content-Type: application/x-www-form-urlencoded"
    #expect(
      try await running.status("POST /add", [origin, type], body: "text=a+%C3%A9&post=1") == 200)
    #expect(
      try await running.status("POST /add", [origin, "Content-Type: text/plain"], body: "text=a")
        == 400)
    #expect(try await running.status("POST /add", [origin, type], body: "text=%ff") == 400)
    #expect(try await running.status("POST /add", [type], body: "text=a") == 403)
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
      #expect(try await running.status("\(method) /add", [origin]) == 405)
    }
  }

  @Test("HEAD has the headers and no body")
  func head() async throws {
    let running = try await RunningServer(echo)
    let cookie = try await running.cookie()
    let answer = try await running.ask(
      "HEAD / HTTP/1.1\r\n\(running.host)\r\nCookie: \(cookie)\r\nConnection: close\r\n\r\n"
    )
    #expect(answer.hasPrefix("HTTP/1.1 200 "))
    #expect(answer.hasSuffix("\r\n\r\n"))
  }

  @Test("K7: a request that does not come is not waited for")
  func slow() async throws {
    var limits = WebServer.Limits()
    limits.idleSeconds = 1
    let running = try await RunningServer(limits: limits, echo)
    let slow = try LocalSocket(port: running.port)
    slow.send("GET / HTTP/1.1\r\nHost: ")
    // One letter now and then does not keep it open.
    for _ in 0..<30 where !slow.isClosed {
      slow.send("a")
      _ = await slow.receive(seconds: 0)
      try await Task.sleep(for: .milliseconds(100))
    }
    _ = await slow.receive(seconds: 60)
    #expect(slow.isClosed)
    #expect(try await running.status("GET /") == 200)
  }

  @Test("K7: a form larger than the limit is refused, and headers that are too long")
  func large() async throws {
    var limits = WebServer.Limits()
    limits.form = 1_000
    limits.headers = 4_096
    let running = try await RunningServer(limits: limits, echo)
    let headers = [
      "Origin: http://127.0.0.1:\(running.port)", "Content-Type: application/x-www-form-urlencoded",
    ]
    let body = "text=" + String(repeating: "a", count: 2_000)
    #expect(try await running.status("POST /add", headers, body: body) == 400)
    let long = try await running.ask(
      "GET / HTTP/1.1\r\n\(running.host)\r\nX: \(String(repeating: "a", count: 8_000))\r\n\r\n")
    #expect(!long.hasPrefix("HTTP/1.1 200"))
    #expect(try await running.status("GET /") == 200)
  }

  @Test("K7: of more connections than the limit the rest waits, and is served when others close")
  func connections() async throws {
    var limits = WebServer.Limits()
    limits.connections = 3
    let running = try await RunningServer(limits: limits, echo)
    let cookie = try await running.cookie()
    var held: [LocalSocket] = []
    for _ in 0..<6 { held.append(try LocalSocket(port: running.port)) }
    let waiting = try LocalSocket(port: running.port)
    waiting.send(
      "GET / HTTP/1.1\r\n\(running.host)\r\nCookie: \(cookie)\r\nConnection: close\r\n\r\n")
    #expect(await waiting.receive(seconds: 1).isEmpty)
    held.removeAll()
    #expect(await waiting.receive(seconds: 60).hasPrefix("HTTP/1.1 200 "))
  }

  @Test(
    "K8: what is no HTTP is refused, and the next request is served",
    arguments: [
      "GET / HTTP/9.9\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "POST /add HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "POST /add HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
      "POST /add HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
      "POST /add HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: HOST\r\nBad header\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: HOST\r\nX: a\r\n b\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ])
  func junk(_ text: String) async throws {
    let running = try await RunningServer(echo)
    let answer = try await running.ask(
      text.replacing("HOST", with: "127.0.0.1:\(running.port)"), seconds: 1)
    #expect(!answer.contains("HTTP/1.1 200"), "\(answer)")
    #expect(try await running.status("GET /") == 200)
  }

  @Test("a page that listens is told of changes")
  func changes() async throws {
    let running = try await RunningServer { _ in .changes }
    let socket = try LocalSocket(port: running.port)
    socket.send(
      "GET /events HTTP/1.1\r\n\(running.host)\r\nCookie: \(try await running.cookie())\r\n\r\n")
    let head = await socket.receive(seconds: 60, upTo: "retry: 2000")
    #expect(head.contains("text/event-stream"))
    running.server.announce()
    #expect(await socket.receive(seconds: 60, upTo: "data: changed").contains("data: changed"))
  }

  @Test("a server that found its port taken can listen at another")
  func another() async throws {
    let running = try await RunningServer(echo)
    let server = WebServer(handler: echo)
    await #expect(throws: WebError.portTaken(running.port)) {
      try await server.run(port: running.port) { _ in }
    }
    let (addresses, continuation) = AsyncStream.makeStream(of: String.self)
    let second = Task { try await server.run(port: 0) { continuation.yield($0) } }
    var iterator = addresses.makeAsyncIterator()
    #expect(await iterator.next() != nil)
    server.stop()
    try await second.value
  }

  @Test("a port that is taken is named")
  func taken() async throws {
    let running = try await RunningServer(echo)
    await #expect(throws: WebError.portTaken(running.port)) {
      try await WebServer(handler: echo).run(port: running.port) { _ in }
    }
  }
}
