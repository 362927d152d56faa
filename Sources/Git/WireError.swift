import CGit2

/// An error of a call on the wire, in words that a person can act upon.
func wireError(_ error: GitError, _ task: WireTask) -> GitError {
  switch task.url.place {
  case .local: return error
  case .ssh(let address):
    // Git says "bad line length character".
    guard error.message == "bad packet length" else { return error }
    return error.during(
      task.operation, reason: .other,
      message: "\(address.host) says something before git does: ssh \(address.host) true shows it, "
        + "and a file such as ~/.bashrc there must not print it")
  case .http(let address): return httpError(error, task, address.host)
  }
}

private func httpError(_ error: GitError, _ task: WireTask, _ host: String) -> GitError {
  func told(_ reason: GitError.Reason, _ message: String) -> GitError {
    error.during(task.operation, reason: reason, message: message)
  }
  if let status = error.message.firstRange(of: "unexpected http status code: ") {
    let code = error.message[status.upperBound...].prefix(3)
    switch code {
    case "401", "407": return told(.authentication, "\(host) wants a user name and password")
    case "403": return told(.denied, "\(host) does not allow it (403 Forbidden)")
    case "404", "410":
      return told(
        .notFound, "\(host) has no such repository, or does not show it to us (\(code))")
    case "413": return told(.refusedByRemote, "\(host) does not take that much at once (413)")
    case "429", "500"..."599":
      return told(.network, "\(host) cannot answer at the moment (\(code))")
    default: return told(.network, "\(host) answered with the status \(code)")
    }
  }
  if error.reason == .certificate { return told(.certificate, certificateWords(error, host)) }
  if error.message.hasPrefix("SSL error"), error.message.contains("fatal alert") {
    return told(
      .certificate,
      "\(host) does not speak TLS as libgit2 does (it may want TLS 1.3): \(error.message)")
  }
  if error.message.contains("invalid content-type") || error.message.contains("no content-type") {
    return told(.notFound, "what \(host) has at that address is not a git repository")
  }
  if error.message == "early EOF" || error.message.contains("unexpected EOF") {
    return told(.network, "\(host) broke off")
  }
  return error
}

/// What is wrong with a certificate: mbedTLS's flags, of which libgit2 prints the number.
private func certificateWords(_ error: GitError, _ host: String) -> String {
  guard let start = error.message.firstRange(of: "0x"),
    let flags = UInt32(
      error.message[start.upperBound...].prefix { $0.isHexDigit }, radix: 16)
  else { return "the certificate of \(host) is not valid" }
  var faults: [String] = []
  if flags & 0x01 != 0 { faults.append("has expired") }
  if flags & 0x02 != 0 { faults.append("has been revoked") }
  if flags & 0x04 != 0 { faults.append("is for another host") }
  if flags & 0x08 != 0 { faults.append("is not signed by anyone this machine trusts") }
  if flags & 0x200 != 0 { faults.append("is not valid yet") }
  if faults.isEmpty { faults.append("is not valid") }
  return "the certificate of \(host) \(faults.joined(separator: " and "))"
}
