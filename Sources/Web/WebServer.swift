internal import Glibc
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Synchronization

/// Why a server could not be started.
public enum WebError: Error, Sendable, Equatable {
  /// Another program listens at the port.
  case portTaken(Int)
}

/// A web server for one reader: it listens on this machine only, lets in the browser that was given
/// the key, and hands each request to a function, away from the threads that wait for requests.
public final class WebServer: Sendable {
  /// What answers a request; it may take its time.
  public typealias Handler = @Sendable (WebRequest) -> WebResponse

  /// How much a server takes on.
  public struct Limits: Sendable {
    /// Connections at a time.
    public var connections = 100
    /// Requests that are answered at a time: more than a person waits for, and each may keep a connection to
    /// a database with its cache.
    public var atOnce = 4
    /// How long a connection may be idle, or a request come in, in seconds.
    public var idleSeconds: Int64 = 30
    /// What all headers of a request may have, in bytes.
    public var headers = 16_384
    /// What a form may have, in bytes.
    public var form = 16_000_000

    /// The usual ones.
    public init() {}
  }

  private let handler: Handler
  private let limits: Limits
  private let gate = Mutex<Gate?>(nil)
  private let running = Mutex<(group: ServiceGroup?, isStopped: Bool)>((nil, false))
  private let changes = Changes()
  private let threads: NIOThreadPool

  /// A server that hands its requests to a function.
  public init(limits: Limits = Limits(), handler: @escaping Handler) {
    self.limits = limits
    self.handler = handler
    threads = NIOThreadPool(numberOfThreads: limits.atOnce)
  }

  /// Tells all open pages that the vault has changed.
  public func announce() { changes.announce() }

  /// Lets `run` end, once what is being answered has been; pages that listen for changes are told
  /// that no more will come.
  public func stop() {
    changes.close()
    let group = running.withLock { running in
      running.isStopped = true
      return running.group
    }
    Task { await group?.triggerGracefulShutdown() }
  }

  /// Listens until it is stopped.
  ///
  /// - Parameters:
  ///   - port: The port; 0 for any that is free.
  ///   - onURL: Told the address that lets a browser in, at the start and whenever one was used.
  /// - Throws: `WebError.portTaken`.
  public func run(port: Int, onURL: @escaping @Sendable (String) -> Void) async throws {
    var logger = Logger(label: "notes")
    logger.logLevel = .critical
    let responder = CallbackResponder { (request, _: BasicRequestContext) in
      await self.response(to: request)
    }
    let app = Application(
      responder: responder,
      server: .http1(
        configuration: HTTP1Channel.Configuration(
          idleTimeout: .seconds(limits.idleSeconds),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: limits.headers, maxHeaderListSize: limits.headers,
            maxHeaderFieldCount: 100))),
      configuration: ApplicationConfiguration(
        address: .hostname("127.0.0.1", port: port),
        availableConnectionsDelegate: MaximumAvailableConnections(
          limits.connections, logger: logger)),
      onServerRunning: { channel in
        guard let port = channel.localAddress?.port else { return }
        @Sendable func url(_ key: String) -> String { "http://127.0.0.1:\(port)/?key=\(key)" }
        let gate = Gate(port: port) { onURL(url($0)) }
        self.gate.withLock { $0 = gate }
        self.threads.start()
        onURL(url(gate.key))
      }, logger: logger)
    // Not `app.run()` in a task that is cancelled: NIO traps where a connection was taken and its task
    // was not begun.
    let group = ServiceGroup(configuration: .init(services: [app], logger: logger))
    let isStopped = running.withLock { running in
      running.group = group
      return running.isStopped
    }
    if isStopped { return }
    do {
      try await group.run()
      try await threads.shutdownGracefully()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw WebError.portTaken(port)
    }
  }

  private func response(to request: Request) async -> Response {
    let isHead = request.method == .head
    let answer = await answer(to: request)
    var headers = Self.guards
    headers[.contentType] = answer.type
    for (name, value) in answer.headers {
      if let name = HTTPField.Name(name) { headers[name] = value }
    }
    let status = HTTPResponse.Status(code: answer.status)
    if answer.isChanges, !isHead {
      return Response(status: status, headers: headers, body: changes.body())
    }
    if isHead || answer.status == 304 {
      headers[.contentLength] = isHead ? "\(answer.body.count)" : nil
      return Response(status: status, headers: headers)
    }
    return Response(
      status: status, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
    )
  }

  private func answer(to request: Request) async -> WebResponse {
    guard let gate = gate.withLock({ $0 }) else { return .text("not yet\n", status: 503) }
    let isPost = request.method == .post
    guard isPost || request.method == .get || request.method == .head else {
      var answer = WebResponse.text("only GET and POST\n", status: 405)
      answer.headers = [("allow", "GET, HEAD, POST")]
      return answer
    }
    guard let address = WebAddress(request.uri.string) else {
      return .text("no such page\n", status: 404)
    }
    // HTTP has a header of its own for the host's name, which Hummingbird keeps apart.
    var headers = ["host": request.head.authority ?? ""]
    for field in request.headers { headers[field.name.canonicalName] = field.value }
    switch gate.verdict(isPost: isPost, key: address.query["key"], header: { headers[$0] }) {
    case .refuse(let status, let why): return .text(why + "\n", status: status)
    case .enter(let cookie):
      var answer = WebResponse.elsewhere("/")
      answer.headers.append(("set-cookie", cookie))
      return answer
    case .pass: break
    }
    var form: [String: String]?
    if isPost {
      guard let sent = await self.form(of: request, headers) else {
        return .text("this is no form that can be taken\n", status: 400)
      }
      form = sent
    }
    let asked = WebRequest(path: address.path, query: address.query, form: form, headers: headers)
    // What answers reads files and asks SQLite: the threads that serve connections wait for neither.
    let answer = try? await threads.runIfActive { [handler] in handler(asked) }
    return answer ?? .text("the server ends\n", status: 503)
  }

  private func form(of request: Request, _ headers: [String: String]) async -> [String: String]? {
    guard headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true,
      let body = try? await request.body.collect(upTo: limits.form)
    else { return nil }
    return WebAddress.form(String(buffer: body))
  }

  /// What each answer says to the browser: nothing from elsewhere, nothing that a page brings along
  /// runs, and no other site sees or frames it.
  ///
  /// The referrer stays with us. With `no-referrer` browsers would send the origin `null` with our own
  /// forms, and the gate could not tell them from others.
  private static let guards: HTTPFields = {
    var headers = HTTPFields()
    for (name, value) in [
      ("content-security-policy", WebServer.policy(style: "")),
      ("x-content-type-options", "nosniff"), ("referrer-policy", "same-origin"),
      ("cross-origin-opener-policy", "same-origin"),
      ("cross-origin-resource-policy", "same-origin"), ("cache-control", "no-store"),
    ] {
      if let name = HTTPField.Name(name) { headers[name] = value }
    }
    return headers
  }()

  /// The content security policy of a page, with more for its styles where that is wanted.
  public static func policy(style: String) -> String {
    "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; script-src 'self'; "
      + "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'" + style
  }
}
