import CGit2
import Glibc

/// The sockets that libgit2 speaks http through, and TLS on top of it: they give up in time.
///
/// libgit2 1.5 has no limits of its own: a server that says nothing would be waited for for ever.
enum SocketStream {
  /// Has libgit2 use our sockets from now on.
  static func register() throws(GitError) {
    try Libgit2.start()
    if let failure { throw failure }
  }

  private static let failure: GitError? = {
    var registration = unsafe git_stream_registration(
      version: GIT_STREAM_VERSION, init: makeStream, wrap: nil)
    let code = unsafe git_stream_register(GIT_STREAM_STANDARD, &registration)
    return code < 0 ? GitError("set up libgit2", code: code) : nil
  }()
}

// libgit2 owns a stream from its making to its freeing, so that the stream owns the socket.

private let makeStream:
  @convention(c) (
    UnsafeMutablePointer<UnsafeMutablePointer<git_stream>?>?, UnsafePointer<CChar>?,
    UnsafePointer<CChar>?
  ) -> Int32 = { made, host, port in
    guard let made = unsafe made, let host = unsafe host, let port = unsafe port else { return -1 }
    let connection = unsafe Socket(String(cString: host), String(cString: port))
    var base = git_stream()
    base.version = GIT_STREAM_VERSION
    unsafe base.connect = { stream in unsafe socket(of: stream)?.connect() == true ? 0 : -1 }
    unsafe base.read = { stream, buffer, size in
      unsafe socket(of: stream)?.read(UnsafeMutableRawBufferPointer(start: buffer, count: size))
        ?? -1
    }
    unsafe base.write = { stream, bytes, size, _ in
      unsafe socket(of: stream)?.write(UnsafeRawBufferPointer(start: bytes, count: size)) ?? -1
    }
    unsafe base.close = { stream in
      unsafe socket(of: stream)?.close()
      return 0
    }
    unsafe base.free = { stream in
      guard let stream = UnsafeMutableRawPointer(stream) else { return }
      let owner = unsafe stream.assumingMemoryBound(to: notes_socket_stream.self).pointee.socket
      if let owner = unsafe owner { unsafe Unmanaged<Socket>.fromOpaque(owner).release() }
      unsafe stream.deallocate()
    }
    let stream = UnsafeMutablePointer<notes_socket_stream>.allocate(capacity: 1)
    unsafe stream.initialize(
      to: notes_socket_stream(base: base, socket: Unmanaged.passRetained(connection).toOpaque()))
    unsafe made.pointee = unsafe UnsafeMutableRawPointer(stream).assumingMemoryBound(
      to: git_stream.self)
    return 0
  }

private func socket(of stream: UnsafeMutablePointer<git_stream>?) -> Socket? {
  guard let stream = UnsafeMutableRawPointer(stream),
    let owner = unsafe stream.assumingMemoryBound(to: notes_socket_stream.self).pointee.socket
  else { return nil }
  return unsafe Unmanaged<Socket>.fromOpaque(owner).takeUnretainedValue()
}

/// A TCP connection that never waits longer than the call on the wire allows.
private final class Socket {
  private let host: String
  private let port: String
  private var descriptor: Int32 = -1
  private let call = WireCall.current ?? WireCall(WireLimits())

  init(_ host: String, _ port: String) {
    self.host = host
    self.port = port
  }

  deinit { close() }

  /// Connects to the first of the host's addresses that answers.
  func connect() -> Bool {
    let operation = "connect to \(host)"
    guard call.mayConnect(to: "\(host):\(port)") else {
      return fail(
        GitError(
          operation, .authentication,
          "the server sends us on to \(host), which is not told the password"))
    }
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let code = unsafe getaddrinfo(host, port, &hints, &found)
    guard code == 0 else {
      let why = unsafe String(cString: gai_strerror(code))
      return fail(GitError(operation, .network, "there is no host \(host) (\(why))"))
    }
    defer { unsafe freeaddrinfo(found) }
    let end = ContinuousClock.now + call.limits.connect
    var number = ECONNREFUSED
    var next = unsafe found
    while let address = unsafe next {
      number = unsafe attempt(address.pointee, until: end)
      if number == 0 { return true }
      unsafe next = unsafe address.pointee.ai_next
    }
    if number == ETIMEDOUT {
      return fail(
        GitError(
          operation, .timeout,
          "\(host) did not answer within \(call.seconds(call.limits.connect))"))
    }
    let why = unsafe String(cString: strerror(number))
    return fail(GitError(operation, .network, "\(host), port \(port): \(why)"))
  }

  /// Connects to one address; returns 0 or what `errno` would say.
  private func attempt(_ address: addrinfo, until end: ContinuousClock.Instant) -> Int32 {
    let kind = unsafe address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    descriptor = unsafe Glibc.socket(address.ai_family, kind, address.ai_protocol)
    guard descriptor >= 0 else { return errno }
    if unsafe Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return 0 }
    var number = errno
    if number == EINPROGRESS {
      let left = ContinuousClock.now.duration(to: end)
      if wait(for: POLLOUT, call.milliseconds(left)) {
        var size = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size)
      } else {
        number = ETIMEDOUT
      }
    }
    if number != 0 { close() }
    return number
  }

  /// Reads what there is, waiting for it; 0 is the end, -1 a failure whose reason is kept.
  func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    while descriptor >= 0 {
      let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count >= 0 {
        if call.goesOn(after: count) { return count }
        _ = fail(call.trickling("speak to \(host)", from: host))
        return -1
      }
      if errno == EINTR { continue }
      guard errno == EAGAIN else { return lost() }
      guard wait(for: POLLIN, call.milliseconds(call.limits.idle)) else { return tooLong() }
    }
    return -1
  }

  /// Writes some of the bytes, waiting until they are taken; -1 is a failure whose reason is kept.
  func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    while descriptor >= 0 {
      let count = unsafe send(
        descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      if count >= 0 {
        _ = call.goesOn(after: nil)
        return count
      }
      if errno == EINTR { continue }
      guard errno == EAGAIN else { return lost() }
      guard wait(for: POLLOUT, call.milliseconds(call.limits.idle)) else { return tooLong() }
    }
    return -1
  }

  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  /// Waits until the socket is ready; false when that took too long.
  private func wait(for events: Int32, _ limit: Int32) -> Bool {
    let end = ContinuousClock.now + .milliseconds(Int(limit))
    while true {
      let left = ContinuousClock.now.duration(to: end) / .milliseconds(1)
      var waits = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let count = unsafe poll(&waits, 1, Int32(max(0, left.rounded(.up))))
      if count < 0, errno == EINTR { continue }
      return count > 0
    }
  }

  private func tooLong() -> Int {
    _ = fail(call.timeout("speak to \(host)", from: host))
    return -1
  }

  private func lost() -> Int {
    let why = unsafe String(cString: strerror(errno))
    _ = fail(GitError("speak to \(host)", .network, "\(host) broke off: \(why)"))
    return -1
  }

  private func fail(_ error: GitError) -> Bool {
    call.fail(error)
    unsafe git_error_set_str(Int32(GIT_ERROR_NET.rawValue), error.message)
    return false
  }
}
