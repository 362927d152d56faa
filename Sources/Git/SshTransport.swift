import CGit2
import Glibc

// libgit2 asks for a subtransport, that for a stream, and reads and writes the stream. All three
// lead back to the loan of the call that they belong to, where the process is.

/// Has libgit2 speak git's own protocol through `ssh`.
let makeSshTransport: git_transport_cb = { made, owner, payload in
  var definition = unsafe git_smart_subtransport_definition(
    callback: makeSubtransport, rpc: 0, param: payload)
  return unsafe git_transport_smart(made, owner, &definition)
}

private let makeSubtransport: git_smart_subtransport_cb = { made, _, payload in
  guard let made = unsafe made, let payload = unsafe payload else { return -1 }
  let transport = UnsafeMutablePointer<notes_ssh_transport>.allocate(capacity: 1)
  let base = unsafe git_smart_subtransport(
    action: openStream,
    close: { _ in 0 },
    free: { base in unsafe UnsafeMutableRawPointer(base)?.deallocate() })
  unsafe transport.initialize(to: notes_ssh_transport(base: base, call: payload))
  unsafe made.pointee = unsafe UnsafeMutableRawPointer(transport).assumingMemoryBound(
    to: git_smart_subtransport.self)
  return 0
}

private let openStream:
  @convention(c) (
    UnsafeMutablePointer<UnsafeMutablePointer<git_smart_subtransport_stream>?>?,
    UnsafeMutablePointer<git_smart_subtransport>?, UnsafePointer<CChar>?, git_smart_service_t
  ) -> Int32 = { made, transport, _, service in
    guard let made = unsafe made, let transport = unsafe transport else { return -1 }
    let payload = unsafe UnsafeMutableRawPointer(transport).assumingMemoryBound(
      to: notes_ssh_transport.self
    ).pointee.call
    guard let loan = unsafe WireLoan.behind(payload) else { return -1 }
    // The second question is asked over the connection of the first.
    if service == GIT_SERVICE_UPLOADPACK || service == GIT_SERVICE_RECEIVEPACK {
      guard let stream = unsafe loan.pointee.sshStream else { return -1 }
      unsafe made.pointee = stream
      return 0
    }
    do throws(GitError) {
      try unsafe loan.pointee.startSsh(
        service == GIT_SERVICE_UPLOADPACK_LS ? "git-upload-pack" : "git-receive-pack")
    } catch {
      unsafe loan.pointee.call.fail(error)
      return -1
    }
    let stream = UnsafeMutablePointer<notes_ssh_stream>.allocate(capacity: 1)
    let base = unsafe git_smart_subtransport_stream(
      subtransport: transport, read: readStream, write: writeStream, free: freeStream)
    unsafe stream.initialize(to: notes_ssh_stream(base: base, call: payload))
    let raw = unsafe UnsafeMutableRawPointer(stream).assumingMemoryBound(
      to: git_smart_subtransport_stream.self)
    unsafe loan.pointee.sshStream = raw
    unsafe made.pointee = raw
    return 0
  }

private func loan(_ stream: UnsafeMutablePointer<git_smart_subtransport_stream>?)
  -> UnsafeMutablePointer<WireLoan>?
{
  unsafe WireLoan.behind(
    UnsafeMutableRawPointer(stream)?.assumingMemoryBound(to: notes_ssh_stream.self).pointee.call)
}

private let readStream:
  @convention(c) (
    UnsafeMutablePointer<git_smart_subtransport_stream>?, UnsafeMutablePointer<CChar>?, Int,
    UnsafeMutablePointer<Int>?
  ) -> Int32 = { stream, buffer, size, got in
    guard let loan = unsafe loan(stream), let got = unsafe got,
      let count = unsafe loan.pointee.readSsh(
        UnsafeMutableRawBufferPointer(start: buffer, count: size))
    else { return -1 }
    unsafe got.pointee = count
    return 0
  }

private let writeStream:
  @convention(c) (
    UnsafeMutablePointer<git_smart_subtransport_stream>?, UnsafePointer<CChar>?, Int
  ) -> Int32 = { stream, bytes, size in
    guard let loan = unsafe loan(stream) else { return -1 }
    return unsafe loan.pointee.writeSsh(UnsafeRawBufferPointer(start: bytes, count: size)) ? 0 : -1
  }

private let freeStream:
  @convention(c) (UnsafeMutablePointer<git_smart_subtransport_stream>?) -> Void = { stream in
    if let loan = unsafe loan(stream) { unsafe loan.pointee.endSsh() }
    unsafe UnsafeMutableRawPointer(stream)?.deallocate()
  }

extension WireLoan {
  fileprivate mutating func startSsh(_ service: String) throws(GitError) {
    guard case .ssh(let address) = url.place else {
      throw GitError(operation, .invalid, "it is no ssh address")
    }
    guard
      let command = SshCommand(address, service: service, environment, setting: sshCommand)
    else {
      let program = environment.nonEmpty("GIT_SSH") ?? "ssh"
      throw GitError(operation, .other, "there is no program \(program): install openssh-client")
    }
    ssh = try ChildProcess(command, ownGroup: !environment.isTerminal, operation)
    sshHasAnswered = false
  }

  /// Reads from the server; nil when that failed, and the reason is kept.
  fileprivate mutating func readSsh(_ buffer: UnsafeMutableRawBufferPointer) -> Int? {
    guard let ssh, let host = url.host else { return nil }
    // A person may be typing a passphrase, or looking for the key that they must touch.
    let patience = environment.isTerminal && !sshHasAnswered ? .seconds(120) : call.limits.idle
    switch unsafe ssh.read(into: buffer, within: call.milliseconds(patience)) {
    case .ready(let count):
      sshHasAnswered = true
      if call.goesOn(after: count) { return count }
      call.fail(call.trickling(operation, from: host))
    case .tooLong: call.fail(call.timeout(operation, from: host))
    case .ended: failSsh()
    }
    return nil
  }

  /// Writes all to the server; false when that failed, and the reason is kept.
  fileprivate mutating func writeSsh(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let ssh, let host = url.host else { return false }
    var rest = unsafe bytes[...]
    while unsafe !rest.isEmpty {
      let wait = unsafe ssh.write(
        UnsafeRawBufferPointer(rebasing: rest), within: call.milliseconds(call.limits.idle))
      switch wait {
      case .ready(let count):
        unsafe rest = unsafe rest.dropFirst(count)
        _ = call.goesOn(after: nil)
      case .tooLong:
        call.fail(call.timeout(operation, from: host))
        return false
      case .ended:
        failSsh()
        return false
      }
    }
    return true
  }

  /// The process has ended, or closed its output: says why.
  private func failSsh() {
    guard let ssh, case .ssh(let address) = url.place else { return }
    ssh.end(politely: .seconds(2))
    call.fail(sshError(operation, address, ssh.errorText, status: ssh.status ?? 0))
  }

  fileprivate mutating func endSsh() {
    // After a push the server's hooks may be at work still, and end with the connection.
    ssh?.end(politely: call.failure == nil ? .seconds(10) : .zero)
    ssh = nil
    unsafe sshStream = nil
  }
}
